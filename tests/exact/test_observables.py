"""Pairs, observables and their errors against eq. (2) in the full d^N space, and where a closed form is known."""

from __future__ import annotations

from itertools import product

import mpmath as mp
import numpy as np
import pytest
from scipy.linalg import expm

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.observables import collective_variance, expectation, success_probability
from nonhermitian_hartree.exact.pairs import pair_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.first_quantised import hamiltonian_row, largest_difference
from tests.references.full_space import evolve_in_full_space, marginal_of
from tests.systems import BALANCED, COUNTEREXAMPLE, NO_PAIRS, X, Y, Z, random_model, random_state

CASES = [(2, 2), (2, 6), (3, 4), (4, 3)]
TIME = 0.7


def pair_of(vector, dimension):
    """ρ̂^(2) of a many-particle vector."""
    matrix = vector.reshape(dimension**2, -1)
    density = matrix @ matrix.conj().T
    return density / np.trace(density)


def collective(operator, particles):
    """Σ O_i in the full space."""
    d = len(operator)
    return sum(
        np.kron(np.kron(np.eye(d**i), operator), np.eye(d ** (particles - i - 1))) for i in range(particles)
    )


def hermitian_operator(dimension):
    matrix = random_model(dimension, 5).one_body
    return matrix + matrix.conj().T


@pytest.fixture(scope="module", params=CASES, ids=str)
def solved(request):
    """Pairs at t = 0 and `TIME`, and the many-particle vector at `TIME`."""
    dimension, particles = request.param
    model, state = random_model(dimension, particles), random_state(dimension, particles)
    (pairs,) = pair_marginals(model, state, particles, [0, TIME], 1e-12)
    return pairs, evolve_in_full_space(model, state, particles, TIME), state


REFERENCE_ERROR = 1e-12
"""Of the dense exponentials of the references."""


def test_marginals_and_correlations_are_those_of_the_full_space(solved):
    pairs, vector, state = solved
    d = state.dimension
    one, two = marginal_of(vector, d), pair_of(vector, d)
    assert pairs.density[1] == pytest.approx(two, abs=pairs.error_bound[1] + REFERENCE_ERROR)
    assert pairs.one_body.density[1] == pytest.approx(one, abs=REFERENCE_ERROR)
    bound = pairs.correlation_error[1] + REFERENCE_ERROR
    assert pairs.correlation[1] == pytest.approx(two - np.kron(one, one), abs=bound)
    assert np.abs(pairs.correlation[1]).max() > 1e-3
    assert np.abs(pairs.correlation[0]).max() <= pairs.correlation_error[0]  # φ⊗φ
    assert pairs.error_bound.max() <= 1e-13


def test_pairs_lose_a_particle_to_the_one_body_marginal(solved):
    pairs, _, state = solved
    d = state.dimension
    partial = np.einsum("tijkj->tik", pairs.density.reshape(-1, d, d, d, d))
    assert partial == pytest.approx(pairs.one_body.density, abs=d * pairs.error_bound.max() + 1e-15)


def test_expectation_and_variance_are_those_of_the_full_space(solved):
    pairs, vector, state = solved
    operator = hermitian_operator(state.dimension)
    total = collective(operator, pairs.particles)
    psi = vector / np.linalg.norm(vector)
    mean = np.vdot(psi, total @ psi).real
    variance = np.linalg.norm(total @ psi - mean * psi) ** 2
    found, spread = expectation(operator, pairs), collective_variance(operator, pairs)
    assert abs(found.value[1] - mean / pairs.particles) <= found.error[1] + REFERENCE_ERROR
    assert abs(spread.value[1] - variance) <= spread.error[1] + pairs.particles**2 * REFERENCE_ERROR
    assert spread.error.max() < 1e-9
    single = state.amplitudes.conj() @ operator @ operator @ state.amplitudes - found.value[0] ** 2
    assert abs(spread.value[0] - pairs.particles * single.real) <= spread.error[0] + 1e-13


def test_bounds_hold_against_fifty_digits():
    """The doubles of the model and of φ taken as exact, in the full space, nothing added to the bounds."""
    particles, state, model = 4, random_state(2, 9), random_model(2, 9)
    (pairs,) = pair_marginals(model, state, particles, TIME)
    operator = hermitian_operator(2)
    found, spread = expectation(operator, pairs), collective_variance(operator, pairs)
    with mp.workdps(50):
        generator = mp.matrix(16, 16)
        configurations = list(product(range(2), repeat=particles))
        for row, configuration in enumerate(configurations):
            for changed, element in hamiltonian_row(model, configuration):
                generator[row, configurations.index(tuple(changed))] += element
        phi = [mp.mpc(a) for a in state.amplitudes.tolist()]
        start = mp.matrix([mp.fprod(phi[level] for level in each) for each in configurations])
        psi = mp.expm(-1j * mp.mpf(TIME) * generator) * start
        psi /= mp.norm(psi)
        amplitudes = mp.matrix(4, 4)
        for index in range(16):
            amplitudes[index // 4, index % 4] = psi[index]
        density = amplitudes * amplitudes.H
        assert largest_difference(pairs.density[0], density) <= pairs.error_bound[0]
        single = mp.matrix(2, 2)
        for i, j, k in product(range(2), repeat=3):
            single[i, j] += density[2 * i + k, 2 * j + k]
        correlation = mp.matrix(4, 4)
        for i, j, k, m in product(range(2), repeat=4):
            correlation[2 * i + j, 2 * k + m] = density[2 * i + j, 2 * k + m] - single[i, k] * single[j, m]
        assert largest_difference(pairs.correlation[0], correlation) <= pairs.correlation_error[0]
        one = mp.matrix([[mp.mpc(complex(value)) for value in row] for row in operator])
        mean = mp.re(sum((single * one)[i, i] for i in range(2)))
        assert abs(mp.mpf(found.value[0]) - mean) <= found.error[0]
        square = mp.re(sum((single * one * one)[i, i] for i in range(2)))
        together = mp.re(
            sum(
                density[2 * k + m, 2 * i + j] * one[i, k] * one[j, m] for i, j, k, m in product(range(2), repeat=4)
            )
        )
        variance = particles * square + particles * (particles - 1) * together - (particles * mean) ** 2
        assert abs(mp.mpf(spread.value[0]) - variance) <= spread.error[0]


def test_probability_is_the_norm_in_the_full_space():
    model = random_model(2, 3)
    lossy = Model(model.one_body - 3j * np.eye(2), model.two_body)
    state = random_state(2, 3)
    (pairs,) = pair_marginals(lossy, state, 5, TIME)
    (marginals,) = exact_marginals(lossy, state, 5, TIME)
    expected = np.linalg.norm(evolve_in_full_space(lossy, state, 5, TIME)) ** 2
    for found in (success_probability(pairs), success_probability(marginals, 5)):
        assert abs(found.value[0] - expected) <= found.error[0] + 1e-11 * expected
        assert 0 < found.error[0] < 1e-6
    with pytest.raises(ModelError, match="grows to"):
        success_probability(*exact_marginals(Model(1j * np.eye(2) + X, NO_PAIRS), state, 5, TIME), 5)
    with pytest.raises(ModelError, match="the N of these marginals"):
        success_probability(marginals)


@pytest.mark.parametrize("model", [COUNTEREXAMPLE, Model(X - 0.5j * Z, NO_PAIRS)])
def test_probability_is_one_at_the_start(model):
    state = ProductState.from_population(0.3)
    (marginals,), (pairs,) = exact_marginals(model, state, 30, 0), pair_marginals(model, state, 30, 0)
    for found in (success_probability(marginals, 30), success_probability(pairs)):
        assert abs(found.value[0] - 1) <= found.error[0]


def test_probability_without_interaction_is_a_power():
    gamma, state = 0.8, ProductState.from_population(0.3)
    model = Model(X - 0.25j * gamma * (np.eye(2) + Z), NO_PAIRS)
    single = np.linalg.norm(expm(-1j * TIME * model.one_body) @ state.amplitudes) ** 2
    (marginals,) = exact_marginals(model, state, 50, TIME)
    found = success_probability(marginals, 50)
    assert abs(found.value[0] - single**50) <= found.error[0] + 1e-12 * single**50


def test_mixed_limit_is_seen_in_the_variance():
    """Two branches at ±y: Var(Σ Z)/N² → y² where one branch would leave it of order 1/N."""
    from nonhermitian_hartree.limit.solve import limit_states

    (limit,) = limit_states(COUNTEREXAMPLE, BALANCED, 1.2)
    imbalance = abs(limit.wavefunctions[0, 0]) ** 2 - abs(limit.wavefunctions[0, 1]) ** 2
    small, large = pair_marginals(COUNTEREXAMPLE, BALANCED, [40, 80], 1.2)
    shares = [collective_variance(Z, pairs).value[0] / pairs.particles**2 for pairs in (small, large)]
    assert 2 * shares[1] - shares[0] == pytest.approx(imbalance**2, abs=1e-3)


def test_errors_are_carried_over():
    """Marginals that are wrong within their bound give an estimate that is wrong within its own."""
    (pairs,) = pair_marginals(COUNTEREXAMPLE, BALANCED, 6, 0.8)
    (marginals,) = exact_marginals(COUNTEREXAMPLE, BALANCED, 6, 0.8)
    size, operator = 1e-4, X + 2 * Y
    shifted = type(marginals)(
        marginals.density + size * (X + Y) / 2**0.5,
        marginals.linear_entropy,
        marginals.linear_entropy_error,
        marginals.log_norm_rate + size,
        marginals.error_bound + size,
        "",
    )
    far, near = expectation(operator, shifted), expectation(operator, pairs)
    assert 2 * size < abs(far.value[0] - near.value[0]) <= far.error[0]


def test_operator_that_is_not_hermitian_has_a_complex_expectation_and_no_variance():
    state = ProductState.from_population(0.5, 0.3)
    (pairs,) = pair_marginals(COUNTEREXAMPLE, state, 4, 0)
    assert expectation([[0, 0], [1, 0]], pairs).value[0] == pytest.approx(np.exp(-0.3j) / 2, abs=1e-14)
    with pytest.raises(ModelError, match="not Hermitian"):
        collective_variance([[0, 0], [1, 0]], pairs)
    with pytest.raises(ModelError, match=r"shape \(2, 2\)"):
        expectation(np.eye(3), pairs)


def test_what_is_refused():
    with pytest.raises(ModelError, match="5 levels; allowed: at most 4"):
        pair_marginals(Model(np.eye(5)), ProductState(np.eye(5)[0]), 3, 1)
    with pytest.raises(AccuracyError):
        pair_marginals(COUNTEREXAMPLE, BALANCED, 10, 1, tolerance=1e-15)
