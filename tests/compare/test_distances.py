"""Distances (11), (12), (47), (48) against matrix square roots in multiple precision."""

from __future__ import annotations

from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from nonhermitian_hartree.compare.distances import bloch_vector, infidelity, infidelity_error
from nonhermitian_hartree.exact.marginals import linear_entropy

DIGITS = 60


def to_mpmath(matrix: np.ndarray) -> mpmath.matrix:
    return mpmath.matrix([[mpmath.mpc(complex(v)) for v in row] for row in matrix])


def square_root(matrix: mpmath.matrix) -> mpmath.matrix:
    values, vectors = mpmath.eighe(matrix)
    roots = mpmath.diag([mpmath.sqrt(max(v, mpf(0))) for v in values])
    return vectors * roots * vectors.transpose_conj()


def printed_infidelity(rho: mpmath.matrix, sigma: mpmath.matrix) -> mpf:
    """1 − F with eq. (48) as printed."""
    root = square_root(rho)
    product = root * sigma * root
    return (
        1
        - sum(mpmath.sqrt(max(v, mpf(0))) for v in mpmath.eighe((product + product.transpose_conj()) / 2)[0]) ** 2
    )


def exact_entropy(rho: mpmath.matrix) -> mpf:
    return 1 - sum(abs(v) ** 2 for v in rho)


def random_state(
    rng: np.random.Generator, mixing: float, near: np.ndarray | None = None, dimension: int = 2
) -> mpmath.matrix:
    """(1 − mixing) |v⟩⟨v| + mixing × random mixture in multiple precision, v close to ``near``."""
    vector = rng.normal(size=dimension) + 1j * rng.normal(size=dimension) if near is None else near
    pure = to_mpmath(vector[:, None])
    pure = pure * pure.transpose_conj()
    noise = to_mpmath(rng.normal(size=(dimension, dimension)) + 1j * rng.normal(size=(dimension, dimension)))
    noise = noise * noise.transpose_conj()

    def trace(matrix):
        return mpmath.re(sum(matrix[i, i] for i in range(dimension)))

    total = (1 - mpf(mixing)) * pure / trace(pure) + mpf(mixing) * noise / trace(noise)
    return total / trace(total)


def to_double(matrix: mpmath.matrix) -> np.ndarray:
    return np.array([[complex(matrix[i, j]) for j in range(matrix.cols)] for i in range(matrix.rows)])


def test_qubits_against_square_roots() -> None:
    """Eq. (48) to 1e-9 relative or 1e-18 absolute, given accurate linear entropies; within the error."""
    mixings, other_mixings, angles = (0.0, 1e-12, 1e-6, 0.01, 0.5), (0.0, 1e-9, 1e-3, 0.4), (0.0, 1e-7, 1e-3, 0.5)
    near = np.array([0.8, 0.6j])
    for point in product(mixings, other_mixings, angles):
        mixing, other_mixing, angle = point
        rng = np.random.default_rng(3)
        with mp.workdps(DIGITS):
            rho = random_state(rng, mixing, near)
            sigma = random_state(rng, other_mixing, near + angle * np.array([0.6, 0.8j]))
            entropies = [
                float(max(exact_entropy(m), mpf(0))) if mix else 0.0
                for m, mix in ((rho, mixing), (sigma, other_mixing))
            ]
            arguments = (to_double(rho), entropies[0], to_double(sigma), entropies[1])
            ours, exact = mpf(float(infidelity(*arguments))), printed_infidelity(rho, sigma)
            bound = float(
                infidelity_error(*arguments, density_error=2.0**-53, entropy_error=2.0**-52 * entropies[0])
            )
            assert abs(ours - exact) <= max(mpf(1e-9) * exact, mpf(1e-18)), point
            assert abs(ours - exact) <= bound + mpf(10) ** -30, point
            assert bound <= 1e-14, point


@pytest.mark.parametrize("dimension", [3, 4])
def test_higher_dimensions_against_square_roots(dimension: int) -> None:
    """Nearly pure states too: 1e-15 absolute where they are nearly equal, d·1e-8·√(1 − F) at worst."""
    mixings, other_mixings, angles = (0.0, 1e-14, 1e-8, 1e-3, 0.5), (0.0, 1e-12, 1e-4, 0.3), (0.0, 1e-6, 0.3)
    rng = np.random.default_rng(5)
    for point in product(mixings, other_mixings, angles):
        mixing, other_mixing, angle = point
        with mp.workdps(DIGITS):
            near = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
            shift = rng.normal(size=dimension)
            rho, sigma = (
                random_state(rng, mixing, near, dimension),
                random_state(rng, other_mixing, near + angle * shift, dimension),
            )
            entropies = [
                float(exact_entropy(m)) if mix else 0.0 for m, mix in ((rho, mixing), (sigma, other_mixing))
            ]
            arguments = (to_double(rho), entropies[0], to_double(sigma), entropies[1])
            ours, exact = mpf(float(infidelity(*arguments))), printed_infidelity(rho, sigma)
            bound = float(infidelity_error(*arguments, density_error=2.0**-53, entropy_error=0.0))
            assert abs(ours - exact) <= bound + mpf(10) ** -30, point
            assert abs(ours - exact) <= 3e-15 + dimension * 1e-8 * np.sqrt(float(abs(exact))), point


def test_stays_within_its_error_bound_when_the_state_is_off() -> None:
    """Moving every entry of ρ by up to the stated error moves 1 − F by less than the bound."""
    rng = np.random.default_rng(9)
    for dimension, error in [(2, 1e-9), (2, 1e-12), (3, 1e-9), (3, 1e-12)]:
        for mixing, other_mixing in [(1e-6, 0.0), (1e-3, 1e-3), (0.3, 0.1), (0.3, 0.0)]:
            with mp.workdps(DIGITS):
                near = rng.normal(size=dimension) + 0j
                rho = random_state(rng, mixing, near, dimension)
                sigma = random_state(rng, other_mixing, near + 1e-2, dimension)
                shift = rng.uniform(-0.5, 0.5, (dimension, dimension)) * error
                shift = shift + shift.T
                shift -= np.eye(dimension) * np.trace(shift) / dimension
                moved = rho + to_mpmath(shift)
                exact = printed_infidelity(rho, sigma)
                entropy, other_entropy = (
                    float(exact_entropy(moved)),
                    float(exact_entropy(sigma)) if other_mixing else 0.0,
                )
                change = abs(entropy - float(exact_entropy(rho)))
                arguments = (to_double(moved), entropy, to_double(sigma), other_entropy)
                bound = infidelity_error(*arguments, density_error=2 * error, entropy_error=change)
                assert abs(mpf(float(infidelity(*arguments))) - exact) <= float(bound)


@given(p=st.floats(0, 1), q=st.floats(0, 1), alpha=st.floats(-3, 3))
def test_pure_qubits(p: float, q: float, alpha: float) -> None:
    """Eq. (12) for pure states is 1 − |⟨φ|ψ⟩|²; symmetric; 0 for equal states; between 0 and 1."""
    kets = [np.array([np.sqrt(p), np.sqrt(1 - p) * np.exp(1j * alpha)]), np.array([np.sqrt(q), np.sqrt(1 - q)])]
    rho, sigma = (np.outer(k, k.conj()) for k in kets)
    value = infidelity(rho, 0.0, sigma, 0.0)
    assert value == pytest.approx(1 - abs(np.vdot(*kets)) ** 2, abs=1e-14)
    assert infidelity(sigma, 0.0, rho, 0.0) == value
    assert infidelity(rho, 0.0, rho, 0.0) == 0
    assert -1e-15 <= value <= 1 + 1e-14


@pytest.mark.parametrize("dimension", [2, 3])
def test_infidelity_to_a_pure_state_is_one_minus_its_weight(dimension: int) -> None:
    """Eq. (12), ``1 − ⟨φ|ρ̂|φ⟩``, as printed, for a mixed ρ̂."""
    rng = np.random.default_rng(dimension)
    factor, phi = (rng.normal(size=(2, *shape)) for shape in ((dimension, dimension), (dimension,)))
    factor, phi = factor[0] + 1j * factor[1], (phi[0] + 1j * phi[1]) / np.linalg.norm(phi)
    rho = factor @ factor.conj().T / np.linalg.norm(factor) ** 2
    value = infidelity(rho, linear_entropy(rho), np.outer(phi, phi.conj()), 0.0)
    assert value == pytest.approx(1 - np.vdot(phi, rho @ phi).real, abs=1e-15)


def test_bloch_vector_and_entropy() -> None:
    """ρ = ½(1 + r·σ) and S_L = ½(1 − |r|²), eq. (11)."""
    r = np.array([[0.1, -0.4, 0.3], [0, 0, 1]])
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    rho = (np.eye(2) + np.einsum("bk,kij->bij", r, pauli)) / 2
    assert bloch_vector(rho) == pytest.approx(r, abs=1e-16)
    assert linear_entropy(rho) == pytest.approx((1 - (r**2).sum(axis=1)) / 2, abs=1e-15)


@pytest.mark.parametrize("dimension", [2, 3])
def test_distance_to_a_state_that_is_not_known_is_not_known(dimension):
    known = np.eye(dimension) / dimension
    states = np.array([known, np.full((dimension, dimension), np.nan)], dtype=complex)
    entropies = np.array([1 - 1 / dimension, np.nan])
    value = infidelity(known, entropies[0], states, entropies)
    error = infidelity_error(known, entropies[0], states, entropies, 1e-12, 1e-12)
    assert abs(value[0]) < 1e-14
    assert np.isfinite(error[0])
    assert np.isnan(value[1])
    assert np.isnan(error[1])
