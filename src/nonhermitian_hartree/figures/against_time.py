"""Linear entropy or an infidelity against time: one curve for each N, and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, StrictBool, model_validator

from nonhermitian_hartree.compare.quantities import Quantity
from nonhermitian_hartree.fields.grid import Particles, Times
from nonhermitian_hartree.fields.names import Names
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study
from nonhermitian_hartree.figures.base import A_QUANTITY, StudyFigure, TableOfStudy, check_quantity_of_limit
from nonhermitian_hartree.figures.labels import (
    QUANTITY_LABELS,
    describe_start,
    label_members,
    label_number,
)
from nonhermitian_hartree.figures.rows import select_states, select_values
from nonhermitian_hartree.figures.style import MARK_LINE, MARKERS, REFERENCE_LINE, order_styles, plot_curve
from nonhermitian_hartree.storage.columns import ROW_KEYS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class AgainstTimeFigure(StudyFigure):
    """A quantity against time, a curve for each state and particle number."""

    time_axis = "x"

    kind: Literal["against_time"] = Field(
        title="against_time", description="A quantity against time: a curve for each state and particle number"
    )
    quantity: Quantity = Field(title=A_QUANTITY, description="what is shown; a pure number")
    states: Names | None = Field(
        default=None, title="a list of states of the study", description="those shown; all if absent"
    )
    particles: Particles | None = Field(
        default=None,
        title="a list or a grid of particle numbers of the study",
        description="those shown, pure numbers; all if absent",
    )
    limit: StrictBool = Field(
        default=False,
        title="true or false",
        description="adds the N → ∞ curve, dashed (not for `limit_infidelity`)",
    )
    scale: Literal["linear", "log"] = Field(
        default="linear", title="`linear` or `log`", description="scale of the quantity"
    )
    mark_times: Times | None = Field(
        default=None,
        title="a list or a grid ≥ 0",
        description="times of vertical lines, in inverse units of the model's energies; none if absent",
    )
    mark_label: str = Field(
        default="marked:",
        title="a text",
        description="what the vertical lines are, in the legend, in front of their times",
    )

    @model_validator(mode="after")
    def _check_limit(self) -> AgainstTimeFigure:
        if self.limit:
            check_quantity_of_limit(self.quantity)
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``comparison``, and ``limit`` if the figure shows the limit."""
        return self._of_study("comparison", "limit") if self.limit else self._of_study("comparison")

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose states and particle numbers are of its study."""
        find_study(studies, self.study, "study").check_part(states=self.states, particles=self.particles)

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw a quantity against time; colour and pattern tell N, black dashes are the limit.

        With several states, a marker tells the state.
        """
        comparison = select_states(tables["comparison"], "comparison", self.states)
        comparison = select_values(comparison, "comparison", "particles", self.particles)
        comparison = comparison.assign(label=label_members(comparison))
        members = list(comparison["label"].unique())
        particles = sorted(comparison["particles"].unique())
        prefix = {member: f"{member}, " if len(members) > 1 else "" for member in members}
        marks = _mark_members(members, points=comparison["time"].nunique())

        axes.set_yscale(self.scale)
        styles = dict(zip(particles, order_styles(len(particles)), strict=True))
        for _, curve in comparison.groupby(["label", "particles"], sort=False):
            member, count = curve.iloc[0][["label", "particles"]]
            label = f"{prefix[member]}$N={label_number(count)}$"
            line = {"color": styles[count].color, "linestyle": styles[count].linestyle}
            plot_curve(axes, curve["time"], curve[self.quantity], label, **line, **marks[member])
        if self.limit:
            for member, curve in _limit_of_members(tables["limit"], list(comparison["state"].unique())):
                label = f"{prefix[member]}$N\\to\\infty$"
                plot_curve(axes, curve["time"], curve[self.quantity], label, **REFERENCE_LINE, **marks[member])
        for time in self.mark_times or ():
            axes.axvline(time, **MARK_LINE, zorder=0, label=f"{self.mark_label} $t={label_number(time)}$")

        axes.set_ylabel(QUANTITY_LABELS[self.quantity])
        times = comparison["time"]
        if times.nunique() > 1:
            axes.set_xlim(times.min(), times.max())  # also where a logarithmic axis leaves out the zeros at t = 0
        if self.scale == "linear":
            axes.set_ylim(bottom=0)
        return describe_start(comparison)


def _limit_of_members(table: pd.DataFrame, states: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    limit = select_states(table, "limit", states)
    mixture = limit.drop_duplicates(ROW_KEYS)  # its columns repeat in every branch
    for member, curve in mixture.groupby(label_members(mixture), sort=False):
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
