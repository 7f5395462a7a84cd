"""Sparse arrays of one pattern, filled many times: only the elements are computed anew."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real


def multiply(matrix: sp.csr_array, vectors: Complex) -> Complex:
    """``M v`` for vectors (d,) or (d, K), as the array that it is."""
    return np.asarray(matrix @ vectors)


class SparsePattern:
    """Where a list of elements goes in a sparse square array; elements of the same place are added up.

    Parameters
    ----------
    rows, columns : (n,) integer arrays
    size : int
        Rows of the array.
    """

    def __init__(self, rows: NDArray[np.intp], columns: NDArray[np.intp], size: int) -> None:
        keys, self._place = np.unique(
            np.asarray(rows, dtype=np.int64) * size + np.asarray(columns, dtype=np.int64), return_inverse=True
        )
        self._count = len(keys)
        self._rows, self._columns = keys // size, (keys % size).astype(np.int32)
        self._starts = np.searchsorted(self._rows, np.arange(size + 1)).astype(np.int32)
        self._shape = (size, size)

    def fill(self, values: Complex) -> sp.csr_array:
        """The array with these elements (n,)."""
        data = np.empty(self._count, dtype=np.complex128)
        data.real = np.bincount(self._place, values.real, self._count)
        data.imag = np.bincount(self._place, values.imag, self._count)
        return sp.csr_array((data, self._columns, self._starts), shape=self._shape)

    def bound_norm(self, matrix: sp.csr_array) -> float:
        """Bound of the spectral norm of an array of this pattern, from row and column sums."""
        sizes: Real = np.abs(matrix.data)
        sums = (
            np.bincount(index, sizes, self._shape[0]).max(initial=0.0) for index in (self._rows, self._columns)
        )
        return float(np.sqrt(np.prod(list(sums))))
