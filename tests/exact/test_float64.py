"""Double precision in the rotated frame: right where it says so, and honest about where it is not."""

import numpy as np
import pytest
from scipy.linalg import expm

from nonhermitian_hartree.bosons.irreducible_couplings import reduce_couplings
from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian, normalised_marginal, product_state_vector
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.float64 import (
    evolve_float64,
    rotate_operators,
    rotation_to_frame,
    vary_operators,
)
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import (
    ALL_BANDS,
    ALL_BANDS_STATE,
    BALANCED,
    TRANSVERSE_MIXING,
    ZZ,
    X,
    Z,
    loss_with_hopping,
    random_model,
    random_state,
)


def strong_loss(loss, p0, phase):
    """A1 = X − i·loss·Z, A2 = 2 Z⊗Z: at N = 160 double precision fails between t = 0.6 and 2, depending on φ."""
    return Model(X - 1j * loss * Z, 2 * ZZ), ProductState.from_population(p0, phase)


EASY_TIMES, HARD_TIMES = (0.4, 1.0), (0.7, 1.0, 1.5)
CASES = {
    "loss_with_hopping": (*loss_with_hopping(), 120, EASY_TIMES),
    "all_bands": (ALL_BANDS, ALL_BANDS_STATE, 120, EASY_TIMES),
    "two_branches": (TRANSVERSE_MIXING, BALANCED, 120, EASY_TIMES),
    **{
        f"random{seed}": (random_model(2, seed, 0.5 + 0.25 * (seed % 6)), random_state(2, seed), 100, EASY_TIMES)
        for seed in range(12)
    },
    **{
        f"strong{parameters}": (*strong_loss(*parameters), 160, HARD_TIMES)
        for parameters in [(0.3, 0.75, 1), (0.5, 0.6, 2), (0.5, 0.75, 1), (0.8, 0.6, -1.5), (0.8, 0.75, 2)]
    },
    **{f"qutrit{seed}": (random_model(3, seed), random_state(3, seed), 12, EASY_TIMES) for seed in range(2)},
}


@pytest.mark.parametrize("case", CASES)
def test_estimate_is_never_below_the_true_error(case):
    model, state, particles, times = CASES[case]
    truth = certify_marginals(model, state, particles, times, 1e-14)
    result = evolve_float64(model, state, particles, times, np.inf)
    error = np.abs(result.density - truth.density).max(axis=(1, 2))
    assert (error <= result.error_bound).all()
    assert (np.abs(result.log_norm_rate - truth.log_norm_rate) <= result.error_bound).all()
    assert (np.abs(result.linear_entropy - truth.linear_entropy) <= result.linear_entropy_error).all()


def test_noise_is_rejected():
    """Errors of 0.75, 0.63 and 0.06 at these times: no estimate is finite, and the error says what to do."""
    model, state = strong_loss(0.5, 0.6, 2)
    assert np.isinf(evolve_float64(model, state, 160, [1.0, 1.25, 1.5], np.inf).error_bound).all()
    with pytest.raises(
        AccuracyError, match=r"N = 160, t = 1: error estimate inf exceeds .* use the certified method"
    ):
        evolve_float64(model, state, 160, [1.0], 1e-8)


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


def test_reruns_differ_by_more_than_the_rounding_of_the_operators():
    """An operator that all runs share would be wrong in all of them alike."""
    model, state = ALL_BANDS, ALL_BANDS_STATE
    couplings = reduce_couplings(model, 12)
    first, *others = vary_operators(couplings, rotation_to_frame(state.amplitudes), 12)
    size = np.abs(first.toarray())
    for other in others:
        change = np.abs((other - first).toarray())
        # In a sum of terms two changes may cancel.
        assert (change[size > 1e-3] > 2**-53 * size[size > 1e-3]).mean() > 0.9
        assert change.max() < 100 * 2**-53 * size.max()
    assert np.abs((others[0] - others[1]).toarray()).max() > 4 * 2**-53 * size.max()


def test_rotation_keeps_the_energy_of_the_state():
    model, state = random_model(3, 2), random_state(3, 2)
    couplings = reduce_couplings(model, 5)
    one_body, two_body = rotate_operators(couplings, rotation_to_frame(state.amplitudes))
    pair = np.kron(state.amplitudes, state.amplitudes)
    expected = np.vdot(state.amplitudes, couplings.one_body @ state.amplitudes)
    assert complex(one_body[0, 0]) == pytest.approx(complex(expected))
    assert complex(two_body[0, 0]) == pytest.approx(complex(np.vdot(pair, couplings.two_body @ pair)))
