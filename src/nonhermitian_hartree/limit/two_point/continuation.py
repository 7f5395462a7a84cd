"""Paths for other observation times and beside saddles: predictor and corrector."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow
from nonhermitian_hartree.limit.two_point.newton import (
    PathLinearisation,
    TwoPointPath,
    correct_path,
    relative_size,
)

LARGEST_PREDICTION = 0.3
"""Largest relative change of a node in one predictor step."""
LARGEST_SURPRISE = 0.1
"""Largest distance of ν from where it was predicted."""
SMALLEST_FRACTION = 2e-4
"""Shortest step relative to t before a branch counts as lost."""
START_NODES = 16


def start_path(initial: Complex, time: float) -> TwoPointPath:
    """The constant path p = φ, χ = φ†, a guess for a short time."""
    node = np.concatenate([initial, initial.conj()])
    return TwoPointPath(np.linspace(0, time, START_NODES + 1).astype(complex), np.tile(node, (START_NODES + 1, 1)))


def tangent(linear: PathLinearisation) -> Complex:
    """Derivative of the nodes of a solved path by the observation time, the mesh stretched in proportion."""
    path = linear.path
    stretched = linear.gauge * linear.ends.velocity * (linear.lengths / path.time)[:, None]
    nothing = np.zeros(path.dimension, dtype=complex)
    return linear.solve(nothing, stretched, nothing)


def predict_path(linear: PathLinearisation, time: float) -> tuple[TwoPointPath, float]:
    """The path for another time along the tangent, and the largest relative change of a node."""
    path = linear.path
    change = tangent(linear) * (time - path.time)
    instants = path.instants * (time / path.time)
    instants[-1] = time
    return TwoPointPath(instants, path.nodes + change), relative_size(change, path)


def follow(flow: TwoPointFlow, linear: PathLinearisation, time: float) -> PathLinearisation:
    """Follow a solved path to another observation time > 0, in steps that the corrector can take.

    Raises
    ------
    ConvergenceError
        If the branch ends on the way (a fold), or cannot be told from another one.
    """
    initial, step = linear.initial, time - linear.path.time
    shortest = SMALLEST_FRACTION * min(max(linear.path.time, time), 1e2 * abs(step))
    while linear.path.time != time:
        path = linear.path
        step = time - path.time if abs(time - path.time) <= 1.2 * abs(step) else step
        if abs(step) < shortest:
            raise ConvergenceError(f"a branch could not be followed beyond t = {path.time:.9g}")
        guess, size = predict_path(linear, time if step == time - path.time else path.time + step)
        if not size <= LARGEST_PREDICTION:
            step *= 0.8 * LARGEST_PREDICTION / size if np.isfinite(size) else 0.1
            continue
        try:
            found = correct_path(flow, initial, guess)
            if ray_distance(found.path.wavefunction, guess.wavefunction) > LARGEST_SURPRISE:
                raise ConvergenceError("the corrector went elsewhere")
        except ConvergenceError:
            step /= 2
            continue
        linear, step = found, 2 * step
    return linear


def displace(linear: PathLinearisation, change: Complex) -> TwoPointPath:
    """The path whose end is moved by the tangent vector ``change`` (d,) of ν, to first order."""
    path, d = linear.path, linear.path.dimension
    size = float(np.linalg.norm(path.nodes[-1, :d]))
    nodes = path.nodes + linear.response(change.conj() / size)
    nodes[-1, d:] = path.nodes[-1, d:] + change.conj() / size
    return TwoPointPath(path.instants, nodes)
