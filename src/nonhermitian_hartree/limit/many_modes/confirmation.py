"""How sure the followed branch is: exact states of the few particles that fit a budget.

Its amplitude and the norm must be what the branch predicts, up to O(1/N), and climbing the exact amplitude over
product states from random starts must find no larger maximum. With few particles this is a weaker test than with
many; where what is left is not small, nothing is called confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.few_particles import FewParticleState
from nonhermitian_hartree.limit.many_modes.squeezing import ModeBranch
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.confirmation import SumTest
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity

FEWEST_TO_COMPARE, FEWEST_TO_CONFIRM = 2, 3
"""Numbers of particles without which nothing is compared with exact states, or confirmed by them."""
SMALL_AMPLITUDE = 0.05
"""Largest remainder of the amplitude, extrapolated to N → ∞."""
QUICK_COMPONENTS = 12_000
STARTS = 12
CLIMBING_STEPS = 100
CLIMBED = 1e-5
"""Gain of ln |amplitude|² in a step below which a climb ends."""
SAME_MAXIMUM = 0.3
"""Distance within which a maximum at few particles belongs to the branch."""
EXCESS = 0.5
"""Excess of ln of the norm over the prediction, from which on it speaks against the branch if it grows with N."""
LARGER = 1.0
"""Excess of ln |amplitude|² of another maximum that speaks against the branch, if it grows with N."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What exact states of few particles say about a branch.

    Parameters
    ----------
    particles : tuple of int
        Their N.
    amplitude_fits, sum_fits : bool
        Whether what the branch leaves of the amplitude and of the norm vanishes for N → ∞.
    rival : (d,) complex array or None
        A product state with a larger amplitude, where there is one and its lead grows with N.
    is_exceeded : bool
        Whether the norm is larger than the branch predicts, and the more so the larger N.
    """

    particles: tuple[int, ...]
    amplitude_fits: bool
    sum_fits: bool
    rival: Complex | None
    is_exceeded: bool

    @property
    def contradicts(self) -> bool:
        """Whether another branch has taken over: it is seen, and the norm is larger than this one explains.

        Both are asked for, because few particles may have larger amplitudes elsewhere before a critical point.
        """
        return self.rival is not None and self.is_exceeded

    @property
    def confirms(self) -> bool:
        """Whether both tests are passed and nothing speaks against the branch."""
        enough = len(self.particles) >= FEWEST_TO_CONFIRM
        return enough and self.amplitude_fits and self.sum_fits and self.rival is None


def weigh_evidence(branch: ModeBranch, states: Sequence[FewParticleState]) -> Evidence:
    """Compare a branch with exact states at its time, of ascending N."""
    particles = tuple(state.particles for state in states)
    norms, amplitudes = [], []
    for state in states:
        predicted = state.particles * branch.rate
        norms.append(state.log_norm - predicted - branch.log_prefactor)
        rate = state.rate_of(branch.wavefunction)
        amplitudes.append(state.particles * rate - predicted - branch.log_amplitude)
    return Evidence(
        particles=particles,
        amplitude_fits=_vanishes(particles, np.array(amplitudes)),
        sum_fits=SumTest(particles, np.array(norms)).passes,
        rival=find_rival(branch.wavefunction, states),
        is_exceeded=len(norms) > 1 and bool(norms[-1] > max(EXCESS, norms[-2])),
    )


def find_rival(wavefunction: Complex, states: Sequence[FewParticleState]) -> Complex | None:
    """A product state of larger amplitude far from ν, whose lead grows with N; None if random starts find none."""
    if len(states) < 2:
        return None
    generator = np.random.default_rng(20260113)
    shape = (STARTS, len(wavefunction))
    starts = generator.normal(size=shape) + 1j * generator.normal(size=shape)
    quick = [state for state in states if len(state.vector) <= QUICK_COMPONENTS]
    before, last = quick[-2:] if len(quick) >= 2 else states[-2:]
    own = last.particles * last.rate_of(climb(wavefunction, last))
    for start in starts:
        found = climb(start / np.linalg.norm(start), last)
        lead = last.particles * last.rate_of(found) - own
        if lead > LARGER and ray_distance(found, wavefunction) > SAME_MAXIMUM:
            rates = [before.rate_of(climb(ket, before)) for ket in (found, wavefunction)]
            if lead > before.particles * (rates[0] - rates[1]):
                return found
    return None


def climb(wavefunction: Complex, state: FewParticleState) -> Complex:
    """Local maximum of the amplitude ``|⟨ν^⊗N|Ψ⟩|`` above a unit vector.

    The map ν ← ⟨ν^⊗(N−1)|Ψ⟩, mixed with ν itself where it would lower the amplitude.
    """
    rate = state.rate_of(wavefunction)
    mixing = 1.0
    for _ in range(CLIMBING_STEPS):
        slope = state.slope_at(wavefunction)
        size = float(np.linalg.norm(slope))
        if not size > 0:
            break
        slope = slope * np.exp(-1j * np.angle(np.vdot(wavefunction, slope))) / size
        trial = (1 - mixing) * wavefunction + mixing * slope
        trial = trial / np.linalg.norm(trial)
        new = state.rate_of(trial)
        if new < rate:
            mixing /= 2
            if mixing < 1e-3:
                break
            continue
        if state.particles * (new - rate) <= CLIMBED:
            return np.asarray(trial)
        wavefunction, rate = trial, new
    return wavefunction


def _vanishes(particles: Sequence[int], remainders: Real) -> bool:
    """Whether remainders extrapolate to zero by a line or a parabola in 1/N, and the last is small."""
    if not np.isfinite(remainders).all():
        return False
    ends = [float(np.dot(weights_at_infinity(particles[-count:]), remainders[-count:])) for count in (2, 3)]
    return bool(min(map(abs, ends)) <= SMALL_AMPLITUDE and abs(remainders[-1]) <= 0.4)
