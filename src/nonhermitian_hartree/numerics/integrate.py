"""Ordinary differential equations: the one use of scipy's DOP853."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError

Vector = TypeVar("Vector", Real, Complex)


def integrate(
    velocity: Callable[[float, Vector], Vector],
    initial: Vector,
    instants: Sequence[float] | Real,
    *,
    relative: float,
    absolute: float,
    what: str,
    start: float = 0.0,
) -> Vector:
    """Solution of ``dy/ds = velocity(s, y)`` at each instant, from ``y(start) = initial``.

    DOP853 (Dormand–Prince of order 8) with the local error of a step below ``relative`` |y| + ``absolute``.

    Parameters
    ----------
    velocity : callable
        Takes s and y of shape (n,), real or complex; returns dy/ds.
    initial : (n,) array
    instants : (T,) sequence of float
        Monotonic and all on one side of ``start``, which may be the first of them.
    relative, absolute : float
        Tolerances of a step.
    what : str
        What is integrated, for the message: "the Hartree equation could not be solved".

    Returns
    -------
    (T, n) array

    Raises
    ------
    ConvergenceError
        If a step becomes too small, as where a solution blows up.
    """
    from scipy.integrate import solve_ivp  # here, because its import takes longer than a closed form

    wanted = np.asarray(instants, dtype=float)
    if np.all(wanted == start):
        return np.repeat(initial[None, :], wanted.size, axis=0)
    solution = solve_ivp(
        velocity, (start, wanted[-1]), initial, method="DOP853", t_eval=wanted, rtol=relative, atol=absolute
    )
    if not solution.success:
        raise ConvergenceError(f"{what} up to {wanted[-1]:g}: {solution.message}")
    return np.ascontiguousarray(solution.y.T)
