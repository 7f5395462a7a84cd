"""The exponent f_t(x), eq. (28), against x, with its maximisers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nonhermitian_hartree.figure_labels import label_number, label_states
from nonhermitian_hartree.figure_rows import select_states
from nonhermitian_hartree.figure_spec import RateFunctionFigure
from nonhermitian_hartree.figure_style import order_styles, place_legend


def draw_rate_function(axes: Axes, spec: RateFunctionFigure, tables: Mapping[str, pd.DataFrame]) -> None:
    """Draw f_t of one state, a curve for each time; global maximisers filled, merely local ones open.

    Parameters
    ----------
    axes : Axes
    spec : RateFunctionFigure
    tables : mapping of DataFrame
        ``rate_function`` with columns state, p0, tilt, time, x, value, one row per point of a curve, and
        ``rate_maximisers`` with the same columns and ``is_global``, one row per local maximiser.

    Raises
    ------
    TableError
        If a table does not have the state.
    """
    points = select_states(tables["rate_function"], "rate_function", [spec.state])
    maximisers = select_states(tables["rate_maximisers"], "rate_maximisers", [spec.state])
    curves = points.groupby("time", sort=True)
    for style, (time, curve) in zip(order_styles(len(curves)), curves, strict=True):
        axes.plot(
            curve["x"], curve["value"], color=style.color, linestyle=style.linestyle,
            label=f"$t={label_number(time)}$",
        )  # fmt: skip
        for maximiser in maximisers[maximisers["time"] == time].itertuples():
            face = style.color if maximiser.is_global else "white"
            axes.plot(maximiser.x, maximiser.value, "o", color=style.color, markerfacecolor=face, markersize=5)
    axes.set_xlabel(r"fraction $x$ of particles in $|1\rangle$")
    axes.set_ylabel("exponent $f_t(x)$")
    axes.set_xlim(0, 1)
    handles = [*axes.get_legend_handles_labels()[0], *_explain_markers(maximisers)]
    place_legend(axes, spec.legend, label_states(points).iloc[0], handles)


def _explain_markers(maximisers: pd.DataFrame) -> list[Line2D]:
    explained = [(True, "black", "global maximum"), (False, "white", "local maximum")]
    return [
        Line2D([], [], color="black", linestyle="none", marker="o", markersize=5, markerfacecolor=face, label=label)
        for is_global, face, label in explained
        if (maximisers["is_global"] == is_global).any()
    ]
