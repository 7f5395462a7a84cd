"""Branches of the limit at one time or many: candidates from exact states at moderate N, confirmed by them.

At every time each known branch is followed, and the Husimi function of the exact state is looked at for
maxima that
no known branch explains. The weak values of such a maximum are a guess of its whole path. What is confirmed by
amplitudes and by the sum over branches is the answer; a time at which that fails is refused, with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.evolved_states import EvolvedState, EvolvedStates
from nonhermitian_hartree.bosons.weak_values import weak_values
from nonhermitian_hartree.errors import AccuracyError, ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.symmetry.group import SymmetryGroup, find_symmetries
from nonhermitian_hartree.limit.symmetry.orbit import broken_directions, orbit_average
from nonhermitian_hartree.limit.two_point.confirmation import (
    LARGEST_REMAINDER,
    SumTest,
    amplitude_fits,
    amplitude_remainders,
    compare_sum,
    is_spurious,
    rate_fits,
)
from nonhermitian_hartree.limit.two_point.continuation import displace, follow, start_path
from nonhermitian_hartree.limit.two_point.describe import Branch, describe_on_orbit, describe_path
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow
from nonhermitian_hartree.limit.two_point.husimi import HusimiMaximum, climb, find_husimi_maxima
from nonhermitian_hartree.limit.two_point.newton import PathLinearisation, TwoPointPath, balance, solve_path
from nonhermitian_hartree.limit.two_point.together import correct_paths, predict_paths
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.progress import show_progress

logger = logging.getLogger(__name__)

QUBIT_PARTICLES = ((20, 40, 80), (40, 80, 160), (80, 160, 320))
LARGEST_SUBSPACES = (130, 400)
"""Dimensions of Sym^N C^d, d > 2, up to which N goes: at first, and where that does not decide."""
DETOURS = (0, 1, -1, 0.5)
HIGHEST_DETOUR, DETOUR_PHASE = 0.15, 3.0
"""Height of a detour of s in the complex plane: at most this part of t, and of 1/‖A‖."""
FEWEST_QUARTER, LARGEST_QUARTER = 4, 40
"""Nodes in each quarter of t."""
GUESS_SUBSPACES = (30, 45)
"""Dimension of Sym^N C^d for weak values, at first and where a first guess does not do."""
RUNG = 2.5
"""‖A‖Δt between the earlier times by way of which a branch is looked for that is not found at once."""
MOST_SINGULAR_GUESS = 30.0
PHASE_PER_NODE = 0.3
SAME_BRANCH = 1e-6
CRITICAL, SAME_CRITICAL_BRANCH = 1e-8, 1e-4
"""1 − softness of what counts as a critical point, and how far apart two solutions there may be the same."""
SAME_MAXIMUM = 0.02
LONGEST_START = 4.0
"""‖A‖t up to which the branch out of ν = φ is followed from t = 0 also where no earlier time was asked for."""
FIRST_PHASE = 0.3
"""‖A‖t of the first time on that branch."""
HEAVY, LIGHT = -6.0, -25.0
"""Logarithm of a maximum relative to the highest, at the largest N: what must be explained, what is tried."""
SADDLE_STEPS = (0.03, 0.1, 0.3, 0.6)
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
        ``continuation`` (too
        close to a critical point for that: followed from a confirmed time, and the rate fits) or empty (refused).
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
        self.model, self.shift = irreducible_model(model)
        self.initial = np.asarray(state.amplitudes)
        self.flow = TwoPointFlow(self.model)
        self.depth = depth
        self.strength = strength(self.model)
        self.levels = choose_particles(model.dimension)
        self.guess_particles = tuple(largest_particles(model.dimension, size) for size in GUESS_SUBSPACES)
        self.group = find_symmetries(self.model, state)
        self._connected = SymmetryGroup(self.group.generators, ())
        self._exact = EvolvedStates(self.model, self.initial, horizon)
        self.given_up: list[Complex] = []
        self.attempts = 0

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
        if self.model.is_hermitian:
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
        corrected = correct_paths(self.flow, self.initial, [path for _, path in guesses])
        near: dict[float, list[PathLinearisation]] = {}
        for (time, _), linear in zip(guesses, corrected, strict=True):
            if linear is not None:
                near.setdefault(time, []).append(linear)
        return near

    def _follow_hartree(self, times: Sequence[float]) -> list[Solved]:
        """A Hermitian model has one branch, χ = p† all along, which is Hartree: nothing is left to confirm."""
        results, known = (
            [],
            solve_path(self.flow, self.initial, start_path(self.initial, FIRST_PHASE / self.strength)),
        )
        for time in times:
            if time == 0:
                results.append(self._at_start())
                continue
            try:
                known = follow(self.flow, known, time)
            except ConvergenceError as error:
                results.append(Solved((), FoundBranches(time, (), "", (), str(error))))
                continue
            results.append(Solved((known,), FoundBranches(time, (self.describe(known),), "closed_form", (), "")))
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
            attempt = Attempt(self, time, arrived[time], [])
            results.append(attempt.result("continuation" if attempt.branches else ""))
        return results

    def _paths_towards(self, source: Solved, time: float) -> Sequence[PathLinearisation]:
        if source.found.time > 0:
            return source.linears
        return self._first_paths if self.strength * time <= LONGEST_START else ()

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
        corrected = iter(correct_paths(self.flow, self.initial, [g for _, _, g in guesses if g is not None]))
        for time, linear, guess in guesses:
            found = None if guess is None else next(corrected)
            if guess is None or found is None:
                paths, bend = self.follow([linear], time), 0.0
            else:
                surprise = ray_distance(guess.wavefunction, found.path.wavefunction)
                paths, bend = [found], surprise / max((time - linear.path.time) ** 2, 1e-300)
            arrived[time] += paths
            bends[time] += [bend] * len(paths)

    def distance(self, first: Complex, second: Complex) -> float:
        """Distance of two unit vectors, or of their orbits where there are one-parameter symmetries."""
        if not self.group.is_continuous:
            return ray_distance(first, second)
        averages = [orbit_average(ket, self._connected) for ket in (first, second)]
        return float(np.linalg.norm(averages[0] - averages[1]) / np.sqrt(2))

    def _exact_states(self, level: int, time: float) -> list[EvolvedState]:
        """States at the particle numbers of a level; none where they cannot be had."""
        try:
            return [self._exact.at(particles, time) for particles in self.levels[level]]
        except AccuracyError as error:
            logger.warning("%s", error)
            return []

    def _advance(self, known: Sequence[PathLinearisation], time: float, near: list[PathLinearisation]) -> Solved:
        """Search at one time, with higher N and by way of earlier times where that is needed."""
        self.attempts = 0
        evolved = self._exact_states(0, time)
        attempt = Attempt(self, time, near, evolved)
        if near and evolved and attempt.is_explained():
            return attempt.result("amplitudes")
        attempt.add(self.follow(known, time) if known else self._start(time))
        if evolved and attempt.search(0):
            return attempt.result("amplitudes")
        if evolved and not attempt.is_soft:
            begin = max((linear.path.time for linear in known), default=0.0)
            if attempt.add(self._climb_ladder(known, begin, time)) and attempt.search(0):
                return attempt.result("amplitudes")
        for level in range(1, len(self.levels)):
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
        rungs = np.linspace(begin, time, int(np.ceil(self.strength * (time - begin) / RUNG)) + 1)[1:-1].tolist()
        found = list(known)
        for rung in rungs:
            evolved = self._exact_states(0, rung)
            attempt = Attempt(self, rung, self.follow(found, rung) if found else self._start(rung), evolved)
            if evolved:
                attempt.search(0)
            found = attempt.linears
        return self.follow(found, time)

    def _at_start(self) -> Solved:
        linear = PathLinearisation(self.flow, self.initial, balance(start_path(self.initial, 0.0), self.initial))
        branch = replace(describe_path(linear), rate=0.0, log_prefactor=0.0, log_amplitude=0.0)
        return Solved((), FoundBranches(0.0, (branch,), "closed_form", (), ""))

    def images(self, linear: PathLinearisation, branch: Branch) -> list[PathLinearisation]:
        """Images of a path under the discrete symmetries, those that leave ν where it is left out."""
        path, d = linear.path, self.model.dimension
        images = []
        for element in self.group.elements:
            if self.distance(element.apply(branch.wavefunction), branch.wavefunction) <= SAME_BRANCH:
                continue
            ket, bra = element.apply(path.nodes[:, :d]), element.apply(path.nodes[:, d:].conj()).conj()
            instants = path.instants.conj() if element.is_antiunitary else path.instants
            try:
                image = TwoPointPath(instants, np.concatenate([ket, bra], axis=1))
                images.append(solve_path(self.flow, self.initial, image))
            except ConvergenceError as error:
                logger.info("%s", error)
        return images

    def describe(self, linear: PathLinearisation) -> Branch:
        """Branch of a solved path; across its orbit where a continuous symmetry moves it."""
        branch = describe_path(linear)
        directions = broken_directions(branch.wavefunction, self.group)
        return describe_on_orbit(branch, directions) if directions.shape[1] else branch

    def _start(self, time: float) -> list[PathLinearisation]:
        """The branch out of ν = φ at t = 0, followed if t is short."""
        return self.follow(self._first_paths, time) if self.strength * time <= LONGEST_START else []

    @cached_property
    def _first_paths(self) -> list[PathLinearisation]:
        """The branch out of ν = φ at a short time."""
        try:
            return [solve_path(self.flow, self.initial, start_path(self.initial, FIRST_PHASE / self.strength))]
        except ConvergenceError as error:
            logger.info("%s", error)
            return []

    def follow(self, known: Sequence[PathLinearisation], time: float) -> list[PathLinearisation]:
        """The same branches at another time; those that end on the way are left out."""
        followed = []
        for linear in known:
            try:
                followed.append(follow(self.flow, linear, time))
            except ConvergenceError as error:
                logger.info("%s", error)
        return followed

    def solve_maximum(
        self, maximum: HusimiMaximum, time: float, particles: int, evolved: Sequence[EvolvedState]
    ) -> list[PathLinearisation]:
        """Paths near the weak values of a maximum, along the real axis and on detours beside it."""
        solved = []
        height = min(HIGHEST_DETOUR * time, DETOUR_PHASE / self.strength)
        for side in DETOURS:
            instants = self._contour(time, side * height)
            try:
                values = weak_values(self.model, self.initial, maximum.wavefunction, particles, instants)
            except AccuracyError as error:
                logger.info("%s", error)
                continue
            if not np.isfinite(values).all():
                continue
            left, singular, right = np.linalg.svd(values)
            nodes = np.concatenate([right[:, 0], left[:, :, 0] * singular[:, :1]], axis=1)
            guess = balance(TwoPointPath(instants.astype(complex), nodes), self.initial)
            if not guess.near_singularity <= MOST_SINGULAR_GUESS:
                continue
            try:
                solved.append(solve_path(self.flow, self.initial, guess))
            except ConvergenceError as error:
                logger.info("detour %g: %s", side, error)
                continue
            if not self._is_spurious(solved[-1], evolved):
                break
        return solved

    def _is_spurious(self, linear: PathLinearisation, evolved: Sequence[EvolvedState]) -> bool:
        try:
            return is_spurious(self.describe(linear), evolved)
        except (ConvergenceError, np.linalg.LinAlgError):
            return True

    def _contour(self, time: float, height: float) -> Complex:
        """Instants from 0 to t: along the real axis, or up to a height, parallel to it, and down again."""
        count = int(np.ceil(self.strength * time / PHASE_PER_NODE / 4))
        count = min(max(count, FEWEST_QUARTER), LARGEST_QUARTER)
        corners = np.array([0, time / 4 + 1j * height, 3 * time / 4 + 1j * height, time])
        pieces = [
            np.linspace(start, end, number + 1)[:-1]
            for start, end, number in zip(corners[:-1], corners[1:], (count, 2 * count, count), strict=True)
        ]
        return np.concatenate([*pieces, [time]])

    def beside_saddle(self, linear: PathLinearisation, branch: Branch) -> list[PathLinearisation]:
        """What Newton's method finds on both sides of a saddle, along its softest direction."""
        left, _, _ = np.linalg.svd(branch.squeezing)
        leading = left[:, 0]
        # Z = U Σ Uᵀ (Takagi): u† Z ū > 0 fixes the phase
        phase = np.vdot(leading, branch.squeezing @ leading.conj())
        direction = leading * np.exp(0.5j * np.angle(phase))
        found = []
        for sign in (1, -1):
            for length in SADDLE_STEPS:
                try:
                    solved = solve_path(self.flow, self.initial, displace(linear, sign * length * direction))
                except ConvergenceError:
                    continue
                if ray_distance(solved.path.wavefunction, branch.wavefunction) > SAME_BRANCH:
                    found.append(solved)
                    break
        return found


class Attempt:
    """The branches at one time while they are gathered and tested."""

    def __init__(
        self, search: BranchSearch, time: float, linears: list[PathLinearisation], evolved: list[EvolvedState]
    ) -> None:
        self.owner, self.time, self.evolved = search, time, evolved
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
                branch = self.owner.describe(linear)
            except (ConvergenceError, np.linalg.LinAlgError) as error:
                logger.info("%s", error)
                continue
            if self._is_known(branch) or (self.evolved and is_spurious(branch, self.evolved)):
                continue
            if branch.softness >= 1:
                beside = self.owner.beside_saddle(linear, branch)
                waiting += [other for other in beside if describe_path(other).softness < 1]
                continue
            self.linears.append(linear)
            self.branches.append(branch)
            waiting += self.owner.images(linear, branch)
            taken = True
        return taken

    def _is_known(self, branch: Branch) -> bool:
        # at a critical point the equation is cubic: rounding leaves ν undetermined below its cube root
        same = SAME_BRANCH if abs(1 - branch.softness) > CRITICAL else SAME_CRITICAL_BRANCH
        kets = [other.wavefunction for other in self.branches]
        return any(self.owner.distance(branch.wavefunction, ket) <= same for ket in kets)

    def is_explained(self) -> bool:
        """Whether the sum over branches is right and no maximum of weight stands out, without a search."""
        self.test = compare_sum(self.branches, self.evolved)
        if self.test.passes:
            self._find_unexplained()
        return self.test.passes and not any(self._log_weight(m) > self.owner.depth for m in self.unexplained)

    def search(self, effort: int) -> bool:
        """Look for what is missing; whether the sum over branches is right in the end and nothing stands out."""
        self.test = compare_sum(self.branches, self.evolved)
        self._find_unexplained()
        for maximum in list(self.unexplained):
            heavy = self._log_weight(maximum) > self.owner.depth
            if self.test.passes and (not heavy or self._was_given_up(maximum)):
                continue
            if self.owner.attempts >= MOST_ATTEMPTS:
                break
            self.owner.attempts += 1
            found = self.owner.solve_maximum(maximum, self.time, self.owner.guess_particles[effort], self.evolved)
            if self.add(found):
                self.test = compare_sum(self.branches, self.evolved)
                self._find_unexplained()
            else:
                self.owner.given_up.append(maximum.wavefunction)
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
        return any(self.owner.distance(maximum.wavefunction, other) < 0.2 for other in self.owner.given_up)

    def _find_unexplained(self) -> None:
        state, d = self.evolved[-1], self.owner.model.dimension
        kets = np.array([branch.wavefunction for branch in self.branches]).reshape(-1, d)
        maxima = find_husimi_maxima(state, d, np.concatenate([kets, self.owner.initial[None]]))
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
            and all(self.owner.distance(maximum.wavefunction, ket) > SAME_MAXIMUM for ket in reached)
        ]


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
