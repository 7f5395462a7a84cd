"""A function on a grid in a plane, whose lines need not be evenly spaced: its cells, and its level lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real

SAME_RATIO = 1e-6
"""Relative difference of the ratios of neighbours below which values count as a logarithmic grid."""


def is_logarithmic(values: ArrayLike) -> bool:
    """Whether ascending values, at least three, are positive and have one ratio from each to the next."""
    x = np.asarray(values, dtype=float)
    if len(x) < 3 or not (x > 0).all():
        return False
    ratios = x[1:] / x[:-1]
    return bool(np.allclose(ratios, ratios[0], rtol=SAME_RATIO, atol=0))


def cell_edges(values: ArrayLike, *, logarithmic: bool) -> Real:
    """Edges of the cells around ascending values: half-way to the neighbours, and at the first and last value.

    Parameters
    ----------
    values : (n,) array, n ≥ 2
        Ascending, and positive if ``logarithmic``: half-way is then that of the logarithms.

    Returns
    -------
    (n + 1,) array
        Nothing lies beyond the values: the outer cells are half as wide.
    """
    x = np.asarray(values, dtype=float)
    inner = np.sqrt(x[1:]) * np.sqrt(x[:-1]) if logarithmic else 0.5 * x[1:] + 0.5 * x[:-1]
    return np.concatenate([x[:1], inner, x[-1:]])


def level_lines(
    x: ArrayLike, y: ArrayLike, values: ArrayLike, level: float, *, log_x: bool = False, log_y: bool = False
) -> list[Real]:
    """Lines on which a function has the value ``level``, interpolated between the points of the grid.

    Linear interpolation along the edges of the cells, in the logarithm of a coordinate if so told: the lines are
    located to second order in the spacing of the grid, wherever the function is smooth.

    Parameters
    ----------
    x, y : (n,), (m,) arrays
        Ascending.
    values : (m, n) array
        NaN where the function is not known: no line passes the cells beside.

    Returns
    -------
    list of (k, 2) arrays
        Points (x, y) of each line.
    """
    from contourpy import contour_generator  # here: it comes with Matplotlib, which only figures need

    axes = [np.asarray(axis, dtype=float) for axis in (x, y)]
    scaled = [np.log(axis) if is_log else axis for axis, is_log in zip(axes, (log_x, log_y), strict=True)]
    known = np.ma.masked_invalid(np.asarray(values, dtype=float))
    generator = contour_generator(x=scaled[0], y=scaled[1], z=known, corner_mask=False)
    lines = []
    for points in generator.lines(level):
        line = np.array(points, dtype=float)
        for column, is_log in enumerate((log_x, log_y)):
            if is_log:
                line[:, column] = np.exp(line[:, column])
        lines.append(line)
    return lines
