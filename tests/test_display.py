"""What objects say of themselves in a notebook, and results as tables and back."""

from __future__ import annotations

import re

import numpy as np
import pytest

import nonhermitian_hartree as nh
from nonhermitian_hartree.compare.verdict import judge_nothing
from nonhermitian_hartree.display import show_card, show_number, show_sum
from nonhermitian_hartree.model.hamiltonian import pauli_coefficients, pauli_sum
from tests.systems import BALANCED, COUNTEREXAMPLE, LOSS_WITH_HOPPING, random_model, random_state


def test_reprs_are_one_line_with_what_matters():
    assert repr(LOSS_WITH_HOPPING) == "Model of 2 levels, not Hermitian: A1 = 1 X + (-0.5j) Z, A2 = 2 ZZ"
    assert repr(nh.Model(np.zeros((2, 2)))) == "Model of 2 levels, Hermitian: A1 = 0, A2 = 0"
    three = nh.Model(np.diag([1, 0, 0]), np.eye(9))
    assert repr(three) == "Model of 3 levels, Hermitian: A1 = 1 nonzero element, A2 = 9 nonzero elements"
    state = nh.build_state(p0=0.64, phase=0.5)
    assert repr(state) == "ProductState of 2 levels: φ = (0.8, 0.5265+0.2877j), p0 = 0.64, arg φ1 − arg φ0 = 0.5"
    assert repr(nh.build_state(p0=1)) == "ProductState of 2 levels: φ = (1, 0), p0 = 1"
    assert repr(random_state(20, 1)) == "ProductState of 20 levels: φ = 20 components"


def test_limits_say_whether_they_are_pure_mixed_or_not_known():
    before, after = nh.limit_states(COUNTEREXAMPLE, BALANCED, [0.4, 0.8])
    assert repr(before).startswith("LimitState at t = 0.4: pure, N·S_L → ")
    assert repr(after) == "LimitState at t = 0.8: mixed, 2 branches, linear entropy 0.3966"
    assert repr(nh.LimitState.unknown(1.0, "no branch")) == "LimitState at t = 1: not known: no branch"
    assert "branch 1" in after._repr_html_()


def test_verdict_begins_with_its_sentence():
    verdict = nh.assess_hartree(COUNTEREXAMPLE, nh.build_state(p0=0.6), times=1)
    sentence = " ".join(str(verdict).split())
    assert sentence.startswith("FAILS infidelity above 0.001 for 0.2656 < t ≤ 1")
    assert repr(verdict) == f"<Verdict: {sentence}>"
    page = verdict._repr_html_()
    assert page.startswith("<div><p>FAILS infidelity above 0.001 for 0.2656 &lt; t ≤ 1")
    assert "largest infidelity" in page


def test_results_say_how_much_there_is_and_how_good_it_is():
    state = nh.build_state(p0=0.6)
    (marginals,) = nh.exact_marginals(COUNTEREXAMPLE, state, 10, [0, 1])
    assert re.fullmatch(r"Marginals: 2 of 2 levels, errors ≤ \S+e-\d+, closed_form", repr(marginals))
    (pairs,) = nh.pair_marginals(COUNTEREXAMPLE, state, 10, [0, 1])
    assert re.fullmatch(r"PairMarginals: N = 10, 2 times, errors ≤ \S+e-\d+", repr(pairs))
    estimate = nh.expectation([[1, 0], [0, -1]], pairs)
    assert re.fullmatch(r"0\.2 ± \S+e-1\d, 0\.\d{9,10} ± \S+e-1\d", str(estimate))
    hopping = nh.Model(np.array([[0, 1], [1, 0]]))
    runs = nh.sample_trajectories(hopping, [1, 1], BALANCED, 2, [0, 0.1], runs=5)
    assert re.fullmatch(r"Trajectories: 5 runs of 2 bosons, 2 times, \d without loss at t = 0.1", repr(runs))


def test_verdict_that_could_not_be_computed_shows_no_numbers():
    page = judge_nothing(1.0, 1e-3, "no time was left")._repr_html_()
    assert "no time was left" in page
    assert "nan" not in page.lower().replace("unknown", "")


def test_html_is_escaped():
    assert show_card("a < b", {"<i>": "c & d"}).count("<i>") == 0
    assert "a &lt; b" in show_card("a < b", {})
    page = nh.Model(np.zeros((2, 2)), np.eye(4))._repr_html_()
    assert "1 II" in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (-0.5j, "-0.5j"), (1 + 2j, "1+2j"), (0, "0"), (1e-20, "1e-20"), (-1 - 1j, "-1-1j")],
)
def test_numbers(value, text):
    assert show_number(value) == text


def test_sums():
    assert show_sum({}) == "0"
    assert show_sum({"X": 1, "Z": 1 - 2j}) == "1 X + (1-2j) Z"


@pytest.mark.parametrize("bodies", [1, 2])
def test_pauli_coefficients_are_those_that_a_matrix_is_made_of(bodies):
    model = random_model(2, 3)
    matrix = model.one_body if bodies == 1 else model.two_body
    assert pauli_sum(pauli_coefficients(matrix, bodies), bodies) == pytest.approx(matrix, abs=1e-15)


def test_marginals_come_back_from_their_table():
    times = [0.1, 0.4]
    (marginals,) = nh.exact_marginals(LOSS_WITH_HOPPING, nh.build_state(p0=0.7, phase=0.4), 40, times)
    table = marginals.to_pandas(times)
    assert list(table["time"]) == times
    again = nh.Marginals.from_pandas(table)
    for name in ("density", "linear_entropy", "linear_entropy_error", "log_norm_rate", "error_bound"):
        assert np.array_equal(getattr(again, name), getattr(marginals, name)), name
    assert again.method == marginals.method
    with pytest.raises(nh.ModelError, match="1 times; allowed: one for each"):
        marginals.to_pandas(0.1)
    with pytest.raises(nh.ModelError, match="no column error_bound"):
        nh.Marginals.from_pandas(table.drop(columns="error_bound"))
    with pytest.raises(nh.ModelError, match="several numbers of particles"):
        nh.Marginals.from_pandas(table.assign(particles=[10, 20]))


def test_limits_are_rows_of_a_table():
    (limit,) = nh.limit_states(COUNTEREXAMPLE, BALANCED, 0.8)
    table = limit.to_pandas()
    assert len(table) == 2
    assert table["weight"].to_numpy() == pytest.approx([0.5, 0.5])
    assert (table["nu_0_re"] + 1j * table["nu_0_im"]).to_numpy() == pytest.approx(limit.wavefunctions[:, 0])
    (gap,) = nh.LimitState.unknown(1.0, "no branch").to_pandas().to_dict("records")
    assert gap["reason"] == "no branch"
    assert np.isnan(gap["weight"])
