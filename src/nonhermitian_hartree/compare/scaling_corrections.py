"""Corrections to scaling: what the bending of a curve says about the exponent that its straight line has.

Most power laws come with corrections, ``y = a N^b (1 + c N^{−w} + …)``, which vanish for N → ∞. The line through
``ln y`` against ``ln N`` then has a slope beside b, by more than any scatter of the points tells. What the
corrections do to it is found by fitting them; the exponents w are not known, so every set of a grid of them is
tried. A correction that *grows* with N (w < 0), or falls more slowly than any in the grid, is not one: it is the
other side of a crossover, and the slope of the line belongs to neither side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf

import numpy as np

from nonhermitian_hartree.arrays import Real

FALLING = (0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Exponents w of corrections N^{−w} that a power law may have: ½ and 1 at and off criticality, their powers."""
GROWING = (-4.0, -2.0, -1.0, -0.5, -0.25, 0.0, 0.125)
"""Exponents w of terms that a power law does not have; 0 stands for a curvature that is constant in ln N."""
MOST_CORRECTIONS = 3
POINTS_PER_CORRECTION = 4
BETTER = 4.0
"""A fit is better than another if the sum of squares that it leaves is smaller by this factor."""
SCATTER_WIDTH = 3.0
SAFETY = 1.5
"""What the corrections beyond those that are fitted may add to the distances found."""


@dataclass(frozen=True)
class Curvature:
    """What the corrections to scaling say about the line of least squares.

    Parameters
    ----------
    slope_error, intercept_error : float
        How far slope and intercept of the line may be from those for N → ∞.
    grows : bool
        Whether the points ask for a term that grows with N: then there is no such slope.
    """

    slope_error: float
    intercept_error: float
    grows: bool


@dataclass(frozen=True)
class _Fits:
    """Fits of M sets of corrections: intercept and slope (M, 2), how they amplify scatter, and the misfits."""

    lines: Real
    amplification: Real
    misfits: Real

    @property
    def best(self) -> float:
        return float(self.misfits.min())


def measure_curvature(log_particles: Real, log_values: Real, errors: Real) -> Curvature:
    """Bound what corrections to scaling do to the line ``ln y = ln a + b ln N``.

    Parameters
    ----------
    log_particles, log_values : (P,) arrays
        ln N, ascending, and ln y; at least 3.
    errors : (P,) array
        Numerical errors of ln y.

    Returns
    -------
    Curvature

    Notes
    -----
    One, two and three corrections are fitted by least squares, more of them only while they describe the points
    better and there are 4 points a correction. Of each number all sets of `FALLING` that fit about as well as the
    best one count. The errors are the largest distance of their slopes (intercepts) from that of the line, plus
    three times what the scatter that is left does to them, times 1.5. A term of `GROWING` is asked for if it fits
    better than all corrections do, beyond the numerical errors.
    """
    count, noise = len(log_particles), float(errors @ errors)
    straight = _fit(log_particles, log_values, [()])
    line = nearest = straight.lines[0]
    distance, left, grows = np.zeros(2), inf, False
    for number in range(1, MOST_CORRECTIONS + 1):
        if number > 1 and (count < POINTS_PER_CORRECTION * number or left <= BETTER * noise):
            break
        falling = _fit(log_particles, log_values, list(combinations(FALLING, number)))
        if count >= POINTS_PER_CORRECTION and straight.best > BETTER * noise:
            fewer = combinations(FALLING, number - 1)
            growing = _fit(log_particles, log_values, [(*exponents, w) for exponents in fewer for w in GROWING])
            grows |= falling.best > BETTER * (min(falling.best, growing.best) + noise)
        if not falling.best * BETTER < left:
            break
        left = falling.best
        counts = falling.misfits <= BETTER * (left + noise)
        scatter = np.sqrt(left / max(count - 2 - 2 * number, 1))
        distances = np.abs(falling.lines - line) + SCATTER_WIDTH * scatter * falling.amplification
        distance = np.maximum(np.abs(nearest - line), distances[counts].max(axis=0))
        nearest = falling.lines[falling.misfits.argmin()]
    intercept_error, slope_error = SAFETY * distance
    return Curvature(float(slope_error), float(intercept_error), bool(grows))


def _fit(log_particles: Real, log_values: Real, sets: Sequence[tuple[float, ...]]) -> _Fits:
    """Least squares of ``ln a + b ln N + Σ c N^{−w}`` for every set of w."""
    centre = log_particles.mean()
    line = [np.ones_like(log_particles), log_particles - centre]
    designs = np.stack(
        [np.stack([*line, *(_correction(log_particles, w) for w in exponents)], axis=1) for exponents in sets]
    )
    # the misfit from an orthonormal basis, because the columns of a set are nearly parallel
    bases = np.linalg.qr(designs).Q
    level = log_values.mean()
    values = log_values - level
    rest = values - np.einsum("mpk,mk->mp", bases, np.einsum("mpk,p->mk", bases, values))
    inverses = np.linalg.pinv(designs)[:, :2]
    inverses[:, 0] -= centre * inverses[:, 1]
    lines = inverses @ values + np.array([level, 0.0])
    return _Fits(lines, np.linalg.norm(inverses, axis=2), (rest**2).sum(axis=1))


def _correction(log_particles: Real, exponent: float) -> Real:
    """``N^{−w}``, 1 where it is largest; (ln N)² for w = 0."""
    if exponent == 0:
        return np.asarray((log_particles - log_particles[-1]) ** 2)
    largest = log_particles[0 if exponent > 0 else -1]
    return np.asarray(np.exp(-exponent * (log_particles - largest)))
