"""Branches of the two-point equations against closed forms, symmetries and certified finite N."""

import numpy as np
import pytest
from scipy.optimize import brentq

from nonhermitian_hartree.compare.distances import bloch_vector
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.limit.two_point.solve import find_limit, limit_over_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, tilt_of_population
from tests.references.hartree_reference import hartree_wavefunctions
from tests.systems import (
    BALANCED,
    COUNTEREXAMPLE,
    FIRST_ORDER,
    FIRST_ORDER_STATE,
    TRANSVERSE_MIXING,
    ZZ,
    X,
    Y,
    Z,
    hermitian_part,
    loss_with_hopping,
    one_body_loss,
    random_model,
    random_state,
)


def height(wavefunction):
    return abs(wavefunction[0]) ** 2 - abs(wavefunction[1]) ** 2


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_hermitian_models_follow_hartree(dimension, seed):
    model, state = hermitian_part(random_model(dimension, seed, 1.5)), random_state(dimension, seed)
    times = np.array([0.3, 1.0])
    for limit, phi in zip(
        limit_over_times(model, state, times), hartree_wavefunctions(model, state, times), strict=True
    ):
        assert not limit.is_mixed
        assert ray_distance(limit.wavefunctions[0], phi) < 1e-10
        assert limit.rate == pytest.approx(0, abs=1e-11)


@pytest.mark.parametrize("population", [0.51, 0.6, 0.2, 0.95])
@pytest.mark.parametrize("time", [0.3, 0.5, 0.8, 2.0])
def test_paper_model_obeys_the_self_consistency(population, time):
    # Eq. (36) with y = 1 − 2x: y = tanh(h + 2ty), the root with the sign of h.
    tilt = tilt_of_population(population)
    sign = np.sign(tilt)
    y = sign * brentq(lambda y: y - np.tanh(abs(tilt) + 2 * time * y), 1e-12, 1, xtol=1e-15)
    limit = find_limit(COUNTEREXAMPLE, ProductState.from_population(population, 0.7), time)
    assert not limit.is_mixed
    assert height(limit.wavefunctions[0]) == pytest.approx(y, abs=1e-10)
    assert np.angle(limit.wavefunctions[0, 1] / limit.wavefunctions[0, 0]) == pytest.approx(0.7, abs=1e-10)
    # g is the maximum of the exponent of the Laplace argument: t y² − KL.
    kl = sum(x * np.log(x / p) for x, p in (((1 + y) / 2, population), ((1 - y) / 2, 1 - population)))
    assert limit.rate == pytest.approx(time * y**2 - kl, abs=1e-10)


@pytest.mark.parametrize("time", [0.51, 0.6, 0.8, 2.0])
def test_paper_model_at_one_half_has_two_branches(time):
    y = brentq(lambda y: y - np.tanh(2 * time * y), 1e-3, 1, xtol=1e-15)
    limit = find_limit(COUNTEREXAMPLE, BALANCED, time)
    assert sorted(height(v) for v in limit.wavefunctions) == pytest.approx([-y, y], abs=1e-10)
    assert limit.weights == pytest.approx([0.5, 0.5], abs=1e-9)
    assert limit.linear_entropy == pytest.approx(y**2 / 2, abs=1e-10)  # eq. (46)


@pytest.mark.parametrize("time", [0.2, 0.49])
def test_paper_model_at_one_half_stays_before_the_critical_time(time):
    limit = find_limit(COUNTEREXAMPLE, BALANCED, time)
    assert not limit.is_mixed
    assert ray_distance(limit.wavefunctions[0], BALANCED.amplitudes) < 1e-10


def test_critical_point_is_returned_with_its_soft_maximum():
    limit = find_limit(COUNTEREXAMPLE, BALANCED, 0.5)
    assert not limit.is_mixed
    assert limit.branches[0].softness == pytest.approx(1, abs=1e-7)
    # The equation is cubic there: y³/3 = rounding leaves y undetermined below about 1e-5.
    assert ray_distance(limit.wavefunctions[0], BALANCED.amplitudes) < 1e-4


@pytest.mark.parametrize("time", [0.3, 0.6, 1.0])
def test_non_hermitian_one_body_term_alone_defeats_hartree(time):
    gamma, population = 0.7, 0.6
    model, state = one_body_loss(gamma), ProductState.from_population(population)
    tilt = tilt_of_population(population)
    wavefunction = find_limit(model, state, time).wavefunctions[0]
    z = np.tanh(tilt + 2 * gamma * time)
    assert height(wavefunction) == pytest.approx(z, abs=1e-10)
    assert np.angle(wavefunction[1] / wavefunction[0]) == pytest.approx(2 * time * z, abs=1e-10)
    phi = hartree_wavefunctions(model, state, [time])[0]
    integral = np.log(np.cosh(tilt + 2 * gamma * time) / np.cosh(tilt)) / (2 * gamma)
    assert height(phi) == pytest.approx(z, abs=1e-10)
    assert np.angle(phi[1] / phi[0]) == pytest.approx(2 * integral, abs=1e-10)


def test_transverse_field_mixes_two_branches():
    """Mirror images of equal weight; what they have in common is that of certified finite N, extrapolated."""
    limit = find_limit(TRANSVERSE_MIXING, BALANCED, 0.9)
    projectors = np.einsum("bi,bj->bij", limit.wavefunctions, limit.wavefunctions.conj())
    first, second = (bloch_vector(projector) for projector in projectors)
    np.testing.assert_allclose(first, second * [1, -1, -1], atol=1e-9)
    assert abs(first[2]) > 0.8
    assert limit.weights == pytest.approx([0.5, 0.5], abs=1e-9)
    exact = [certify_marginals(TRANSVERSE_MIXING, BALANCED, n, [0.9], 1e-10) for n in (50, 100, 200)]
    for of_limit, values in (
        (limit.linear_entropy, [m.linear_entropy[0] for m in exact]),
        (first[0], [bloch_vector(m.density[0])[0] for m in exact]),
    ):
        extrapolated, error = richardson(values)
        assert error < 1e-3
        assert of_limit == pytest.approx(extrapolated, abs=error)


@pytest.mark.parametrize("dimension", [2, 3])
def test_common_rotation_and_complex_shift_change_nothing(dimension):
    model, state = random_model(dimension, 31), random_state(dimension, 32)
    rng = np.random.default_rng(33)
    unitary = np.linalg.qr(rng.normal(size=(dimension,) * 2) + 1j * rng.normal(size=(dimension,) * 2))[0]
    pair = np.kron(unitary, unitary)
    shift, time = 1.3 - 0.8j, 0.6
    turned = Model(
        unitary @ model.one_body @ unitary.conj().T + shift * np.eye(dimension),
        pair @ model.two_body @ pair.conj().T,
    )
    plain = find_branches(model, state, time)
    moved = find_branches(turned, ProductState(unitary @ state.amplitudes), time)
    assert len(plain) == len(moved)
    for one, other in zip(plain, moved, strict=True):
        assert ray_distance(unitary @ one.wavefunction, other.wavefunction) < 1e-10
        assert other.rate == pytest.approx(one.rate + 2 * time * shift.imag, abs=1e-10)
        assert other.log_prefactor == pytest.approx(one.log_prefactor, abs=1e-9)
        assert other.softness == pytest.approx(one.softness, abs=1e-9)


CERTIFIED_CASES = [
    ("hopping", 0.4, (50, 100, 200)),
    ("hopping", 0.8, (50, 100, 200)),
    *[(f"qubit {seed}", 0.7, (40, 80, 160)) for seed in (41, 42, 43, 44, 45, 46)],
    *[(f"qutrit {seed}", 0.5, (8, 16, 32)) for seed in (51, 52, 53)],
]


def richardson(values):
    """Extrapolation in 1/N from N, 2N, 4N, and its difference to the one from 2N, 4N as error estimate."""
    first, second, third = values
    best = (8 * third - 6 * second + first) / 3
    return best, np.abs(best - (2 * third - second)).max()


def certified_case(name):
    if name == "hopping":
        return loss_with_hopping()
    kind, seed = name.split()
    dimension = {"qubit": 2, "qutrit": 3}[kind]
    return random_model(dimension, int(seed)), random_state(dimension, int(seed))


@pytest.mark.parametrize(("name", "time", "particles"), CERTIFIED_CASES)
def test_limit_against_certified_finite_n(name, time, particles):
    model, state = certified_case(name)
    limit = find_limit(model, state, time)
    exact = [certify_marginals(model, state, n, [time], 1e-11) for n in particles]
    extrapolated, error = richardson([m.density[0] for m in exact])
    # The tolerance is the extrapolation's own error estimate, 4e-7 … 5e-4 here; measured differences: 1e-8 … 3e-4.
    assert error < 1e-3
    assert np.abs(limit.density - extrapolated).max() < 2 * error
    assert ray_distance(limit.wavefunctions[0], hartree_wavefunctions(model, state, [time])[0]) > 10 * error
    assert limit.confirmed == "amplitudes"
    # ln⟨Ψ|Ψ⟩ = N g + ln C + O(1/N): the fluctuation prefactor, too, against exact norms.
    rest = [n * (m.log_norm_rate[0] - limit.rate) for n, m in zip(particles, exact, strict=True)]
    log_prefactor, prefactor_error = richardson(np.array(rest))
    assert limit.branches[0].log_prefactor == pytest.approx(log_prefactor, abs=2 * prefactor_error + 1e-9)


def rate_gap(time):
    """Difference of the rates of the upper and the lower of two branches that no symmetry connects."""
    upper, lower = sorted(
        find_branches(FIRST_ORDER, FIRST_ORDER_STATE, time), key=lambda b: -height(b.wavefunction)
    )
    return upper.rate - lower.rate


def test_weights_at_a_first_order_transition_follow_the_prefactors():
    time = brentq(rate_gap, 0.8, 0.9, xtol=1e-14)
    limit = find_limit(FIRST_ORDER, FIRST_ORDER_STATE, time)
    assert len(limit.branches) == 2
    assert abs(limit.weights[0] - 0.5) > 1e-3
    exact = [
        certify_marginals(FIRST_ORDER, FIRST_ORDER_STATE, n, [time], 1e-11).density[0] for n in (50, 100, 200)
    ]
    extrapolated, error = richardson(exact)
    # The error of the extrapolation is about 4e-5, that of equal weights would be 1e-3.
    assert error < 1e-4
    assert np.abs(limit.density - extrapolated).max() < 2 * error
    equal = np.einsum("bi,bj->ij", limit.wavefunctions, limit.wavefunctions.conj()) / 2
    assert np.abs(equal - extrapolated).max() > 10 * error


def test_branch_in_a_small_basin_is_not_missed():
    # A grid of final states alone misses the dominant branch here.
    model = Model(0.5 * X + 0.3 * Y - 0.1j * Z, 1j * ZZ)
    state = ProductState.from_population(0.6)
    particles = (40, 80, 160)
    rates = [certify_marginals(model, state, n, [2.0], 1e-10).log_norm_rate[0] for n in particles]
    extrapolated, error = richardson(np.array(rates))
    assert find_limit(model, state, 2.0).rate == pytest.approx(extrapolated, abs=3 * error)


def test_order_of_times_does_not_matter():
    model, state = loss_with_hopping()
    forward = limit_over_times(model, state, [0.2, 0.5])
    backward = limit_over_times(model, state, [0.5, 0.2])
    assert [limit.time for limit in backward] == [0.5, 0.2]
    assert forward[1].rate == pytest.approx(backward[0].rate, abs=1e-12)


def test_start_is_the_initial_state():
    model, state = loss_with_hopping()
    limit = find_limit(model, state, 0.0)
    assert ray_distance(limit.wavefunctions[0], state.amplitudes) < 1e-14
    assert limit.rate == pytest.approx(0, abs=1e-15)


def test_continuous_family_of_limits_is_averaged():
    # Pairs leave the middle level for the outer two; their relative phase is free, so the limits form a circle.
    two_body = np.zeros((3, 3, 3, 3), dtype=complex)
    for outer in ((0, 2), (2, 0)):
        two_body[1, 1][outer] = two_body[outer][1, 1] = 1j
    model, state = Model(np.zeros((3, 3)), two_body.reshape(9, 9)), ProductState(np.array([0, 1, 0]))
    limit = find_limit(model, state, 1.5)
    # the phase is averaged, so that the populations remain: exact states tend to them like 1/N
    assert np.abs(limit.density - np.diag(np.diag(limit.density))).max() < 1e-12
    assert limit.density[0, 0] == pytest.approx(limit.density[2, 2], abs=1e-12)
    exact = [certify_marginals(model, state, n, [1.5], 1e-10).density[0] for n in (12, 30)]
    first, second = (np.abs(density - limit.density).max() for density in exact)
    assert second < 0.05
    assert second < 0.7 * first


def test_wrong_arguments():
    model, _ = loss_with_hopping()
    with pytest.raises(ModelError, match="dimension"):
        find_branches(model, ProductState(np.array([1, 0, 0])), 0.1)
    with pytest.raises(ModelError, match="≥ 0"):
        find_branches(model, BALANCED, -0.1)
