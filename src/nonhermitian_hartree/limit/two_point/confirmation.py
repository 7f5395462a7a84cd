"""Whether branches are those of the exact state: by the amplitude of each and by the sum of all, nothing fitted.

ln |⟨ν_b^⊗N|Ψ⟩|² − (N g_b + ln A_b)   = O(1/N)   for a true branch that no larger one hides
ln ⟨Ψ|Ψ⟩ − ln Σ_b C_b e^{N g_b}        = O(1/N)   if no branch of weight is missing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.bosons.evolved_states import EvolvedState, overlap_rates
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity

TOLERANCE = 0.02
"""Largest remainder of the sum, extrapolated to N → ∞: a branch of equal rate and 2 % of the weight shows."""
LARGEST_REMAINDER = 0.4
"""Largest remainder at the largest N itself."""
SPURIOUS = 1.0
"""A branch whose exact amplitude is below the predicted one by e^−1, and no less so at larger N, is none."""
SMALL_AMPLITUDE_REMAINDER = 0.1
AMPLITUDE_DECAY = 0.75
"""A remainder of order 1/N is halved when N is doubled."""
CRITICAL_GROWTH = 0.3
"""Growth of the norm beyond e^{N g} when N is doubled that a soft mode explains: ¼ ln 2 at a quartic maximum."""


@dataclass(frozen=True, eq=False)
class SumTest:
    """What the sum over branches leaves of the norm.

    Parameters
    ----------
    particles : (n,) tuple of int
        N, ascending.
    remainders : (n,) array
        ``ln⟨Ψ|Ψ⟩ − ln Σ_b C_b e^{N g_b}``.
    """

    particles: tuple[int, ...]
    remainders: Real

    @property
    def extrapolated(self) -> tuple[float, float]:
        """Remainder at N → ∞ by a line in 1/N through the last two, and a parabola through the last three."""
        number = np.array(self.particles, dtype=float)
        values = []
        for count in (2, 3):
            n, r = number[-count:], self.remainders[-count:]
            values.append(float(np.dot(weights_at_infinity(n), r)))
        return values[0], values[1]

    @property
    def passes(self) -> bool:
        """Whether the remainder is small and falls like 1/N."""
        if not np.isfinite(self.remainders).all():
            return False
        line, parabola = self.extrapolated
        small = abs(self.remainders[-1]) <= LARGEST_REMAINDER
        vanishes = abs(line) <= TOLERANCE or (abs(parabola) <= TOLERANCE and abs(line) <= 5 * TOLERANCE)
        return bool(small and vanishes)


def compare_sum(branches: Sequence[Branch], evolved: Sequence[EvolvedState]) -> SumTest:
    """Compare the norms at several N, ascending, with the sum over the maxima among ``branches``.

    Where the largest rate belongs to an orbit of a continuous symmetry, its own amplitude takes the place of the
    sum, in which the volume of the orbit would stand.
    """
    maxima = [branch for branch in branches if branch.softness < 1]
    best = max(maxima, key=lambda branch: branch.rate, default=None)
    if best is not None and best.orbit_dimension:
        return SumTest(tuple(state.particles for state in evolved), amplitude_remainders(best, evolved))
    remainders = []
    for state in evolved:
        logs = [state.particles * branch.rate + branch.log_prefactor for branch in maxima]
        remainders.append(state.log_norm - np.logaddexp.reduce(logs) if logs else np.inf)
    return SumTest(tuple(state.particles for state in evolved), np.array(remainders))


def amplitude_remainders(branch: Branch, evolved: Sequence[EvolvedState]) -> Real:
    """``ln |⟨ν^⊗N|Ψ⟩|² − (N g + ln A)`` at each N; meaningless where another branch is larger at ν."""
    kets = branch.wavefunction[None]
    return np.array(
        [s.particles * (overlap_rates(kets, s)[0] - branch.rate) - branch.log_amplitude for s in evolved]
    )


def is_spurious(branch: Branch, evolved: Sequence[EvolvedState]) -> bool:
    """Whether the exact amplitude is far below the predicted one: a root on a wrong sheet of the action."""
    remainders = amplitude_remainders(branch, evolved)
    return bool(not remainders[-1] > -SPURIOUS and not remainders[-1] > remainders[-2] / 1.2)


def amplitude_fits(branch: Branch, evolved: Sequence[EvolvedState]) -> bool:
    """Whether what the amplitude leaves at the largest N is small, and falls with N."""
    before, last = np.abs(amplitude_remainders(branch, evolved)[-2:])
    return bool(last <= SMALL_AMPLITUDE_REMAINDER and (last <= AMPLITUDE_DECAY * before or last <= TOLERANCE))


def rate_fits(rate: float, soft_modes: int, evolved: Sequence[EvolvedState]) -> bool:
    """Whether the norm grows with N as ``e^{N g}``, up to the power of N that critical modes add."""
    first, last = evolved[-2], evolved[-1]
    excess = last.log_norm - first.log_norm - (last.particles - first.particles) * rate
    return bool(
        abs(excess) <= CRITICAL_GROWTH * soft_modes * np.log2(last.particles / first.particles) + TOLERANCE
    )
