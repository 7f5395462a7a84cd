"""Linear entropy or an infidelity over the plane of the initial population and the time, as colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, StrictBool, model_validator

from nonhermitian_hartree.compare.quantities import Quantity
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.numbers import RealNumber, WholeNumber
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study, list_briefly
from nonhermitian_hartree.figures.base import A_QUANTITY, StudyFigure, TableOfStudy, check_quantity_of_limit
from nonhermitian_hartree.figures.labels import POPULATION_LABEL, QUANTITY_LABELS, label_number
from nonhermitian_hartree.figures.rows import select_states, select_values
from nonhermitian_hartree.figures.style import COLOR_MAP
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
    """A quantity at one N, or in the limit, over the plane of the initial population and the time."""

    time_axis = "y"

    kind: Literal["map"] = Field(
        title="map", description="A quantity at one N, or in the limit, as colours over the plane of p0 and t"
    )
    state: Name = Field(
        title="the name of a family of states in p0", description="one of the study, which has at least 2 times"
    )
    quantity: Quantity = Field(title=A_QUANTITY, description="what is shown; a pure number")
    particles: WholeNumber | None = Field(
        default=None,
        title="a particle number of the study",
        description="N that is shown, a pure number; required without `limit`",
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
        description="marks the ends of the line on which the limit is a mixture of two branches",
    )

    @model_validator(mode="after")
    def _check_keys_fit(self) -> MapFigure:
        if self.limit:
            check_quantity_of_limit(self.quantity)
            if self.particles is not None:
                raise refusal(repr(self.particles), "no particles beside limit: true", "particles")
        elif self.particles is None:
            raise refusal("nothing", "one of the particle numbers of the study, or limit: true", "particles")
        if self.floor is not None and self.scale == "linear":
            raise refusal(repr(self.floor), "a floor beside scale: log only", "floor")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``limit`` for a map of the limit, else ``comparison``; also ``limit`` for the mark of mixed limits."""
        if self.limit:
            return self._of_study("limit")
        return self._of_study("comparison", "limit") if self.mark_mixed else self._of_study("comparison")

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass that shows a family in p0 at several times, and an N of its study."""
        study = find_study(studies, self.study, "study")
        study.check_family(self.state, "p0", "state")
        if self.particles is not None and self.particles not in study.particles:
            allowed = f"particles of the study: {list_briefly(study.particles)}"
            raise refusal(repr(self.particles), allowed, "particles")
        if len(study.times) < 2:
            raise refusal(f"{self.study!r} with one time", "a study with at least 2 times", "study")

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> None:
        """Draw a quantity as the colour of each point (p0, t), and where the limit itself is mixed as a line.

        Raises
        ------
        TableError
            If a table lacks the state or the N of the figure, or a logarithmic scale has nothing to show.
        """
        if self.limit:
            table = select_states(tables["limit"], "limit", [self.state])
            table = table.drop_duplicates(ROW_KEYS)  # its columns repeat in every branch
            condition = r"$N\to\infty$"
        else:
            assert self.particles is not None  # the config demands it without ``limit``
            table = select_states(tables["comparison"], "comparison", [self.state])
            table = select_values(table, "comparison", "particles", [self.particles])
            condition = f"$N={label_number(self.particles)}$"
        plane = table.pivot(index="time", columns="p0", values=self.quantity)
        norm = _scale_colors(plane.to_numpy(), self)
        below = (plane < norm.vmin).any(axis=None)
        mesh = axes.pcolormesh(
            plane.columns, plane.index, plane.clip(lower=norm.vmin), norm=norm, cmap=COLOR_MAP,
            shading="nearest", rasterized=True,  # as vectors, cells show seams and make large files
        )  # fmt: skip
        label = f"{QUANTITY_LABELS[self.quantity]}, {condition}"
        bar = axes.figure.colorbar(mesh, ax=axes, label=label, extend="min" if below else "neither")
        bar.minorticks_off()
        if self.mark_mixed:
            _mark_mixed(axes, select_states(tables["limit"], "limit", [self.state]))
        axes.set_xlim(plane.columns.min(), plane.columns.max())
        axes.set_ylim(plane.index.min(), plane.index.max())
        for painted in (axes, bar.ax):
            painted.tick_params(direction="out")  # on dark colours, inner ticks cannot be seen
        axes.tick_params(top=False, right=False)
        axes.set_xlabel(POPULATION_LABEL)


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
    """Marks at the first and last time at which the limit has two branches, for each p0 that has such times."""
    mixed = limit[limit["branch"] == 1]
    for index, (p0, times) in enumerate(mixed.groupby("p0")["time"]):
        label = "_" if index else "mixed limit on the line between"
        axes.plot([p0, p0], [times.min(), times.max()], label=label, **_MIXED_ENDS)
