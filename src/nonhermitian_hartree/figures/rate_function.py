"""The exponent f_t(x), eq. (28), against x, with its maximisers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.labels import label_number, label_states
from nonhermitian_hartree.figures.rows import select_states
from nonhermitian_hartree.figures.spec import RateFunctionFigure
from nonhermitian_hartree.figures.style import order_styles

_MARKER_SIZE = 5.0


def draw_rate_function(axes: Axes, spec: RateFunctionFigure, tables: Mapping[str, pd.DataFrame]) -> str | None:
    """Draw f_t of one initial state, a curve for each time; global maximisers filled, merely local ones open.

    Parameters
    ----------
    axes : Axes
    spec : RateFunctionFigure
    tables : mapping of DataFrame
        ``rate_function`` with columns state, p0, tilt, time, x, value, one row per point of a curve;
        ``rate_maximisers`` with the same columns and ``is_global``, one row per local maximiser.

    Returns
    -------
    str or None
        What all curves have in common: the title of the legend.

    Raises
    ------
    TableError
        If a table does not have the state, or has a family of states under its name.
    """
    points = select_states(tables["rate_function"], "rate_function", [spec.state])
    maximisers = select_states(tables["rate_maximisers"], "rate_maximisers", [spec.state])
    if points["tilt"].nunique() > 1:
        raise TableError(
            f"{spec.state} is a family of states; a rate_function figure shows one: name a single state"
        )
    curves = points.groupby("time", sort=True)
    for style, (_, curve) in zip(order_styles(len(curves)), curves, strict=True):
        time = curve["time"].iloc[0]
        label = f"$t={label_number(time)}$"
        axes.plot(curve["x"], curve["value"], color=style.color, linestyle=style.linestyle, label=label)
        at_time = maximisers[maximisers["time"] == time]
        for is_global, face in ((True, style.color), (False, "white")):
            shown = at_time[at_time["is_global"] == is_global]
            _draw_maxima(axes, shown["x"], shown["value"], style.color, face)
    for is_global, face, label in ((True, "black", "global maximum"), (False, "white", "local maximum")):
        if (maximisers["is_global"] == is_global).any():
            _draw_maxima(axes, [], [], "black", face, label)
    axes.set_xlabel(r"fraction $x$ of particles in $|1\rangle$")
    axes.set_ylabel("exponent $f_t(x)$")
    axes.set_xlim(0, 1)
    return str(label_states(points).iloc[0])


def _draw_maxima(
    axes: Axes,
    x: pd.Series[float] | list[float],
    value: pd.Series[float] | list[float],
    edge: str,
    face: str,
    label: str | None = None,
) -> None:
    axes.plot(x, value, "o", color=edge, markerfacecolor=face, markersize=_MARKER_SIZE, zorder=3, label=label)
