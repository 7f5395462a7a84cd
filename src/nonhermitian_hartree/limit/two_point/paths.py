"""One branch at a time: its two-point path found, followed to another time, mirrored, and described."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.evolved_states import EvolvedState
from nonhermitian_hartree.bosons.weak_values import weak_values
from nonhermitian_hartree.errors import AccuracyError, ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.symmetry.group import SymmetryGroup, find_symmetries
from nonhermitian_hartree.limit.symmetry.orbit import broken_directions, orbit_average
from nonhermitian_hartree.limit.two_point.confirmation import is_spurious
from nonhermitian_hartree.limit.two_point.continuation import displace, follow, start_path
from nonhermitian_hartree.limit.two_point.describe import Branch, describe_on_orbit, describe_path
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow
from nonhermitian_hartree.limit.two_point.husimi import HusimiMaximum
from nonhermitian_hartree.limit.two_point.newton import PathLinearisation, TwoPointPath, balance, solve_path
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import strength
from nonhermitian_hartree.model.state import ProductState

logger = logging.getLogger(__name__)

DETOURS = (0, 1, -1, 0.5)
HIGHEST_DETOUR, DETOUR_PHASE = 0.15, 3.0
"""Height of a detour of s in the complex plane: at most this part of t, and of 1/‖A‖."""
FEWEST_QUARTER, LARGEST_QUARTER = 4, 40
"""Nodes in each quarter of t."""
MOST_SINGULAR_GUESS = 30.0
PHASE_PER_NODE = 0.3
SAME_BRANCH = 1e-6
FIRST_PHASE = 0.3
"""‖A‖t of the first time on the branch out of ν = φ."""
SADDLE_STEPS = (0.03, 0.1, 0.3, 0.6)


class PathFinder:
    """Two-point paths of one model and state.

    Parameters
    ----------
    model : Model
        Without its gauge parts.
    state : ProductState
    """

    def __init__(self, model: Model, state: ProductState) -> None:
        self.model = model
        self.initial = np.asarray(state.amplitudes)
        self.flow = TwoPointFlow(model)
        self.strength = strength(model)
        self.group = find_symmetries(model, state)
        self._connected = SymmetryGroup(self.group.generators, ())

    def distance(self, first: Complex, second: Complex) -> float:
        """Distance of two unit vectors, or of their orbits where there are one-parameter symmetries."""
        if not self.group.is_continuous:
            return ray_distance(first, second)
        averages = [orbit_average(ket, self._connected) for ket in (first, second)]
        return float(np.linalg.norm(averages[0] - averages[1]) / np.sqrt(2))

    def describe(self, linear: PathLinearisation) -> Branch:
        """Branch of a solved path; across its orbit where a continuous symmetry moves it."""
        branch = describe_path(linear)
        directions = broken_directions(branch.wavefunction, self.group)
        return describe_on_orbit(branch, directions) if directions.shape[1] else branch

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

    @cached_property
    def first_paths(self) -> list[PathLinearisation]:
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
