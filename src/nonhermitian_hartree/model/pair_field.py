"""Mean fields of a sparse A2: what bras and kets of many modes feel of it, at a cost of its nonzero elements."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.pair_couplings import Levels, PairCouplings
from nonhermitian_hartree.numerics.sparse_pattern import SparsePattern, multiply

MOST_PRODUCTS = 2_000_000
"""Elements times vectors that are held at once."""


class PairField:
    """Contractions of ``P A2 P`` with bras and kets, of shape (d,) or (d, K) for K of each at once.

    On symmetric pairs ⟨ij|A2|kl⟩ is symmetric in (i, j) and in (k, l), so that it does not matter which of two
    kets comes first.

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
        self._out, self._in = (_Contraction(pairs.levels, pairs.values, kept, self.dimension) for kept in (0, 2))
        self._patterns = {
            (row, column): SparsePattern(pairs.levels[row], pairs.levels[column], self.dimension)
            for row, column in _AXES
        }
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
        return self._out.apply(bra, ket, other)

    def on_bra(self, bra: Complex, other: Complex, ket: Complex) -> Complex:
        """``Σ χ_i ξ_j ⟨ij|A2|kl⟩ p_l`` at k: for χ = ξ the bra times the mean field."""
        if self.is_contact:
            return self._elementwise(bra, other, ket)
        return self._in.apply(bra, other, ket)

    def exchange(self, bra: Complex, ket: Complex) -> sp.csr_array:
        """``W_ik = Σ ⟨ij|A2|kl⟩ χ_j p_l`` for one bra and ket; sparse (d, d)."""
        _, j, _, m = self.levels
        return self._patterns[0, 2].fill(self.values * bra[j] * ket[m])

    def pair_creation(self, ket: Complex) -> sp.csr_array:
        """``C_ij = Σ ⟨ij|A2|kl⟩ p_k p_l``; sparse (d, d)."""
        _, _, k, m = self.levels
        return self._patterns[0, 1].fill(self.values * ket[k] * ket[m])

    def pair_annihilation(self, bra: Complex) -> sp.csr_array:
        """``D_kl = Σ χ_i χ_j ⟨ij|A2|kl⟩``; sparse (d, d)."""
        i, j, _, _ = self.levels
        return self._patterns[2, 3].fill(self.values * bra[i] * bra[j])

    def trace(self, bra: Complex, ket: Complex) -> Complex:
        """``Tr W`` for bras and kets (d,) or (d, K)."""
        return np.asarray((bra * (multiply(self._partial_trace, ket))).sum(axis=0))

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


_AXES = ((0, 2), (0, 1), (2, 3))


class _Contraction:
    """Sums over all elements that share one level, of products over the other three.

    Parameters
    ----------
    couplings : (4, n) and (n,) arrays
    kept : int
        Which of the four levels is left.
    """

    def __init__(self, levels: Levels, values: Complex, kept: int, dimension: int) -> None:
        others = np.delete(levels, kept, axis=0)
        keys = (others[0].astype(np.int64) * dimension + others[1]) * dimension + others[2]
        found, place = np.unique(keys, return_inverse=True)
        self._levels = [found // dimension**power % dimension for power in (2, 1, 0)]
        self._matrix = sp.csr_array(
            sp.coo_array((values, (levels[kept], place)), shape=(dimension, max(len(found), 1)))
        )
        self._is_empty = not len(found)

    def apply(self, *vectors: Complex) -> Complex:
        """Contract with three vectors, (d,) or (d, K) each, in the order of the levels."""
        if self._is_empty:
            return np.zeros_like(vectors[0])
        count = 1 if vectors[0].ndim == 1 else vectors[0].shape[1]
        at_once = max(1, MOST_PRODUCTS // len(self._levels[0]))
        if count > at_once:
            parts = range(0, count, at_once)
            return np.concatenate([self.apply(*(v[:, a : a + at_once] for v in vectors)) for a in parts], axis=1)
        product = vectors[0][self._levels[0]]
        for vector, level in zip(vectors[1:], self._levels[1:], strict=True):
            product *= vector[level]
        return np.asarray(self._matrix @ product)
