"""Corrections to scaling: the power law that a curve tends to, told from the bending of the curve.

Most power laws come with corrections, ``y = a N^b (1 + c N^{−w} + …)``, which vanish for N → ∞. The line through
``ln y`` against ``ln N`` then has a slope beside b, by more than any scatter of the points tells. Fitted with the
line, the corrections say where it tends; their exponents w are not known, so every set of a grid of them is tried.
A correction that *grows* with N (w < 0), or falls more slowly than any in the grid, is not one: it is the other
side of a crossover, and the slope of the line belongs to neither side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

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
SAFETY = 2.0
"""What the corrections beyond those that are fitted may add to the differences found."""


@dataclass(frozen=True)
class AsymptoticLine:
    """The line ``ln y = intercept + slope · ln N`` that points tend to for N → ∞.

    Parameters
    ----------
    intercept, slope : float
        Of the line.
    intercept_error, slope_error : float
        How far they may be off.
    grows : bool
        Whether the points ask for a term that grows with N: then there is no such line.
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
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


def extrapolate_line(log_particles: Real, log_values: Real, errors: Real) -> AsymptoticLine:
    """Find the line ``ln a + b ln N`` to which the points of a power law with corrections tend.

    Parameters
    ----------
    log_particles, log_values : (P,) arrays
        ln N, ascending, and ln y; at least 3.
    errors : (P,) array
        Numerical errors of ln y.

    Returns
    -------
    AsymptoticLine

    Notes
    -----
    Corrections are fitted by least squares, one, two and three of them, as long as one more describes the points
    better and there are 4 points for each. Points that no correction describes better, because they are straight
    or scatter, keep the line of least squares. The error is twice the larger of two differences: from the line
    with one correction less, and from the lines of all sets of `FALLING` that fit about as well as the best one,
    with three times what the scatter that is left does to them. A term of `GROWING` is asked for if it fits better
    than all corrections do, beyond the numerical errors.
    """
    count, noise = len(log_particles), float(errors @ errors)
    straight = _fit(log_particles, log_values, [()])
    line, left, difference, grows = straight.lines[0], straight.best, np.zeros(2), False
    for number in range(1, MOST_CORRECTIONS + 1):
        enough = count >= POINTS_PER_CORRECTION * number
        if number > 1 and (not enough or left <= BETTER * noise):
            break
        falling = _fit(log_particles, log_values, list(combinations(FALLING, number)))
        if enough and straight.best > BETTER * noise:
            fewer = combinations(FALLING, number - 1)
            growing = _fit(log_particles, log_values, [(*exponents, w) for exponents in fewer for w in GROWING])
            grows |= falling.best > BETTER * (min(falling.best, growing.best) + noise)
        is_better = enough and falling.best * BETTER < left
        if number > 1 and not is_better:
            break
        nearest = falling.lines[falling.misfits.argmin()]
        change = np.abs(nearest - line)
        if is_better:
            line, left = nearest, falling.best
        counts = falling.misfits <= BETTER * (falling.best + noise)
        scatter = np.sqrt(falling.best / max(count - 2 - 2 * number, 1))
        others = np.abs(falling.lines - line) + SCATTER_WIDTH * scatter * falling.amplification
        difference = np.maximum(change, others[counts].max(axis=0))
        if not is_better:
            break
    (intercept, slope), (intercept_error, slope_error) = line.tolist(), (SAFETY * difference).tolist()
    return AsymptoticLine(intercept, slope, intercept_error, slope_error, bool(grows))


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
