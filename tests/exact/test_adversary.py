"""The standing adversary, reduced; and that it sees what is false."""

from dataclasses import replace

import numpy as np
import pytest
from flint import acb, arb, ctx
from mpmath import nstr

from benchmarks import adversary
from benchmarks.adversary import QUANTITIES, Tally, choose_cases, examine, run_adversary
from benchmarks.adversary_engines import ENGINES, Case, Engine
from benchmarks.adversary_families import FAMILIES, RARE, Inputs
from nonhermitian_hartree.errors import AccuracyError
from tests.references import first_quantised
from tests.references.ball_reference import (
    exact_amplitudes,
    population_amplitudes,
    solve_exactly,
    tilt_amplitudes,
    turn_by_hadamard,
    turn_truth,
)
from tests.references.full_sum import full_sum
from tests.references.gaussian_integral import solve_diagonal_qubit
from tests.references.hartree_series import solve_hartree
from tests.references.limit_in_balls import solve_diagonal_limit
from tests.systems import random_model, random_state

COUNTEREXAMPLE = Inputs(np.zeros((2, 2)), 1j * np.diag([1, -1, -1, 1]), {"p0": 0.6, "phase": 0.3}, 30, 0.8)
CASE = Case(0, "counterexample", 0, COUNTEREXAMPLE)
HONEST = ENGINES["closed_form"]


@pytest.mark.parametrize(
    ("method", "every"),
    [("closed_form", 1), ("occupation_sum", 1), ("float64", 1), ("certified", 3), ("hartree", 6), ("limit", 1)],
)
def test_no_error_exceeds_its_bound(method, every):
    """One case of each family, or of every third; many more: ``python -m benchmarks.adversary``."""
    cases = [(family, index) for family, index in choose_cases(len(FAMILIES)) if family not in RARE]
    tallies, texts = run_adversary(cases[::every], 12, [method])
    assert tallies[method].cases >= 4
    assert not tallies[method].is_broken, "\n".join(texts)


def test_there_are_twenty_families_and_every_case_can_be_drawn_again():
    assert len(FAMILIES) >= 20
    for family in FAMILIES:
        first, again, other = (str(Case.draw(5, family, index)) for index in (3, 3, 4))
        assert first == again != other


def test_a_case_is_printed_with_all_that_is_needed_to_build_it():
    for family in FAMILIES:
        inputs = Case.draw(1, family, 0).inputs
        again = eval(str(inputs), {"Inputs": Inputs, "np": np, "inf": np.inf})
        assert again.form == inputs.form
        assert (again.particles, again.time, again.turned) == (inputs.particles, inputs.time, inputs.turned)
        for name in ("one_body", "two_body"):
            np.testing.assert_array_equal(getattr(again.build_model(), name), getattr(inputs.build_model(), name))
        np.testing.assert_array_equal(again.build_state().amplitudes, inputs.build_state().amplitudes)


def falsify(monkeypatch, change):
    """Let the closed form tell something else; return the tally and the text of the case."""

    def solve(model, state, number, at):
        return change(HONEST.solve(model, state, number, at))

    monkeypatch.setitem(ENGINES, "closed_form", Engine(HONEST.accepts, solve, HONEST.truth))
    tally = Tally()
    return tally, examine(CASE, "closed_form", tally)


def test_the_honest_engine_passes(monkeypatch):
    tally, texts = falsify(monkeypatch, lambda found: found)
    assert (tally.cases, tally.is_broken, texts) == (1, False, [])
    assert all(0 < ratio <= 1 for ratio in tally.worst.values())


def move(found, quantity, bounds):
    """One quantity moved by so many of its bounds."""
    if quantity == "density":
        off = np.array([[0, 1j], [-1j, 0]]) * bounds * found.error_bound
        return replace(found, density=found.density + off)
    bound = found.linear_entropy_error if quantity == "linear_entropy" else found.error_bound
    return replace(found, **{quantity: getattr(found, quantity) + bounds * bound})


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_number_that_is_off_by_twice_its_bound_is_caught(monkeypatch, quantity):
    tally, texts = falsify(monkeypatch, lambda found: move(found, quantity, 2))
    assert 1 < tally.worst[quantity] < 3
    assert tally.is_broken
    assert len(texts) == 1
    assert quantity in texts[0]
    assert "--only counterexample:0" in texts[0]
    others = [tally.worst[name] for name in QUANTITIES if name != quantity]
    assert max(others) <= 1


@pytest.mark.parametrize(
    "field", ["density", "linear_entropy", "log_norm_rate", "error_bound", "linear_entropy_error"]
)
def test_what_is_not_a_number_is_caught(monkeypatch, field):
    tally, _ = falsify(monkeypatch, lambda found: replace(found, **{field: getattr(found, field) * np.nan}))
    assert tally.is_broken
    assert np.inf in tally.worst.values()


@pytest.mark.parametrize(
    ("error", "count"), [(AccuracyError("no"), "refused"), (ZeroDivisionError("x"), "crashed"), (None, "too_slow")]
)
def test_refusals_crashes_and_stalls_are_told_apart(monkeypatch, error, count):
    def solve(_):
        if error is not None:
            raise error
        while True:
            pass

    monkeypatch.setattr(adversary, "LONGEST_SECONDS", 0.1)
    tally, texts = falsify(monkeypatch, solve)
    assert getattr(tally, count) == 1
    assert tally.refused + tally.crashed + tally.too_slow == 1
    assert len(texts) == (count != "refused")


def test_the_exit_status_is_one_if_anything_was_wrong(monkeypatch, capsys):
    arguments = ["adversary", "--method", "closed_form", "--only", "counterexample:0"]
    monkeypatch.setattr("sys.argv", arguments)
    assert adversary.main() == 0
    wrong = Engine(HONEST.accepts, lambda *a: move(HONEST.solve(*a), "density", 5), HONEST.truth)
    monkeypatch.setitem(ENGINES, "closed_form", wrong)
    assert adversary.main() == 1
    assert "BEYOND" in capsys.readouterr().out


def overlap(first, second):
    """Whether all enclosures of two truths have points in common."""
    pairs = [(first.linear_entropy, second.linear_entropy), (first.log_norm_rate, second.log_norm_rate)]
    pairs += [
        (a, b)
        for row, other in zip(first.density, second.density, strict=True)
        for a, b in zip(row, other, strict=True)
    ]
    return all(a.overlaps(b) for a, b in pairs)


@pytest.mark.parametrize(("dimension", "particles"), [(2, 5), (3, 3)])
def test_the_reference_agrees_with_eq_1_in_the_full_tensor_space(dimension, particles):
    model, state = random_model(dimension, 3), random_state(dimension, 4)
    truth = solve_exactly(model.one_body, model.two_body, exact_amplitudes(state.amplitudes), particles, 0.7)
    reference, rate = first_quantised.reference_marginal(model, state, particles, 0.7)
    for i, j in np.ndindex(dimension, dimension):
        assert abs(complex(truth.density[i][j]) - complex(reference[i, j])) < 1e-15
    assert float(truth.log_norm_rate) == pytest.approx(float(rate), rel=1e-14)
    assert truth.is_sharp


def test_the_reference_agrees_with_the_sums_of_eq_19():
    model = COUNTEREXAMPLE.build_model()
    truth = solve_exactly(model.one_body, model.two_body, population_amplitudes(0.6, 0.0), 200, 0.8)
    printed = full_sum(200, 0.6, 0.8)
    with ctx.workprec(300):
        assert abs(truth.linear_entropy / arb(nstr(printed.linear_entropy, 80)) - 1) < 1e-60
        assert abs(truth.density[0][1] - arb(nstr(printed.rho01, 80))) < 1e-60
        assert abs(truth.log_norm_rate - arb(nstr(printed.log_norm_rate, 80))) < 1e-60


def test_diagonal_models_need_no_series_and_a_turn_needs_no_diagonal():
    """The same truth by exponentials, and by the Taylor series of the model with X in place of Z."""
    inputs = Inputs(
        (0.3 - 0.2j) * np.diag([1, -1]), (0.5 + 1j) * np.diag([1, -1, -1, 1]), {}, 12, 0.7, turned=True
    )
    phi = tilt_amplitudes(0.3, 0.4)
    model = inputs.build_model()
    by_series = solve_exactly(model.one_body, model.two_body, phi, 12, 0.7)
    by_exponentials = solve_exactly(inputs.one_body, inputs.two_body, turn_by_hadamard(phi), 12, 0.7)
    assert overlap(by_series, turn_truth(by_exponentials))


@pytest.mark.parametrize("coupling", [0.6j, 1.5j, 0.4 + 0.9j, 2.0, 0.3 - 0.8j])
@pytest.mark.parametrize("particles", [200, 400])
def test_the_gaussian_integral_agrees_with_the_sum(coupling, particles):
    one = np.diag([0.3 + 0.2j, -0.1j])
    two = np.diag([coupling + 0.1j, -coupling, -coupling, coupling + 0.3])
    phi = population_amplitudes(0.45, 0.7)
    assert overlap(
        solve_exactly(one, two, phi, particles, 0.7), solve_diagonal_qubit(one, two, phi, particles, 0.7)
    )


@pytest.mark.parametrize("turn", [False, True])
def test_the_hartree_series_agrees_with_eq_21(turn):
    """``sinh b = e^{2t} sinh h``, ``|φ0|² − |φ1|² = tanh b``; also with X in place of Z, and a trace."""
    inputs = Inputs(np.zeros((2, 2)), 1j * np.diag([1, -1, -1, 1]), {}, 2, 1.3, turned=turn)
    phi, model = tilt_amplitudes(0.2, 0.4), inputs.build_model()
    given = turn_by_hadamard(phi) if turn else phi
    shifted = model.two_body + (2 + 3j) * np.eye(4)
    truth = solve_hartree(model.one_body, shifted, given, 1.3)
    if turn:
        truth = turn_truth(truth)
    with ctx.workprec(256):
        imbalance = ((arb(1.3) * 2).exp() * arb(0.2).sinh()).asinh().tanh()
        assert abs(truth.density[0][0] - (1 + imbalance) / 2) < 1e-20
        assert abs(truth.density[1][0] - acb(0, 0.4).exp() * (1 - imbalance * imbalance).sqrt() / 2) < 1e-20


def test_the_limit_in_balls_is_where_finite_n_goes():
    """Its distance to ρ̂ at N halves with 1/N; two branches at h = 0, t > ½."""
    one, two = np.diag([0.1j, -0.1j]), np.diag([0.3 + 1j, -0.3 - 1j, -0.3 - 1j, 0.3 + 1j])
    for p0 in (0.4, 0.5):
        field = 0 * one if p0 == 0.5 else one
        phi = population_amplitudes(p0, 0.7)
        limit = solve_diagonal_limit(field, two, phi, 0.9)
        distances = [
            abs(complex(solve_diagonal_qubit(field, two, phi, number, 0.9).density[0][1] - limit.density[0][1]))
            for number in (10**6, 2 * 10**6)
        ]
        assert distances[0] < 1e-5
        assert distances[0] / distances[1] == pytest.approx(2, rel=1e-3)
