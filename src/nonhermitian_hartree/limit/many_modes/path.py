"""A path of kets and bras on a mesh, with the numbers ε_k by which the Hamiltonian is shifted on each interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.many_modes.flow import ModeFlow, Steps

SPARE = 1.15
"""Intervals of a new mesh relative to the fewest that the tolerance allows."""
ORDER = 8
FEWEST_INTERVALS = 4
FINEST_SHARE, LARGEST_SHARE = 0.05, 64.0


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
        """Number d of modes."""
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

    def extended(self, flow: ModeFlow, time: float) -> ModePath:
        """The path, and from t on what the flow makes of its end: only the condition at the later time is new."""
        count = max(1, int(np.ceil((time - self.time) / float(self.lengths[-1]))))
        length = np.array([(time - self.time) / count])
        energies, nodes = [], [self.nodes[:, -1:]]
        for _ in range(count):
            energies.append(flow.energies(nodes[-1]))
            nodes.append(flow.step(nodes[-1], length, energies[-1]).ends)
        instants = np.append(self.instants[:-1], np.linspace(self.time, time, count + 1))
        return ModePath(
            instants,
            np.concatenate([self.nodes[:, :-1], *nodes], axis=1),
            np.concatenate([self.energies, *energies]),
        )

    def remeshed(self, flow: ModeFlow, error: Real, tolerance: float) -> ModePath:
        """The path on a mesh on which each step has the error ``tolerance``, given the errors on this one."""
        needed = SPARE * _share_of_interval(error, tolerance)
        covered = np.concatenate([[0.0], np.cumsum(needed)])
        count = max(FEWEST_INTERVALS, int(np.ceil(covered[-1])))
        instants = np.interp(np.linspace(0, covered[-1], count + 1), covered, self.instants)
        instants[-1] = self.time
        return self.at_instants(flow, instants)

    def divided(self, flow: ModeFlow, parts: NDArray[np.intp]) -> ModePath:
        """The path with each interval divided into so many equal parts (K,)."""
        if np.all(parts == 1):
            return self
        pieces = [
            np.linspace(a, b, n, endpoint=False)
            for a, b, n in zip(self.instants, self.instants[1:], parts, strict=False)
        ]
        return self.at_instants(flow, np.concatenate([*pieces, self.instants[-1:]]))

    def at_instants(self, flow: ModeFlow, instants: Real) -> ModePath:
        """The path on another mesh from 0 to t, each new node by a step from the old one before it."""
        interval = np.searchsorted(self.instants, instants, side="right") - 1
        interval = np.clip(interval, 0, len(self.energies) - 1)
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


def count_intervals(error: Real, tolerance: float) -> float:
    """Intervals of a mesh with the error ``tolerance`` in each, from the errors on another mesh."""
    return float(_share_of_interval(error, tolerance).sum())


def _share_of_interval(error: Real, tolerance: float) -> Real:
    """Intervals into which each one should be divided for an error of order 8."""
    return np.asarray(np.clip((error / tolerance) ** (1 / ORDER), FINEST_SHARE, LARGEST_SHARE))
