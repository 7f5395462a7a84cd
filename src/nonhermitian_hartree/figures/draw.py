"""From the description of a figure and its tables to the figure, with its legend where nothing is covered."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from nonhermitian_hartree.figures.base import FigureBase, LegendLocation
from nonhermitian_hartree.figures.labels import Setting
from nonhermitian_hartree.figures.style import MARK_LINE, new_figure, use_figure_style, write_header

_CLEARANCE = 1.01  # size of the box that must be free of curves, relative to the legend
_ROOM = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)  # parts of the height that may be added for a legend, in this order
_NO_SETTING = Setting()


def draw_figure(spec: FigureBase, tables: Mapping[str, pd.DataFrame], setting: Setting = _NO_SETTING) -> Figure:
    """Draw the figure that ``spec`` describes, in the shared style, at its final size in a paper.

    Parameters
    ----------
    spec : FigureBase
        One entry of ``figures`` in the config; its kind draws it.
    tables : mapping of DataFrame
        The tables that ``spec.tables`` lists, by name; each kind documents which ones it reads.
    setting : Setting
        The model and the unit of time, for the words in the figure.

    Returns
    -------
    Figure
        To be written with `file.save_figure`. All figures of one width have the same height.

    Raises
    ------
    TableError
        If a table lacks what the figure shows.
    """
    with use_figure_style():
        figure, axes = new_figure(spec.width, spec.title)
        common = spec.draw(axes, tables)
        if spec.time_axis:
            axes.set(**{f"{spec.time_axis}label": setting.time_label})
        write_header(axes, ", ".join(filter(None, [setting.model, common])))
        _place_legend(figure, axes, spec.legend)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # the layout is now the same in every format, and not computed again
    return figure


def _place_legend(figure: Figure, axes: Axes, location: LegendLocation) -> None:
    """Add the legend, once all curves are drawn and the limits of the axes are final.

    "best" is the emptiest place in the axes, whose vertical range grows if none is free of curves. It is above a
    map, which has no free place.
    """
    handles = axes.get_legend_handles_labels()[0]
    if not handles:
        return
    if location != "best":
        axes.legend(loc=location)
    elif any(isinstance(drawn, QuadMesh) for drawn in axes.collections):
        figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), handletextpad=0.4)
    else:
        _make_room(figure, axes)


def _make_room(figure: Figure, axes: Axes) -> None:
    """Place the legend in one to three columns where it covers no curve, in a range of y that grows as little."""
    figure.draw_without_rendering()  # the axes have their place only after the layout
    limits = axes.get_ylim()
    for room in _ROOM:
        for columns in (1, 2, 3):
            for below in (False, True) if room and axes.get_yscale() == "log" else (False,):
                _extend(axes, limits, room, below)
                legend = axes.legend(loc="best", ncols=columns)
                if not _covers_data(axes, legend):
                    return


def _extend(axes: Axes, limits: tuple[float, float], room: float, below: bool) -> None:
    """Limits of y of which the old ones leave a part ``room`` free, at the top or at the bottom."""
    scale = axes.yaxis.get_transform()
    low, high = scale.transform(limits)
    added = (high - low) * room / (1 - room)
    low, high = (low - added, high) if below else (low, high + added)
    axes.set_ylim(*scale.inverted().transform((low, high)))


def _covers_data(axes: Axes, legend: Legend) -> bool:
    """Whether a curve runs under the legend, or the legend sticks out of the axes; vertical marks may."""
    box = legend.get_window_extent()
    frame = axes.get_window_extent()
    if box.width > frame.width or box.height > frame.height:
        return True
    return any(
        line.get_transform()
        .transform_path(line.get_path())
        .intersects_bbox(box.expanded(_CLEARANCE, _CLEARANCE), filled=False)
        for line in axes.get_lines()
        if len(line.get_path()) > 0 and line.get_gid() != MARK_LINE["gid"]
    )
