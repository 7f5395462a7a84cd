"""Diagonal models with any number of levels: eq. (19) for d > 2."""

import mpmath as mp
import numpy as np
import pytest

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.first_quantised import DIGITS, largest_difference, reference_entropy, reference_marginal
from tests.systems import diagonal_part, random_model, random_state


def random_diagonal_model(dimension, seed):
    return diagonal_part(random_model(dimension, seed))


@pytest.mark.parametrize(("dimension", "particles"), [(2, 8), (3, 2), (3, 5), (4, 4)])
def test_against_eq_1_written_out(dimension, particles):
    model, state = random_diagonal_model(dimension, particles), random_state(dimension, particles)
    times = [0.0, 0.6, 2.0]
    result = sum_diagonal_marginals(model, state, particles, times)
    assert result.error_bound.max() < 1e-12
    for index, time in enumerate(times):
        reference, rate = reference_marginal(model, state, particles, time)
        assert largest_difference(result.density[index], reference) <= result.error_bound[index]
        with mp.workdps(DIGITS):
            assert abs(mp.mpf(result.log_norm_rate[index]) - rate) <= result.error_bound[index]
            entropy_error = abs(mp.mpf(result.linear_entropy[index]) - reference_entropy(reference))
            assert entropy_error <= result.linear_entropy_error[index]


@pytest.mark.parametrize(("dimension", "particles"), [(2, 120), (3, 30)])
def test_against_proved_values_at_larger_numbers(dimension, particles):
    model, state = random_diagonal_model(dimension, 1), random_state(dimension, 1)
    result = sum_diagonal_marginals(model, state, particles, [0.8])
    truth = certify_marginals(model, state, particles, [0.8], 1e-14)
    assert np.abs(result.density - truth.density).max() <= result.error_bound[0] + truth.error_bound[0]
    entropy_error = np.abs(result.linear_entropy - truth.linear_entropy)[0]
    assert entropy_error <= result.linear_entropy_error[0] + truth.linear_entropy_error[0]
    assert result.linear_entropy_error[0] < 1e-10 * result.linear_entropy[0]


def test_an_empty_level_stays_empty():
    state = ProductState(np.array([0.6, 0.0, 0.8]))
    result = sum_diagonal_marginals(random_diagonal_model(3, 2), state, 40, [1.0])
    assert not result.density[0][1].any()
    assert np.isfinite(result.error_bound).all()


def test_too_many_terms_and_other_models_are_refused():
    state = random_state(3, 0)
    with pytest.raises(AccuracyError, match="N = 3000, d = 3 has 4501500 terms, more than the 2000000"):
        sum_diagonal_marginals(random_diagonal_model(3, 0), state, 3000, [1.0])
    with pytest.raises(ModelError, match="diagonal"):
        sum_diagonal_marginals(random_model(3, 0), state, 10, [1.0])


def test_long_times_do_not_overflow():
    """At late times the fastest-growing occupation wins: (1/N) ln⟨Ψ|Ψ⟩ / t → 2 max Im E / N."""
    state = random_state(3, 5)
    gains = np.array([0.3, -0.2, 0.1])
    model = Model(1j * np.diag(gains), np.zeros((9, 9)))
    result = sum_diagonal_marginals(model, state, 20, [5000.0])
    assert result.log_norm_rate[0] == pytest.approx(
        2 * 5000 * 0.3 + 2 * np.log(abs(state.amplitudes[0])), rel=1e-13
    )
    assert result.density[0][0, 0] == pytest.approx(1)
