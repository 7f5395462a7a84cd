"""The verdict: failure time, transitions and the readable line."""

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.random_models import X, Y, Z, random_model, random_state

from nonhermitian_hartree.compare.verdict import judge_hartree, locate_transitions
from nonhermitian_hartree.errors import ConvergenceError, ModelError
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.limit.two_point.solve import TwoPointCurve, find_limit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, tilt_of_population
from tests.references.hartree_reference import hartree_wavefunctions
from tests.systems import X, Y, Z, random_model, random_state

PAPER = Model(np.zeros((2, 2)), 1j * np.kron(Z, Z))


def judge(model, state, times, **options):
    curve = TwoPointCurve(model, state, times)
    return judge_hartree(
        model, state, curve.states(), hartree_wavefunctions(model, state, times), curve.at, **options
    )


def test_failure_time_of_the_closed_form():
    gamma, population, threshold = 0.7, 0.6, 1e-3
    tilt = tilt_of_population(population)

    def infidelity(time):
        z = np.tanh(tilt + 2 * gamma * time)
        integral = np.log(np.cosh(tilt + 2 * gamma * time) / np.cosh(tilt)) / (2 * gamma)
        return (1 - z**2) * np.sin(time * z - integral) ** 2  # phases 2tz and 2∫z, equal heights

    verdict = judge(
        Model(1j * gamma * Z, np.kron(Z, Z)), ProductState.from_population(population), np.linspace(0.1, 0.6, 6)
    )
    assert verdict.failure_time == pytest.approx(brentq(lambda t: infidelity(t) - threshold, 0.01, 0.6), abs=1e-6)
    assert verdict.largest_infidelity == pytest.approx(infidelity(verdict.largest_infidelity_time), abs=1e-10)
    assert verdict.transitions == ()
    assert "fails at order t²" in verdict.line


def test_zero_defect_is_not_called_valid_and_the_splitting_is_located():
    verdict = judge(PAPER, ProductState.from_population(0.5), np.array([0.2, 0.4, 0.6, 0.8]))
    assert "no failure at order t²" in verdict.line
    assert [change.kind for change in verdict.transitions] == ["splitting"]
    assert verdict.transitions[0].time == pytest.approx(0.5, abs=1e-6)

    # Hartree stays at φ, so that its infidelity is ½(1 − √(1 − y²)) with y = tanh(2ty).
    y = np.sqrt(1 - (1 - 2 * verdict.threshold) ** 2)
    assert verdict.failure_time == pytest.approx(np.arctanh(y) / (2 * y), abs=2e-6)


def test_first_order_transition_is_located():
    model = Model(0.3 * X + 0.3 * Y + (0.4 - 0.1j) * Z, (0.5 + 1j) * np.kron(Z, Z))
    state = ProductState.from_population(0.6, 0.5)

    def gap(time):
        limit = find_limit(model, state, time)
        ranked = sorted([*limit.branches, *limit.subdominant], key=lambda b: abs(b.wavefunction[0]))
        return ranked[-1].rate - ranked[0].rate

    curve = TwoPointCurve(model, state, [0.6, 0.8, 1.0])
    (change,) = locate_transitions(curve.states(), curve.at)
    assert change.kind == "first order"
    assert change.jump > 0.5
    assert change.time == pytest.approx(brentq(gap, 0.8, 0.9, xtol=1e-10), abs=1e-6)


def test_hermitian_model_never_fails():
    model = random_model(2, 81)
    hermitian = Model(*((a + a.conj().T) / 2 for a in (model.one_body, model.two_body)))
    verdict = judge(hermitian, random_state(2, 82), np.array([0.5, 1.0]))
    assert verdict.failure_time is None
    assert verdict.largest_infidelity < 1e-18
    assert "stays below 0.001 up to t = 1; largest infidelity below 1e-20; " in verdict.line
    assert "valid" not in verdict.line.replace("does not make Hartree valid", "")


def test_a_grid_time_on_a_first_order_transition_is_one_transition():
    model = Model(0.3 * X + 0.3 * Y + (0.4 - 0.1j) * Z, (0.5 + 1j) * np.kron(Z, Z))
    state = ProductState.from_population(0.6, 0.5)
    curve = TwoPointCurve(model, state, [0.8, 0.9])
    (expected,) = locate_transitions(curve.states(), curve.at)
    left, right = curve.states()
    middle = LimitState(expected.time, (*left.branches, *right.branches), np.array([0.4, 0.6]), ())
    (change,) = locate_transitions([left, middle, right], curve.at)
    assert change.kind == "first order"
    assert change.time == pytest.approx(expected.time, abs=2e-6)
    assert change.jump == pytest.approx(expected.jump, abs=1e-4)


def test_line_says_how_sure():
    verdict = judge(PAPER, ProductState.from_population(0.6), np.array([0.1, 0.2]))
    assert "confirmed by amplitudes at N = 20, 40, 80" in verdict.line


def test_times_without_a_limit_are_left_out_and_counted():
    state, times = ProductState.from_population(0.6), np.array([0.1, 0.15, 0.2])
    curve = TwoPointCurve(PAPER, state, times)
    limits, hartree = curve.states(), hartree_wavefunctions(PAPER, state, times)
    limits[1] = LimitState.unknown(0.15, "for a test")
    verdict = judge_hartree(PAPER, state, limits, hartree, curve.at)
    assert verdict.gaps == 1
    assert "not known at 1 of the times" in verdict.line
    with pytest.raises(ConvergenceError, match="for a test"):
        judge_hartree(PAPER, state, limits[1:2], hartree[1:2], curve.at)


@pytest.mark.parametrize("options", [{"threshold": 0.0}, {"threshold": 1.0}])
def test_threshold_must_be_a_probability(options):
    with pytest.raises(ModelError, match="threshold"):
        judge(PAPER, ProductState.from_population(0.6), np.array([0.1]), **options)


def test_times_must_ascend():
    with pytest.raises(ModelError, match="ascending"):
        judge_hartree(PAPER, ProductState.from_population(0.6), [], np.empty((0, 2)), None)
