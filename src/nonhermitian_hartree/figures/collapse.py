"""S_L against the tilt in units of 1/N: the studies of different N fall on one curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nonhermitian_hartree.figures.labels import QUANTITY_LABELS, SCALED_TILT_LABEL, label_number
from nonhermitian_hartree.figures.rows import select_states
from nonhermitian_hartree.figures.spec import CollapseFigure
from nonhermitian_hartree.figures.style import REFERENCE_LINE, order_styles
from nonhermitian_hartree.limit.laws import coexistence_entropy

_POINTS_OF_LAW = 400
_MARKER_SIZES = (7.0, 2.5)  # from the smallest N to the largest: markers that coincide are all seen


def draw_collapse(axes: Axes, spec: CollapseFigure, tables: Mapping[str, pd.DataFrame]) -> str:
    """Draw S_L against ``u = h N``, a marker for each N; black dashes are the law for N → ∞.

    Parameters
    ----------
    axes : Axes
    spec : CollapseFigure
    tables : mapping of DataFrame
        The ``comparison`` table of each study, under the name of the study.

    Returns
    -------
    str
        The time: the title of the legend.

    Raises
    ------
    TableError
        If a table lacks the state that the figure shows of it.
    """
    points = pd.concat(
        select_states(tables[study], f"comparison of {study}", [state])
        for study, state in zip(spec.studies, spec.states, strict=True)
    )
    points = points.assign(u=points["tilt"] * points["particles"])
    curves = points.groupby("particles", sort=True)
    sizes = np.linspace(*_MARKER_SIZES, len(curves))
    for style, size, (particles, curve) in zip(order_styles(len(curves)), sizes, curves, strict=True):
        axes.plot(
            curve["u"], curve[spec.quantity], color=style.color, marker=style.marker, markersize=size,
            markerfacecolor="white", linestyle="none", label=f"$N={label_number(particles)}$",
        )  # fmt: skip
    time = points["time"].iloc[0]
    u = np.linspace(points["u"].min(), points["u"].max(), _POINTS_OF_LAW)
    axes.plot(u, coexistence_entropy(u, time), **REFERENCE_LINE, zorder=3, label=r"$N\to\infty$")
    axes.set_xlabel(SCALED_TILT_LABEL)
    axes.set_ylabel(QUANTITY_LABELS[spec.quantity])
    return f"$t={label_number(time)}$"
