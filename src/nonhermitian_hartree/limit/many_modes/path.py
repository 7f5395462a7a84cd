"""A path of kets and bras on a mesh, with the numbers ε_k by which the Hamiltonian is shifted on each interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.many_modes.flow import ModeFlow, Steps

SPARE = 1.15
"""Intervals of a new mesh relative to the fewest that the tolerance allows."""
ORDER = 8


@dataclass(frozen=True, eq=False)
class ModePath:
    """p(s) and χ(s) at the nodes of a mesh.

    Parameters
    ----------
    instants : (K+1,) array
        Times from 0 to t.
    nodes : (2d, K+1) complex array
        Columns (p, χ); p(0) = φ.
    energies : (K,) complex array
        ε_k: on interval k, ``i ṗ = (H − ε_k) p`` and ``i χ̇ = −χ (H − ε_k)``.
    """

    instants: Real
    nodes: Complex
    energies: Complex

    @classmethod
    def at_start(cls, flow: ModeFlow, initial: Complex, time: float, count: int) -> ModePath:
        """Constant path ``p = φ``, ``χ = φ†``: the solution for t → 0 on ``count`` intervals up to ``time``."""
        column = np.concatenate([initial, initial.conj()])[:, None]
        energies = np.repeat(flow.energies(column), count)
        return cls(np.linspace(0, time, count + 1), np.repeat(column, count + 1, axis=1), energies)

    @property
    def lengths(self) -> Real:
        """Lengths of the intervals (K,)."""
        return np.diff(self.instants)

    @property
    def time(self) -> float:
        """Observation time t."""
        return float(self.instants[-1])

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.nodes) // 2

    @property
    def wavefunction(self) -> Complex:
        """ν, unit norm."""
        ket = self.nodes[: self.dimension, -1]
        return np.asarray(ket / np.linalg.norm(ket))

    def steps(self, flow: ModeFlow) -> Steps:
        """One step from each node but the last."""
        return flow.step(self.nodes[:, :-1], self.lengths, self.energies)

    def regauged(self, flow: ModeFlow) -> ModePath:
        """The same path with ε_k the energy at the start of its interval, so that nodes change only across."""
        return self._with_energies(flow.energies(self.nodes[:, :-1]))

    def stretched(self, time: float) -> ModePath:
        """The same nodes at instants in proportion to another observation time."""
        return replace(self, instants=self.instants * (time / self.time))

    def remeshed(self, flow: ModeFlow, error: Real, tolerance: float) -> ModePath:
        """The path on a mesh on which each step has the error ``tolerance``, given the errors on this one."""
        needed = SPARE * (np.maximum(error, 1e-18) / tolerance) ** (1 / ORDER)
        covered = np.concatenate([[0.0], np.cumsum(np.clip(needed, 0.02, 64.0))])
        count = max(4, int(np.ceil(covered[-1])))
        instants = np.interp(np.linspace(0, covered[-1], count + 1), covered, self.instants)
        instants[-1] = self.time
        interval = np.clip(np.searchsorted(self.instants, instants, side="right") - 1, 0, len(self.energies) - 1)
        lengths = instants - self.instants[interval]
        nodes = flow.step(self.nodes[:, interval], lengths, self.energies[interval]).ends
        nodes[:, -1] = self.nodes[:, -1]
        # the shift integrated up to each new node, as a mean over the new intervals
        total = np.interp(instants, self.instants, np.concatenate([[0], np.cumsum(self.energies * self.lengths)]))
        return ModePath(instants, nodes, np.diff(total) / np.diff(instants))

    def _with_energies(self, energies: Complex) -> ModePath:
        turn = np.concatenate([[0], np.cumsum((energies - self.energies) * self.lengths)])
        factor = np.exp(1j * turn)
        d = self.dimension
        nodes = np.concatenate([self.nodes[:d] * factor, self.nodes[d:] / factor])
        return ModePath(self.instants, nodes, energies)
