"""Many two-point paths near good guesses: Newton's method for all of them at once.

One Runge–Kutta step is taken on the intervals of all paths together; what is left for each path is a banded linear
system. A path whose steps do not shrink as Newton's do close to a solution is left to the damped method.
"""

from __future__ import annotations

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
    FINE_STEP,
    MESH_SLACK,
    PathLinearisation,
    TwoPointPath,
    balance,
    relative_size,
)

STEPS = 6
CONTRACTION = 0.1
"""Each step is shorter than the one before by this factor at least."""


def correct_paths(
    flow: TwoPointFlow, initial: Complex, guesses: Sequence[TwoPointPath]
) -> list[PathLinearisation | None]:
    """Solve for the path near each guess, on the mesh of the guess; None where that is no quick success.

    Parameters
    ----------
    flow : TwoPointFlow
    initial : (d,) complex array
        φ, unit norm.
    guesses : sequence of TwoPointPath
        Each within :data:`LARGEST_PREDICTION` of a solution, relative to the size of its nodes.

    A solution is as good as one of `newton.correct_path`: a last step below 1e-11, which is still taken, and the
    same local errors on the mesh. ν is at most :data:`LARGEST_SURPRISE` from the guess.
    """
    found: list[PathLinearisation | None] = [None] * len(guesses)
    active = {number: balance(guess, initial) for number, guess in enumerate(guesses)}
    lengths = dict.fromkeys(active, LARGEST_PREDICTION / CONTRACTION)
    solved: set[int] = set()
    for _ in range(STEPS):
        linears = dict(zip(active, linearise_paths(flow, initial, list(active.values())), strict=True))
        for number, linear in linears.items():
            path = active.pop(number)
            if number in solved:
                fits = linear.usable and linear.ends.error.max() <= MESH_SLACK * FINE_ERROR
                surprise = ray_distance(path.wavefunction, guesses[number].wavefunction)
                found[number] = linear if fits and surprise <= LARGEST_SURPRISE else None
                continue
            try:
                step = linear.solve(*linear.residuals()) if linear.usable else np.full_like(path.nodes, np.nan)
            except (ConvergenceError, ValueError):
                continue
            length = relative_size(step, path)
            if not length <= max(CONTRACTION * lengths[number], FINE_STEP):
                continue
            if length <= FINE_STEP:
                solved.add(number)
            lengths[number] = length
            active[number] = balance(TwoPointPath(path.instants, path.nodes + step), initial)
        if not active:
            break
    return found


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


def predict_paths(sources: Sequence[PathLinearisation], times: Sequence[float]) -> list[TwoPointPath | None]:
    """The path of each source carried to a time along its tangent; None where that is too far."""
    guesses: list[TwoPointPath | None] = []
    for source, time in zip(sources, times, strict=True):
        try:
            guess, size = predict_path(source, time)
        except ConvergenceError:
            guess, size = source.path, np.inf
        guesses.append(guess if size <= LARGEST_PREDICTION else None)
    return guesses


def _cut(ends: StepEnds, part: slice) -> StepEnds:
    return StepEnds(**{field.name: getattr(ends, field.name)[part] for field in fields(StepEnds)})
