"""The lemmas of the certified evolution, one by one."""

from fractions import Fraction
from math import factorial

import mpmath as mp
import numpy as np
import pytest
from flint import acb, acb_mat, arb

from nonhermitian_hartree.bosons.fixed_point_taylor import (
    Generator,
    choose_order,
    drop_bits,
    rounding_error,
    series_remainder,
    split_time,
    start_from_product_state,
    take_taylor_step,
)
from nonhermitian_hartree.bosons.integer_hamiltonian import (
    PolynomialHamiltonian,
    SparseHamiltonian,
    exact_couplings,
    exact_multinomials,
)
from nonhermitian_hartree.bosons.log_norm import bound_largest_eigenvalue, bound_operator, choose_centre
from nonhermitian_hartree.bosons.subspace import list_occupations, many_body_hamiltonian, product_state_vector
from tests.systems import loss_with_hopping, random_model, random_state


def build_generator(model, particles):
    couplings = exact_couplings(model, 0j)
    occupations = list_occupations(model.dimension, particles)
    return Generator.build(couplings, particles, bound_operator(couplings, particles), occupations), occupations


def distance(first, second, generator):
    """‖first − second‖ of two fixed-point states, as a float."""
    total = Fraction(0)
    parts = ((first.real, second.real), (first.imag, second.imag))
    for one, other in parts:
        pairs = zip(generator.hamiltonian.unpack(one), generator.hamiltonian.unpack(other), strict=True)
        for (a, b), weight in zip(pairs, generator.weights, strict=True):
            total += (Fraction(a, 2**first.bits) - Fraction(b, 2**second.bits)) ** 2 * Fraction(float(weight))
    return float(total) ** 0.5


@pytest.mark.parametrize(("dimension", "particles"), [(2, 9), (3, 5)])
def test_proved_error_covers_a_coarse_evolution(dimension, particles):
    """Twelve bits against two hundred: the distance is within the bounds, and the bound is not idle."""
    model, state = random_model(dimension, 3), random_state(dimension, 3)
    generator, occupations = build_generator(model, particles)
    states = []
    for bits in (12, 200):
        vector = start_from_product_state(state.amplitudes, occupations, bits, generator)
        for step in (Fraction(1, 8), Fraction(1, 5), Fraction(0.3)):
            vector = take_taylor_step(vector, generator, step)
        states.append(drop_bits(vector, 2, generator))
    coarse, fine = states
    bound = float(coarse.error) * 2.0**-coarse.bits
    assert float(fine.error) * 2.0**-fine.bits < 1e-50
    assert 0 < distance(coarse, fine, generator) <= bound
    assert bound < 1e4 * distance(coarse, fine, generator)


@pytest.mark.parametrize(("dimension", "particles"), [(2, 40), (3, 8)])
def test_initial_state_is_within_one_unit(dimension, particles):
    state = random_state(dimension, 4)
    generator, occupations = build_generator(random_model(dimension, 4), particles)
    vector = start_from_product_state(state.amplitudes, occupations, 60, generator)
    real, imag = (generator.hamiltonian.unpack(part) for part in (vector.real, vector.imag))
    lengths = np.sqrt([float(weight) for weight in generator.weights])
    orthonormal = 2.0**-60 * lengths * (np.array(real, dtype=float) + 1j * np.array(imag, dtype=float))
    np.testing.assert_allclose(orthonormal, product_state_vector(state.amplitudes, particles), atol=1e-14)


@pytest.mark.parametrize("particles", [2, 3, 8])
def test_polynomials_and_sparse_integers_are_the_same_operator(particles):
    couplings = exact_couplings(random_model(2, particles), 0.25 - 0.5j)
    rng = np.random.default_rng(0)
    real, imag = (rng.integers(-(10**9), 10**9, particles + 1).tolist() for _ in range(2))
    images = []
    for build in (PolynomialHamiltonian.build, SparseHamiltonian.build):
        hamiltonian = build(couplings, particles).scaled(7)
        parts = hamiltonian.apply(hamiltonian.pack(real), hamiltonian.pack(imag))
        images.append([hamiltonian.denominator, *(hamiltonian.unpack(part) for part in parts)])
    assert images[0] == images[1]


@pytest.mark.parametrize(("dimension", "particles"), [(2, 6), (3, 4)])
def test_integer_elements_are_those_of_the_occupation_basis(dimension, particles):
    model = random_model(dimension, 8)
    hamiltonian = SparseHamiltonian.build(exact_couplings(model, 0j), particles)
    lengths = np.array([float(m) ** -0.5 for m in exact_multinomials(list_occupations(dimension, particles))])
    matrix = np.zeros((len(lengths), len(lengths)), dtype=complex)
    for rows, columns, real, imag in hamiltonian.bands:
        elements = (real / hamiltonian.denominator).astype(float) + 1j * (imag / hamiltonian.denominator).astype(
            float
        )
        matrix[rows, columns] = elements * lengths[rows] / lengths[columns]
    np.testing.assert_allclose(matrix, many_body_hamiltonian(model, particles).toarray(), atol=1e-13)


@pytest.mark.parametrize(("dimension", "numbers"), [(2, (2, 5, 60, 120)), (3, (2, 6, 14))])
def test_bounds_from_few_particles_hold_at_many(dimension, numbers):
    """‖A^(N)‖/N and λ_max(Im A^(N))/N at N are at most their values at fewer particles."""
    for seed in range(3):
        model = random_model(dimension, seed)
        for particles in numbers:
            bounds = bound_operator(exact_couplings(model, 0j), particles)
            matrix = many_body_hamiltonian(model, particles).toarray() / particles
            norm = np.linalg.norm(matrix, 2)
            log_norm = np.linalg.eigvalsh((matrix - matrix.conj().T) / 2j)[-1]
            assert norm <= float(bounds.norm) * (1 + 1e-13) <= 1.2 * norm
            assert log_norm <= float(bounds.log_norm) + 1e-13 <= log_norm + 0.1 * norm


def test_eigenvalue_bound_needs_no_good_eigenvectors(monkeypatch):
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(6, 6)) + 1j * rng.normal(size=(6, 6))
    matrix = matrix + matrix.conj().T
    balls = acb_mat([[acb(entry.real, entry.imag) for entry in row] for row in matrix.tolist()])
    largest = np.linalg.eigvalsh(matrix)[-1]
    assert float(bound_largest_eigenvalue(balls)) == pytest.approx(largest, abs=1e-12)
    eigh = np.linalg.eigh
    noise = 0.05 * (rng.normal(size=(6, 6)) + 1j * rng.normal(size=(6, 6)))
    monkeypatch.setattr(np.linalg, "eigh", lambda a: (None, eigh(a)[1] + noise))
    assert largest < float(bound_largest_eigenvalue(balls)) < 10 * largest


def test_centre_shortens_the_series():
    model, _ = loss_with_hopping()
    centre = choose_centre(model, 100)
    norms = [float(bound_operator(exact_couplings(model, c), 100).norm) for c in (0j, centre)]
    assert norms[1] < 0.95 * norms[0]
    assert (64 * centre).real.is_integer()


@pytest.mark.parametrize("theta", [0.5, 7.0, 60.0])
def test_series_remainder_bounds_the_tail_of_the_exponential(theta):
    order = choose_order(theta, 20.0)
    with mp.workdps(80):
        tail = mp.exp(theta) - mp.fsum(mp.mpf(theta) ** k / mp.factorial(k) for k in range(order + 1))
        bound = mp.mpf(float(series_remainder(arb(theta), order)))
        assert tail <= bound <= 2 * tail
        assert tail * mp.exp(20) < 1


def test_rounding_error_of_all_terms():
    """e_k = Σ_{m ≤ k} θ^{k−m} m!/k!, summed over k, exactly."""
    theta, order = 3, 12
    total = sum(
        Fraction(theta ** (k - m) * factorial(m), factorial(k))
        for k in range(1, order + 1)
        for m in range(1, k + 1)
    )
    assert float(rounding_error(arb(theta), order, arb(1))) == pytest.approx(float(total), rel=1e-12)


@pytest.mark.parametrize("duration", [Fraction(1), Fraction(0.4), Fraction(0.1) / 3 * 3, Fraction(1e-9)])
def test_steps_add_up_exactly_and_are_short_fractions(duration):
    steps = split_time(duration, 0.037)
    assert sum(steps) == duration
    assert float(max(steps)) < 0.037 * 1.01
    assert all(step > 0 for step in steps)
    assert max(step.numerator.bit_length() for step in steps[:-1] or [Fraction(1)]) <= 10
