"""Many two-point paths near good guesses: Newton's method for all of them at once.

One Runge–Kutta step is taken on the intervals of all paths together; what is left for each path is a banded linear
system. A path whose steps do not shrink as Newton's do close to a solution is left to the damped method.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.continuation import LARGEST_PREDICTION, LARGEST_SURPRISE, predict_path
from nonhermitian_hartree.limit.two_point.flow import StepEnds, TwoPointFlow
from nonhermitian_hartree.limit.two_point.newton import (
    FINE_ERROR,
    MESH_SLACK,
    PathLinearisation,
    TwoPointPath,
    balance,
    refine_mesh,
    relative_size,
)

logger = logging.getLogger(__name__)

STEPS = 10
LARGEST_GUESS = 0.6
"""Largest relative change of a node by the tangent from which Newton's method is tried."""
CONTRACTION = 0.25
"""Each step is shorter than the one before by this factor at least."""
ROUNDING_STEP = 1e-13
"""Relative size of a step that changes nothing but rounding."""


def correct_paths(
    flow: TwoPointFlow, initial: Complex, guesses: Sequence[TwoPointPath]
) -> list[PathLinearisation | None]:
    """Solve for the path near each guess, on its mesh if that is fine enough; None where that is no quick success.

    Parameters
    ----------
    flow : TwoPointFlow
    initial : (d,) complex array
        φ, unit norm.
    guesses : sequence of TwoPointPath
        Each within :data:`LARGEST_PREDICTION` of a solution, relative to the size of its nodes.

    A solution is as good as one of `newton.correct_path`: what Newton's method would still change is rounding, and
    the local errors on the mesh are the same. ν is at most :data:`LARGEST_SURPRISE` from the guess.
    """
    found: list[PathLinearisation | None] = [None] * len(guesses)
    active = {number: balance(guess, initial) for number, guess in enumerate(guesses)}
    allowed = dict.fromkeys(active, LARGEST_PREDICTION)
    for _ in range(STEPS):
        linears = dict(zip(active, linearise_paths(flow, initial, list(active.values())), strict=True))
        active.clear()
        for number, linear in linears.items():
            step, length = _newton_step(linear)
            if not length <= allowed[number]:
                continue
            if length > ROUNDING_STEP:
                moved = TwoPointPath(linear.path.instants, linear.path.nodes + step)
                active[number] = balance(moved, initial)
                allowed[number] = max(CONTRACTION * length, ROUNDING_STEP)
            elif not linear.ends.error.max() <= MESH_SLACK * FINE_ERROR:
                active |= _move_nodes(flow, linear, number)
                allowed[number] = LARGEST_PREDICTION
            else:
                surprise = ray_distance(linear.path.wavefunction, guesses[number].wavefunction)
                found[number] = linear if surprise <= LARGEST_SURPRISE else None
        if not active:
            break
    return found


def _move_nodes(flow: TwoPointFlow, linear: PathLinearisation, number: int) -> dict[int, TwoPointPath]:
    """The solved path on a mesh of its own, by its number; nothing if that would be too fine."""
    try:
        return {number: balance(refine_mesh(flow, linear.path, FINE_ERROR), linear.initial)}
    except ConvergenceError as error:
        logger.info("%s", error)
        return {}


def _newton_step(linear: PathLinearisation) -> tuple[Complex, float]:
    """The step, and its size relative to the nodes; infinite where there is none."""
    try:
        step = linear.solve(*linear.residuals()) if linear.usable else np.full_like(linear.path.nodes, np.inf)
    except (ConvergenceError, ValueError) as error:
        logger.info("%s", error)
        step = np.full_like(linear.path.nodes, np.inf)
    return step, relative_size(step, linear.path)


def linearise_paths(
    flow: TwoPointFlow, initial: Complex, paths: Sequence[TwoPointPath]
) -> list[PathLinearisation]:
    """`PathLinearisation` of each path, from one step of the flow on all their intervals."""
    if not paths:
        return []
    nodes = np.concatenate([path.nodes[:-1] for path in paths])
    ends = flow.step(nodes, np.concatenate([np.diff(path.instants) for path in paths]))
    stops = np.cumsum([len(path.instants) - 1 for path in paths])
    return [
        PathLinearisation(flow, initial, path, _cut(ends, slice(stop - len(path.instants) + 1, stop)))
        for path, stop in zip(paths, stops, strict=True)
    ]


def predict_paths(pairs: Sequence[tuple[float, PathLinearisation]]) -> list[TwoPointPath | None]:
    """For each (time, source) the path of the source carried to the time along its tangent; None where too far."""
    guesses: list[TwoPointPath | None] = []
    for time, source in pairs:
        try:
            guess, size = predict_path(source, time)
        except ConvergenceError:
            guess, size = source.path, np.inf
        guesses.append(guess if size <= LARGEST_GUESS else None)
    return guesses


def _cut(ends: StepEnds, part: slice) -> StepEnds:
    return StepEnds(**{field.name: getattr(ends, field.name)[part] for field in fields(StepEnds)})
