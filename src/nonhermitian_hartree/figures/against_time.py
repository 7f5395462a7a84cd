"""Linear entropy or an infidelity against time: one curve for each N, and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from nonhermitian_hartree.figures.labels import QUANTITY_LABELS, TIME_LABEL, label_number, label_states
from nonhermitian_hartree.figures.rows import select_states, select_values
from nonhermitian_hartree.figures.spec import AgainstTimeFigure
from nonhermitian_hartree.figures.style import MARK_LINE, MARKERS, REFERENCE_LINE, order_styles, plot_curve


def draw_against_time(axes: Axes, spec: AgainstTimeFigure, tables: Mapping[str, pd.DataFrame]) -> str | None:
    """Draw a quantity against time; colour and pattern tell N, black dashes are the limit.

    With several states, a marker tells the state.

    Parameters
    ----------
    axes : Axes
    spec : AgainstTimeFigure
    tables : mapping of DataFrame
        ``comparison``, and ``limit`` if the figure shows the limit.

    Returns
    -------
    str or None
        What all curves have in common: the title of the legend.

    Raises
    ------
    TableError
        If a table lacks a state or an N of the figure.
    """
    comparison = select_states(tables["comparison"], "comparison", spec.states)
    comparison = select_values(comparison, "comparison", "particles", spec.particles)
    comparison = comparison.assign(member=label_states(comparison))
    members = list(comparison["member"].unique())
    particles = sorted(comparison["particles"].unique())
    prefix = {member: f"{member}, " if len(members) > 1 else "" for member in members}
    marks = _mark_members(members, points=comparison["time"].nunique())

    axes.set_yscale(spec.scale)
    styles = dict(zip(particles, order_styles(len(particles)), strict=True))
    for _, curve in comparison.groupby(["member", "particles"], sort=False):
        member, count = curve.iloc[0][["member", "particles"]]
        label = f"{prefix[member]}$N={label_number(count)}$"
        line = {"color": styles[count].color, "linestyle": styles[count].linestyle}
        plot_curve(axes, curve["time"], curve[spec.quantity], label, **line, **marks[member])
    if spec.limit:
        for member, curve in _limit_of_members(tables["limit"], list(comparison["state"].unique())):
            label = f"{prefix[member]}$N\\to\\infty$"
            plot_curve(axes, curve["time"], curve[spec.quantity], label, **REFERENCE_LINE, **marks[member])
    for time in spec.mark_times or ():
        axes.axvline(time, **MARK_LINE, zorder=0, label=f"$t={label_number(time)}$")

    axes.set_xlabel(TIME_LABEL)
    axes.set_ylabel(QUANTITY_LABELS[spec.quantity])
    axes.margins(x=0)
    if spec.scale == "linear":
        axes.set_ylim(bottom=0)
    return members[0] if len(members) == 1 else None


def _limit_of_members(table: pd.DataFrame, states: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    limit = select_states(table, "limit", states)
    mixture = limit.drop_duplicates(["state", "tilt", "time"])  # its columns repeat in every branch
    for member, curve in mixture.groupby(label_states(mixture), sort=False):
        yield str(member), curve


def _mark_members(members: list[str], points: int) -> dict[str, dict[str, Any]]:
    """Plot keywords that tell each state: a few markers on each curve, out of step with the other states."""
    if len(members) == 1:
        return {members[0]: {}}
    step = max(points // 6, 1)
    return {
        member: {
            "marker": MARKERS[i % len(MARKERS)],
            "markevery": (i * step // len(members), step),
            "markerfacecolor": "white",
        }
        for i, member in enumerate(members)
    }
