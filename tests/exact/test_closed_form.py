"""Exact marginals, eq. (13)–(19), against full sums, the full 2^N space, symmetries and asymptotic laws."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.model.state import ProductState
from tests.references.full_space import evolve_in_full_space, marginal_of
from tests.references.full_sum import full_sum
from tests.systems import COUNTEREXAMPLE, PARTICLES, POPULATIONS, TIMES, diagonal_model, exact

ACCURACY = 1e-12


def distance(value: float, reference: mpf) -> float:
    """Relative error; absolute where the reference vanishes to 100 digits."""
    return float(abs(mpf(float(value)) - reference) / (abs(reference) if abs(reference) > mpf(10) ** -90 else 1))


def test_full_sum_is_eq_19_as_printed() -> None:
    """The recursive terms of the reference are those of eq. (14) and (19), each written out on its own."""
    particles, p, t = 12, mpf(0.6), mpf(0.8)

    def eigenvalue(n):  # eq. (14)
        return mpf((particles - 2 * n) ** 2 - particles) / (2 * (particles - 1))

    with mpmath.workdps(60):
        q = 1 - p
        binomials = [mpmath.binomial(particles - 1, s) for s in range(particles)]
        twice = [mpmath.exp(2 * eigenvalue(s) * t) for s in range(particles)]
        mixed = [mpmath.exp((eigenvalue(s + 1) + eigenvalue(s)) * t) for s in range(particles)]
        forward = [p ** (particles - 1 - s) * q**s * binomials[s] for s in range(particles)]
        backward = [q ** (particles - 1 - s) * p**s * binomials[s] for s in range(particles)]
        rho00 = p * mpmath.fdot(forward, twice)
        rho11 = q * mpmath.fdot(backward, twice)
        rho01 = mpmath.sqrt(p * q) * mpmath.fdot(backward, mixed)
        reference = full_sum(particles, 0.6, 0.8)
        assert abs(reference.rho00 - rho00 / (rho00 + rho11)) < mpf(10) ** -50
        assert abs(reference.rho01 - rho01 / (rho00 + rho11)) < mpf(10) ** -50
        assert abs(reference.log_norm_rate - mpmath.log(rho00 + rho11) / particles) < mpf(10) ** -50


@pytest.mark.parametrize("p0", [*POPULATIONS, 0.3, 1e-6])
def test_agrees_with_full_sums(p0: float) -> None:
    """Eq. (19) term by term at 150 digits: every number to 1e-12 relative, and within its own error bound."""
    ours = exact(list(PARTICLES), p0, list(TIMES))
    for i, particles in enumerate(PARTICLES):
        for j, time in enumerate(TIMES):
            reference = full_sum(particles, p0, time)
            where = f"N = {particles}, t = {time}"
            entropy, density = ours.linear_entropy[i, j], ours.density[i, j]
            assert distance(entropy, reference.linear_entropy) <= ACCURACY, where
            assert abs(mpf(entropy) - reference.linear_entropy) <= ours.linear_entropy_error[i, j] + 1e-90, where
            for a, b in np.ndindex(2, 2):
                assert distance(density[a, b].real, reference.density[a][b]) <= ACCURACY, where
                assert abs(density[a, b] - complex(reference.density[a][b])) <= ours.error_bound[i, j], where
            assert abs(ours.log_norm_rate[i, j] - reference.log_norm_rate) <= ours.error_bound[i, j], where


@pytest.mark.parametrize(
    ("particles", "p0", "time"),
    [
        (20_000, 0.5 + 1e-5, 0.5),  # near-critical
        (30_000, 0.5, 0.503),  # two peaks that overlap
        (50_000, 0.5 + 2e-5, 0.52),  # coexistence: h of order 1/N
        (25_000, 0.5 + 1e-3, 0.6),  # a metastable peak
        (40_000, 0.9, 3.0),  # Poisson edge: a few particles in |1⟩
        (60_000, 1 - 1e-4, 0.4),  # Poisson edge of the initial state
        (200_000, 0.6, 0.8),
    ],
)
def test_large_sums_in_every_regime(particles: int, p0: float, time: float) -> None:
    """The thinned sums agree with all terms of eq. (19) to 1e-12 relative."""
    ours, reference = exact([particles], p0, [time])[0], full_sum(particles, p0, time)
    assert distance(ours.linear_entropy[0], reference.linear_entropy) <= ACCURACY
    for a, b in np.ndindex(2, 2):
        assert distance(ours.density[0, a, b].real, reference.density[a][b]) <= ACCURACY


def prefactor(p0: float, time: float) -> float:
    """lim N S_L = 2t² (1 − y²)² / (1 − 2t (1 − y²)) where the limit is pure, y = tanh(h + 2ty).

    S_L is ½ Tr of the covariance of pure states along a meridian: the variance of the field a = h + 2tμ is
    4t²/N times that of √N μ, (1 − y²)/(1 − 2t(1 − y²)), and |∂_a n|² = 1 − y².
    """
    with mpmath.workdps(40):
        p, t = mpf(p0), mpf(time)
        tilt = mpmath.atanh(2 * p - 1)
        y = mpmath.tanh(tilt + 2 * t * mpmath.sign(tilt))
        for _ in range(5000 if tilt else 0):
            y, before = mpmath.tanh(tilt + 2 * t * y), y
            if abs(y - before) < mpf(10) ** -35:
                break
        width = 1 - y * y
        return float(2 * t**2 * width**2 / (1 - 2 * t * width))


@pytest.mark.parametrize(
    ("p0", "time"),
    [
        (0.51, 0.1),
        (0.51, 0.5),
        (0.51, 0.8),
        (0.6, 0.25),
        (0.6, 2.0),
        (0.9, 0.8),
        (0.3, 1.0),
        (0.5, 0.1),
        (0.5, 0.49),
    ],
)
def test_large_particle_numbers_meet_the_prefactor(p0: float, time: float) -> None:
    """|N S_L / prefactor − 1| ≤ C/N up to N = 10¹², C measured at smaller N where full sums confirm S_L."""
    expected = prefactor(p0, time)
    ladder = [10**k for k in range(4, 13)]
    scaled = exact(ladder, p0, [time]).linear_entropy[:, 0] * np.array(ladder) / expected - 1
    constants = np.abs(scaled) * np.array(ladder)
    bound = 1.05 * constants[:3].max()
    assert (np.abs(scaled) <= bound / np.array(ladder) + ACCURACY).all()
    assert abs(scaled[-1]) <= 1e-7


def test_critical_law() -> None:
    """At |φ0|² = t = ½ the weights are e^{−Mμ⁴/12}: S_L → ½ √12 Γ(3/4)/Γ(1/4) N^{−1/2}, corrections N^{−1/2}."""
    expected = 0.5 * math.sqrt(12) * math.gamma(0.75) / math.gamma(0.25)
    ladder = np.array([10**6, 10**8, 10**10, 10**12])
    scaled = exact(ladder.tolist(), 0.5, [0.5]).linear_entropy[:, 0] * np.sqrt(ladder) / expected - 1
    constants = scaled * np.sqrt(ladder)
    assert constants[1:] == pytest.approx(constants[0], rel=2e-3)  # a pure N^{−1/2} correction
    assert abs(scaled[-1]) < 1e-6


@pytest.mark.parametrize("time", [0.6, 0.8, 2.0])
@pytest.mark.parametrize("u", [0.0, 0.2, 1.0, 3.0])
def test_coexistence_law(time: float, u: float) -> None:
    """h = u/N, t > ½: two branches of weights ∝ e^{±uy}, so r_z → y tanh uy, S_L → ½ y² (1 − tanh² uy)."""
    y = 1.0
    for _ in range(2000):
        y = math.tanh(2 * time * y)
    particles = 10**8
    ours = closed_form_marginals(COUNTEREXAMPLE, ProductState.from_tilt(u / particles), [particles], [time])[0]
    populations = ours.density[0].diagonal().real
    assert populations[0] - populations[1] == pytest.approx(y * math.tanh(u * y), abs=1e-6)
    assert ours.linear_entropy[0] == pytest.approx(0.5 * (y / math.cosh(u * y)) ** 2, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("p0", [0.0, 1.0])
def test_stable_fixed_points_stay_pure(p0: float) -> None:
    """|0⟩^N and |1⟩^N are eigenvectors (14): ρ̂ never changes, S_L = 0 and ⟨Ψ|Ψ⟩ = e^{Nt}, all exactly."""
    ours = exact([2, 1000, 10**12], p0, [0.0, 0.5, 10.0], phase=0.3)
    assert (ours.linear_entropy == 0).all()
    assert (ours.density == np.diag([p0, 1 - p0])).all()
    assert (ours.log_norm_rate == np.array([0.0, 0.5, 10.0])).all()


@given(p0=st.floats(0, 1), phase=st.floats(-3, 3), particles=st.integers(2, 10**12))
def test_nothing_happens_at_time_zero(p0: float, phase: float, particles: int) -> None:
    """Eq. (2): at t = 0 the state is the product state: pure, to the last rounding of its entries."""
    state = ProductState.from_population(p0, phase)
    ours = closed_form_marginals(COUNTEREXAMPLE, state, [particles], [0.0])[0]
    assert np.abs(ours.density[0] - np.outer(state.amplitudes, state.amplitudes.conj())).max() < 1e-15
    assert ours.linear_entropy[0] == ours.log_norm_rate[0] == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("p0", [0.0, 1e-300, 1e-6, 0.3, 0.5, 0.5 + 1e-16, 0.9, 1 - 1e-16, 1.0])
def test_no_overflow(p0: float) -> None:
    """N·t up to 10¹⁵ and beyond any double in e^{Nt}: finite numbers, no floating-point warning."""
    for particles, time in [
        (10, 1e14),
        (1000, 1e12),
        (10**6, 1e9),
        (10**12, 1e3),
        (10**15, 1.0),
        (10**15, 1e-300),
    ]:
        ours = exact([particles], p0, [time])[0]
        for values in (ours.density, ours.linear_entropy, ours.log_norm_rate, ours.error_bound):
            assert np.isfinite(values).all()
        assert np.trace(ours.density[0]).real == pytest.approx(1, abs=1e-13)
        assert 0 <= ours.linear_entropy[0] <= 0.5 * (1 + 1e-13)


@pytest.mark.parametrize("time", [1e-12, 1e-9, 1e-5])
def test_short_times(time: float) -> None:
    """The origin of the pair sum is found to rounding: no noise where sinh z is far below 1e-16."""
    for particles in (2, 300, 10**12):
        ours = exact([particles], 0.6, [time]).linear_entropy[0, 0]
        if particles == 10**12:
            assert ours == pytest.approx(prefactor(0.6, time) / particles, rel=1e-11)
        else:
            assert distance(ours, full_sum(particles, 0.6, time).linear_entropy) <= ACCURACY


GENERAL_MODELS = {
    "counterexample": COUNTEREXAMPLE,
    "gain_field": diagonal_model([0.3j, -0.2j], [1j, -1j, -1j, 1j]),
    "negative_gain": diagonal_model([0, 0], [-1.5j, 1.5j, 1.5j, -1.5j]),
    "hermitian": diagonal_model([0.7, -0.1], [0.9, -0.4, -0.4, 0.2]),
    "twist": diagonal_model([0.1, 0.4 + 0.2j], [0.9 + 0.6j, -0.4 - 0.3j, -0.4 - 0.3j, 0.2 + 0.5j]),
    "loss_of_pairs": diagonal_model([0.2, 0], [-1j, 0, 0, 0]),
}


@pytest.mark.parametrize("name", GENERAL_MODELS)
@pytest.mark.parametrize("particles", [2, 3, 6])
def test_agrees_with_the_full_space(name: str, particles: int) -> None:
    """Eq. (19), for any diagonal A1 and A2, against (1)–(7) by brute force on 2^N amplitudes."""
    model, times = GENERAL_MODELS[name], [0.0, 0.3, 1.1]
    for state in (
        ProductState.from_population(0.7, 0.4),
        ProductState(np.array([0.6, -0.8j])),
        ProductState.from_population(0.0),
    ):
        ours = closed_form_marginals(model, state, [particles], times)[0]
        for j, time in enumerate(times):
            vector = evolve_in_full_space(model, state, particles, time)
            density = marginal_of(vector, 2)
            assert np.abs(ours.density[j] - density).max() <= 1e-13
            assert ours.linear_entropy[j] == pytest.approx(1 - np.trace(density @ density).real, abs=1e-13)
            assert ours.log_norm_rate[j] == pytest.approx(
                math.log(np.vdot(vector, vector).real) / particles, abs=1e-13
            )


@pytest.mark.parametrize("name", GENERAL_MODELS)
@pytest.mark.parametrize("particles", [7, 1000])
def test_general_models_within_their_error_bounds(name: str, particles: int) -> None:
    """The conditional states of eq. (17) summed at 60 digits, from the energies of eq. (14)."""
    model, state, time = GENERAL_MODELS[name], ProductState.from_population(0.55, 0.4), 0.7
    ours = closed_form_marginals(model, state, [particles], [time])[0]
    with mpmath.workdps(60):
        one, two = (
            [mpmath.mpc(complex(c)) for c in np.diag(matrix)] for matrix in (model.one_body, model.two_body)
        )
        p0, t, m = mpf(0.55), mpf(time), particles - 1
        rho00 = rho11 = rho01 = mpf(0)
        for s in range(particles):
            weight = mpmath.binomial(m, s) * p0**s * (1 - p0) ** (m - s)
            amplitudes = []
            for up, start in ((s + 1, mpmath.sqrt(p0)), (s, mpmath.sqrt(1 - p0) * mpmath.expj(mpf(0.4)))):
                down = particles - up
                pairs = two[0] * up * (up - 1) / 2 + two[1] * up * down + two[3] * down * (down - 1) / 2
                energy = one[0] * up + one[1] * down + pairs / m
                amplitudes.append(start * mpmath.exp(-1j * t * energy))
            rho00 += weight * abs(amplitudes[0]) ** 2
            rho11 += weight * abs(amplitudes[1]) ** 2
            rho01 += weight * amplitudes[0] * mpmath.conj(amplitudes[1])
        trace = rho00 + rho11
        entropy = 2 * (rho00 * rho11 - abs(rho01) ** 2) / trace**2
        assert abs(ours.linear_entropy[0] - entropy) <= ours.linear_entropy_error[0] + mpf(10) ** -40
        assert abs(ours.log_norm_rate[0] - mpmath.log(trace) / particles) <= ours.error_bound[0]
        for value, reference in (
            (ours.density[0, 0, 0], rho00),
            (ours.density[0, 1, 1], rho11),
            (ours.density[0, 0, 1], rho01),
        ):
            assert abs(mpmath.mpc(complex(value)) - reference / trace) <= ours.error_bound[0]
    assert ours.linear_entropy_error[0] <= ACCURACY
    assert ours.error_bound[0] <= ACCURACY


STATES = {"p0": st.floats(0, 1), "time": st.floats(0, 5), "particles": st.integers(2, 10**9)}


@given(**STATES, phase=st.floats(-3, 3))
def test_marginals_are_states(p0: float, time: float, particles: int, phase: float) -> None:
    """Trace one, Hermitian, positive, 0 ≤ S_L ≤ ½; S_L is that of the density matrix."""
    ours = exact([particles], p0, [time], phase)[0]
    density, entropy = ours.density[0], float(ours.linear_entropy[0])
    assert np.array_equal(density, density.conj().T)
    assert np.trace(density).real == pytest.approx(1, abs=1e-13)
    assert np.linalg.eigvalsh(density).min() >= -1e-13
    assert 0 <= entropy <= 0.5 * (1 + 1e-13)
    assert entropy == pytest.approx(1 - np.trace(density @ density).real, abs=1e-12)


@given(**STATES, phase=st.floats(-3, 3))
def test_phase_covariance(p0: float, time: float, particles: int, phase: float) -> None:
    """Turning φ1 by e^{iα} turns ρ01 by e^{−iα} and changes nothing else: eq. (19) holds φ0 φ1* as a factor."""
    turned, straight = exact([particles], p0, [time], phase)[0], exact([particles], p0, [time])[0]
    assert turned.density[0].diagonal() == pytest.approx(straight.density[0].diagonal(), abs=1e-15)
    assert turned.density[0, 0, 1] == pytest.approx(straight.density[0, 0, 1] * np.exp(-1j * phase), abs=1e-15)
    assert turned.linear_entropy[0] == straight.linear_entropy[0]


@given(tilt=st.floats(-20, 20), time=STATES["time"], particles=STATES["particles"])
def test_exchange_symmetry(tilt: float, time: float, particles: int) -> None:
    """p0 → 1 − p0 exchanges |0⟩ and |1⟩, because Z⊗Z does not tell them apart."""
    one, other = (
        closed_form_marginals(COUNTEREXAMPLE, ProductState.from_tilt(h), [particles], [time])[0]
        for h in (tilt, -tilt)
    )
    assert other.density[0] == pytest.approx(one.density[0, ::-1, ::-1], abs=1e-15)
    assert other.linear_entropy[0] == one.linear_entropy[0]


def test_vectorised_over_particles_and_times() -> None:
    """A grid gives the numbers of its points one by one, whatever else is in the batch."""
    particles, times = [2, 50, 700, 10**6], [0.0, 0.45, 0.6, 3.0]
    grid = exact(particles, 0.52, times)
    for i, j in np.ndindex(4, 4):
        point = exact([particles[i]], 0.52, [times[j]])
        assert grid.linear_entropy[i, j] == pytest.approx(point.linear_entropy[0, 0], rel=1e-13, abs=0)
        assert grid.density[i, j] == pytest.approx(point.density[0, 0], abs=1e-14)


@pytest.mark.parametrize(
    ("particles", "times", "message"),
    [([1], [0.0], "particles"), ([10**16], [0.0], "particles"), ([2], [-1.0], "times"), ([2], [np.nan], "times")],
)
def test_refuses_what_is_out_of_range(particles: list[int], times: list[float], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        exact(particles, 0.6, times)
