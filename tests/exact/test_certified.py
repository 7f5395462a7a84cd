"""Certified marginals: the proved bounds hold against references that share no code, and mean something."""

from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from scipy.sparse.linalg import expm_multiply

from nonhermitian_hartree.bosons.integer_hamiltonian import exact_couplings
from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian, normalised_marginal, product_state_vector
from nonhermitian_hartree.compare.distances import bloch_vector
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified import evolve as exact_certified
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.ball_reference import exact_amplitudes, solve_exactly
from tests.references.first_quantised import DIGITS, largest_difference, reference_entropy, reference_marginal
from tests.systems import COUNTEREXAMPLE, NO_PAIRS, hermitian_part, loss_with_hopping, random_model, random_state


@pytest.mark.parametrize(("dimension", "particles"), [(2, 2), (2, 3), (2, 7), (3, 2), (3, 4), (4, 3)])
def test_bounds_hold_against_eq_1_written_out(dimension, particles):
    """The solution of (2), any model, with 50 digits."""
    model, state = random_model(dimension, particles), random_state(dimension, particles)
    times = [0.7, 0.25]
    result = certify_marginals(model, state, particles, times, 1e-14)
    assert result.method == "certified"
    assert result.error_bound.max() <= 1e-14
    for index, time in enumerate(times):
        reference, rate = reference_marginal(model, state, particles, time)
        assert largest_difference(result.density[index], reference) <= result.error_bound[index]
        with mp.workdps(DIGITS):
            assert abs(mp.mpf(result.log_norm_rate[index]) - rate) <= result.error_bound[index]
            entropy_error = abs(mp.mpf(result.linear_entropy[index]) - reference_entropy(reference))
            assert entropy_error <= result.linear_entropy_error[index]


@pytest.mark.parametrize("particles", [10, 150])
def test_bounds_hold_for_the_closed_form(particles):
    """Eq. (19), summed with 50 digits: ρ_00 ∝ Σ_n (n/N) w_n, ρ_01 from neighbouring amplitudes (16)."""
    state = ProductState.from_population(0.55, 0.3)
    time = 0.8
    result = certify_marginals(COUNTEREXAMPLE, state, particles, [time], 1e-13)
    with mp.workdps(DIGITS):
        phi = [mp.mpc(a) for a in state.amplitudes.tolist()]
        growth = [
            mp.mpf((particles - 2 * n) ** 2 - particles) / (2 * (particles - 1)) for n in range(particles + 1)
        ]
        amplitudes = [
            phi[0] ** n * phi[1] ** (particles - n) * mp.exp(growth[n] * mp.mpf(time))
            for n in range(particles + 1)
        ]
        reference = mp.matrix(2, 2)
        for s in range(particles):
            pair = (amplitudes[s + 1], amplitudes[s])
            for i, j in np.ndindex(2, 2):
                reference[i, j] += mp.binomial(particles - 1, s) * pair[i] * mp.conj(pair[j])
        norm = mp.re(reference[0, 0] + reference[1, 1])
        rate = mp.log(norm) / particles - mp.log(abs(phi[0]) ** 2 + abs(phi[1]) ** 2)
        reference /= norm
        assert largest_difference(result.density[0], reference) <= result.error_bound[0]
        assert abs(mp.mpf(result.log_norm_rate[0]) - rate) <= result.error_bound[0]
        entropy = reference_entropy(reference)
        assert abs(mp.mpf(result.linear_entropy[0]) - entropy) <= result.linear_entropy_error[0]
        assert result.linear_entropy_error[0] < 1e-10 * entropy


def test_right_where_double_precision_is_silently_wrong():
    """At N = 400 a sparse exponential in the laboratory basis misses by more than 1."""
    model, state = loss_with_hopping()
    time, particles = 0.4, 400
    vector = product_state_vector(state.amplitudes, particles)
    naive = expm_multiply(-1j * time * many_body_hamiltonian(model, particles).tocsc(), vector)
    naive_bloch = bloch_vector(normalised_marginal(naive, 2, particles, 1))
    half, full = (certify_marginals(model, state, n, [time], 1e-8).density[0] for n in (particles // 2, particles))
    assert np.abs(bloch_vector(full) - bloch_vector(half)).max() < 2 / particles
    assert np.abs(naive_bloch - bloch_vector(full)).max() > 1
    for found, number in ((half, particles // 2), (full, particles)):
        truth = solve_exactly(
            model.one_body, model.two_body, exact_amplitudes(state.amplitudes), number, time
        ).density
        np.testing.assert_allclose(found, [[complex(entry) for entry in row] for row in truth], atol=1e-8)


def test_unitary_evolution_keeps_the_norm():
    result = certify_marginals(hermitian_part(random_model(2, 5)), random_state(2, 5), 50, [0.0, 0.5], 1e-12)
    assert (np.abs(result.log_norm_rate) <= result.error_bound).all()


def test_one_body_models_stay_pure():
    """A2 = 0: S_L = 0 at every N (§2 of the paper), whatever A1 is."""
    model = Model(random_model(2, 1).one_body, NO_PAIRS)
    result = certify_marginals(model, random_state(2, 1), 64, [1.0], 1e-12)
    assert 0 <= result.linear_entropy[0] <= result.linear_entropy_error[0] < 1e-14


def test_time_zero_returns_the_product_state_and_times_keep_their_order():
    model, state = loss_with_hopping()
    result = certify_marginals(model, state, 12, [0.5, 0.0, 0.5], 1e-12)
    np.testing.assert_allclose(result.density[1], np.outer(state.amplitudes, state.amplitudes.conj()), atol=1e-15)
    assert np.array_equal(result.density[0], result.density[2])
    assert not np.allclose(result.density[0], result.density[1])


def test_a_bad_guess_of_the_norm_costs_a_repetition_only(monkeypatch):
    model, state = loss_with_hopping()
    expected = certify_marginals(model, state, 60, [0.5], 1e-12)
    monkeypatch.setattr(exact_certified, "_guess_log_lengths", lambda *_: [60.0])
    result = certify_marginals(model, state, 60, [0.5], 1e-12)
    assert result.error_bound[0] <= 1e-12
    np.testing.assert_allclose(result.density, expected.density, atol=1e-12)


def test_hopeless_requests_are_refused_before_the_work():
    model, state = loss_with_hopping()
    with pytest.raises(AccuracyError, match=r"N = 100000, t = 1: the bound reached is 1.0e\+00.*lower N, t"):
        certify_marginals(model, state, 100_000, [1.0], 1e-8)
    with pytest.raises(AccuracyError, match="finer than doubles can hold"):
        certify_marginals(model, state, 10, [1.0], 1e-17)


def test_plan_drops_bits_and_reaches_every_instant():
    model, _ = loss_with_hopping()
    bounds = exact_certified.bound_operator(exact_couplings(model, 0j), 200)
    instants = [Fraction(0), Fraction(0.1), Fraction(1)]
    plan = exact_certified.plan_evolution(instants, bounds, (200, 2), [0.0, 0.0, 0.0], 0)
    assert sum(step for step, _ in plan.steps) == 1
    assert [reached for _, reached in plan.steps if reached is not None] == [1, 2]
    assert plan.bits == sorted(plan.bits, reverse=True)
