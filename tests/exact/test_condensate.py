"""Finite N from the condensate expansion: against proved values, closed forms and the limit."""

import numpy as np
import pytest

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.condensate.solve import condensate_marginals, solve_condensate, verify_branches
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import (
    ALL_BANDS,
    ALL_BANDS_STATE,
    BALANCED,
    COUNTEREXAMPLE,
    TRANSVERSE_ISING,
    TRANSVERSE_MIXING,
    Z,
    loss_with_hopping,
    one_body_loss,
    random_model,
    random_state,
)

NAMED = {
    "loss_with_hopping": (*loss_with_hopping(), 0.4, 200),
    "all_bands": (ALL_BANDS, ALL_BANDS_STATE, 1.0, 100),
    "two_branches": (TRANSVERSE_MIXING, BALANCED, 0.9, 400),
    "near_critical": (TRANSVERSE_MIXING, BALANCED, 0.5, 100),
    "hermitian": (TRANSVERSE_ISING, ProductState.from_population(0.6), 0.8, 100),
}
RANDOM = {
    f"random{seed}": (
        random_model(2, seed, 0.6 + 0.3 * (seed % 4)),
        random_state(2, seed),
        (0.3, 0.5, 0.7, 1.0)[seed % 4],
        (100, 150, 200)[seed % 3],
    )
    for seed in range(20)
}


def assert_error_is_covered(results, truth):
    """Every field within its own estimate; ``results`` runs over the leading axis of ``truth``."""
    for n, result in enumerate(results):
        slack = truth.error_bound[n]
        assert np.abs(result.density - truth.density[n]).max() <= result.errors.total + slack
        assert abs(result.log_norm_rate - truth.log_norm_rate[n]) <= result.log_norm_rate_error + slack
        entropy_error = result.linear_entropy_error + truth.linear_entropy_error[n]
        assert abs(result.linear_entropy - truth.linear_entropy[n]) <= entropy_error


@pytest.mark.parametrize("case", [*NAMED, *RANDOM])
def test_estimate_is_never_below_the_true_error(case):
    model, state, time, size = (NAMED | RANDOM)[case]
    results = solve_condensate(model, state, find_branches(model, state, time), [size], 1e-9)
    truth = certify_marginals(model, state, size, [time], 1e-14)
    assert_error_is_covered(results, truth)
    assert np.abs(results[0].density - truth.density[0]).max() <= 1e-9
    assert results[0].error_bound <= 1e-7


def test_estimate_covers_the_error_next_to_the_critical_point():
    """p0 = ½, t = 0.499: softness 0.998, where up to 10⁸ particles S_L is wrong by percents, and is said to be."""
    model, half = COUNTEREXAMPLE, BALANCED
    sizes = [10**4, 10**6, 10**8]
    results = solve_condensate(model, half, find_branches(model, half, 0.499), sizes, 1e-9)
    closed = closed_form_marginals(model, half, sizes, [0.499])
    for n, result in enumerate(results):
        assert_error_is_covered([result], closed[n])
        assert abs(result.linear_entropy - closed[n].linear_entropy[0]) > 1e-8 * result.linear_entropy


@pytest.mark.parametrize(
    ("model", "p0", "time"),
    [
        (COUNTEREXAMPLE, 0.6, 0.8),  # one branch, eq. (40)
        (COUNTEREXAMPLE, 0.5, 0.4),  # before the transition
        (COUNTEREXAMPLE, 0.5, 0.8),  # after it: a mixture of two branches, eq. (45)
        (one_body_loss(0.7), 0.6, 1.0),  # Hermitian A2, non-Hermitian A1
    ],
)
def test_closed_forms_are_met_up_to_a_thousand_million_particles(model, p0, time):
    """Eq. (19), which is summed without any expansion; S_L ~ 1/N to 1e-10 relative."""
    sizes = [10**power for power in range(3, 10)]
    state = ProductState.from_population(p0, 0.3)
    results = condensate_marginals(model, state, sizes, [time], 1e-9)
    closed = closed_form_marginals(model, state, sizes, [time])
    for n, result in enumerate(results):
        assert result.error_bound[0] <= 1e-11
        assert np.abs(result.density - closed[n].density).max() <= result.error_bound[0]
        assert abs(result.log_norm_rate - closed[n].log_norm_rate)[0] <= result.error_bound[0]
        assert abs(result.linear_entropy - closed[n].linear_entropy)[0] <= result.linear_entropy_error[0]
        np.testing.assert_allclose(result.linear_entropy, closed[n].linear_entropy, rtol=1e-10)


def richardson(values):
    """Limit of f(N) = c0 + c1/N + … known at N, 2N, 4N, …, and the size of its last correction."""
    rows = [np.asarray(values)]
    for order in range(1, len(values)):
        rows.append((2**order * rows[-1][1:] - rows[-1][:-1]) / (2**order - 1))
    return rows[-1][0], np.abs(rows[-1][0] - rows[-2][-1]).max()


@pytest.mark.parametrize("case", ["all_bands", "hermitian", "random8"])
def test_first_correction_to_the_limit_agrees_with_richardson(case):
    """N S_L and N (ρ̂ − |ν⟩⟨ν|) at N = 10⁶ against proved values at N ≤ 200, extrapolated in 1/N."""
    model, state, time, _ = (NAMED | RANDOM)[case]
    branches = find_branches(model, state, time)
    limit = np.outer(branches[0].wavefunction, branches[0].wavefunction.conj())
    sizes = [25, 50, 100, 200]
    proved = [certify_marginals(model, state, n, [time], 1e-14) for n in sizes]
    (result,) = solve_condensate(model, state, branches, [10**6], 1e-9)
    entropy, error = richardson([n * m.linear_entropy[0] for n, m in zip(sizes, proved, strict=True)])
    assert error < 1e-3 * entropy
    assert abs(1e6 * result.linear_entropy - entropy) <= 3 * error
    slope, error = richardson([n * (m.density[0] - limit) for n, m in zip(sizes, proved, strict=True)])
    assert error < 1e-3 * np.abs(slope).max()
    assert np.abs(1e6 * (result.density - limit) - slope).max() <= 3 * error


def test_branches_of_equal_rate_are_mixed_at_any_particle_number():
    """The two limits are mirror images, so that r_y = r_z = 0 for every N; S_L tends to that of the mixture."""
    model, state = TRANSVERSE_MIXING, BALANCED
    sizes = [400, 10**5, 10**9]
    results = condensate_marginals(model, state, sizes, [0.9], 1e-9)
    (truth,) = (certify_marginals(model, state, 400, [0.9], 1e-14),)
    assert np.abs(results[0].density - truth.density).max() <= 1e-12
    ket = find_branches(model, state, 0.9)[0].wavefunction
    polarisation = 2 * (ket[0].conj() * ket[1]).real
    for number, result in zip(sizes, results, strict=True):
        density = result.density[0]
        assert abs(density[0, 0] - density[1, 1]) < 1e-10
        assert abs(density[0, 1].imag) < 1e-10
        assert result.error_bound[0] < 1e-10
        assert abs(result.linear_entropy[0] - (1 - polarisation**2) / 2) < 1 / number


def test_rates_that_are_equal_by_accident_leave_the_weights_open_at_large_particle_number():
    """A field u breaks the symmetry: for N u of order 1 the rates are too close for N (g_a − g_b) to be known."""
    model, state = TRANSVERSE_MIXING, BALANCED
    tilted = Model(model.one_body + 1e-9j * Z, model.two_body)
    (few,) = condensate_marginals(tilted, state, [1000], [0.9], 1e-9)
    (many,) = condensate_marginals(tilted, state, [10**9], [0.9], 1e-9)
    assert few.error_bound[0] < 1e-8
    assert many.error_bound[0] > 1e-8


def test_a_missing_branch_is_noticed():
    model, state = TRANSVERSE_MIXING, BALANCED
    branches = find_branches(model, state, 0.9)
    verify_branches(model, state, [branches])
    with pytest.raises(AccuracyError, match="a branch of the limit is missing"):
        verify_branches(model, state, [branches[:1]])


def test_what_cannot_be_expanded_is_refused():
    """p0 = ½, t = ½ is critical: there is no Gaussian to expand around."""
    model, half = COUNTEREXAMPLE, BALANCED
    with pytest.raises(AccuracyError, match="critical"):
        condensate_marginals(model, half, [1000], [0.5], 1e-8)
    with pytest.raises(ModelError, match="N ≥ 96, found 20"):
        condensate_marginals(model, half, [20], [0.3], 1e-8)
    with pytest.raises(ModelError, match="for 2, 3 or 4 levels, found dimension 5"):
        condensate_marginals(random_model(5, 0), random_state(5, 0), [1000], [0.3], 1e-8)


def test_time_zero_is_the_product_state():
    model, state = loss_with_hopping()
    (result,) = condensate_marginals(model, state, [10**6], [0.0], 1e-9)
    np.testing.assert_allclose(result.density[0], np.outer(state.amplitudes, state.amplitudes.conj()), atol=1e-15)
    assert result.linear_entropy[0] == 0
