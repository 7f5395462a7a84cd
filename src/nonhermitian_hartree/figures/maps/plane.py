"""A quantity, or what the verdicts say, as colours over a plane of two of time, initial state and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, StrictBool, model_validator

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.compare.quantities import VERDICT_QUANTITIES, Quantity, VerdictQuantity
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.numbers import ComplexNumber, RealNumber, WholeNumber
from nonhermitian_hartree.fields.study_facts import FamilyKey, StudyFacts, find_study, list_briefly
from nonhermitian_hartree.figures.base import A_QUANTITY, StudyFigure, TableOfStudy, check_quantity_of_limit
from nonhermitian_hartree.figures.labels import (
    QUANTITY_LABELS,
    VERDICT_LABELS,
    describe_at,
    label_axis,
    label_number,
)
from nonhermitian_hartree.figures.rows import axis_values, select_at, select_states, select_values
from nonhermitian_hartree.figures.style import COLOR_MAP, JUDGEMENT_COLORS, THRESHOLD_LINE
from nonhermitian_hartree.numerics.plane_grid import cell_edges, is_logarithmic, level_lines
from nonhermitian_hartree.storage.columns import ROW_KEYS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

# Marks at the ends only: a line would hide the very colours that it is about.
_MIXED_ENDS: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markersize": 4.5, "markerfacecolor": "white", "color": "black",
    "clip_on": False, "zorder": 5,
}  # fmt: skip


class MapFigure(StudyFigure):
    """A quantity at one N or in the limit, or of the verdicts, over a plane of two things that a study varies."""

    kind: Literal["map"] = Field(
        title="map",
        description="A quantity at one N, or in the limit, or of the verdicts, as colours over a plane of two of "
        "time, p0, tilt and the parameters of the model",
    )
    state: Name = Field(title="the name of a state, or a family of states", description="one of the study")
    x: Name = Field(
        default="p0",
        title="time, p0, tilt or a parameter of the model",
        description="the horizontal axis, of which the study has at least 2 values",
    )
    y: Name = Field(
        default="time",
        title="time, p0, tilt or a parameter of the model",
        description="the vertical axis, another one",
    )
    at: dict[Name, ComplexNumber] = Field(
        default_factory=dict,
        title="a mapping of time, p0, tilt or parameters to one of their values",
        description="what is shown of everything else that has several values",
    )
    quantity: Quantity | VerdictQuantity = Field(
        title=f"{A_QUANTITY.replace(' or ', ', ')}; or {', '.join(VERDICT_QUANTITIES)}",
        description="what is shown; a pure number, a time, or the judgement. The latter three are of the verdict, "
        "for N → ∞, with a line where the largest infidelity is the threshold of the study",
    )
    particles: WholeNumber | None = Field(
        default=None,
        title="a particle number of the study",
        description="N that is shown, a pure number; required without `limit` or a quantity of the verdict",
    )
    limit: StrictBool = Field(
        default=False,
        title="true or false",
        description="shows the N → ∞ limit in place of one N (not for `limit_infidelity`)",
    )
    scale: Literal["linear", "log"] = Field(
        default="linear", title="`linear` or `log`", description="scale of the colours"
    )
    floor: RealNumber | None = Field(
        default=None,
        gt=0,
        title="a number > 0",
        description="lowest colour of a `log` scale, a pure number; what lies below has it too, and the colour "
        "bar gets an arrow; the smallest positive value if absent",
    )
    mark_mixed: StrictBool = Field(
        default=False,
        title="true or false",
        description="marks the ends of the line on which the limit is a mixture of two branches; time is vertical",
    )

    @model_validator(mode="after")
    def _check_keys_fit(self) -> MapFigure:
        if self.x == self.y:
            raise refusal(repr(self.y), "another axis than x", "y")
        if self.of_verdict:
            for key in ("particles", "limit", "mark_mixed"):
                if getattr(self, key):
                    allowed = f"no {key} beside {self.quantity}, which is of the verdict, for N → ∞ and all times"
                    raise refusal(repr(getattr(self, key)), allowed, key)
        elif self.limit:
            check_quantity_of_limit(self.quantity)
            if self.particles is not None:
                raise refusal(repr(self.particles), "no particles beside limit: true", "particles")
        elif self.particles is None:
            raise refusal("nothing", "one of the particle numbers of the study, or limit: true", "particles")
        if self.floor is not None and self.scale == "linear":
            raise refusal(repr(self.floor), "a floor beside scale: log only", "floor")
        if self.mark_mixed and self.y != "time":
            raise refusal("true", "true with y: time only", "mark_mixed")
        return self

    @property
    def of_verdict(self) -> bool:
        """Whether the quantity is of the verdict."""
        return self.quantity in VERDICT_QUANTITIES

    @property
    def time_axis(self) -> Literal["", "x", "y"]:
        """The axis that is time, if one is."""
        return "x" if self.x == "time" else "y" if self.y == "time" else ""

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``verdict``, or ``limit`` for a map of the limit, else ``comparison``; ``limit`` also for mixed ones."""
        if self.of_verdict:
            return self._of_study("verdict")
        if self.limit:
            return self._of_study("limit")
        return self._of_study("comparison", "limit") if self.mark_mixed else self._of_study("comparison")

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose axes have several values in the study, and that says which others it shows."""
        study = find_study(studies, self.study, "study")
        study.check_state(self.state, "state")
        varied = study.varied(self.state)
        if self.of_verdict:
            varied.pop("time", None)
        for key in ("x", "y"):
            self._check_axis(study, key, varied)
        if self.particles is not None and self.particles not in study.particles:
            allowed = f"particles of the study: {list_briefly(study.particles) or 'none'}"
            raise refusal(repr(self.particles), allowed, "particles")
        rest = [name for name in varied if name not in (self.x, self.y)]
        for name in self.at:
            if name not in rest:
                raise refusal("something else", f"values of {', '.join(rest) or 'nothing'}", "at", name)
        study.check_at(self.state, self.at, "at")
        for name in rest:
            if name not in self.at:
                raise refusal("nothing", f"the value of {name} that is shown, for it has several", "at", name)

    def _check_axis(self, study: StudyFacts, key: Literal["x", "y"], varied: Mapping[str, object]) -> None:
        name: str = getattr(self, key)
        if name == "time" and self.of_verdict:
            allowed = f"p0, tilt or a parameter, for {self.quantity} is of all times"
            raise refusal("'time'", allowed, key)
        if name == "time" and name not in varied:
            raise refusal(f"{self.study!r} with one time", "a study with at least 2 times", "study")
        family: FamilyKey
        for family in ("p0", "tilt"):
            if name == family:
                study.check_family(self.state, family, "state")
        if name not in varied:
            allowed = f"an axis with at least 2 values: {', '.join(varied) or 'none here'}"
            raise refusal(repr(name), allowed, key)

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw a quantity as the colour of each point of the plane, and lines at its threshold.

        Raises
        ------
        TableError
            If a table lacks what the figure shows, or a logarithmic scale has nothing to show.
        """
        table, condition = self._select(tables)
        x, y = (axis_values(table, name) for name in (self.x, self.y))
        table = table.assign(**{"_x": x, "_y": y})
        logs = _is_logarithmic(self.x, x), _is_logarithmic(self.y, y)
        if self.quantity == "judgement":
            self._draw_classes(axes, table, logs)
        else:
            self._draw_colors(axes, table, logs, condition)
        if self.of_verdict:
            _draw_threshold(axes, table, logs)
        if self.mark_mixed:
            limit = select_at(select_states(tables["limit"], "limit", [self.state]), "limit", self.at)
            _mark_mixed(axes, limit.assign(_x=axis_values(limit, self.x)))
        for scale, is_log in (("x", logs[0]), ("y", logs[1])):
            axes.set(**{f"{scale}scale": "log" if is_log else "linear"})
        axes.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
        axes.tick_params(direction="out", top=False, right=False)  # on dark colours, inner ticks cannot be seen
        axes.set(xlabel=label_axis(table, self.x), ylabel=label_axis(table, self.y))
        return describe_at(table, self.at) or None

    def _select(self, tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, str]:
        """Rows that are shown, one a point, and what is said of them beside the quantity."""
        if self.of_verdict:
            table = select_states(tables["verdict"], "verdict", [self.state])
            starts = table["failure_intervals"].fillna("").str.partition(":")[0]
            table = table.assign(first_failure_time=np.array([float(text or "nan") for text in starts]))
            return select_at(table, "verdict", self.at), ""
        if self.limit:
            table = select_states(tables["limit"], "limit", [self.state])
            table = table.drop_duplicates(ROW_KEYS)  # its columns repeat in every branch
            return select_at(table, "limit", self.at), r"$N\to\infty$"
        assert self.particles is not None  # the config demands it without ``limit``
        table = select_states(tables["comparison"], "comparison", [self.state])
        table = select_values(table, "comparison", "particles", [self.particles])
        return select_at(table, "comparison", self.at), f"$N={label_number(self.particles)}$"

    def _draw_colors(self, axes: Axes, table: pd.DataFrame, logs: tuple[bool, bool], condition: str) -> None:
        plane = _pivot(table, self.quantity)
        norm = _scale_colors(plane.to_numpy(), self)
        below = bool((plane < norm.vmin).any(axis=None))
        mesh = axes.pcolormesh(
            *_edges(plane, logs), plane.clip(lower=norm.vmin), norm=norm, cmap=COLOR_MAP,
            rasterized=True,  # as vectors, cells show seams and make large files
        )  # fmt: skip
        labels = QUANTITY_LABELS | VERDICT_LABELS
        label = ", ".join(filter(None, [labels[self.quantity], condition]))
        bar = axes.figure.colorbar(mesh, ax=axes, label=label, extend="min" if below else "neither")
        bar.minorticks_off()
        bar.ax.tick_params(direction="out")
        if not plane.isna().any(axis=None):
            return
        missing = "holds" if self.quantity == "first_failure_time" else "unknown"
        name = "holds or unknown" if missing == "holds" and (table["judgement"] == "unknown").any() else missing
        axes.set_facecolor(JUDGEMENT_COLORS[missing])
        _name_color(axes, name, missing)

    def _draw_classes(self, axes: Axes, table: pd.DataFrame, logs: tuple[bool, bool]) -> None:
        from matplotlib.colors import ListedColormap  # here, so that a configuration is read without Matplotlib

        names = list(JUDGEMENT_COLORS)
        plane = _pivot(table.assign(_class=table["judgement"].map(names.index)), "_class")
        colors = ListedColormap(list(JUDGEMENT_COLORS.values()))
        axes.pcolormesh(
            *_edges(plane, logs), plane, cmap=colors, vmin=-0.5, vmax=len(names) - 0.5, rasterized=True
        )
        for name in names:
            if (table["judgement"] == name).any():
                _name_color(axes, f"Hartree {name}" if name != "unknown" else name, name)


def _is_logarithmic(name: str, values: Real) -> bool:
    return name not in ("p0", "tilt") and is_logarithmic(np.unique(values))


def _pivot(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.pivot(index="_y", columns="_x", values=column)


def _edges(plane: pd.DataFrame, logs: tuple[bool, bool]) -> tuple[np.ndarray, np.ndarray]:
    return cell_edges(plane.columns, logarithmic=logs[0]), cell_edges(plane.index, logarithmic=logs[1])


def _name_color(axes: Axes, label: str, judgement: str) -> None:
    axes.plot([], [], linestyle="none", marker="s", color=JUDGEMENT_COLORS[judgement], label=label)


def _draw_threshold(axes: Axes, table: pd.DataFrame, logs: tuple[bool, bool]) -> None:
    """Lines where the largest infidelity is the threshold, between the points of the grid.

    Interpolated in the square root, which is linear where couplings are small: I starts as their square.
    """
    plane = _pivot(table, "largest_infidelity").astype(float)
    if min(plane.shape) < 2:
        return
    threshold = float(table["threshold"].iloc[0])
    lines = level_lines(
        plane.columns, plane.index, np.sqrt(plane), np.sqrt(threshold), log_x=logs[0], log_y=logs[1]
    )
    for index, line in enumerate(lines):
        label = "_" if index else f"largest $I={label_number(threshold)}$"
        axes.plot(line[:, 0], line[:, 1], label=label, **THRESHOLD_LINE)


def _scale_colors(values: np.ndarray, spec: MapFigure) -> Normalize:
    """Range of the colours: from zero, or on a logarithmic scale from the floor or the smallest positive value."""
    from matplotlib.colors import LogNorm, Normalize  # here, so that a configuration is read without Matplotlib

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
    """Marks at the first and last time at which the limit has two branches, for each x that has such times."""
    mixed = limit[limit["branch"] == 1]
    for index, (x, times) in enumerate(mixed.groupby("_x")["time"]):
        label = "_" if index else "mixed limit on the line between"
        axes.plot([x, x], [times.min(), times.max()], label=label, **_MIXED_ENDS)
