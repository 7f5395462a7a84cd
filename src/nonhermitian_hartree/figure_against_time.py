"""Linear entropy or an infidelity against time: one curve for each N, and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figure_labels import QUANTITY_LABELS, TIME_LABEL, label_number, label_states
from nonhermitian_hartree.figure_rows import select_states, select_values
from nonhermitian_hartree.figure_spec import AgainstTimeFigure
from nonhermitian_hartree.figure_style import (
    MARK_LINE,
    MARKERS,
    REFERENCE_LINE,
    order_styles,
    place_legend,
    plot_curve,
)


def draw_against_time(axes: Axes, spec: AgainstTimeFigure, tables: Mapping[str, pd.DataFrame]) -> None:
    """Draw a quantity against time; colour and pattern tell N, black dashes are the limit.

    With several states, a marker tells the state.

    Parameters
    ----------
    axes : Axes
    spec : AgainstTimeFigure
    tables : mapping of DataFrame
        ``comparison``, and ``limit`` if the figure shows the limit.

    Raises
    ------
    TableError
        If a table lacks a state or an N of the figure, or the limit of its quantity.
    """
    comparison = select_states(tables["comparison"], "comparison", spec.states)
    comparison = select_values(comparison, "comparison", "particles", spec.particles)
    comparison = comparison.assign(member=label_states(comparison))
    members = list(comparison["member"].unique())
    particles = sorted(comparison["particles"].unique())
    prefix = {member: f"{member}, " if len(members) > 1 else "" for member in members}
    marks = {member: _mark_member(i, len(members), comparison["time"].nunique()) for i, member in enumerate(members)}

    axes.set_yscale(spec.scale)
    styles = dict(zip(particles, order_styles(len(particles)), strict=True))
    for (member, count), curve in comparison.groupby(["member", "particles"], sort=False):
        style = styles[count]
        plot_curve(
            axes, curve["time"], curve[spec.quantity], f"{prefix[member]}$N={label_number(count)}$",
            color=style.color, linestyle=style.linestyle, **marks[member],
        )  # fmt: skip
    if spec.limit:
        for member, curve in _limit_of_members(spec, tables["limit"]):
            label = f"{prefix[member]}$N\\to\\infty$"
            plot_curve(axes, curve["time"], curve[spec.quantity], label, **REFERENCE_LINE, **marks[member])
    for time in spec.mark_times:
        axes.axvline(time, **MARK_LINE, zorder=0, label=f"$t={label_number(time)}$")

    axes.set_xlabel(TIME_LABEL)
    axes.set_ylabel(QUANTITY_LABELS[spec.quantity])
    axes.set_xlim(comparison["time"].min(), comparison["time"].max())
    if spec.scale == "linear":
        axes.set_ylim(bottom=0)
    place_legend(axes, spec.legend, members[0] if len(members) == 1 else None)


def _limit_of_members(spec: AgainstTimeFigure, table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    if spec.quantity not in table:
        raise TableError(f"the limit table has no {spec.quantity}; set limit: false in the figure")
    limit = select_states(table, "limit", spec.states)
    mixture = limit.drop_duplicates(["state", "tilt", "time"])  # its columns repeat in every branch
    for member, curve in mixture.groupby(label_states(mixture), sort=False):
        yield str(member), curve


def _mark_member(index: int, count: int, points: int) -> dict[str, Any]:
    """Plot keywords that tell the ``index``-th of ``count`` states; a few marks a curve, out of step with the others."""
    if count == 1:
        return {}
    step = max(points // 6, 1)
    return {
        "marker": MARKERS[index % len(MARKERS)],
        "markevery": (index * step // count, step),
        "markerfacecolor": "white",
        "markeredgewidth": 0.8,
    }
