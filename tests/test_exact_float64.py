"""Double precision in the rotated frame: right where it says so, and honest about where it is not."""

import numpy as np
import pytest
from random_models import X, Y, Z, loss_with_hopping, random_model, random_state
from scipy.linalg import expm

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.exact_float64 import evolve_float64, rotate_model, rotation_to_frame
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.symmetric_subspace import (
    many_body_hamiltonian,
    normalised_marginal,
    product_state_vector,
)

TIMES = [0.4, 1.0]


def dense_model():
    """All kinds of couplings at once."""
    two_body = (1 + 0.5j) * np.kron(X, X) - 0.7j * np.kron(Y, Y) + 0.4 * (np.kron(X, Z) + np.kron(Z, X))
    return Model(0.8 * Y + (0.2 - 0.3j) * Z, two_body), ProductState.from_population(0.35, 1.1)


def symmetry_breaking():
    return Model(0.5 * X, 1j * np.kron(Z, Z)), ProductState.from_population(0.5)


NAMED = {"loss_with_hopping": loss_with_hopping, "dense": dense_model, "symmetry_breaking": symmetry_breaking}
CASES = [
    *[
        pytest.param(*build(), particles, id=f"{name}-{particles}")
        for name, build in NAMED.items()
        for particles in (60, 200)
    ],
    *[
        pytest.param(
            random_model(2, seed, strength), random_state(2, seed), particles, id=f"random{seed}-{particles}"
        )
        for seed, strength, particles in [(s, 0.5 + 0.25 * (s % 6), (40, 120, 200)[s % 3]) for s in range(14)]
    ],
    *[pytest.param(random_model(3, seed), random_state(3, seed), 12, id=f"qutrit{seed}-12") for seed in range(2)],
]


@pytest.mark.parametrize(("model", "state", "particles"), CASES)
def test_estimate_is_never_below_the_true_error(model, state, particles):
    truth = certify_marginals(model, state, particles, TIMES, 1e-14)
    result = evolve_float64(model, state, particles, TIMES, np.inf)
    error = np.abs(result.density - truth.density).max(axis=(1, 2))
    assert (error <= result.error_bound).all()
    assert (np.abs(result.log_norm_rate - truth.log_norm_rate) <= result.error_bound).all()
    assert (np.abs(result.linear_entropy - truth.linear_entropy) <= result.linear_entropy_error).all()


def test_hard_models_are_rejected_though_their_runs_look_alike():
    """Strong couplings at N = 300: the result is noise, and the estimate says so."""
    model, state = random_model(2, 1, 3.0), random_state(2, 1)
    assert not np.isfinite(evolve_float64(model, state, 300, [1.0], np.inf).error_bound).all()
    with pytest.raises(AccuracyError, match=r"N = 300, t = 1: error estimate inf exceeds the tolerance 1e-08"):
        evolve_float64(model, state, 300, [1.0], 1e-8)


def test_estimate_is_not_idle():
    model, state = loss_with_hopping()
    result = evolve_float64(model, state, 400, [0.4], 1e-8)
    assert result.method == "float64"
    assert result.error_bound[0] < 1e-10


@pytest.mark.parametrize(("dimension", "particles"), [(2, 10), (3, 5), (4, 4)])
def test_small_systems_against_a_dense_exponential(dimension, particles):
    model, state = random_model(dimension, 20), random_state(dimension, 20)
    result = evolve_float64(model, state, particles, [0.9, 0.0, 0.3], 1e-10)
    for index, time in enumerate([0.9, 0.0, 0.3]):
        propagator = expm(-1j * time * many_body_hamiltonian(model, particles).toarray())
        vector = propagator @ product_state_vector(state.amplitudes, particles)
        expected = normalised_marginal(vector, dimension, particles, 1)
        np.testing.assert_allclose(result.density[index], expected, atol=1e-12)
        rate = np.log(np.vdot(vector, vector).real) / particles
        assert result.log_norm_rate[index] == pytest.approx(rate, abs=1e-12)
        assert result.linear_entropy[index] == pytest.approx(1 - np.trace(expected @ expected).real, abs=1e-12)


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_frame_is_unitary_and_starts_with_the_state(dimension):
    for amplitudes in (random_state(dimension, 1).amplitudes, np.eye(dimension, dtype=complex)[-1]):
        frame = rotation_to_frame(amplitudes)
        np.testing.assert_allclose((frame.conj().T @ frame).astype(complex), np.eye(dimension), atol=1e-17)
        np.testing.assert_allclose(frame[:, 0].astype(complex), amplitudes, atol=2e-16)


def test_rotation_keeps_the_energy_of_the_state():
    model, state = random_model(3, 2), random_state(3, 2)
    rotated = rotate_model(model, rotation_to_frame(state.amplitudes))
    pair = np.kron(state.amplitudes, state.amplitudes)
    assert rotated.one_body[0, 0] == pytest.approx(np.vdot(state.amplitudes, model.one_body @ state.amplitudes))
    assert rotated.two_body[0, 0] == pytest.approx(np.vdot(pair, model.two_body @ pair))
