"""Generators of the linearised flow at one node, as sparse arrays of a fixed pattern."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.pair_field import PairField
from nonhermitian_hartree.numerics.sparse_pattern import SparsePattern


class Generators:
    """``−i(G − ε)`` for kets, and for (δp, δχ) the whole ``[[−i(G − ε), −iC], [iD, i(G − ε)ᵀ]]``."""

    def __init__(self, one_body: sp.csr_array, field: PairField) -> None:
        d, (i, j, k, m), listed = field.dimension, field.levels, one_body.tocoo()
        (row, column), sites = listed.coords, np.arange(d)
        self._dimension, self._one_body, self._field = d, listed.data, field
        self._kets = SparsePattern(np.concatenate([row, sites, i]), np.concatenate([column, sites, k]), d)
        self._whole = SparsePattern(
            np.concatenate([row, sites, i, column + d, sites + d, k + d, i, k + d]),
            np.concatenate([column, sites, k, row + d, sites + d, i + d, j + d, m]),
            2 * d,
        )

    def kets(self, node: Complex, energy: complex) -> tuple[sp.csr_array, float]:
        """Generator (d, d) of δp under the mean fields, and a bound of its norm."""
        matrix = self._kets.fill(-1j * self._mean_field(node, energy))
        return matrix, self._kets.bound_norm(matrix)

    def whole(self, node: Complex, energy: complex) -> tuple[sp.csr_array, float]:
        """Generator (2d, 2d) of (δp, δχ), and a bound of its norm."""
        (i, j, k, m), values, d = self._field.levels, self._field.values, self._dimension
        ket, bra = node[:d], node[d:]
        moving = -1j * self._mean_field(node, energy)
        creation, annihilation = -1j * values * ket[k] * ket[m], 1j * values * bra[i] * bra[j]
        matrix = self._whole.fill(np.concatenate([moving, -moving, creation, annihilation]))
        return matrix, self._whole.bound_norm(matrix)

    def _mean_field(self, node: Complex, energy: complex) -> Complex:
        """Elements of ``A1 + 2W − ε``."""
        _, j, _, m = self._field.levels
        ket, bra = node[: self._dimension], node[self._dimension :]
        exchange = 2 * self._field.values * bra[j] * ket[m]
        return np.concatenate([self._one_body, np.full(self._dimension, -energy), exchange])
