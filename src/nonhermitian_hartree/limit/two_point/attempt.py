"""The branches of the limit at one time, gathered until exact states confirm them or say that some are missing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.evolved_states import EvolvedState
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.two_point.confirmation import (
    LARGEST_REMAINDER,
    SumTest,
    amplitude_fits,
    amplitude_remainders,
    compare_sum,
    is_spurious,
    rate_fits,
)
from nonhermitian_hartree.limit.two_point.describe import Branch, describe_path
from nonhermitian_hartree.limit.two_point.husimi import HusimiMaximum, climb, find_husimi_maxima
from nonhermitian_hartree.limit.two_point.newton import PathLinearisation
from nonhermitian_hartree.limit.two_point.paths import SAME_BRANCH, PathFinder

logger = logging.getLogger(__name__)

CRITICAL, SAME_CRITICAL_BRANCH = 1e-8, 1e-4
"""1 − softness of what counts as a critical point, and how far apart two solutions there may be the same."""
SAME_MAXIMUM = 0.02
LIGHT = -25.0
"""Logarithm of the weight of the smallest maxima that are tried, relative to the highest, at the largest N."""
SOFT = 0.7
MOST_ATTEMPTS = 8
"""Maxima that are looked into for one time, its earlier times included."""
NEARLY = 0.3
"""Remainder of the sum up to which the largest N are worth their time."""


@dataclass(frozen=True, eq=False)
class FoundBranches:
    """Branches at one time, and how far exact states confirm them.

    Parameters
    ----------
    time : float
    branches : tuple of Branch
        Local maxima, largest rate first.
    confirmed : str
        ``amplitudes`` (the sum over branches gives the norm at two N and more, up to O(1/N)),
        ``continuation`` (too close to a critical point for that: followed from a confirmed time, and the rate
        fits) or empty (refused).
    particles : tuple of int
        The N of that comparison.
    reason : str
        Why it was refused; empty otherwise.
    """

    time: float
    branches: tuple[Branch, ...]
    confirmed: str
    particles: tuple[int, ...]
    reason: str


@dataclass(frozen=True, eq=False)
class Solved:
    """One time: its branches with the paths in the form in which they can be followed."""

    linears: tuple[PathLinearisation, ...]
    found: FoundBranches


@dataclass
class SearchRecord:
    """What a search has tried.

    Parameters
    ----------
    depth : float
        Logarithm of the weight, at the largest N, down to which every Husimi maximum is looked into.
    guess_particles : tuple of int
        N for weak values, at first and where a first guess does not do.
    attempts : int
        Maxima looked into for the present time.
    given_up : list of (d,) complex array
        Maxima that led to no branch, at any time.
    """

    depth: float
    guess_particles: tuple[int, ...]
    attempts: int = 0
    given_up: list[Complex] = field(default_factory=list)


class Attempt:
    """The branches at one time while they are gathered and tested.

    Parameters
    ----------
    finder : PathFinder
    record : SearchRecord
        What has been tried, also at other times; it is added to.
    time : float
    linears : list of PathLinearisation
        Branches that are known already.
    evolved : list of EvolvedState
        Exact states of a few N; none where they cannot be had.
    """

    def __init__(
        self,
        finder: PathFinder,
        record: SearchRecord,
        time: float,
        linears: list[PathLinearisation],
        evolved: list[EvolvedState],
    ) -> None:
        self.finder, self.record, self.time, self.evolved = finder, record, time, evolved
        self.linears: list[PathLinearisation] = []
        self.branches: list[Branch] = []
        self.test: SumTest | None = None
        self.unexplained: list[HusimiMaximum] = []
        self.add(linears)

    @property
    def is_soft(self) -> bool:
        """Whether the branch of largest rate is near a critical point."""
        return bool(self.branches) and max(self.branches, key=lambda b: b.rate).softness > SOFT

    @property
    def nearly_passes(self) -> bool:
        """Whether the sum over branches is so close that larger N may decide."""
        return self.test is not None and bool(abs(self.test.extrapolated[0]) <= NEARLY)

    def add(self, linears: Sequence[PathLinearisation]) -> bool:
        """Take up new maxima, and what lies beside saddles; whether there was anything new."""
        waiting, taken = list(linears), False
        while waiting:
            linear = waiting.pop(0)
            try:
                branch = self.finder.describe(linear)
            except (ConvergenceError, np.linalg.LinAlgError) as error:
                logger.info("%s", error)
                continue
            if self._is_known(branch) or (self.evolved and is_spurious(branch, self.evolved)):
                continue
            if branch.softness >= 1:
                beside = self.finder.beside_saddle(linear, branch)
                waiting += [other for other in beside if describe_path(other).softness < 1]
                continue
            self.linears.append(linear)
            self.branches.append(branch)
            waiting += self.finder.images(linear, branch)
            taken = True
        return taken

    def _is_known(self, branch: Branch) -> bool:
        # at a critical point the equation is cubic: rounding leaves ν undetermined below its cube root
        same = SAME_BRANCH if abs(1 - branch.softness) > CRITICAL else SAME_CRITICAL_BRANCH
        kets = [other.wavefunction for other in self.branches]
        return any(self.finder.distance(branch.wavefunction, ket) <= same for ket in kets)

    def is_explained(self) -> bool:
        """Whether the sum over branches is right and no maximum of weight stands out, without a search."""
        self.test = compare_sum(self.branches, self.evolved)
        if self.test.passes:
            self._find_unexplained()
        return self.test.passes and not any(self._log_weight(m) > self.record.depth for m in self.unexplained)

    def search(self, effort: int) -> bool:
        """Look for what is missing; whether the sum over branches is right in the end and nothing stands out."""
        self.test = compare_sum(self.branches, self.evolved)
        self._find_unexplained()
        for maximum in list(self.unexplained):
            heavy = self._log_weight(maximum) > self.record.depth
            if self.test.passes and (not heavy or self._was_given_up(maximum)):
                continue
            if self.record.attempts >= MOST_ATTEMPTS:
                break
            self.record.attempts += 1
            found = self.finder.solve_maximum(
                maximum, self.time, self.record.guess_particles[effort], self.evolved
            )
            if self.add(found):
                self.test = compare_sum(self.branches, self.evolved)
                self._find_unexplained()
            else:
                self.record.given_up.append(maximum.wavefunction)
        return self.test.passes

    def dominant_is_right(self) -> bool:
        """Whether rate and amplitude of the dominant branch fit where the norm is too soft to compare.

        The amplitude at ν stays regular at a critical point, where the prefactor of the norm diverges.
        """
        if not self.branches or not self.evolved:
            return False
        best = max(self.branches, key=lambda b: b.rate)
        soft = int((np.linalg.svd(best.squeezing, compute_uv=False) > SOFT).sum())
        return soft > 0 and rate_fits(best.rate, soft, self.evolved) and amplitude_fits(best, self.evolved)

    def result(self, confirmed: str) -> Solved:
        """The outcome, with the reason of a refusal."""
        ranked = tuple(sorted(self.branches, key=lambda b: -b.rate))
        particles = tuple(state.particles for state in self.evolved)
        reason = "" if confirmed else self._reason(particles)
        return Solved(tuple(self.linears), FoundBranches(self.time, ranked, confirmed, particles, reason))

    def _reason(self, particles: tuple[int, ...]) -> str:
        if not self.evolved:
            return f"no confirmed branch could be followed to t = {self.time:.9g}, and no exact state was compared"
        if not self.branches:
            return (
                f"no two-point path to t = {self.time:.9g} was found near the {len(self.unexplained)} maxima of "
                f"the exact state of N = {particles[-1]} particles"
            )
        assert self.test is not None
        left = ", ".join(f"{r:.3g}" for r in self.test.remainders)
        return (
            f"{len(self.branches)} branches at t = {self.time:.9g} do not add up to the exact norms: at N = "
            f"{', '.join(map(str, particles))} the logarithm is off by {left}, which does not vanish like 1/N"
        )

    def _log_weight(self, maximum: HusimiMaximum) -> float:
        state = self.evolved[-1]
        return state.particles * (maximum.rate - self._highest)

    def _was_given_up(self, maximum: HusimiMaximum) -> bool:
        return any(self.finder.distance(maximum.wavefunction, other) < 0.2 for other in self.record.given_up)

    def _find_unexplained(self) -> None:
        state, d = self.evolved[-1], self.finder.model.dimension
        kets = np.array([branch.wavefunction for branch in self.branches]).reshape(-1, d)
        maxima = find_husimi_maxima(state, d, np.concatenate([kets, self.finder.initial[None]]))
        self._highest = maxima[0].rate
        reached = climb(kets, state)[0] if len(kets) else kets
        if not (self.test and self.test.passes):
            # the nearest maximum may belong to another branch that is still missing
            fits = [abs(amplitude_remainders(b, self.evolved)[-1]) <= LARGEST_REMAINDER for b in self.branches]
            reached = reached[np.array(fits, dtype=bool)]
        self.unexplained = [
            maximum
            for maximum in maxima
            if self._log_weight(maximum) > LIGHT
            and all(self.finder.distance(maximum.wavefunction, ket) > SAME_MAXIMUM for ket in reached)
        ]
