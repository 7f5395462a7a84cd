"""From the description of a figure and its tables to the figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
from matplotlib.figure import Figure

from nonhermitian_hartree.figures.against_particles import draw_against_particles
from nonhermitian_hartree.figures.against_time import draw_against_time
from nonhermitian_hartree.figures.collapse import draw_collapse
from nonhermitian_hartree.figures.legend import place_legend
from nonhermitian_hartree.figures.map import draw_map
from nonhermitian_hartree.figures.rate_function import draw_rate_function
from nonhermitian_hartree.figures.spec import FigureSpec
from nonhermitian_hartree.figures.style import new_figure, use_figure_style

# Each draws on axes, from its own class of spec and the tables it reads, and returns the title of the legend.
_DRAW: dict[str, Callable[..., str | None]] = {
    "rate_function": draw_rate_function,
    "against_time": draw_against_time,
    "against_particles": draw_against_particles,
    "map": draw_map,
    "collapse": draw_collapse,
}


def draw_figure(spec: FigureSpec, tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw the figure that ``spec`` describes, in the shared style, at its final size in a paper.

    Parameters
    ----------
    spec : FigureSpec
        One entry of ``figures`` in the config; its ``kind`` chooses how it is drawn.
    tables : mapping of DataFrame
        The tables that ``spec.tables`` lists, by name; each kind documents which ones it reads.

    Returns
    -------
    Figure
        To be written with `figure_file.save_figure`.

    Raises
    ------
    TableError
        If a table lacks what the figure shows.
    """
    with use_figure_style():
        figure, axes = new_figure(spec.width, spec.title)
        legend_title = _DRAW[spec.kind](axes, spec, tables)
        place_legend(figure, axes, spec.legend, legend_title)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # the layout is now the same in every format, and not computed again
    return figure
