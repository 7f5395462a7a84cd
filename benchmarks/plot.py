"""Cost and error against N as one picture, in the style of the other figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.page import DOCS, Row
from nonhermitian_hartree.figures.style import distinguish_styles, plot_curve, use_figure_style
from nonhermitian_hartree.storage.atomic_write import replace_atomically

IMAGES = DOCS / "images"
PANEL = (1.75, 2.0)  # inches
DOTS_PER_INCH = 110


def draw_against_particles(
    file: Path,
    tables: Mapping[str, Sequence[Row]],
    curves: Mapping[str, tuple[str, str]],
    labels: tuple[str, str],
) -> None:
    """Draw one column of panels per table, costs above errors.

    Parameters
    ----------
    file : Path
        PNG to write.
    tables : mapping
        Rows by the title of their panels; N is the column "N".
    curves : mapping
        Columns of cost and error by the name of their curve.
    labels : (str, str)
        Of the axes of cost and error.
    """
    styles = dict(zip(curves, distinguish_styles(len(curves)), strict=True))
    with use_figure_style():
        size = (PANEL[0] * max(len(tables), 2), PANEL[1] * 2)
        figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(2, len(tables), sharex=True, sharey="row", squeeze=False)
        for column, (title, rows) in zip(panels.T, tables.items(), strict=True):
            column[0].set_title(title)
            column[1].set_xlabel("$N$")
            for kind, axes in enumerate(column):
                axes.set_xscale("log")
                axes.set_yscale("log")
                for label, columns in curves.items():
                    points = [(row["N"], row[columns[kind]]) for row in rows if columns[kind] in row]
                    x, y = np.array(points, dtype=float).reshape(-1, 2).T
                    plot_curve(axes, x, y, label, **vars(styles[label]))
        for axes, label in zip(panels[:, 0], labels, strict=True):
            axes.set_ylabel(label)
        handles, names = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=len(curves))
        with replace_atomically(file) as temporary:
            figure.savefig(temporary, metadata={"Software": None}, pil_kwargs={"optimize": True})
