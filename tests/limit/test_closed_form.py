"""The N → ∞ limit, eq. (40)–(42), (45), (46)."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits, integrate_limit, limit_velocity
from nonhermitian_hartree.limit.rate_function import rate_function, rate_function_slope
from nonhermitian_hartree.limit.solve import bound_limit_error
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.model.state import ProductState
from tests.systems import COUNTEREXAMPLE, diagonal_model, exact


def maximiser_of(tilt: float, time: float) -> float:
    """x* ∈ (0, ½) of eq. (29), found by bisection: for tilt > 0, or for tilt = 0 and t > ½."""
    upper = 0.5 - 1e-6 if tilt == 0 else 0.5
    return float(brentq(lambda x: float(rate_function_slope(x, tilt, time)), 1e-15, upper, xtol=1e-16))


@pytest.mark.parametrize("phase", [0.0, 1.1])
@pytest.mark.parametrize(("tilt", "time"), [(0.2, 0.0), (0.2, 0.3), (0.2, 0.5), (0.05, 1.5)])
def test_single_maximiser(tilt: float, time: float, phase: float) -> None:
    """Eq. (40) as printed, and (41): ρ̂ → |ν⟩⟨ν|, with θ = arg φ0 − arg φ1."""
    state = ProductState.from_tilt(tilt, phase)
    x = maximiser_of(tilt, time) if time else float(np.abs(state.amplitudes[1]) ** 2)
    off = np.exp(1j * state.relative_phase) * np.sqrt(x * (1 - x))
    limit = diagonal_qubit_limits(COUNTEREXAMPLE, state, [time])[0]
    assert limit.density == pytest.approx(np.array([[1 - x, off], [off.conj(), x]]), abs=1e-13)
    assert limit.linear_entropy == 0
    assert len(limit.weights) == 1


@pytest.mark.parametrize("time", [0.5001, 0.6, 1.0, 4.0])
def test_double_maximiser(time: float) -> None:
    """Eq. (45), (46): half ν, half its mirror image; S_L = ½ − 2x*(1 − x*), which is 1 − Tr ρ̂²."""
    phase = 0.7
    x = maximiser_of(0.0, time)
    off = np.exp(-1j * phase) * np.sqrt(x * (1 - x))
    limit = diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_population(0.5, phase), [time])[0]
    density = np.array([[0.5, off], [off.conj(), 0.5]])
    assert limit.density == pytest.approx(density, abs=1e-12)
    assert limit.linear_entropy == pytest.approx(0.5 - 2 * x * (1 - x), abs=1e-12)
    assert limit.linear_entropy == pytest.approx(1 - np.trace(density @ density).real, abs=1e-12)
    assert limit.weights.tolist() == [0.5, 0.5]
    one, other = (np.outer(ket, ket.conj()) for ket in limit.wavefunctions)
    flip = np.array([[0, np.exp(-1j * phase)], [np.exp(1j * phase), 0]])  # exchanges |0⟩ and |1⟩, keeps φ
    assert other == pytest.approx(flip @ one @ flip.conj().T, abs=1e-15)


def test_transition_at_the_critical_time() -> None:
    """§3.1.2: pure up to t = ½, mixed after, y² → 3(2t − 1) just after, S_L → ½ for t → ∞."""
    times = [0.3, 0.5, 0.5 + 1e-8, 0.51, 30.0]
    entropies = [
        limit.linear_entropy
        for limit in diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_population(0.5), times)
    ]
    assert entropies[:2] == [0, 0]
    assert entropies[2] == pytest.approx(0.5 * 3 * 2e-8, rel=1e-6)
    assert 0 < entropies[3] < entropies[4] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize(("p0", "start"), [(0.6, 0.0), (0.51, 0.0), (0.2, 0.0), (0.9, 0.2), (0.5, 0.7)])
def test_evolution_equation(p0: float, start: float) -> None:
    """(42) integrated as an ODE agrees with the maximiser at each time, on each branch."""
    times = [start, start + 0.3, start + 0.5, start + 1.0, start + 2.0]
    limits = diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_population(p0, 0.4), times)
    for branch in range(len(limits[0].weights)):
        solution = integrate_limit(limits[0].wavefunctions[branch], times)
        expected = np.array([limit.wavefunctions[branch] for limit in limits])
        assert np.abs(solution - expected).max() <= 1e-10


def test_evolution_equation_as_printed() -> None:
    """The right-hand side of (42), component by component; at t = 0 it is that of the Hartree flow (20)."""
    nu = np.array([0.8, 0.6j])
    a, b = 0.64, 0.36
    denominator = 1 - 8 * 0.3 * a * b
    printed = np.array(
        [(a - b - (a - b) ** 2) / denominator * nu[0], (b - a - (a - b) ** 2) / denominator * nu[1]]
    )
    assert limit_velocity(nu, 0.3) == pytest.approx(printed, abs=1e-15)
    hartree = np.array([(a - b - (a - b) ** 2) * nu[0], (b - a - (a - b) ** 2) * nu[1]])
    assert limit_velocity(nu, 0.0) == pytest.approx(hartree, abs=1e-15)


@pytest.mark.parametrize(
    ("p0", "time"), [(0.6, 0.4), (0.6, 1.0), (0.5, 0.3), (0.5, 0.9), (0.1, 2.0), (0.0, 1.0), (1.0, 0.5)]
)
def test_limit_of_the_exact_state(p0: float, time: float) -> None:
    """(40), (45): the exact marginal approaches it as 1/N; so does the norm rate."""
    limit = diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_population(p0), [time])[0]
    ours = exact([10**7, 10**8], p0, [time])
    for values, target in (
        (ours.density[:, 0], limit.density),
        (ours.log_norm_rate[:, 0, None, None], limit.rate),
    ):
        near, far = (np.abs(value - target).max() for value in values)
        assert near <= 1e-6
        assert far <= 0.11 * near + 1e-14


@pytest.mark.parametrize(("p0", "time"), [(0.6, 0.4), (0.6, 1.0), (0.1, 0.3)])
def test_the_state_sits_at_the_maximum_not_at_the_minimum(p0: float, time: float) -> None:
    """§4.3 finds x* by minimising f_t; ρ̂_11 tends to the place of its maximum."""
    grid = np.linspace(0, 1, 10_001)
    values = rate_function(grid, ProductState.from_population(p0).tilt, time)
    population = exact([10**6], p0, [time]).density[0, 0, 1, 1].real
    assert population == pytest.approx(grid[np.argmax(values)], abs=1e-4)
    assert abs(population - grid[np.argmin(values)]) > 0.5


def test_general_diagonal_model() -> None:
    """A1 and the Hermitian part of A2 turn the relative phase: exact states approach the limit as 1/N."""
    model, state = (
        diagonal_model([0.2j, -0.1], [1 + 1j, -0.3j, -0.3j, 0.5j]),
        ProductState.from_population(0.6, 0.4),
    )
    limit = diagonal_qubit_limits(model, state, [0.7])[0]
    ours = closed_form_marginals(model, state, [10**6, 10**7], [0.7])
    errors = np.abs(ours.density[:, 0] - limit.density).max(axis=(1, 2))
    assert errors[0] < 1e-4
    assert errors[1] == pytest.approx(errors[0] / 10, rel=1e-3)
    assert np.abs(ours.log_norm_rate[:, 0] - limit.rate).max() < 1e-5


def test_loss_with_hermitian_interaction() -> None:
    """A1 = iγZ, A2 = Z⊗Z in closed form: |ν|² as for one particle, relative phase advanced by 2t z(t);
    the Hartree equation advances it by 2 ∫ z instead."""
    gamma, time, state = 0.7, 0.6, ProductState.from_population(0.6)
    model = diagonal_model([1j * gamma, -1j * gamma], [1, -1, -1, 1])
    nu = diagonal_qubit_limits(model, state, [time])[0].wavefunctions[0]
    tilt = float(state.tilt or 0)
    z = np.tanh(tilt + 2 * gamma * time)
    assert np.abs(nu[0]) ** 2 - np.abs(nu[1]) ** 2 == pytest.approx(z, abs=1e-14)
    assert np.angle(nu[1] / nu[0]) == pytest.approx(2 * time * z, abs=1e-13)
    integral = solve_ivp(lambda s, _: [np.tanh(tilt + 2 * gamma * s)], (0, time), [0.0], rtol=1e-12, atol=1e-14).y[
        0, -1
    ]
    assert abs(2 * integral - 2 * time * z) > 0.1


def test_ray_distance_without_cancellation() -> None:
    """1 − |⟨φ|ν⟩|² = sin² of the angle between them, also for 1e-12."""
    for angle in (1e-12, 1e-6, 0.3, np.pi / 2):
        ket, other = np.array([1.0, 0.0j]), np.array([np.cos(angle), 1j * np.sin(angle)])
        assert ray_distance(ket, other) == pytest.approx(np.sin(angle), rel=1e-9)
    limit = diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_population(0.5), [1.0])[0]
    phi = np.array([0.6, 0.8])
    assert limit.infidelity_to(phi) == pytest.approx(1 - (phi @ limit.density @ phi).real, abs=1e-14)


@pytest.mark.parametrize("twist", [0.0, 1000.0, 1e8])
@pytest.mark.parametrize(
    ("tilt", "gain", "time"),
    [(0.0, 0.5, 1.0), (0.0, 1.7, 0.9), (0.3, 0.5, 1.0), (-2.0, -0.7, 1.3), (1e-9, 1.0, 0.5)],
)
def test_stated_error(tilt: float, gain: float, time: float, twist: float) -> None:
    """Roots of y = tanh(h + 2τy) and phases at 50 digits: long phases, the critical point."""
    state = ProductState.from_tilt(tilt, 0.4)
    coupling = twist + 1j * gain
    model = diagonal_model([0, 0], [coupling, -coupling, -coupling, coupling])
    limit = diagonal_qubit_limits(model, state, [time])[0]
    with mpmath.workdps(50):
        h, tau, kappa = abs(mpf(tilt)), mpf(gain) * mpf(time), mpf(twist) * mpf(time)
        low, high = mpf(10) ** -45, h + 2 * abs(tau)  # the largest root of a = h + 2τ tanh a
        low = mpmath.acosh(mpmath.sqrt(2 * tau)) if 2 * tau > 1 else low
        for _ in range(300):
            middle = (low + high) / 2
            low, high = (middle, high) if middle - 2 * tau * mpmath.tanh(middle) < h else (low, middle)
        y = mpf(0) if h == 0 and 2 * tau <= 1 else mpmath.sign(tilt or 1) * mpmath.tanh(low)
        branches = [y, -y] if h == 0 and 2 * tau > 1 else [y]
        phase = mpf(state.relative_phase)
        up = sum((1 + b) / 2 for b in branches) / len(branches)
        coherence = sum(mpmath.sqrt(1 - b * b) / 2 * mpmath.expj(phase - 2 * kappa * b) for b in branches)
        errors = (limit.density[0, 0] - up, limit.density[0, 1] - coherence / len(branches))
        bound = bound_limit_error(model, limit)
        assert max(abs(error) for error in errors) <= bound
    assert bound <= (1e-12 if tilt == 1e-9 else 1e-14) * (1 + twist)  # 1e-9 is next to the critical point
