"""A2 by its elements that are not zero: ⟨ij|A2|kl⟩ for many modes, where the d² × d² array would not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp

Levels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class PairCouplings:
    """Elements ``⟨ij|A2|kl⟩`` of a two-body operator, each once, none zero, in ascending order of (i, j, k, l).

    Parameters
    ----------
    dimension : int
        d, the number of modes.
    levels : (4, n) integer array
        i, j, k, l of each element.
    values : (n,) complex array
        The elements, energies in units of 1/time (ħ = 1).
    """

    dimension: int
    levels: Levels
    values: Complex

    @classmethod
    def from_elements(cls, dimension: int, levels: Levels, values: Complex) -> PairCouplings:
        """Add up elements, in any order, several of the same levels allowed; levels (4, n), values (n,)."""
        keys, place = np.unique(_keys(dimension, np.asarray(levels, dtype=np.int64)), return_inverse=True)
        summed = np.zeros(len(keys), dtype=np.complex128)
        np.add.at(summed, place, np.asarray(values, dtype=np.complex128))
        keys, summed = keys[summed != 0], summed[summed != 0]
        found = [keys // dimension**power % dimension for power in (3, 2, 1, 0)]
        return cls(dimension, np.array(found, dtype=np.intp).reshape(4, -1), summed)

    @classmethod
    def from_matrix(cls, matrix: sp.csr_array | Complex) -> PairCouplings:
        """Elements of a (d², d²) array or sparse array whose pair (i, j) has the index ``i·d + j``."""
        if isinstance(matrix, np.ndarray):
            row, column = (index.astype(np.int64) for index in np.nonzero(matrix))
            values, d = matrix[row, column], round(len(matrix) ** 0.5)
        else:
            listed = matrix.tocoo()
            row, column = (np.asarray(index, dtype=np.int64) for index in (listed.row, listed.col))
            values, d = listed.data, round(listed.shape[0] ** 0.5)
        return cls.from_elements(d, np.array([row // d, row % d, column // d, column % d]), values)

    @classmethod
    def contact(cls, strengths: Complex) -> PairCouplings:
        """``Σ U_i |ii⟩⟨ii|`` for strengths U (d,)."""
        sites = np.arange(len(strengths))
        return cls.from_elements(len(strengths), np.array([sites] * 4), strengths)

    def __add__(self, other: PairCouplings) -> PairCouplings:
        """Sum of two operators of the same dimension."""
        levels = np.concatenate([self.levels, other.levels], axis=1)
        return self.from_elements(self.dimension, levels, np.concatenate([self.values, other.values]))

    def scaled(self, factor: complex) -> PairCouplings:
        """The operator times a number."""
        return self.from_elements(self.dimension, self.levels, factor * self.values)

    def permuted(self, order: tuple[int, int, int, int]) -> PairCouplings:
        """The operator with its four levels in another order; (1, 0, 3, 2) swaps the particles."""
        return self.from_elements(self.dimension, self.levels[list(order)], self.values)

    def adjoint(self) -> PairCouplings:
        """``A2†``."""
        return self.from_elements(self.dimension, self.levels[[2, 3, 0, 1]], self.values.conj())

    def on_symmetric_pairs(self) -> PairCouplings:
        """``P A2 P`` with P the projector on symmetric pairs: all that many bosons see of A2."""
        bras = self + self.permuted((1, 0, 2, 3))
        return (bras + bras.permuted((0, 1, 3, 2))).scaled(0.25)

    def find_swap_asymmetry(self) -> tuple[float, tuple[int, ...]]:
        """Largest ``|A2 − S A2 S|``, S the swap of the particles, and the levels (i, j, k, l) where it is."""
        difference = self + self.permuted((1, 0, 3, 2)).scaled(-1)
        if not len(difference.values):
            return 0.0, ()
        where = int(np.argmax(np.abs(difference.values)))
        return float(np.abs(difference.values[where])), tuple(map(int, difference.levels[:, where]))

    def bound_norm(self) -> float:
        """Bound of the spectral norm of A2, ``√(‖A2‖₁ ‖A2‖_∞)``; exact for contact interactions."""
        (i, j, k, m), sizes, d = self.levels, np.abs(self.values), self.dimension
        sums = (np.bincount(np.unique(pair, return_inverse=True)[1], sizes) for pair in (i * d + j, k * d + m))
        return float(np.sqrt(np.prod([total.max(initial=0.0) for total in sums])))

    def equals(self, other: PairCouplings) -> bool:
        """Whether all elements are the same doubles."""
        return np.array_equal(self.levels, other.levels) and np.array_equal(self.values, other.values)

    @property
    def is_diagonal(self) -> bool:
        """Whether only elements ⟨ij|A2|ij⟩ occur."""
        return np.array_equal(self.levels[:2], self.levels[2:])

    def diagonal(self) -> Complex:
        """``⟨ij|A2|ij⟩``, shape (d, d)."""
        (i, j, k, m), found = self.levels, np.zeros((self.dimension, self.dimension), dtype=np.complex128)
        kept = (i == k) & (j == m)
        found[i[kept], j[kept]] = self.values[kept]
        return found

    def to_sparse(self) -> sp.coo_array:
        """Sparse (d², d²) array."""
        import scipy.sparse as sp

        (i, j, k, m), d = self.levels, self.dimension
        return sp.coo_array((self.values, (i * d + j, k * d + m)), shape=(d * d, d * d))


def _keys(dimension: int, levels: NDArray[np.int64]) -> NDArray[np.int64]:
    i, j, k, m = levels
    return np.asarray(((i * dimension + j) * dimension + k) * dimension + m)
