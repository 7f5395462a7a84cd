"""Linear entropy or an infidelity against time: one curve for each N, and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, StrictBool, model_validator

from nonhermitian_hartree.compare.quantities import Quantity
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.grid import Particles, Times
from nonhermitian_hartree.fields.names import Names
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study, list_briefly
from nonhermitian_hartree.figures.base import A_QUANTITY, CurvesFigure, TableOfStudy, check_quantity_of_limit
from nonhermitian_hartree.figures.labels import (
    QUANTITY_LABELS,
    describe_at,
    describe_start,
    label_members,
    label_number,
)
from nonhermitian_hartree.figures.rows import select_at, select_states, select_values
from nonhermitian_hartree.figures.style import MARK_LINE, MARKERS, REFERENCE_LINE, order_styles, plot_curve
from nonhermitian_hartree.storage.columns import ROW_KEYS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class AgainstTimeFigure(CurvesFigure):
    """A quantity against time, a curve for each state and particle number."""

    kind: Literal["against_time"] = Field(
        title="against_time", description="A quantity against time: a curve for each state and particle number"
    )
    quantity: Quantity | Literal["entropy_coefficient"] = Field(
        title=f"{A_QUANTITY.replace(' or ', ', ')}; or entropy_coefficient",
        description="what is shown; a pure number. The latter, the limit of N S_L, with `limit: only`",
    )
    states: Names | None = Field(
        default=None, title="a list of states of the study", description="those shown; all if absent"
    )
    particles: Particles | None = Field(
        default=None,
        title="a list or a grid of particle numbers of the study",
        description="those shown, pure numbers; all if absent",
    )
    limit: StrictBool | Literal["only"] = Field(
        default=False,
        title="true, false or `only`",
        description="adds the N → ∞ curve, dashed, or shows nothing else, as it must be for a study without "
        "particles (not for `limit_infidelity`)",
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
        if self.quantity == "entropy_coefficient" and self.limit != "only":
            raise refusal(repr(self.limit).lower(), "only, for entropy_coefficient is of the limit", "limit")
        if self.limit == "only" and self.particles is not None:
            raise refusal(list_briefly(self.particles), "no particles beside limit: only", "particles")
        return self

    @property
    def time_axis(self) -> Literal["x"]:
        """The horizontal axis."""
        return "x"

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``comparison``, and ``limit`` if the figure shows the limit, or that alone."""
        if self.limit == "only":
            return self._of_study("limit")
        return self._of_study("comparison", "limit") if self.limit else self._of_study("comparison")

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose states and particle numbers are of its study."""
        study = find_study(studies, self.study, "study")
        study.check_part(states=self.states, particles=self.particles)
        if self.limit != "only":
            study.check_particles(f"{self.kind} without limit: only", "study")
        shown = 1 if self.limit == "only" else len(self.particles or study.particles)
        self.check_curves(study, self.states or list(study.states), {"particles": shown})

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw a quantity against time; colour and pattern tell N, black dashes are the limit.

        With several members, a marker tells the member, or the colour tells the value of what the figure is by.
        """
        shown = [] if self.limit == "only" else [self._select(tables["comparison"])]
        if self.limit:
            states = list(shown[0]["state"].unique()) if shown else self.states
            limit = select_at(select_states(tables["limit"], "limit", states), "limit", self.at)
            shown.append(limit.drop_duplicates(ROW_KEYS))  # its columns repeat in every branch
        axes.set_yscale(self.scale)
        if self.by is None:
            self._draw_members(axes, shown)
        else:
            self._draw_family(axes, shown)
        comparison = shown[0]
        for time in self.mark_times or ():
            axes.axvline(time, **MARK_LINE, zorder=0, label=f"{self.mark_label} $t={label_number(time)}$")

        axes.set_ylabel(QUANTITY_LABELS[self.quantity])
        times = comparison["time"]
        if times.nunique() > 1:
            axes.set_xlim(times.min(), times.max())  # also where a logarithmic axis leaves out the zeros at t = 0
        if self.scale == "linear":
            axes.set_ylim(bottom=0)
        return ", ".join(filter(None, [describe_start(comparison), describe_at(comparison, self.at)])) or None

    def _select(self, comparison: pd.DataFrame) -> pd.DataFrame:
        rows = select_at(select_states(comparison, "comparison", self.states), "comparison", self.at)
        return select_values(rows, "comparison", "particles", self.particles)

    def _draw_members(self, axes: Axes, shown: Sequence[pd.DataFrame]) -> None:
        """A curve for each member and N, and dashed for each member in the limit."""
        labelled = [table.assign(label=label_members(table)) for table in shown]
        members = list(labelled[0]["label"].unique())
        prefix = {member: f"{member}, " if len(members) > 1 else "" for member in members}
        marks = _mark_members(members, points=labelled[0]["time"].nunique())
        if self.limit != "only":
            particles = sorted(labelled[0]["particles"].unique())
            styles = dict(zip(particles, order_styles(len(particles)), strict=True))
            for _, curve in labelled[0].groupby(["label", "particles"], sort=False):
                member, count = curve.iloc[0][["label", "particles"]]
                label = f"{prefix[member]}$N={label_number(count)}$"
                line = {"color": styles[count].color, "linestyle": styles[count].linestyle}
                plot_curve(axes, curve["time"], curve[self.quantity], label, **line, **marks[member])
        if self.limit:
            for member, curve in labelled[-1].groupby("label", sort=False):
                label = f"{prefix[member]}$N\\to\\infty$"
                plot_curve(axes, curve["time"], curve[self.quantity], label, **REFERENCE_LINE, **marks[member])

    def _draw_family(self, axes: Axes, shown: Sequence[pd.DataFrame]) -> None:
        """A curve for each value of ``by`` at one N, and dashed in the limit, if both are shown."""
        for position, (table, line) in enumerate(zip(shown, ("solid", REFERENCE_LINE["linestyle"]), strict=False)):
            for rows, color, label in self.color_curves(axes, table, told=position == 0):
                plot_curve(axes, rows["time"], rows[self.quantity], label or "_", color=color, linestyle=line)
            which = r"$N\to\infty$"
            if "particles" in table:
                which = f"$N={label_number(table['particles'].iloc[0])}$"
            axes.plot([], [], color="black", linestyle=line, label=which)


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
