"""Polynomials in a few variables up to a total degree: multiplication by a variable, and differentiation.

``x^k/√k!``, k a multi-index with |k| ≤ K, is the basis; coefficients are the leading axis n of an array. As sparse
matrices both maps act on all other axes at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex


class MonomialBasis:
    """The C(K + m, m) monomials ``x^k/√k!`` of degree at most K in m variables, by degree.

    Parameters
    ----------
    variables : int
        m ≥ 1.
    degree : int
        K.

    Attributes
    ----------
    powers : (n, m) int array
        k.
    degrees : (n,) int array
        |k|.
    """

    def __init__(self, variables: int, degree: int) -> None:
        self.variables = variables
        self.powers: NDArray[np.int64] = np.array(
            [k for total in range(degree + 1) for k in _compositions(total, variables)], dtype=np.int64
        )
        self.degrees: NDArray[np.int64] = self.powers.sum(axis=1)
        n = len(self.powers)
        place = {tuple(k): row for row, k in enumerate(self.powers.tolist())}
        lowering = []
        for variable in range(variables):
            column = np.flatnonzero(self.powers[:, variable])
            lowered = self.powers[column]
            lowered[:, variable] -= 1
            row = [place[tuple(k)] for k in lowered.tolist()]
            # complex, so that a product with complex columns need not convert it each time
            size = np.sqrt(self.powers[column, variable]).astype(complex)
            lowering.append(sp.csr_array((size, (row, column)), shape=(n, n)))
        raising = [matrix.T.tocsr() for matrix in lowering]
        self._lowering, self._raising = sp.vstack(lowering, format="csr"), sp.vstack(raising, format="csr")
        self._contraction = sp.hstack(raising, format="csr")

    def __len__(self) -> int:
        """Count the monomials."""
        return len(self.powers)

    def differentiate(self, polynomials: Complex) -> Complex:
        """All ``∂_a`` of polynomials (n, ...), as (m, n, ...)."""
        return self._apply(self._lowering, polynomials)

    def multiply(self, polynomials: Complex) -> Complex:
        """All ``x_a`` times polynomials (n, ...), as (m, n, ...); powers above K are lost."""
        return self._apply(self._raising, polynomials)

    def contract(self, polynomials: Complex) -> Complex:
        """``Σ_a x_a f_a`` of polynomials (m, n, ...), as (n, ...); powers above K are lost."""
        columns = polynomials.reshape(self.variables * len(self), -1)
        return np.asarray(self._contraction @ columns).reshape(polynomials.shape[1:])

    def _apply(self, matrix: sp.csr_array, polynomials: Complex) -> Complex:
        columns = polynomials.reshape(len(self), -1)
        return np.asarray(matrix @ columns).reshape(self.variables, *polynomials.shape)


@lru_cache(maxsize=16)
def monomial_basis(variables: int, degree: int) -> MonomialBasis:
    """`MonomialBasis`, made once."""
    return MonomialBasis(variables, degree)


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to write ``total`` as an ordered sum of ``parts`` integers ≥ 0."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
