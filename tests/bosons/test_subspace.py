"""Occupation-number basis against brute force in the full d^N space, where eqs. (1), (4) and (13) are literal."""

from functools import reduce
from itertools import permutations, product
from math import comb, factorial

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.linalg import expm

from nonhermitian_hartree.bosons.subspace import (
    annihilation_operator,
    find_occupations,
    list_occupations,
    many_body_hamiltonian,
    normalised_marginal,
    product_state_vector,
    unnormalised_marginal,
)
from nonhermitian_hartree.errors import ModelError
from tests.references.full_space import evolve_in_full_space, full_hamiltonian
from tests.systems import COUNTEREXAMPLE, hermitian_part, random_model, random_state


def symmetric_isometry(dimension, particles):
    """Columns are the vectors (13) written out in the d^N product basis."""
    basis = list_occupations(dimension, particles)
    configurations = np.array(list(product(range(dimension), repeat=particles)))
    counts = np.stack([(configurations == level).sum(axis=1) for level in range(dimension)], axis=1)
    columns = find_occupations(counts, basis)
    sizes = np.bincount(columns, minlength=len(basis))
    rows = np.arange(len(columns))
    return sp.csr_array((1 / np.sqrt(sizes[columns]), (rows, columns)), shape=(len(columns), len(basis)))


@pytest.mark.parametrize("particles", [2, 5])
def test_basis_vectors_are_symmetrised_products(particles):
    """Eq. (13) term by term: the N! permutations of |0…01…1⟩, for every n."""
    isometry = symmetric_isometry(2, particles).toarray()
    for n in range(particles + 1):
        printed = np.zeros(2**particles)
        for word in permutations("0" * n + "1" * (particles - n)):
            printed[int("".join(word), base=2)] += np.sqrt(comb(particles, n)) / factorial(particles)
        np.testing.assert_allclose(isometry[:, n], printed, atol=1e-14)


@pytest.mark.parametrize(("dimension", "particles"), [(2, 2), (2, 5), (2, 10), (3, 3), (3, 6), (4, 3)])
def test_hamiltonian_is_the_full_space_one_on_symmetric_vectors(dimension, particles):
    """Eq. (1), summed over particles and pairs."""
    model = random_model(dimension, 10 * dimension + particles)
    isometry = symmetric_isometry(dimension, particles)
    full = full_hamiltonian(model, particles) @ isometry.toarray()
    np.testing.assert_allclose(full, (isometry @ many_body_hamiltonian(model, particles)).toarray(), atol=1e-12)


@pytest.mark.parametrize(("dimension", "particles"), [(2, 2), (2, 10), (3, 6), (4, 4)])
def test_product_state_is_the_tensor_power(dimension, particles):
    """Eq. (15), for any d."""
    phi = random_state(dimension, particles).amplitudes
    power = reduce(np.kron, [phi] * particles)
    np.testing.assert_allclose(
        symmetric_isometry(dimension, particles) @ product_state_vector(phi, particles), power, atol=1e-14
    )


def test_product_state_with_an_empty_level():
    vector = product_state_vector([1, 0, 0], 7)
    assert vector[-1] == 1
    assert not np.any(vector[:-1])


@pytest.mark.parametrize(("dimension", "particles"), [(2, 3), (2, 10), (3, 4), (3, 6)])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_marginals_are_partial_traces(dimension, particles, order):
    """Eq. (4), and for one particle its form (17)."""
    rng = np.random.default_rng(order)
    isometry = symmetric_isometry(dimension, particles)
    ket, bra = rng.normal(size=(2, isometry.shape[1])) + 1j * rng.normal(size=(2, isometry.shape[1]))
    kept = dimension**order
    full_ket, full_bra = ((isometry @ vector).reshape(kept, -1) for vector in (ket, bra))
    np.testing.assert_allclose(
        unnormalised_marginal(ket, dimension, particles, order, bra), full_ket @ full_bra.conj().T, atol=1e-12
    )


@pytest.mark.parametrize("dimension", [2, 3])
def test_marginals_are_consistent_under_partial_trace(dimension):
    """Eqs. (4), (7): ρ̂^(k−1) = Tr_k ρ̂^(k), whose trace is one."""
    particles = 9
    rng = np.random.default_rng(dimension)
    size = len(list_occupations(dimension, particles))
    vector = rng.normal(size=size) + 1j * rng.normal(size=size)
    one, two, three = (normalised_marginal(vector, dimension, particles, order) for order in (1, 2, 3))
    d = dimension
    np.testing.assert_allclose(np.trace(two.reshape(d, d, d, d), axis1=1, axis2=3), one, atol=1e-14)
    np.testing.assert_allclose(np.trace(three.reshape(d**2, d, d**2, d), axis1=1, axis2=3), two, atol=1e-14)
    assert np.trace(one).real == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("dimension", [2, 3])
def test_every_marginal_has_the_norm_of_the_state(dimension):
    """Eq. (5): Tr ρ^(k) = ⟨Ψ|Ψ⟩ for every k, after A^(N) has changed the norm."""
    particles = 5
    start = product_state_vector(random_state(dimension, 1).amplitudes, particles)
    vector = expm(-0.5j * many_body_hamiltonian(random_model(dimension, 1), particles).toarray()) @ start
    norm = np.vdot(vector, vector).real
    assert abs(norm - 1) > 0.1
    for order in range(1, particles + 1):
        assert np.trace(unnormalised_marginal(vector, dimension, particles, order)) == pytest.approx(norm)


def test_marginals_of_a_product_state_are_products():
    phi = random_state(3, 5).amplitudes
    pure = np.outer(phi, phi.conj())
    vector = product_state_vector(phi, 12)
    np.testing.assert_allclose(normalised_marginal(vector, 3, 12, 2), np.kron(pure, pure), atol=1e-13)


@pytest.mark.parametrize("particles", [2, 7, 100])
def test_eigenvalues_of_the_counterexample(particles):
    """Eq. (14): −i A^(N) is diagonal with λ_{N,n} = ((N − 2n)² − N) / (2(N − 1))."""
    hamiltonian = many_body_hamiltonian(COUNTEREXAMPLE, particles)
    n = np.arange(particles + 1)
    expected = ((particles - 2 * n) ** 2 - particles) / (2 * (particles - 1))
    np.testing.assert_allclose((-1j * hamiltonian).toarray(), np.diag(expected), rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("particles", [2, 7])
def test_evolved_state_of_the_counterexample(particles):
    """Eq. (16) written out, against the Schrödinger equation (2) for all 2^N amplitudes."""
    model, state, time = COUNTEREXAMPLE, random_state(2, 3), 0.8
    up, down = state.amplitudes
    n = np.arange(particles + 1)
    growth = np.exp(((particles - 2 * n) ** 2 - particles) / (2 * (particles - 1)) * time)
    binomials = np.array([comb(particles, k) for k in n])
    printed = up**n * down ** (particles - n) * np.sqrt(binomials) * growth
    full = evolve_in_full_space(model, state, particles, time)
    np.testing.assert_allclose(symmetric_isometry(2, particles) @ printed, full, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("particles", [2, 9])
def test_partial_overlaps(particles):
    """Eq. (18): ⟨N−1, s|N, n⟩ = √(C(N−1, s)/C(N, n)) (δ_{n,s} |1⟩ + δ_{n,s+1} |0⟩)."""
    for level in (0, 1):
        expected = np.zeros((particles, particles + 1))
        for s in range(particles):
            n = s + (level == 0)
            expected[s, n] = np.sqrt(comb(particles - 1, s) / comb(particles, n))
        operator = annihilation_operator(2, particles, level).toarray() / np.sqrt(particles)
        np.testing.assert_allclose(operator, expected, atol=1e-14)


@pytest.mark.parametrize("dimension", [2, 3])
def test_hermitian_models_evolve_unitarily(dimension):
    hermitian = hermitian_part(random_model(dimension, 1))
    propagator = expm(-0.3j * many_body_hamiltonian(hermitian, 6).toarray())
    np.testing.assert_allclose(propagator @ propagator.conj().T, np.eye(len(propagator)), atol=1e-12)


def test_too_few_particles_are_refused():
    model = random_model(2, 0)
    with pytest.raises(ModelError, match="at least 2 particles, found 1"):
        many_body_hamiltonian(model, 1)
    with pytest.raises(ValueError, match="order 1 to 3, found 4"):
        unnormalised_marginal(product_state_vector([1, 0], 3), 2, 3, 4)
