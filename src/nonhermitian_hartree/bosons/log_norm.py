"""Proved bounds of the operator norm and the logarithmic norm of A^(N), from few particles to any number.

A^(N) is ``N/k`` times the average of A^(k) over the subsets of k particles, and permutation-symmetric states of N
particles are symmetric in each subset. Hence, for the norm and for the largest eigenvalue of the anti-Hermitian
part alike, the value at N is at most ``N/k`` times the value on Sym^k C^d.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from flint import acb, acb_mat, arb, ctx

from nonhermitian_hartree.bosons.integer_hamiltonian import IntegerCouplings, SparseHamiltonian, exact_multinomials
from nonhermitian_hartree.bosons.subspace import list_occupations, many_body_hamiltonian
from nonhermitian_hartree.model.hamiltonian import Model

BALL_BITS = 128
LARGEST_SUBSPACE = 48
CENTRE_GRID = 64


@dataclass(frozen=True)
class OperatorBounds:
    """Upper bounds per particle, as balls whose midpoint plus radius is the bound.

    Parameters
    ----------
    norm : arb
        ``‖A^(N)‖ / N``.
    log_norm : arb
        ``λ_max((A^(N) − A^(N)†)/2i) / N``: no solution of eq. (2) grows faster than ``e^{N · log_norm · t}``.
    """

    norm: arb
    log_norm: arb


def bound_operator(couplings: IntegerCouplings, particles: int) -> OperatorBounds:
    """Bounds of :class:`OperatorBounds` at N = `particles`, proved in ball arithmetic.

    Raises
    ------
    ArithmeticError
        If the approximate eigenvectors are too far from orthogonal to prove anything (not seen to happen).
    """
    k = _subset_size(couplings.dimension, particles)
    with ctx.workprec(BALL_BITS):
        matrix = _orthonormal_matrix(couplings, k)
        anti_hermitian = (matrix - _adjoint(matrix)) * acb(0, -0.5)
        norm = bound_largest_eigenvalue(_adjoint(matrix) * matrix).max(arb(0)).sqrt() / k
        return OperatorBounds(norm.upper(), (bound_largest_eigenvalue(anti_hermitian) / k).upper())


def bound_largest_eigenvalue(matrix: acb_mat) -> arb:
    """Proved upper bound of the largest eigenvalue of a Hermitian matrix of balls.

    With V any approximate eigenvectors (from LAPACK), ``λ_max(A) = max x†Bx / x†Gx`` for B = V†AV, G = V†V; the
    numerator and denominator are bounded by Gershgorin's discs of B and G, so the quality of V decides how
    tight the bound is, never whether it holds.
    """
    size = matrix.nrows()
    largest_entry = max((float(abs(entry).log().mid()) for entry in matrix.entries() if entry != 0), default=0.0)
    scaled = matrix * arb(-largest_entry).exp()  # eigenvectors are those of any multiple, which doubles can hold
    approximate = np.array([[complex(scaled[i, j]) for j in range(size)] for i in range(size)])
    vectors = np.linalg.eigh(approximate)[1]
    basis = acb_mat([[acb(entry.real, entry.imag) for entry in row] for row in vectors.tolist()])
    numerator = _gershgorin(_adjoint(basis) * matrix * basis)[1]
    smallest, largest = _gershgorin(_adjoint(basis) * basis)
    if not smallest > 0:
        raise ArithmeticError("approximate eigenvectors are linearly dependent: no bound of the spectrum")
    return (numerator / smallest).max(numerator / largest).upper()


def choose_centre(model: Model, particles: int) -> complex:
    """One-particle energy c for which ``‖A^(N) − c N‖`` is small: the middle of the numerical range, on a grid.

    Subtracting a multiple of the identity changes the state by a known factor only, and Taylor series of the
    evolution need as many terms as the norm says. Any c is right; few bits in it keep products short.
    """
    k = _subset_size(model.dimension, particles)
    matrix = many_body_hamiltonian(model, k).toarray() / k
    parts = ((matrix + matrix.conj().T) / 2, (matrix - matrix.conj().T) / 2j)
    middles = [np.linalg.eigvalsh(part)[[0, -1]].mean() for part in parts]
    return complex(*(round(middle * CENTRE_GRID) / CENTRE_GRID for middle in middles))


def _subset_size(dimension: int, particles: int) -> int:
    """Largest k ≤ N for which Sym^k C^d is small enough for dense matrices."""
    k = 2
    while k < particles and comb(k + dimension, dimension - 1) <= LARGEST_SUBSPACE:
        k += 1
    return k


def _orthonormal_matrix(couplings: IntegerCouplings, particles: int) -> acb_mat:
    """Matrix of A^(k) in the orthonormal basis (13), as balls."""
    hamiltonian = SparseHamiltonian.build(couplings, particles)
    occupations = list_occupations(couplings.dimension, particles)
    lengths = [1 / arb(multinomial).sqrt() for multinomial in exact_multinomials(occupations)]
    matrix = acb_mat(len(lengths), len(lengths))
    for band in hamiltonian.bands:
        for row, column, real, imag in zip(*band, strict=True):
            scale = lengths[row] / lengths[column] / hamiltonian.denominator
            matrix[int(row), int(column)] = acb(arb(real) * scale, arb(imag) * scale)
    return matrix


def _adjoint(matrix: acb_mat) -> acb_mat:
    return matrix.transpose().conjugate()


def _gershgorin(matrix: acb_mat) -> tuple[arb, arb]:
    """Lower and upper bound of the spectrum of a Hermitian matrix of balls."""
    lowest, highest = None, None
    for i, row in enumerate(matrix.tolist()):
        radius = sum((abs(entry) for j, entry in enumerate(row) if j != i), arb(0))
        low, high = row[i].real - radius, row[i].real + radius
        lowest = low if lowest is None else lowest.min(low)
        highest = high if highest is None else highest.max(high)
    if lowest is None or highest is None:
        raise ValueError("a matrix without rows has no spectrum")
    return lowest.lower(), highest.upper()
