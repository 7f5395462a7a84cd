"""A^(N) with exact integer elements, in the basis of monomials of bosonic creation operators.

A vector of Sym^N C^d is a homogeneous polynomial ``Ψ = Σ_n c_n x^n`` with ``a_i† = x_i``, ``a_i = ∂/∂x_i``. In
this basis A^(N) has no square roots: doubles are binary fractions, so its elements are Gaussian integers over one
common denominator. The norm is ``‖Ψ‖² = Σ |c_n|² Π n_i! / N!``, for which ``(φ·x)^N`` is the unit vector of
eq. (15).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, lcm
from typing import Any, Protocol, Self

import numpy as np
from flint import fmpz_poly
from numpy.typing import NDArray

from nonhermitian_hartree.bosons.subspace import find_occupations, list_occupations
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import GaussianArray, clear_denominators

Gaussian = tuple[int, int]
"""A Gaussian integer as (real part, imaginary part)."""


class IntegerHamiltonian(Protocol):
    """``denominator · A^(N)`` acting on coefficient vectors of any type that knows ``+``, ``-`` and ``//``."""

    @property
    def denominator(self) -> int:
        """Common denominator of all elements."""

    def apply(self, real: Any, imag: Any) -> tuple[Any, Any]:
        """Real and imaginary part of ``denominator · A^(N) Ψ``, exact."""

    def scaled(self, factor: int) -> Self:
        """Multiply all elements (not the denominator) by `factor`."""

    def pack(self, coefficients: Iterable[int]) -> Any:
        """Vector with these coefficients, ordered as :func:`list_occupations`."""

    def unpack(self, vector: Any) -> list[int]:
        """Coefficients of a vector, ordered as :func:`list_occupations`."""


@dataclass(frozen=True)
class IntegerCouplings:
    """``denominator · A1`` and ``denominator · A2`` as Gaussian integers, without their zeros.

    Parameters
    ----------
    one_body : dict
        (i, j) → element of A1.
    two_body : dict
        (i, j, k, l) → element ⟨ij|A2|kl⟩.
    denominator : int
        Smallest that makes all elements integers.
    dimension : int
        d.
    """

    one_body: dict[tuple[int, int], Gaussian]
    two_body: dict[tuple[int, int, int, int], Gaussian]
    denominator: int
    dimension: int

    @classmethod
    def reduce(cls, one_body: GaussianArray, two_body: GaussianArray, denominator: int) -> IntegerCouplings:
        """Couplings from arrays (d, d) and (d, d, d, d) of integers, in lowest terms."""
        parts = [*one_body, *two_body]
        common = gcd(denominator, *(int(value) for part in parts for value in part[np.nonzero(part)]))

        def collect(real: NDArray[Any], imag: NDArray[Any]) -> dict[Any, Gaussian]:
            places = zip(*np.nonzero((real != 0) | (imag != 0)), strict=True)
            return {
                tuple(int(level) for level in levels): (int(real[levels]) // common, int(imag[levels]) // common)
                for levels in places
            }

        return cls(collect(*one_body), collect(*two_body), denominator // common, len(one_body[0]))

    def subtract(self, centre: complex) -> IntegerCouplings:
        """Couplings of ``A1 − centre`` and A2."""
        parts = Fraction(centre.real), Fraction(centre.imag)
        factor = lcm(self.denominator, *(part.denominator for part in parts)) // self.denominator
        denominator = factor * self.denominator

        def scale(elements: dict[Any, Gaussian]) -> dict[Any, Gaussian]:
            return {levels: (factor * real, factor * imag) for levels, (real, imag) in elements.items()}

        one_body, shift = scale(self.one_body), [int(part * denominator) for part in parts]
        for level in range(self.dimension):
            real, imag = one_body.pop((level, level), (0, 0))
            if (real, imag) != (shift[0], shift[1]):
                one_body[level, level] = (real - shift[0], imag - shift[1])
        return IntegerCouplings(one_body, scale(self.two_body), denominator, self.dimension)


def exact_couplings(model: Model, centre: complex) -> IntegerCouplings:
    """Exact couplings of ``A1 − centre`` and A2: every double is a binary fraction, nothing is rounded."""
    (one_body, two_body), denominator = clear_denominators(model.one_body, model.two_body_tensor)
    return IntegerCouplings.reduce(one_body, two_body, denominator).subtract(centre)


def build_hamiltonian(couplings: IntegerCouplings, particles: int) -> IntegerHamiltonian:
    """Build A^(N), eq. (1), in the fastest exact form there is for this d."""
    if couplings.dimension == 2:
        return PolynomialHamiltonian.build(couplings, particles)
    return SparseHamiltonian.build(couplings, particles)


def exact_multinomials(occupations: NDArray[np.int64]) -> list[int]:
    """``N!/Π n_i!`` of each row of occupation numbers; its inverse is the squared norm of the monomial ``x^n``."""
    multinomials = []
    for row in occupations.tolist():
        value, placed = 1, 0
        for number in row:
            placed += number
            value *= comb(placed, number)
        multinomials.append(value)
    return multinomials


@dataclass(frozen=True, eq=False)
class SparseHamiltonian:
    """A^(N) for any d, one array of integer elements per change of the occupation numbers.

    Parameters
    ----------
    bands : sequence of (rows, columns, real elements, imaginary elements)
        Arrays of Python integers; in each band a row occurs once.
    denominator : int
        ``2 (N − 1)`` times that of the couplings.
    """

    bands: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[Any]]]
    denominator: int

    @classmethod
    def build(cls, couplings: IntegerCouplings, particles: int) -> SparseHamiltonian:
        """Build A^(N) at N = `particles` from the elements of A1 and A2."""
        d = couplings.dimension
        basis = list_occupations(d, particles)
        numbers = basis.astype(object)
        unit = np.eye(d, dtype=np.int64)
        zero = np.zeros(len(basis), dtype=object)
        diagonals: dict[tuple[int, ...], list[Any]] = defaultdict(lambda: [zero, zero])

        def add(change: NDArray[np.int64], element: Gaussian, counts: NDArray[Any]) -> None:
            band = diagonals[tuple(change.tolist())]
            band[:] = [band[0] + element[0] * counts, band[1] + element[1] * counts]

        for (i, j), element in couplings.one_body.items():
            add(unit[i] - unit[j], element, 2 * (particles - 1) * numbers[:, j])
        for (i, j, k, m), element in couplings.two_body.items():
            add(unit[i] + unit[j] - unit[k] - unit[m], element, numbers[:, k] * (numbers[:, m] - int(k == m)))

        bands = []
        for change, (real, imag) in diagonals.items():
            columns = np.flatnonzero((real != 0) | (imag != 0))
            rows = find_occupations(basis[columns] + np.array(change), basis)
            bands.append((rows, columns, real[columns], imag[columns]))
        return cls(bands, 2 * (particles - 1) * couplings.denominator)

    def apply(self, real: NDArray[Any], imag: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Real and imaginary part of ``denominator · A^(N) Ψ``, exact."""
        out_real, out_imag = np.zeros_like(real), np.zeros_like(imag)
        for rows, columns, element_real, element_imag in self.bands:
            in_real, in_imag = real[columns], imag[columns]
            if element_real.any():
                out_real[rows] += element_real * in_real
                out_imag[rows] += element_real * in_imag
            if element_imag.any():
                out_real[rows] -= element_imag * in_imag
                out_imag[rows] += element_imag * in_real
        return out_real, out_imag

    def scaled(self, factor: int) -> Self:
        """Multiply all elements (not the denominator) by `factor`."""
        return type(self)(
            [(rows, columns, factor * real, factor * imag) for rows, columns, real, imag in self.bands],
            self.denominator,
        )

    def pack(self, coefficients: Iterable[int]) -> NDArray[Any]:
        """Array of Python integers."""
        return np.array(list(coefficients), dtype=object)

    def unpack(self, vector: NDArray[Any]) -> list[int]:
        """Coefficients as a list."""
        return list(vector)


@dataclass(frozen=True, eq=False)
class PolynomialHamiltonian:
    """A^(N) for qubits, the differential operator ``Σ_k p_k(z) ∂^k``, k ≤ 2, on ``Ψ(z) = Σ c_n z^n``.

    With x_0 = z and x_1 = 1 the operators become ``a_0 = ∂`` and ``a_1 = N − z ∂``: one short compiled product of
    polynomials replaces a loop over the band matrix.

    Parameters
    ----------
    coefficients : three pairs of integer polynomials
        Real and imaginary part of p_0, p_1, p_2, each of degree ≤ 4.
    denominator : int
        ``2 (N − 1)`` times that of the couplings.
    particles : int
        N.
    """

    coefficients: tuple[tuple[fmpz_poly, fmpz_poly], ...]
    denominator: int
    particles: int

    @classmethod
    def build(cls, couplings: IntegerCouplings, particles: int) -> PolynomialHamiltonian:
        """Build A^(N) at N = `particles` from the elements of A1 and A2."""
        n, m = particles, particles - 1
        # Annihilating z-modes j times out of one or two: Σ_k factor_k z^(power_k) ∂^k, as (k, power, factor).
        annihilate_one = {0: [(0, 0, n), (1, 1, -1)], 1: [(1, 0, 1)]}
        annihilate_two = {
            0: [(0, 0, n * m), (1, 1, -2 * m), (2, 2, 1)],
            1: [(1, 0, m), (2, 1, -1)],
            2: [(2, 0, 1)],
        }
        real = np.zeros((3, 5), dtype=object)
        imag = np.zeros((3, 5), dtype=object)

        def add(raised: int, terms: list[tuple[int, int, int]], element: Gaussian, scale: int) -> None:
            for order, power, factor in terms:
                real[order, raised + power] += scale * factor * element[0]
                imag[order, raised + power] += scale * factor * element[1]

        for (i, j), element in couplings.one_body.items():
            add(int(i == 0), annihilate_one[int(j == 0)], element, 2 * m)
        for levels, element in couplings.two_body.items():
            add(levels[:2].count(0), annihilate_two[levels[2:].count(0)], element, 1)
        pairs = tuple((fmpz_poly(list(re)), fmpz_poly(list(im))) for re, im in zip(real, imag, strict=True))
        return cls(pairs, 2 * m * couplings.denominator, particles)

    def apply(self, real: fmpz_poly, imag: fmpz_poly) -> tuple[fmpz_poly, fmpz_poly]:
        """Real and imaginary part of ``denominator · A^(N) Ψ``, exact."""
        out_real, out_imag = fmpz_poly(0), fmpz_poly(0)
        for order, (p_real, p_imag) in enumerate(self.coefficients):
            if order:
                real, imag = real.derivative(), imag.derivative()
            if p_real:
                out_real += p_real * real
                out_imag += p_real * imag
            if p_imag:
                out_real -= p_imag * imag
                out_imag += p_imag * real
        return out_real, out_imag

    def scaled(self, factor: int) -> Self:
        """Multiply all elements (not the denominator) by `factor`."""
        pairs = tuple((real * factor, imag * factor) for real, imag in self.coefficients)
        return type(self)(pairs, self.denominator, self.particles)

    def pack(self, coefficients: Iterable[int]) -> fmpz_poly:
        """Polynomial in z."""
        return fmpz_poly(list(coefficients))

    def unpack(self, vector: fmpz_poly) -> list[int]:
        """Coefficients of z^0 … z^N."""
        return [int(vector[power]) for power in range(self.particles + 1)]
