r"""The relative phase ϑ_s of the conditional states of `diagonal_qubit` on the points of a thinned lattice.

From one site to the next ϑ_s advances by φ = −4κ/M. On a lattice of integers φ and φ + 2πm are the same: φ, and
ϑ_s at the peak of each window, are reduced modulo 2π as rational numbers and then rounded, so that neither κ nor N
costs a digit. Within a window the phase is that of its peak plus φ times an integer.

A point that stands for k > 1 sites, with k|φ| > π, stands for phases spread over more than half a turn. Its sites
average out (see `lattice_sum`): such points are not *coherent*. Wherever ``e^{iϑ}`` is summed they count as zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.exact.lattice_sum import WeightedLattice
from nonhermitian_hartree.model.diagonal_qubit import DiagonalQubit


@dataclass(frozen=True, eq=False)
class LatticePhase:
    """Phases of B sums of up to P points.

    Attributes
    ----------
    per_site : (B, 1) array
        φ, in [−π, π].
    at_peak : (B,) array
        ϑ − θ(t) at the lattice point next to the dominant peak, in [−π, π].
    from_peak : (B, P) array
        ϑ measured from there, to relative rounding near the peak.
    is_coherent : (B, P) array of bool
        Whether the sites that a point stands for have nearly the phase of the point.
    """

    per_site: Real
    at_peak: Real
    from_peak: Real
    is_coherent: NDArray[np.bool_]


def find_phases(qubit: DiagonalQubit, others: Real, times: Real, lattice: WeightedLattice) -> LatticePhase:
    """Phases for M other particles (B,) at B times, on the points of ``lattice``."""
    if qubit.coupling.real == 0:
        none = np.zeros((len(others), 1))
        everywhere = np.zeros_like(lattice.imbalance)
        return LatticePhase(none, none[:, 0], everywhere, np.ones_like(everywhere, dtype=bool))
    count, windows = lattice.anchor.shape
    per_site, at_peak, between = np.empty((count, 1)), np.empty(count), np.zeros((count, windows))
    for row, (time, number) in enumerate(zip(times.tolist(), others.tolist(), strict=True)):
        peak, *further = lattice.anchor[row].tolist()
        per_site[row] = qubit.twist_between(time, number, 2.0, 0.0)
        at_peak[row] = qubit.twist_between(time, number, peak, 0.0)
        between[row, 1:] = [qubit.twist_between(time, number, other, peak) for other in further]
    points = lattice.imbalance.shape[1] // windows
    anchor, between = (np.repeat(a, points, axis=1) for a in (lattice.anchor, between))
    return LatticePhase(
        per_site=per_site,
        at_peak=at_peak,
        from_peak=between + per_site * ((lattice.imbalance - anchor) / 2),
        is_coherent=(lattice.stride <= 1) | (np.abs(per_site) * lattice.stride <= np.pi),
    )
