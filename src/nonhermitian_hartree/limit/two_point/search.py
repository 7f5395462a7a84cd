"""Branches of the limit at one time or many: candidates from exact states at moderate N, confirmed by them.

At every time each known branch is followed, and the Husimi function of the exact state is looked at for maxima
that no known branch explains. The weak values of such a maximum are a guess of its whole path. What is confirmed
by amplitudes and by the sum over branches is the answer; a time at which that fails is refused, with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import comb

import numpy as np

from nonhermitian_hartree.bosons.evolved_states import EvolvedState, EvolvedStates
from nonhermitian_hartree.errors import AccuracyError, ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.attempt import Attempt, FoundBranches, SearchRecord, Solved
from nonhermitian_hartree.limit.two_point.continuation import follow, start_path
from nonhermitian_hartree.limit.two_point.describe import describe_path
from nonhermitian_hartree.limit.two_point.newton import PathLinearisation, TwoPointPath, balance, solve_path
from nonhermitian_hartree.limit.two_point.paths import FIRST_PHASE, SAME_BRANCH, PathFinder
from nonhermitian_hartree.limit.two_point.together import correct_paths, predict_paths
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.progress import show_progress

logger = logging.getLogger(__name__)

QUBIT_PARTICLES = ((20, 40, 80), (40, 80, 160), (80, 160, 320))
LARGEST_SUBSPACES = (130, 400)
"""Dimensions of Sym^N C^d, d > 2, up to which N goes: at first, and where that does not decide."""
GUESS_SUBSPACES = (30, 45)
"""Dimension of Sym^N C^d for weak values, at first and where a first guess does not do."""
RUNG = 2.5
"""‖A‖Δt between the earlier times by way of which a branch is looked for that is not found at once."""
LONGEST_START = 4.0
"""‖A‖t up to which the branch out of ν = φ is followed from t = 0 also where no earlier time was asked for."""
HEAVY = -6.0
"""Logarithm of the weight of a maximum, relative to the highest, at the largest N: what must be explained."""


class BranchSearch:
    """Search for the branches of one model and state.

    Parameters
    ----------
    depth : float
        Logarithm of the weight, at the largest N, down to which every Husimi maximum is looked into.
    horizon : float
        Latest time that will be asked for, if that is known.
    """

    def __init__(self, model: Model, state: ProductState, depth: float = HEAVY, horizon: float = 0.0) -> None:
        reduced, self.shift = irreducible_model(model)
        self.finder = PathFinder(reduced, state)
        self._levels = choose_particles(model.dimension)
        guess_particles = tuple(largest_particles(model.dimension, size) for size in GUESS_SUBSPACES)
        self._record = SearchRecord(depth, guess_particles)
        self._exact = EvolvedStates(reduced, self.finder.initial, horizon)

    def run(
        self,
        times: Sequence[float],
        known: Sequence[PathLinearisation] = (),
        seeds: Mapping[float, Sequence[TwoPointPath]] | None = None,
    ) -> list[Solved]:
        """Branches at ascending times ≥ 0, of the model in its own gauge.

        ``known`` are those of an earlier time. ``seeds`` are paths of a model nearby at some of the times: where
        those they lead to are confirmed, as any others would be, nothing else is looked for.
        """
        if self.finder.model.is_hermitian:
            return self._follow_hartree(times)
        later = [time for time in times if time > 0]
        results = [self._at_start() for time in times if time == 0]
        near = self._correct_seeds(seeds or {}, later)
        for time in show_progress(later, len(later), "limit"):
            results.append(self._advance(known, time, near.get(time, [])))
            found = results[-1].found
            logger.info(
                "limit at t = %g: %d branches, %s", time, len(found.branches), found.confirmed or found.reason
            )
            known = results[-1].linears or known
        return results

    def _correct_seeds(
        self, seeds: Mapping[float, Sequence[TwoPointPath]], times: Sequence[float]
    ) -> dict[float, list[PathLinearisation]]:
        """Paths of this model near those of another one, by time."""
        guesses = [(time, path) for time in times for path in seeds.get(time, ())]
        corrected = correct_paths(self.finder.flow, self.finder.initial, [path for _, path in guesses])
        near: dict[float, list[PathLinearisation]] = {}
        for (time, _), linear in zip(guesses, corrected, strict=True):
            if linear is not None:
                near.setdefault(time, []).append(linear)
        return near

    def _follow_hartree(self, times: Sequence[float]) -> list[Solved]:
        """A Hermitian model has one branch, χ = p† all along, which is Hartree: nothing is left to confirm."""
        results, known = (
            [],
            solve_path(
                self.finder.flow,
                self.finder.initial,
                start_path(self.finder.initial, FIRST_PHASE / self.finder.strength),
            ),
        )
        for time in times:
            if time == 0:
                results.append(self._at_start())
                continue
            try:
                known = follow(self.finder.flow, known, time)
            except ConvergenceError as error:
                results.append(Solved((), FoundBranches(time, (), "", (), str(error))))
                continue
            results.append(
                Solved((known,), FoundBranches(time, (self.finder.describe(known),), "closed_form", (), ""))
            )
        return results

    def follow_from(self, sources: Sequence[Sequence[Solved]], times: Sequence[float]) -> list[Solved]:
        """Branches at times near others, by following alone, all at once; refused where none of them arrives.

        ``sources[k]`` are the neighbours of ``times[k]``.
        """
        arrived: dict[float, list[PathLinearisation]] = {time: [] for time in times}
        bends: dict[float, list[float]] = {time: [] for time in times}
        for rank in range(max(map(len, sources), default=0)):  # the nearest neighbours first
            pairs = [
                (time, linear)
                for solved, time in zip(sources, times, strict=True)
                if time > 0
                for source in sorted(solved, key=lambda s: abs(s.found.time - time))[rank : rank + 1]
                for linear in self._paths_towards(source, time)
            ]
            self._follow_pairs(pairs, arrived, bends)
        results = []
        for time in times:
            if time == 0:
                results.append(self._at_start())
                continue
            attempt = Attempt(self.finder, self._record, time, arrived[time], [])
            results.append(attempt.result("continuation" if attempt.branches else ""))
        return results

    def _paths_towards(self, source: Solved, time: float) -> Sequence[PathLinearisation]:
        if source.found.time > 0:
            return source.linears
        return self.finder.first_paths if self.finder.strength * time <= LONGEST_START else ()

    def _follow_pairs(
        self,
        pairs: Sequence[tuple[float, PathLinearisation]],
        arrived: dict[float, list[PathLinearisation]],
        bends: dict[float, list[float]],
    ) -> None:
        """Follow paths to a time each, but those that come to where another one has arrived already.

        That is so if the tangent points there up to twice the curvature (``bends``) that the other one had.
        """
        guesses = []
        for (time, linear), guess in zip(pairs, predict_paths(pairs), strict=True):
            squared = (time - linear.path.time) ** 2
            reached = zip(arrived[time], bends[time], strict=True)
            if guess is None or not any(
                ray_distance(guess.wavefunction, other.path.wavefunction) <= 2 * bend * squared + SAME_BRANCH
                for other, bend in reached
            ):
                guesses.append((time, linear, guess))
        corrected = iter(
            correct_paths(self.finder.flow, self.finder.initial, [g for _, _, g in guesses if g is not None])
        )
        for time, linear, guess in guesses:
            found = None if guess is None else next(corrected)
            if guess is None or found is None:
                paths, bend = self.finder.follow([linear], time), 0.0
            else:
                surprise = ray_distance(guess.wavefunction, found.path.wavefunction)
                paths, bend = [found], surprise / max((time - linear.path.time) ** 2, 1e-300)
            arrived[time] += paths
            bends[time] += [bend] * len(paths)

    def _exact_states(self, level: int, time: float) -> list[EvolvedState]:
        """States at the particle numbers of a level; none where they cannot be had."""
        try:
            return [self._exact.at(particles, time) for particles in self._levels[level]]
        except AccuracyError as error:
            logger.warning("%s", error)
            return []

    def _advance(self, known: Sequence[PathLinearisation], time: float, near: list[PathLinearisation]) -> Solved:
        """Search at one time, with higher N and by way of earlier times where that is needed."""
        self._record.attempts = 0
        evolved = self._exact_states(0, time)
        attempt = Attempt(self.finder, self._record, time, near, evolved)
        if near and evolved and attempt.is_explained():
            return attempt.result("amplitudes")
        attempt.add(self.finder.follow(known, time) if known else self._start(time))
        if evolved and attempt.search(0):
            return attempt.result("amplitudes")
        if evolved and not attempt.is_soft:
            begin = max((linear.path.time for linear in known), default=0.0)
            if attempt.add(self._climb_ladder(known, begin, time)) and attempt.search(0):
                return attempt.result("amplitudes")
        for level in range(1, len(self._levels)):
            if level > 1 and (attempt.is_soft or not attempt.nearly_passes):
                break
            larger = self._exact_states(level, time)
            if not larger:
                break
            attempt.evolved = larger
            if attempt.search(1):
                return attempt.result("amplitudes")
        return attempt.result("continuation" if attempt.dominant_is_right() else "")

    def _climb_ladder(
        self, known: Sequence[PathLinearisation], begin: float, time: float
    ) -> list[PathLinearisation]:
        """Branches followed by way of earlier times, at each of which new ones are looked for."""
        rungs = np.linspace(begin, time, int(np.ceil(self.finder.strength * (time - begin) / RUNG)) + 1)[
            1:-1
        ].tolist()
        found = list(known)
        for rung in rungs:
            evolved = self._exact_states(0, rung)
            attempt = Attempt(
                self.finder,
                self._record,
                rung,
                self.finder.follow(found, rung) if found else self._start(rung),
                evolved,
            )
            if evolved:
                attempt.search(0)
            found = attempt.linears
        return self.finder.follow(found, time)

    def _at_start(self) -> Solved:
        linear = PathLinearisation(
            self.finder.flow,
            self.finder.initial,
            balance(start_path(self.finder.initial, 0.0), self.finder.initial),
        )
        branch = replace(describe_path(linear), rate=0.0, log_prefactor=0.0, log_amplitude=0.0)
        return Solved((), FoundBranches(0.0, (branch,), "closed_form", (), ""))

    def _start(self, time: float) -> list[PathLinearisation]:
        """The branch out of ν = φ at t = 0, followed if t is short."""
        return (
            self.finder.follow(self.finder.first_paths, time)
            if self.finder.strength * time <= LONGEST_START
            else []
        )


def choose_particles(dimension: int) -> tuple[tuple[int, ...], ...]:
    """Numbers N to look for and compare branches at: three at first, larger ones where they do not decide."""
    if dimension == 2:
        return QUBIT_PARTICLES
    levels = []
    for largest in LARGEST_SUBSPACES:
        most = max(4, largest_particles(dimension, largest))
        middle = max(3, round(0.7 * most))
        levels.append((max(2, min(middle - 1, round(most / 2))), middle, most))
    return tuple(levels)


def largest_particles(dimension: int, size: int) -> int:
    """Largest N ≥ 2 for which Sym^N C^d has at most this dimension."""
    particles = 2
    while comb(particles + dimension, dimension - 1) <= size:
        particles += 1
    return particles
