"""Mean fields of a sparse A2: what bras and kets of many modes feel of it, at a cost of its nonzero elements."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.pair_couplings import PairCouplings
from nonhermitian_hartree.numerics.sparse_pattern import SparsePattern

MOST_PRODUCTS = 2_000_000
"""Elements times vectors that are held at once."""


class PairField:
    """Contractions of ``P A2 P`` with bras and kets, of shape (d,) or (d, K) for K of each at once.

    On symmetric pairs ⟨ij|A2|kl⟩ is symmetric in (i, j) and in (k, l), so that it does not matter which of two kets
    comes first.

    Attributes
    ----------
    levels, values : (4, n) integer and (n,) complex array
        The elements of ``P A2 P``.
    """

    def __init__(self, couplings: PairCouplings) -> None:
        pairs = couplings.on_symmetric_pairs()
        self.dimension = pairs.dimension
        self.levels, self.values = pairs.levels, pairs.values
        self.is_contact = bool(np.all(pairs.levels == pairs.levels[0]))
        self._out = _Sum(pairs.levels[0], self.dimension)
        self._in = _Sum(pairs.levels[2], self.dimension)
        self._patterns = {axes: SparsePattern(*pairs.levels[list(axes)], self.dimension) for axes in _AXES}
        partial = sp.coo_array((pairs.values, (pairs.levels[1], pairs.levels[3])), shape=(self.dimension,) * 2)
        self._partial_trace = sp.csr_array(
            sp.coo_array(
                (partial.data * (pairs.levels[0] == pairs.levels[2]), (partial.row, partial.col)), partial.shape
            )
        )

    def on_ket(self, bra: Complex, ket: Complex, other: Complex) -> Complex:
        """``Σ ⟨ij|A2|kl⟩ χ_j p_k q_l`` at i: for p = q the mean field times the ket."""
        if self.is_contact:
            return self._elementwise(bra, ket, other)
        _, j, k, l = self.levels
        return self._gather(self._out, (bra, j), (ket, k), (other, l))

    def on_bra(self, bra: Complex, other: Complex, ket: Complex) -> Complex:
        """``Σ χ_i ξ_j ⟨ij|A2|kl⟩ p_l`` at k: for χ = ξ the bra times the mean field."""
        if self.is_contact:
            return self._elementwise(bra, other, ket)
        i, j, _, l = self.levels
        return self._gather(self._in, (bra, i), (other, j), (ket, l))

    def exchange(self, bra: Complex, ket: Complex) -> sp.csr_array:
        """``W_ik = Σ ⟨ij|A2|kl⟩ χ_j p_l`` for one bra and ket; sparse (d, d)."""
        _, j, _, l = self.levels
        return self._patterns[0, 2].fill(self.values * bra[j] * ket[l])

    def pair_creation(self, ket: Complex) -> sp.csr_array:
        """``C_ij = Σ ⟨ij|A2|kl⟩ p_k p_l``; sparse (d, d)."""
        _, _, k, l = self.levels
        return self._patterns[0, 1].fill(self.values * ket[k] * ket[l])

    def pair_annihilation(self, bra: Complex) -> sp.csr_array:
        """``D_kl = Σ χ_i χ_j ⟨ij|A2|kl⟩``; sparse (d, d)."""
        i, j, _, _ = self.levels
        return self._patterns[2, 3].fill(self.values * bra[i] * bra[j])

    def trace(self, bra: Complex, ket: Complex) -> Complex:
        """``Tr W`` for bras and kets (d,) or (d, K)."""
        return np.asarray((bra * (self._partial_trace @ ket)).sum(axis=0))

    def _elementwise(self, *vectors: Complex) -> Complex:
        product = vectors[0] * vectors[1]
        product *= vectors[2]
        sites = self.levels[0]
        if len(sites) == self.dimension:
            product *= self.values if product.ndim == 1 else self.values[:, None]
            return product
        out = np.zeros_like(product)
        out[sites] = product[sites] * (self.values if product.ndim == 1 else self.values[:, None])
        return out

    def _gather(self, total: _Sum, *factors: tuple[Complex, NDArray[np.intp]]) -> Complex:
        first = factors[0][0]
        if first.ndim == 2 and first.shape[1] * len(self.values) > MOST_PRODUCTS and first.shape[1] > 1:
            half = first.shape[1] // 2
            parts = [[(vectors[:, side], levels) for vectors, levels in factors] for side in _halves(half)]
            return np.concatenate([self._gather(total, *part) for part in parts], axis=1)
        product = self.values if first.ndim == 1 else self.values[:, None]
        for vectors, levels in factors:
            product = product * vectors[levels]
        return total.add_up(product)


_AXES = ((0, 2), (0, 1), (2, 3))


def _halves(middle: int) -> tuple[slice, slice]:
    return slice(None, middle), slice(middle, None)


class _Sum:
    """Sums of elements over all that share a level."""

    def __init__(self, levels: NDArray[np.intp], dimension: int) -> None:
        self._order = np.argsort(levels, kind="stable")
        self._found, self._starts = np.unique(levels[self._order], return_index=True)
        self._is_sorted = bool(np.all(self._order == np.arange(len(levels))))
        self._dimension = dimension

    def add_up(self, products: Complex) -> Complex:
        out = np.zeros((self._dimension, *products.shape[1:]), dtype=np.complex128)
        if len(self._found):
            ordered = products if self._is_sorted else products[self._order]
            out[self._found] = np.add.reduceat(ordered, self._starts, axis=0)
        return out
