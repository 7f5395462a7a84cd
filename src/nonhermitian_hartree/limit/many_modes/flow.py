"""The two-point flow of many modes: one Runge–Kutta step on every interval of a mesh at once, and its derivative.

The equations are those of `limit.two_point.flow`. Kets and bras are columns, (2d, K) for K intervals, so that a
step costs twelve products of A1 with a (d, K) array and as many passes over the nonzero elements of A2. On the
interval k the Hamiltonian is shifted by a number ε_k. Steps are those of DOP853 (order 8, with an error estimate).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.integrate import DOP853

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.many_modes.generators import Generators
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.numerics.sparse_pattern import multiply

STAGES: int = DOP853.n_stages
TABLEAU, WEIGHTS = np.asarray(DOP853.A), np.asarray(DOP853.B)
ERROR_THIRD, ERROR_FIFTH = np.asarray(DOP853.E3), np.asarray(DOP853.E5)


@dataclass(frozen=True, eq=False)
class Steps:
    """One step on each of K intervals.

    Parameters
    ----------
    stages : list of (2d, K) complex arrays
        (p, χ) at which the velocity was taken.
    ends : (2d, K) complex array
        Where the flow arrives.
    velocity : (2d, K) complex array
        d/ds there.
    error : (K,) array
        Estimated error relative to the size of kets and bras; inf where the step blew up.
    """

    stages: list[Complex]
    ends: Complex
    velocity: Complex
    error: Real


class ModeFlow:
    """The two-point flow of a model with sparse A1 and A2."""

    def __init__(self, model: Model) -> None:
        self.dimension = model.dimension
        self.one_body = model.sparse_one_body
        self.one_body_transposed = sp.csr_array(self.one_body.T)
        self.field = model.field
        self._trace = complex(self.one_body.trace())

    @cached_property
    def generators(self) -> Generators:
        """Generators of the linearised flow."""
        return Generators(self.one_body, self.field)

    def energies(self, nodes: Complex) -> Complex:
        """``χ H(χ, p) p / χ p`` at each node (2d, K)."""
        ket, bra = self._split(nodes)
        force = multiply(self.one_body, ket) + self.field.on_ket(bra, ket, ket)
        return np.asarray((bra * force).sum(axis=0) / (bra * ket).sum(axis=0))

    def step(self, nodes: Complex, lengths: Real, energies: Complex) -> Steps:
        """Carry nodes (2d, K) over intervals of the given lengths (K,) with shifts ε (K,)."""
        with np.errstate(all="ignore"):
            stages, slopes = [nodes], [self.velocity(nodes, energies)]
            for s in range(1, STAGES):
                stages.append(_advance(nodes, lengths, TABLEAU[s, :s], slopes))
                slopes.append(self.velocity(stages[-1], energies))
            ends = _advance(nodes, lengths, WEIGHTS, slopes)
            slopes.append(self.velocity(ends, energies))
            third, fifth = (self._relative(nodes, lengths, w, slopes) for w in (ERROR_THIRD, ERROR_FIFTH))
            error = fifth**2 / np.sqrt(fifth**2 + 0.01 * third**2 + 1e-300)
            error = np.where(np.isfinite(ends).all(axis=0) & np.isfinite(error), error, np.inf)
        return Steps(stages, ends, slopes[-1], error)

    def vary(self, steps: Steps, change: Complex, lengths: Real, energies: Complex) -> Complex:
        """Change of the ends (2d, K) with a change of the nodes where the steps began."""
        slopes = [self.linear_velocity(steps.stages[0], change, energies)]
        for s in range(1, STAGES):
            inner = _advance(change, lengths, TABLEAU[s, :s], slopes)
            slopes.append(self.linear_velocity(steps.stages[s], inner, energies))
        return _advance(change, lengths, WEIGHTS, slopes)

    def velocity(self, nodes: Complex, energies: Complex) -> Complex:
        """d/ds of kets and bras (2d, K)."""
        ket, bra = self._split(nodes)
        out = np.empty_like(nodes)
        out[: self.dimension] = -1j * (
            multiply(self.one_body, ket) + self.field.on_ket(bra, ket, ket) - energies * ket
        )
        out[self.dimension :] = 1j * (
            multiply(self.one_body_transposed, bra) + self.field.on_bra(bra, bra, ket) - energies * bra
        )
        return out

    def linear_velocity(self, nodes: Complex, change: Complex, energies: Complex) -> Complex:
        """Derivative of `velocity` along a change (2d, K)."""
        (ket, bra), (dket, dbra), field = self._split(nodes), self._split(change), self.field
        out = np.empty_like(change)
        out[: self.dimension] = -1j * (
            multiply(self.one_body, dket)
            + field.on_ket(bra, ket, 2 * dket)
            + field.on_ket(dbra, ket, ket)
            - energies * dket
        )
        out[self.dimension :] = 1j * (
            multiply(self.one_body_transposed, dbra)
            + field.on_bra(bra, 2 * dbra, ket)
            + field.on_bra(bra, bra, dket)
            - energies * dbra
        )
        return out

    def integrate_action(self, steps: Steps, lengths: Real) -> complex:
        """``∫ (i/2) ⟨χχ|A2|pp⟩ ds`` over all intervals."""
        total = 0j
        for weight, stage in zip(WEIGHTS, steps.stages, strict=True):
            if weight:
                ket, bra = self._split(stage)
                total += weight * complex(lengths @ (bra * self.field.on_ket(bra, ket, ket)).sum(axis=0))
        return 0.5j * total

    def integrate_trace(self, steps: Steps, lengths: Real) -> complex:
        """``∫ Tr(H + K) ds`` over all intervals, K the exchange part."""
        total = self._trace * float(lengths.sum())
        for weight, stage in zip(WEIGHTS, steps.stages, strict=True):
            if weight:
                ket, bra = self._split(stage)
                total += 2 * weight * complex(lengths @ self.field.trace(bra, ket))
        return total

    def _split(self, nodes: Complex) -> tuple[Complex, Complex]:
        return nodes[: self.dimension], nodes[self.dimension :]

    def _relative(self, nodes: Complex, lengths: Real, weights: Real, slopes: list[Complex]) -> Real:
        """Weighted sum of slopes relative to the size of kets and bras."""
        total = _advance(np.zeros_like(nodes), lengths, weights, slopes)
        parts = [
            np.linalg.norm(a, axis=0) / np.linalg.norm(b, axis=0)
            for a, b in zip(self._split(total), self._split(nodes), strict=True)
        ]
        return np.asarray(np.hypot(*parts))


def _advance(start: Complex, lengths: Real, weights: Real, slopes: list[Complex]) -> Complex:
    """``start + h Σ w_s slope_s``."""
    total = np.zeros_like(start)
    for weight, slope in zip(weights, slopes, strict=False):
        if weight:
            total += weight * slope
    total *= lengths
    total += start
    return total
