"""Bosons in occupation numbers: the symmetric subspace Sym^N C^d, its states, Hamiltonians and marginals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import perm

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.hamiltonian import Model


def list_occupations(dimension: int, particles: int) -> NDArray[np.int64]:
    """Occupation numbers of the basis (13) of Sym^N C^d.

    Parameters
    ----------
    dimension : int
        d, the number of one-particle levels.
    particles : int
        N.

    Returns
    -------
    (C(N + d − 1, d − 1), d) integer array
        One row (n_0, …, n_{d−1}) with Σ n_i = N per basis vector, in lexicographic order; for qubits row n is
        ``(n, N − n)``, so that the row number is the n of ``|N, n⟩`` in eq. (13).
    """
    if dimension == 1:
        return np.array([[particles]], dtype=np.int64)
    blocks = []
    for first in range(particles + 1):
        rest = list_occupations(dimension - 1, particles - first)
        blocks.append(np.column_stack([np.full(len(rest), first, dtype=np.int64), rest]))
    return np.concatenate(blocks)


def find_occupations(wanted: NDArray[np.int64], basis: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers in `basis` (from :func:`list_occupations`) of the rows `wanted`, which must all occur there."""
    radix = int(basis[0].sum()) + 1
    place_values = np.array([radix**power for power in reversed(range(basis.shape[1] - 1))], dtype=np.int64)
    rows: NDArray[np.int64] = np.searchsorted(basis[:, :-1] @ place_values, wanted[:, :-1] @ place_values)
    return rows


def log_multinomials(occupations: NDArray[np.int64]) -> Real:
    """``ln(N! / Π n_i!)`` of every row of occupation numbers, shape (rows,)."""
    logs: Real = gammaln(occupations.sum(axis=1) + 1) - gammaln(occupations + 1).sum(axis=1)
    return logs


def product_state_vector(amplitudes: ArrayLike, particles: int) -> Complex:
    """Components of ``|φ⟩^{⊗N}`` in the basis (13), eq. (15).

    Parameters
    ----------
    amplitudes : (d,) complex array
        φ.
    particles : int
        N.

    Returns
    -------
    (C(N + d − 1, d − 1),) complex array
        ``√(N!/Π n_i!) Π φ_i^{n_i}``, evaluated through logarithms; relative error about 1e-16 N in each component.
    """
    phi = np.asarray(amplitudes, dtype=np.complex128)
    occupations = list_occupations(len(phi), particles)
    log_moduli = log_multinomials(occupations) / 2 + xlogy(occupations, np.abs(phi)).sum(axis=1)
    vector: Complex = np.exp(log_moduli + 1j * (occupations @ np.angle(phi)))
    return vector


def many_body_hamiltonian(model: Model, particles: int) -> sp.csr_array:
    """Sparse matrix of A^(N), eq. (1), on the symmetric subspace in the basis (13).

    Parameters
    ----------
    model : Model
        A1 and A2.
    particles : int
        N ≥ 2.

    Returns
    -------
    sparse (D, D) complex array with D = C(N + d − 1, d − 1)
        ``Σ A1[i,j] a_i† a_j + 1/(2(N−1)) Σ A2[ij,kl] a_i† a_j† a_l a_k``. Its diagonal for A1 = 0,
        A2 = iZ⊗Z is eq. (14).

    Raises
    ------
    ModelError
        If N < 2, where eq. (1) has no pair.
    """
    if particles < 2:
        raise ModelError(f"the mean-field Hamiltonian needs at least 2 particles, found {particles}")
    d = model.dimension
    lower = [annihilation_operator(d, particles, level) for level in range(d)]
    lower_again = [annihilation_operator(d, particles - 1, level) for level in range(d)]
    pairs = [lower_again[second] @ lower[first] for first in range(d) for second in range(d)]
    coupling = sp.csr_array(model.couplings.to_sparse() / (2 * (particles - 1)))
    return sp.csr_array(_sandwich(lower, sp.csr_array(model.one_body)) + _sandwich(pairs, coupling))


def _sandwich(factors: Sequence[sp.csr_array], coefficients: sp.csr_array) -> sp.csr_array:
    """``Σ_kl c_kl F_k† F_l`` of real factors, in one product."""
    stacked = sp.vstack(factors, format="csr")
    between = sp.kron(coefficients, sp.eye_array(factors[0].shape[0]), format="csr")
    return sp.csr_array(stacked.T @ (between @ stacked))


def annihilation_operator(dimension: int, particles: int, level: int) -> sp.csr_array:
    """Sparse matrix of ``a_level`` from Sym^N C^d to Sym^{N−1} C^d in the basis (13); elements ``√n_level``.

    For qubits ``⟨N−1, s| a_i |N, n⟩ / √N`` is the component on |i⟩ of the partial overlap (18).
    """
    basis = list_occupations(dimension, particles)
    columns = np.flatnonzero(basis[:, level])
    lowered = basis[columns]
    elements = np.sqrt(lowered[:, level])
    lowered[:, level] -= 1
    target = list_occupations(dimension, particles - 1)
    rows = find_occupations(lowered, target)
    return sp.csr_array((elements, (rows, columns)), shape=(len(target), len(basis)))


def unnormalised_marginal(
    ket: Complex,
    dimension: int,
    particles: int,
    order: int,
    bra: Complex | None = None,
) -> Complex:
    """``Tr_{k+1…N} |ket⟩⟨bra|``, the unnormalised k-particle marginal of eq. (4); for k = 1 the sum (17).

    Parameters
    ----------
    ket, bra : (C(N + d − 1, d − 1),) complex arrays
        Vectors of Sym^N C^d in the basis (13); `bra` is `ket` unless given (two different vectors are
        what a time derivative of eq. (4) needs).
    dimension, particles : int
        d and N.
    order : int
        k, from 1 to N.

    Returns
    -------
    (d^k, d^k) complex array
        ``(N−k)!/N! ⟨bra| a_{j1}† … a_{jk}† a_{ik} … a_{i1} |ket⟩`` at row (i1 … ik) and column (j1 … jk); the
        first particle is the slowest index. Its trace is ``⟨bra|ket⟩``, eq. (5).

    Raises
    ------
    ValueError
        If k is not in 1 … N.
    """
    if not 1 <= order <= particles:
        raise ValueError(f"a marginal of {particles} particles has order 1 to {particles}, found {order}")
    kets = _remove_particles(ket, dimension, particles, order)
    bras = kets if bra is None else _remove_particles(bra, dimension, particles, order)
    marginal: Complex = kets @ bras.conj().T / perm(particles, order)
    return marginal


def normalised_marginal(ket: Complex, dimension: int, particles: int, order: int) -> Complex:
    """Marginal state ``ρ̂^(k) = ρ^(k) / Tr ρ^(k)``, eq. (7); arguments as :func:`unnormalised_marginal`."""
    marginal = unnormalised_marginal(ket, dimension, particles, order)
    normalised: Complex = marginal / np.trace(marginal).real
    return normalised


def _remove_particles(vector: Complex, dimension: int, particles: int, order: int) -> Complex:
    """``a_{ik} … a_{i1} |vector⟩`` for all levels (i1 … ik): shape (d^k, dimension of Sym^{N−k})."""
    lower = [
        [annihilation_operator(dimension, particles - removed, level) for level in range(dimension)]
        for removed in range(order)
    ]
    rows = []
    for levels in product(range(dimension), repeat=order):
        remaining = vector
        for removed, level in enumerate(levels):
            remaining = np.asarray(lower[removed][level] @ remaining)
        rows.append(remaining)
    return np.array(rows)
