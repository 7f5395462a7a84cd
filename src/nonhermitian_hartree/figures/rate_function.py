"""The exponent f_t(x), eq. (28), against x, with its maximisers."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study
from nonhermitian_hartree.figures.base import StudyFigure, TableOfStudy
from nonhermitian_hartree.figures.labels import describe_start, label_number
from nonhermitian_hartree.figures.rows import select_states
from nonhermitian_hartree.figures.style import order_styles
from nonhermitian_hartree.model.classes import COUNTEREXAMPLE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MARKER_SIZE = 5.0


class RateFunctionFigure(StudyFigure):
    """f_t(x) of eq. (28) for each time of the study; local maximisers open, global ones filled."""

    kind: Literal["rate_function"] = Field(
        title="rate_function",
        description="f_t(x) (28) for each time of the study; local maximisers open, global ones filled. Only for "
        "the model with one_body zero and two_body `{ZZ: 1j}`",
    )
    state: Name = Field(title="the name of a state of the study", description="a single state with 0 < p0 < 1")

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``rate_function``, a row for each point of a curve, and ``rate_maximisers``, one for each maximiser."""
        return self._of_study("rate_function", "rate_maximisers")

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass that shows a single state, not |0⟩ or |1⟩, of a study of the counterexample."""
        study = find_study(studies, self.study, "study")
        study.check_state(self.state, "state")
        study.check_model(COUNTEREXAMPLE, "study")
        tilts = study.states[self.state].tilts
        if len(tilts) != 1 or not isfinite(tilts[0]):
            raise refusal(repr(self.state), "a single state with 0 < p0 < 1", "state")

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw f_t of one initial state, a curve for each time; global maximisers filled, merely local ones open.

        Raises
        ------
        TableError
            If a table does not have the state, or has a family of states under its name.
        """
        points = select_states(tables["rate_function"], "rate_function", [self.state])
        maximisers = select_states(tables["rate_maximisers"], "rate_maximisers", [self.state])
        if points["tilt"].nunique() > 1:
            raise TableError(
                f"{self.state} is a family of states; a rate_function figure shows one: name a single state"
            )
        curves = points.groupby("time", sort=True)
        for style, (_, curve) in zip(order_styles(len(curves)), curves, strict=True):
            time = curve["time"].iloc[0]
            label = f"$t={label_number(time)}$"
            axes.plot(curve["x"], curve["value"], color=style.color, linestyle=style.linestyle, label=label)
            at_time = maximisers[maximisers["time"] == time]
            for is_global, face in ((True, style.color), (False, "white")):
                shown = at_time[at_time["is_global"] == is_global]
                _draw_maxima(axes, shown["x"], shown["value"], style.color, face)
        for is_global, face, label in ((True, "black", "global maximum"), (False, "white", "local maximum")):
            if (maximisers["is_global"] == is_global).any():
                _draw_maxima(axes, [], [], "black", face, label)
        axes.set_xlabel(r"fraction $x$ of particles in $|1\rangle$")
        axes.set_ylabel("exponent $f_t(x)$")
        axes.set_xlim(0, 1)
        return describe_start(points)


def _draw_maxima(
    axes: Axes,
    x: pd.Series[float] | list[float],
    value: pd.Series[float] | list[float],
    edge: str,
    face: str,
    label: str | None = None,
) -> None:
    axes.plot(x, value, "o", color=edge, markerfacecolor=face, markersize=_MARKER_SIZE, zorder=3, label=label)
