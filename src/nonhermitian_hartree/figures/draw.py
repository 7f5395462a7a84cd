"""From the description of a figure and its tables to the figure, with its legend where nothing is covered."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from nonhermitian_hartree.figures.base import FigureBase, LegendLocation
from nonhermitian_hartree.figures.style import new_figure, use_figure_style

_CLEARANCE = 1.01  # size of the box that must be free of curves, relative to the legend


def draw_figure(spec: FigureBase, tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw the figure that ``spec`` describes, in the shared style, at its final size in a paper.

    Parameters
    ----------
    spec : FigureBase
        One entry of ``figures`` in the config; its kind draws it.
    tables : mapping of DataFrame
        The tables that ``spec.tables`` lists, by name; each kind documents which ones it reads.

    Returns
    -------
    Figure
        To be written with `file.save_figure`.

    Raises
    ------
    TableError
        If a table lacks what the figure shows.
    """
    with use_figure_style():
        figure, axes = new_figure(spec.width, spec.title)
        legend_title = spec.draw(axes, tables)
        _place_legend(figure, axes, spec.legend, legend_title)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # the layout is now the same in every format, and not computed again
    return figure


def _place_legend(figure: Figure, axes: Axes, location: LegendLocation, title: str | None) -> None:
    """Add the legend, once all curves are drawn and the limits of the axes are final.

    Parameters
    ----------
    figure : Figure
    axes : Axes
        Those of the curves or the map.
    location : str
        Where in the axes. "best" is the emptiest place, or above the axes if even that is not free of curves
        or lies on a map; the figure then grows by the height of the legend.
    title : str, optional
        What all entries have in common.
    """
    if not axes.get_legend_handles_labels()[0]:
        return
    legend = axes.legend(loc=location, title=title)
    if location == "best" and _covers_data(figure, axes, legend):
        legend.remove()
        _place_above(figure, axes, title)


def _covers_data(figure: Figure, axes: Axes, legend: Legend) -> bool:
    if any(isinstance(drawn, QuadMesh) for drawn in axes.collections):
        return True
    figure.draw_without_rendering()  # positions are known only after the layout
    box = legend.get_window_extent().expanded(_CLEARANCE, _CLEARANCE)
    return any(
        line.get_transform().transform_path(line.get_path()).intersects_bbox(box, filled=False)
        for line in axes.get_lines()
        if len(line.get_path()) > 0
    )


def _place_above(figure: Figure, axes: Axes, title: str | None) -> None:
    handles = axes.get_legend_handles_labels()[0]
    for columns in (3, 2, 1):
        legend = figure.legend(handles=handles, loc="outside upper center", title=title, ncols=columns)
        size = legend.get_window_extent()
        if size.width <= figure.bbox.width or columns == 1:
            break
        legend.remove()
    figure.set_figheight(figure.get_figheight() + size.height / figure.dpi)
