"""Families: every member has the verdict that it has alone; seeds are guesses, and exact states decide."""

import numpy as np
import pytest

from nonhermitian_hartree.compare import screening
from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.compare.scan import scan
from nonhermitian_hartree.compare.screening import assess_family
from nonhermitian_hartree.compare.short_time_defect import predicted_infidelity, short_time_defect
from nonhermitian_hartree.errors import ConvergenceError, ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.two_point.solve import TwoPointCurve
from nonhermitian_hartree.model.family import ModelFamily
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity
from tests.systems import FIRST_ORDER, FIRST_ORDER_STATE, TRANSVERSE_MIXING, ZZ, Z

UP = ProductState(np.array([1, 0]))
LAST = 2.0


def lossy_dimers(gammas, interactions):
    return ModelFamily(
        {"gamma": gammas, "u": interactions},
        one_body={"constant": {"X": -1}, "gamma": {"I": -0.25j, "Z": -0.25j}},
        two_body={"u": {"II": 0.5, "ZZ": 0.5}},
    )


def diagonal_family():
    """A1 = iγZ, A2 = u Z⊗Z: closed forms, milliseconds a member."""
    return ModelFamily(
        {"gamma": [0.0, 0.3, 0.7], "u": [0.0, 1.0]}, {"gamma": 1j * Z}, {"u": ZZ, "constant": 0 * ZZ}
    )


@pytest.fixture(scope="module")
def dimers():
    """Family and verdicts of members next to each other, and one far away."""
    family = lossy_dimers([1.0], [2.9, 3.0, 0.3])
    return family, scan(family, UP, LAST)


def assert_same(verdict, alone):
    assert verdict.judgement == alone.judgement
    assert verdict.largest_infidelity == pytest.approx(alone.largest_infidelity, rel=2e-3)
    assert np.ravel(verdict.failure_intervals) == pytest.approx(np.ravel(alone.failure_intervals), abs=3e-6)
    assert [change.kind for change in verdict.transitions] == [change.kind for change in alone.transitions]
    times = [[change.time for change in v.transitions] for v in (verdict, alone)]
    assert times[0] == pytest.approx(times[1], abs=3e-6)


def test_a_member_has_the_verdict_that_it_has_alone(dimers):
    family, table = dimers
    alone = assess_hartree(list(family)[1], UP, LAST)
    assert_same(table.verdicts[1], alone)
    assert table.verdicts[1].confirmed == alone.confirmed == "amplitudes 20 40 80"


def test_the_largest_infidelity_is_that_of_exact_states(dimers):
    """u = 0.3, γ = 1: certified N = 60, 120, 240, extrapolated in 1/N by a line and by a parabola."""
    family, table = dimers
    verdict, model = table.verdicts[2], list(family)[2]
    when = verdict.largest_infidelity_time
    hartree = hartree_wavefunctions(model, UP, [when])[0]
    numbers = (60, 120, 240)
    exact = np.array(
        [
            1 - np.vdot(hartree, certify_marginals(model, UP, n, [when], 1e-10).density[0] @ hartree).real
            for n in numbers
        ]
    )
    line, parabola = (float(weights_at_infinity(numbers[-k:]) @ exact[-k:]) for k in (2, 3))
    assert abs(parabola - verdict.largest_infidelity) < abs(parabola - line) + 1e-9
    assert abs(parabola - line) < 1e-2 * parabola


def test_the_edges_of_the_family_are_known_theorems():
    """u = 0: Hartree is exact; γ = 0: the model is Hermitian."""
    table = scan(lossy_dimers([0.0, 1.0], [0.0, 1.0]), UP, 0.5)
    assert table["judgement"].tolist() == ["holds"] * 4
    assert table["confirmed"].tolist()[:3] == ["theorem"] * 3
    assert table["largest_infidelity"][:3].tolist() == [0.0] * 3
    assert 0 < table["largest_infidelity"][3] < 1e-3


def test_short_times_follow_the_defect_in_every_member():
    """I(t) = (t⁴/4) defect² (1 + O(t)), largest at the last time."""
    family, last = lossy_dimers([0.5, 1.0], [1.0, 1.1]), 0.02
    for model, verdict in zip(family, scan(family, UP, last).verdicts, strict=True):
        leading = predicted_infidelity(short_time_defect(model, UP), last)
        if leading > 0:
            assert verdict.largest_infidelity == pytest.approx(float(leading), rel=0.05)
        assert verdict.largest_infidelity < 1e-6


def test_branches_that_change_places_do_so_at_the_same_time():
    """The neighbour has its first-order transition elsewhere, and seeds from both sides of its own."""
    near = Model(1.05 * FIRST_ORDER.one_body, FIRST_ORDER.two_body)
    verdicts = list(assess_family([(near, FIRST_ORDER_STATE), (FIRST_ORDER, FIRST_ORDER_STATE)], 0.9))
    alone = assess_hartree(FIRST_ORDER, FIRST_ORDER_STATE, 0.9)
    assert_same(verdicts[1], alone)
    assert abs(verdicts[0].transitions[0].time - alone.transitions[0].time) > 1e-3


@pytest.mark.parametrize("dropped", ["dominant", "all"])
def test_seeds_that_lack_a_branch_are_not_believed(dropped):
    """After a first-order transition the branch from t = 0 is subdominant; as the only seed it is no answer."""
    times = [0.45, 0.9]
    curve = TwoPointCurve(FIRST_ORDER, FIRST_ORDER_STATE, times)
    right = curve.states()[1]
    assert right.subdominant
    seeds = {
        time: [path for path in paths if dropped != "all" and abs(np.vdot(path.wavefunction, ket)) ** 2 < 0.999]
        for time, paths in curve.paths().items()
        for ket in [right.wavefunctions[0]]
    }
    found = TwoPointCurve(FIRST_ORDER, FIRST_ORDER_STATE, times, seeds).states()[1]
    assert found.confirmed == "amplitudes"
    assert found.rate == pytest.approx(right.rate, abs=1e-12)
    assert abs(np.vdot(found.wavefunctions[0], right.wavefunctions[0])) == pytest.approx(1, abs=1e-12)


def test_seeds_of_another_model_are_no_answer():
    """Seeds far from any branch are dropped, and the member is searched as if it stood alone."""
    plus = ProductState(np.array([1, 1]) / np.sqrt(2))
    times = [0.4, 0.8]
    seeds = TwoPointCurve(FIRST_ORDER, FIRST_ORDER_STATE, times)
    seeds.states()
    found = TwoPointCurve(TRANSVERSE_MIXING, plus, times, seeds.paths()).states()[1]
    alone = TwoPointCurve(TRANSVERSE_MIXING, plus, times).states()[1]
    assert found.weights == pytest.approx(alone.weights, abs=1e-9)
    assert found.density == pytest.approx(alone.density, abs=1e-10)


def test_a_member_that_fails_is_unknown_and_stops_no_other(monkeypatch):
    whole = screening.assess_beside

    def refuse_one(model, *rest):
        if np.isclose(model.one_body[0, 0].imag, 0.3):
            raise ConvergenceError("for a test")
        return whole(model, *rest)

    monkeypatch.setattr(screening, "assess_beside", refuse_one)
    table = scan(diagonal_family(), ProductState.from_population(0.6), 1.0)
    assert table["judgement"].tolist() == ["holds", "holds", "unknown", "unknown", "holds", "fails"]
    assert table["reason"].tolist() == ["", "", "for a test", "for a test", "", ""]
    assert table["confirmed"][2] == ""
    assert np.isnan(table["largest_infidelity"][2])
    assert "for a test" in str(table.verdicts[2])


def test_a_budget_that_runs_out_confirms_nothing():
    (verdict,) = assess_family([(FIRST_ORDER, FIRST_ORDER_STATE)], 3.0, budget=0.0)
    assert (verdict.judgement, verdict.confirmed) == ("unknown", "")
    assert "budget" in verdict.reason


def test_the_table_has_a_row_a_member():
    family = diagonal_family()
    table = scan(family, ProductState.from_population(0.6), 1.0)
    assert len(table) == 6
    assert repr(table) == "ScanTable of 3 × 2 in gamma, u: 4 holds, 2 fails, 0 unknown"
    assert table["member"].tolist() == list(range(6))
    assert table.grid("gamma").tolist() == [[0.0, 0.0], [0.3, 0.3], [0.7, 0.7]]
    assert table.grid("largest_infidelity").shape == (3, 2)
    frame = table.to_pandas()
    assert list(frame) == list(table.columns)
    assert frame["failure_intervals"][5] == table.verdicts[5].failure_intervals
    assert frame["failure_time"].notna().tolist() == [False, False, False, True, False, True]


def test_processes_share_the_work_and_change_nothing():
    family, state = diagonal_family(), ProductState.from_population(0.6)
    here, shared = (scan(family, state, 1.0, processes=number) for number in (None, 2))
    assert here.verdicts == shared.verdicts


@pytest.mark.parametrize(
    "options", [{"threshold": 0.0}, {"particles": 1}, {"processes": 0}, {"processes": 1.5}, {"times": [-1.0]}]
)
def test_what_makes_no_sense_is_refused(options):
    with pytest.raises(ModelError, match=next(iter(options))):
        scan(diagonal_family(), UP, **({"times": 1.0} | options))


def test_what_is_no_family_or_has_another_dimension_is_refused():
    with pytest.raises(ModelError, match="family"):
        scan(FIRST_ORDER, UP, 1.0)
    with pytest.raises(ModelError, match="dimension"):
        scan(diagonal_family(), ProductState(np.array([1, 0, 0])), 1.0)
