"""Linear entropy or an infidelity over the plane of the initial population and the time, as colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patheffects import Normal, Stroke

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.labels import POPULATION_LABEL, QUANTITY_LABELS, TIME_LABEL, label_number
from nonhermitian_hartree.figures.rows import select_states, select_values
from nonhermitian_hartree.figures.spec import MapFigure
from nonhermitian_hartree.figures.style import COLOR_MAP, plot_curve

# White on a black edge is seen on every colour; the colours that it lies on are seen in its gaps.
_MIXED_LINE: dict[str, Any] = {
    "color": "white",
    "linestyle": (0, (4, 5)),
    "linewidth": 0.9,
    "path_effects": [Stroke(linewidth=2.1, foreground="black"), Normal()],
}


def draw_map(axes: Axes, spec: MapFigure, tables: Mapping[str, pd.DataFrame]) -> None:
    """Draw a quantity as the colour of each point (p0, t), and where the limit itself is mixed as a line.

    Parameters
    ----------
    axes : Axes
    spec : MapFigure
    tables : mapping of DataFrame
        ``limit`` for a map of the limit, else ``comparison``; also ``limit`` for the mark of mixed limits.

    Raises
    ------
    TableError
        If a table lacks the state or the N of the figure, or a logarithmic scale has nothing to show.
    """
    if spec.limit:
        table = select_states(tables["limit"], "limit", [spec.state])
        table = table.drop_duplicates(["p0", "time"])  # its columns repeat in every branch
        condition = r"$N\to\infty$"
    else:
        assert spec.particles is not None  # the config demands it without ``limit``
        table = select_states(tables["comparison"], "comparison", [spec.state])
        table = select_values(table, "comparison", "particles", [spec.particles])
        condition = f"$N={label_number(spec.particles)}$"
    plane = table.pivot(index="time", columns="p0", values=spec.quantity)
    norm = _scale_colors(plane.to_numpy(), spec)
    below = (plane < norm.vmin).any(axis=None)
    mesh = axes.pcolormesh(
        plane.columns, plane.index, plane.clip(lower=norm.vmin), norm=norm, cmap=COLOR_MAP,
        shading="nearest", rasterized=True,  # as vectors, cells show seams and make large files
    )  # fmt: skip
    label = f"{QUANTITY_LABELS[spec.quantity]}, {condition}"
    bar = axes.figure.colorbar(mesh, ax=axes, label=label, extend="min" if below else "neither")
    bar.minorticks_off()
    if spec.mark_mixed:
        _mark_mixed(axes, select_states(tables["limit"], "limit", [spec.state]))
    axes.set_xlim(plane.columns.min(), plane.columns.max())
    axes.set_ylim(plane.index.min(), plane.index.max())
    for painted in (axes, bar.ax):
        painted.tick_params(direction="out")  # on dark colours, inner ticks cannot be seen
    axes.tick_params(top=False, right=False)
    axes.set_xlabel(POPULATION_LABEL)
    axes.set_ylabel(TIME_LABEL)


def _scale_colors(values: np.ndarray, spec: MapFigure) -> Normalize:
    """Range of the colours: from zero, or on a logarithmic scale from the floor or the smallest positive value."""
    largest = np.nanmax(values, initial=0.0)
    if spec.scale == "linear":
        return Normalize(0, largest or 1)  # a map of zeros still needs a range
    floor = spec.floor or np.nanmin(values[values > 0], initial=largest)
    if not floor < largest:
        raise TableError(
            f"a logarithmic map of {spec.quantity} has nothing to show between {floor:.3g} and its largest "
            f"value, {largest:.3g}; give the figure a lower floor, or scale: linear"
        )
    return LogNorm(floor, largest)


def _mark_mixed(axes: Axes, limit: pd.DataFrame) -> None:
    """Line through the times at which the limit has two branches, for each p0 that has such times."""
    mixed = limit[limit["branch"] == 1]
    for index, (p0, times) in enumerate(mixed.groupby("p0")["time"]):
        plot_curve(axes, [p0] * len(times), times, "_" if index else "mixed limit", **_MIXED_LINE)
