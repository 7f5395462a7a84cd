"""The branch of the limit that starts at φ, followed in time with steps that Newton's method finds short enough.

As long as ‖Z‖ < 1 on the way, the path is a local maximum of the weight of final states. Where the largest
singular value reaches one, the maximum turns into a saddle, or two solutions meet and end (a fold): the time is
located and nothing is claimed from there on.
"""

from __future__ import annotations

import logging

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.fluctuations import SOFTEST
from nonhermitian_hartree.limit.many_modes.flow import ModeFlow
from nonhermitian_hartree.limit.many_modes.newton import Solution, solve_path
from nonhermitian_hartree.limit.many_modes.path import ModePath
from nonhermitian_hartree.limit.many_modes.squeezing import ModeBranch, describe_path
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.mean_field import initial_speed

logger = logging.getLogger(__name__)

FIRST_ANGLE = 0.3
"""First step in time, in units of the inverse of `initial_speed`."""
FIRST_INTERVALS = 6
WANTED_STEP, LARGEST_STEP = 0.3, 0.6
"""Relative size of the first Newton step: wanted, and beyond which the step in time is halved."""
MOST_GROWTH = 2.0
SHORTEST_STEP = 1e-5
"""Relative to the time reached: what cannot be stepped over is a fold."""
CHECKED_MODES = 200
"""d up to which Z is known at every step in time, not only where the limit is asked for."""
LOCATED = 1e-6


class BranchFollower:
    """The branch from φ at any time, from the nearest time below at which it is known."""

    def __init__(self, model: Model, initial: Complex) -> None:
        self.flow = ModeFlow(model)
        self._initial = np.asarray(initial, dtype=np.complex128)
        self._known: dict[float, ModeBranch] = {}
        self._paths: dict[float, ModePath] = {}
        self._step = FIRST_ANGLE / (initial_speed(model, self._initial) + 1e-12)
        self.end = np.inf
        """Time from which on there is no maximum to follow."""
        self.reason = ""

    def at(self, time: float) -> ModeBranch:
        """The branch at a time > 0.

        Raises
        ------
        ConvergenceError
            From the time on at which it stops to be a maximum; the time is in the text.
        """
        if time in self._known:
            return self._known[time]
        if time >= self.end:
            raise ConvergenceError(self.reason)
        start = max((known for known in self._paths if known < time), default=0.0)
        now = start
        while now < time:
            now = self._advance(now, time)
        return self._known[time]

    def _advance(self, now: float, time: float) -> float:
        """One step in time towards ``time``; the time reached."""
        rest = time - now
        target = time if rest <= 1.2 * self._step else now + self._step
        solution = self._solve(now, target)
        if solution is None:
            self._step = (target - now) / 2
            if self._step < SHORTEST_STEP * max(now, self._step):
                self._end_at(self._extrapolate_fold(now), "meets another solution and ends (a fold)")
            return now
        self._paths[target] = solution.path
        growth = WANTED_STEP / max(solution.first_step, 1e-3)
        if target < time or growth < 1:
            self._step = (target - now) * float(np.clip(growth, 0.5, MOST_GROWTH))
        if target == time or self.flow.dimension <= CHECKED_MODES:
            branch = describe_path(self.flow, solution.path)
            logger.info("t = %.6g: softness %.4f, GMRES %s", target, branch.softness, solution.iterations)
            if not branch.softness <= SOFTEST:
                del self._paths[target]
                located = self._locate_saddle(now, target)
                self._end_at(located, "turns into a saddle")
            self._known[target] = branch
        return target

    def _solve(self, now: float, target: float) -> Solution | None:
        if now == 0:
            guess = ModePath.at_start(self.flow, self._initial, target, FIRST_INTERVALS)
        else:
            guess = self._paths[now].extended(self.flow, target)
        return solve_path(self.flow, guess, LARGEST_STEP)

    def _locate_saddle(self, good: float, bad: float) -> float:
        """Time at which the softness is one, between two times, by bisection of the branch itself."""
        while bad - good > LOCATED * bad:
            middle = (good + bad) / 2
            solution = self._solve(good, middle)
            if solution is None or not describe_path(self.flow, solution.path).softness <= SOFTEST:
                bad = middle
            else:
                self._paths[middle] = solution.path
                good = middle
        return bad

    def _extrapolate_fold(self, now: float) -> float:
        """Where ``(1 − softness)²``, linear in time near a fold, vanishes; the last time reached if unknown."""
        latest = sorted(time for time in self._known if time <= now)[-2:]
        if len(latest) < 2:
            return now
        gaps = [(1 - self._known[time].softness) ** 2 for time in latest]
        if gaps[1] >= gaps[0]:
            return now
        return max(now, latest[1] + gaps[1] * (latest[1] - latest[0]) / (gaps[0] - gaps[1]))

    def _end_at(self, located: float, what: str) -> None:
        self.end = located
        self.reason = (
            f"the maximum that is followed from t = 0 {what} at t = {located:.7g}: from there on the limit splits "
            f"or is another branch, and others are not searched for with d = {self.flow.dimension} modes"
        )
        raise ConvergenceError(self.reason)
