"""The limit of many modes as a function of time: followed from φ, compared with exact states of few particles."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.bosons.few_particles import (
    FewParticleState,
    count_components,
    evolve_few_particles,
    list_affordable,
)
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.many_modes.confirmation import FEWEST_TO_COMPARE, QUICK_COMPONENTS, weigh_evidence
from nonhermitian_hartree.limit.many_modes.follow import BranchFollower
from nonhermitian_hartree.limit.state import LimitBranch, LimitState
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

if TYPE_CHECKING:
    from nonhermitian_hartree.limit.two_point.newton import TwoPointPath

logger = logging.getLogger(__name__)

MOST_QUICK = 3
"""Particle numbers with a quick state that are compared with, beside the largest that fits the budget."""


class ManyModesCurve:
    """The limit of one model and state as a function of time.

    Parameters
    ----------
    times : sequence of float
        Times ≥ 0 at which the branch is compared with exact states.
    """

    def __init__(self, model: Model, state: ProductState, times: Sequence[float] | Real) -> None:
        require_pair(model, state)
        self._model, self._state = model, state
        self._follower = BranchFollower(model, state.amplitudes)
        self._requested = sorted({float(time) for time in times})
        self._evolved: dict[float, list[FewParticleState]] | None = None
        self._solved: dict[float, LimitState] = {}

    def states(self) -> list[LimitState]:
        """The limit at each of the times, ascending."""
        return self.at(self._requested)

    def at(self, times: Sequence[float] | Real) -> list[LimitState]:
        """The limit at any times; compared with exact states only where it was asked for."""
        instants = [float(time) for time in times]
        for time in sorted({*instants} - self._solved.keys()):
            self._solved[time] = self._solve(time)
        return [self._solved[time] for time in instants]

    def paths(self) -> Mapping[float, Sequence[TwoPointPath]]:
        """Nothing: what is followed from t = 0 needs no seeds."""
        return {}

    def _solve(self, time: float) -> LimitState:
        if time == 0:
            start = LimitBranch(0.0, self._state.amplitudes, 0.0, 0.0, 0.0, entropy_coefficient=0.0)
            return LimitState(0.0, (start,), np.ones(1), ())
        try:
            branch = self._follower.at(time)
        except ConvergenceError as error:
            return LimitState.unknown(time, str(error))
        states = self._exact_states().get(time, [])
        if not states:
            return LimitState(time, (branch,), np.ones(1), (), "continuation")
        evidence = weigh_evidence(branch, states)
        if evidence.contradicts:
            numbers = " and ".join(map(str, evidence.particles[-2:]))
            return LimitState.unknown(
                time,
                f"exact states of {numbers} particles have a larger amplitude far from the branch that is "
                "followed from t = 0, and a larger norm than it explains: another one has taken over, which is "
                "not searched for with "
                f"d = {self._model.dimension} modes",
            )
        confirmed = "amplitudes" if evidence.confirms else "continuation"
        return LimitState(time, (branch,), np.ones(1), (), confirmed, evidence.particles)

    def _exact_states(self) -> dict[float, list[FewParticleState]]:
        """By time, the states of the largest numbers of particles that fit the budget; empty if too few."""
        if self._evolved is None:
            times = [time for time in self._requested if 0 < time < self._follower.end]
            self._evolved = {time: [] for time in times}
            affordable = list_affordable(self._model, times[-1]) if times else []
            for number in _choose(self._model.dimension, affordable):
                logger.info("exact states of %d particles in %d modes", number, self._model.dimension)
                evolved = evolve_few_particles(self._model, self._state.amplitudes, number, times)
                for time, state in zip(times, evolved, strict=True):
                    self._evolved[time].append(state)
        return self._evolved


def _choose(dimension: int, affordable: Sequence[int]) -> list[int]:
    """The largest number of particles, and the largest few whose states are quick to climb; none if too few."""
    quick = [number for number in affordable if count_components(dimension, number) <= QUICK_COMPONENTS]
    chosen = sorted({*quick[-MOST_QUICK:], *affordable[-1:]})
    return chosen if len(chosen) >= FEWEST_TO_COMPARE else []
