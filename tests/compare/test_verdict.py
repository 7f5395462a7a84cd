"""The verdict: intervals of failure, the maximum and transitions over continuous time, gaps, and the sentence."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from nonhermitian_hartree.compare.assess import assess_hartree, recognise_theorem
from nonhermitian_hartree.compare.infidelity_curve import Sample, SampledCurve
from nonhermitian_hartree.compare.judge import judge_curve
from nonhermitian_hartree.compare.verdict import describe_verdict
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.limit.two_point.solve import find_limit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.lattice.operators import contact, hopping, onsite
from nonhermitian_hartree.model.lattice.states import uniform
from nonhermitian_hartree.model.state import ProductState, tilt_of_population
from tests.systems import (
    BALANCED,
    COUNTEREXAMPLE,
    DRIVEN_LOSS,
    FIRST_ORDER,
    FIRST_ORDER_STATE,
    ZZ,
    Z,
    diagonal_model,
    hermitian_part,
    one_body_loss,
    random_model,
    random_state,
)

TILTED = ProductState.from_population(0.6)


def loss_infidelity(time, tilt, gamma):
    """A1 = iγZ, A2 = Z⊗Z: equal heights z = tanh(h + 2γt), phases 2tz in the limit and 2∫z in Hartree."""
    z = np.tanh(tilt + 2 * gamma * time)
    integral = np.log(np.cosh(tilt + 2 * gamma * time) / np.cosh(tilt)) / (2 * gamma)
    return (1 - z**2) * np.sin(time * z - integral) ** 2


def test_failure_and_maximum_of_a_closed_form():
    gamma, threshold, tilt = 0.7, 1e-3, tilt_of_population(0.6)
    verdict = assess_hartree(one_body_loss(gamma), TILTED, [3.0])
    peak = minimize_scalar(lambda t: -loss_infidelity(t, tilt, gamma), bounds=(0.5, 2), options={"xatol": 1e-10})
    start = brentq(lambda t: loss_infidelity(t, tilt, gamma) - threshold, 0.01, 0.6, xtol=1e-12)
    stop = brentq(lambda t: loss_infidelity(t, tilt, gamma) - threshold, 2, 3, xtol=1e-12)
    assert verdict.judgement == "fails"
    assert np.array(verdict.failure_intervals) == pytest.approx(np.array([[start, stop]]), abs=1e-6)
    assert verdict.largest_infidelity == pytest.approx(-peak.fun, rel=1e-3)
    assert verdict.transitions == ()


@pytest.mark.parametrize("times", [[10.0], [0, 10], [0, 2, 4, 6, 8, 10], np.linspace(0, 10, 7)])
def test_the_grid_that_is_asked_for_decides_nothing(times):
    """Paper's model, p0 = 0.6: I = 0.04434 near t = 0.73, above 1e-3 between 0.265599 and 1.969313 only."""
    verdict = assess_hartree(COUNTEREXAMPLE, TILTED, times)
    assert verdict.failure_intervals == assess_hartree(COUNTEREXAMPLE, TILTED, [10.0]).failure_intervals
    assert np.ravel(verdict.failure_intervals) == pytest.approx([0.265599, 1.969313], abs=1e-6)
    assert verdict.largest_infidelity == pytest.approx(0.04434, rel=1e-3)


def test_oscillations_between_the_times_asked_for_are_seen():
    """A1 = 0.5i Z, A2 = 20 ZZ, p0 = ½: I = sech²t sin²(20(t tanh t − ln cosh t)) comes and goes three times."""
    model = Model(0.5j * Z, 20 * ZZ)
    verdict = assess_hartree(model, BALANCED, [0, 0.6116, 0.9678, 1.3922])
    grid = np.linspace(1e-6, 1.3922, 200_001)
    exact = np.sin(20 * (grid * np.tanh(grid) - np.log(np.cosh(grid)))) ** 2 / np.cosh(grid) ** 2
    above = np.flatnonzero(np.diff(exact > 1e-3))
    assert np.ravel(verdict.failure_intervals) == pytest.approx(grid[above], abs=1e-5)
    assert verdict.largest_infidelity == pytest.approx(exact.max(), rel=1e-3)


@pytest.mark.parametrize("seed", range(50))
def test_intervals_of_random_closed_forms_are_those_of_a_dense_grid(seed):
    rng = np.random.default_rng(seed)
    field, coupling = rng.normal(size=2), 3 * rng.normal(size=2)
    z, zz = field[0] + 1j * field[1], coupling[0] + 1j * coupling[1]
    model = diagonal_model([z, -z], [zz, -zz, -zz, zz])
    state = ProductState.from_population(rng.uniform(0.05, 0.95), 0.3)
    verdict = assess_hartree(model, state, [2.0])
    grid = np.linspace(0, 2, 501)
    infidelity = [
        limit.infidelity_to(phi)
        for limit, phi in zip(
            limit_states(model, state, grid), hartree_wavefunctions(model, state, grid), strict=True
        )
    ]
    inside = [any(start < t < stop for start, stop in verdict.failure_intervals) for t in grid]
    near = [min(abs(t - end) for end in [*np.ravel(verdict.failure_intervals), 9]) < 1e-5 for t in grid]
    assert not (((np.array(infidelity) > 1e-3) != inside) & ~np.array(near)).any()
    assert max(infidelity) <= verdict.largest_infidelity * (1 + 1e-3) + 1e-15


def test_splitting_is_located():
    """p0 = ½: Hartree stays at φ, so that I = ½(1 − √(1 − y²)) with y = tanh(2ty) once t > ½."""
    verdict = assess_hartree(COUNTEREXAMPLE, BALANCED, [0.8])
    (change,) = verdict.transitions
    assert (change.kind, change.time) == ("splitting", pytest.approx(0.5, abs=2e-6))
    y = np.sqrt(1 - (1 - 2 * verdict.threshold) ** 2)
    assert verdict.failure_time == pytest.approx(np.arctanh(y) / (2 * y), abs=2e-6)


def test_first_order_transition_is_one_wherever_the_grid_lies():
    """The tilt h − 0.4 t of A1 = −0.2i Z, A2 = i ZZ changes sign at a time that the samples may hit exactly."""
    start = tilt_of_population(0.6)
    for last in (3.0, 2 * start / 0.4, 4 * start / 0.4):
        verdict = assess_hartree(Model(-0.2j * Z, 1j * ZZ), TILTED, [last])
        (change,) = verdict.transitions
        assert (change.kind, change.time) == ("first order", pytest.approx(start / 0.4, abs=2e-6))
        assert change.jump == pytest.approx(0.2000, abs=1e-3)


def test_first_order_transition_without_a_symmetry():
    def gap(time):
        limit = find_limit(FIRST_ORDER, FIRST_ORDER_STATE, time)
        ranked = sorted([*limit.branches, *limit.subdominant], key=lambda b: abs(b.wavefunction[0]))
        return ranked[-1].rate - ranked[0].rate

    (change,) = assess_hartree(FIRST_ORDER, FIRST_ORDER_STATE, [1.0]).transitions
    assert change.kind == "first order"
    assert change.jump > 0.5
    assert abs(gap(change.time)) < 1e-5


def test_hermitian_models_and_those_without_interaction_are_recognised():
    hermitian = hermitian_part(random_model(2, 81))
    shifted = Model(hermitian.one_body - 0.3j * np.eye(2), hermitian.two_body + 2j * np.eye(4))
    for model in (hermitian, shifted):
        verdict = assess_hartree(model, random_state(2, 82), [1.0], particles=1000)
        assert (verdict.judgement, verdict.theorem) == ("holds", "hermitian")
        assert 0 < verdict.at_particles.hartree_infidelity < 0.1
        assert "known theorem" in str(verdict)
        assert "at N = 1000 Hartree is off by" in str(verdict)
    assert recognise_theorem(DRIVEN_LOSS) == "no interaction"
    assert assess_hartree(DRIVEN_LOSS, TILTED, [5.0]).judgement == "holds"
    assert recognise_theorem(COUNTEREXAMPLE) == ""


def test_prediction_at_finite_particles_follows_the_coefficient():
    """Paper's model, p0 = 0.6, t = 0.3: N·ε → ½ (2t²)(1 − y²)²/(1 − 2t(1 − y²)), largest at the last time."""
    y = brentq(lambda y: y - np.tanh(tilt_of_population(0.6) + 0.6 * y), 0.1, 1)
    coefficient = 2 * 0.3**2 * (1 - y**2) ** 2 / (1 - 0.6 * (1 - y**2))
    verdict = assess_hartree(COUNTEREXAMPLE, TILTED, [0.3], particles=1000)
    assert verdict.at_particles.limit_infidelity == pytest.approx(coefficient / 2000, rel=1e-9)
    assert not verdict.at_particles.is_exact
    assert verdict.particles_needed == np.ceil(coefficient / 2e-3)


def test_a_gap_is_said_and_leaves_the_rest():
    def sample_times(times):
        phi = hartree_wavefunctions(COUNTEREXAMPLE, TILTED, times)
        limits = limit_states(COUNTEREXAMPLE, TILTED, times)
        gap = [
            LimitState.unknown(t, "a reason") if 0.1 < t < 0.15 else limit
            for t, limit in zip(times, limits, strict=True)
        ]
        return [Sample(t, limit, limit.infidelity_to(p)) for t, limit, p in zip(times, gap, phi, strict=True)]

    short = judge_curve(SampledCurve(sample_times, np.inf), 0.2, 1.0, 1e-3, 0.0)
    assert short.judgement == "unknown"
    (interval,) = short.unknown_intervals
    assert interval.start <= 0.1 < 0.15 <= interval.stop
    assert "no answer for" in str(short)
    assert "a reason" in str(short)
    long = judge_curve(SampledCurve(sample_times, np.inf), 1.0, 1.0, 1e-3, 0.0)
    assert long.judgement == "fails"
    assert long.failure_time == pytest.approx(0.265599, abs=1e-6)


def test_a_budget_that_runs_out_is_unknown_not_silence():
    verdict = assess_hartree(FIRST_ORDER, FIRST_ORDER_STATE, [3.0], budget=0.0)
    assert verdict.judgement == "unknown"
    assert "budget" in str(verdict)


def test_what_is_known_when_the_budget_runs_out_is_said_truly():
    """Samples above the threshold are known; the intervals between them are not."""

    def sample_times(times):
        phi = hartree_wavefunctions(COUNTEREXAMPLE, TILTED, times)
        limits = limit_states(COUNTEREXAMPLE, TILTED, times)
        return [Sample(t, limit, limit.infidelity_to(p)) for t, limit, p in zip(times, limits, phi, strict=True)]

    curve = SampledCurve(sample_times, -np.inf)
    verdict = judge_curve(curve, 1.0, 1.0, 1e-3, 0.0)
    assert verdict.judgement == "unknown"
    assert verdict.failure_intervals == ()
    assert "below" not in str(verdict)
    assert "is above 0.001" in str(verdict)


def test_sentence_of_the_closed_form():
    verdict = assess_hartree(COUNTEREXAMPLE, TILTED, [1.0], particles=100)
    assert describe_verdict(verdict, "paper", "p0 = 0.6").startswith(
        "FAILS   paper, from p0 = 0.6: infidelity above 0.001 for 0.2656 < t ≤ 1, at most 0.0443 at t = 0.733"
    )
    assert str(verdict).endswith("predicted to order 1/N; the limit has a closed form")


@pytest.mark.parametrize("options", [{"threshold": 0.0}, {"threshold": 1.0}, {"particles": 1}, {"particles": 2.5}])
def test_what_is_no_threshold_or_particle_number_is_refused(options):
    with pytest.raises(ModelError, match=next(iter(options))):
        assess_hartree(COUNTEREXAMPLE, TILTED, [0.1], **options)


def test_a_lattice_is_assessed_and_the_sentence_says_how_sure_that_is():
    sites = 16
    model = Model(hopping(-1.0, [sites]) + onsite([(8, -1j)], sites), contact(float(sites), sites))
    verdict = assess_hartree(model, uniform(sites), [0.8], particles=10_000)
    assert verdict.judgement == "fails"
    (start, stop) = verdict.failure_intervals[0]
    assert stop == 0.8
    for time, above in ((0.95 * start, False), (1.05 * start, True)):
        (limit,) = limit_states(model, uniform(sites), [time])
        infidelity = limit.infidelity_to(hartree_wavefunctions(model, uniform(sites), [time])[0])
        assert (infidelity > 1e-3) == above
    assert verdict.confirmed == "continuation 2 3 4 6"
    assert str(verdict).endswith(
        "limit compared with exact states of 2, 3, 4 and 6 particles, but not confirmed by them at all times: "
        "there it is only followed"
    )
    assert verdict.particles_needed > 1000  # each mode adds to lim N·S_L


def test_without_any_exact_state_nothing_is_called_confirmed():
    sites = 400  # two particles have 80 200 components
    model = Model(hopping(-1.0, [sites], "periodic") + onsite(-0.1j, sites), contact(0.2 * sites, sites))
    limits = limit_states(model, uniform(sites), [0.0, 0.2])
    assert [limit.confirmed for limit in limits] == ["closed_form", "continuation"]
    assert limits[1].particles == ()
    curve = SampledCurve(lambda times: [Sample(time, limits[1], 0.0) for time in times], np.inf)
    verdict = judge_curve(curve, 0.2, 1.0, 1e-3, 0.0)
    assert str(verdict).endswith("limit only followed from t = 0, not confirmed by any exact state")
