"""What all kinds of figures share: the keys of a figure of any kind, and what a kind has to say and do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from nonhermitian_hartree.compare.quantities import QUANTITIES
from nonhermitian_hartree.fields.base import Spec, refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.numbers import ComplexNumber
from nonhermitian_hartree.fields.study_facts import StudyFacts
from nonhermitian_hartree.figures.labels import label_axis, label_number
from nonhermitian_hartree.figures.rows import axis_values
from nonhermitian_hartree.figures.style import color_values
from nonhermitian_hartree.numerics.plane_grid import is_logarithmic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LegendLocation = Literal[
    "best", "upper right", "upper left", "lower left", "lower right", "right",
    "center left", "center right", "lower center", "upper center", "center",
]  # fmt: skip

A_QUANTITY = f"{', '.join(QUANTITIES[:-1])} or {QUANTITIES[-1]}"

MOST_LABELS = 6
"""Curves of a family that a legend still tells apart."""

TableOfStudy = tuple[str, str]
"""A study and one of its tables."""


class FigureBase(Spec):
    """A figure: how it looks, which tables it reads, what it needs of their studies, and how it is drawn."""

    title: str = Field(default="", title="a text", description="above the figure; none if empty")
    width: Literal["column", "page"] = Field(
        default="column", title="`column` or `page`", description="3.4 or 7 inches, of a two-column paper"
    )
    legend: LegendLocation = Field(
        default="best",
        title="a Matplotlib location, e.g. `upper right`",
        description="where the legend is; `best` is a place without curves, for which the vertical axis is "
        "extended if there is none",
    )

    @property
    def time_axis(self) -> Literal["", "x", "y"]:
        """Axis that is time; its label depends on the unit of the model, so that `draw_figure` writes it."""
        return ""

    @property
    @abstractmethod
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""

    @abstractmethod
    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose studies exist and have what it shows.

        Raises
        ------
        PydanticCustomError
        """

    @abstractmethod
    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw the figure from its tables, and return what all curves have in common, beside the model.

        Raises
        ------
        TableError
            If a table lacks what the figure shows.
        """


class StudyFigure(FigureBase):
    """A figure of one study."""

    study: Name = Field(title="the name of a study", description="whose results are shown")

    def _of_study(self, *tables: str) -> dict[str, TableOfStudy]:
        return {table: (self.study, table) for table in tables}


class CurvesFigure(StudyFigure):
    """A figure of curves, which may be those of a family."""

    by: Name | None = Field(
        default=None,
        title="p0, tilt or a parameter of the model",
        description="draws a curve for each of its values, by colour; of one state, and one N or time",
    )
    at: dict[Name, ComplexNumber] = Field(
        default_factory=dict,
        title="a mapping of p0, tilt or parameters to one of their values",
        description="what is shown of everything that has several values; all if absent",
    )

    def check_curves(self, study: StudyFacts, states: Sequence[str], others: Mapping[str, int]) -> None:
        """Let a figure pass whose ``by`` has several values in the one state, and whose ``at`` has values of it.

        ``others`` says of what else a curve is for each, and of how many.
        """
        for state in states:
            study.check_at(state, self.at, "at")
        if self.by is None:
            return
        if len(states) != 1:
            raise refusal(f"{len(states)} states beside by", "one state of the study", "states")
        for name, count in others.items():
            if count > 1:
                raise refusal(f"{count} {name} beside by", f"one of the {name} of the study", name)
        varied = {name for name in study.varied(states[0]) if name != "time"}
        if self.by not in varied - set(self.at):
            allowed = f"what has several values: {', '.join(sorted(varied - set(self.at))) or 'none here'}"
            raise refusal(repr(self.by), allowed, "by")
        for name in sorted(varied - {self.by, *self.at}):
            raise refusal("nothing", f"the value of {name} that is shown, for it has several", "at", name)

    def color_curves(
        self, axes: Axes, table: pd.DataFrame, *, told: bool = True
    ) -> list[tuple[pd.DataFrame, str, str]]:
        """Rows, colour and label of the curve of each value of ``by``, in order.

        Of more than `MOST_LABELS` curves a colour bar tells the values, and the labels are empty; so they are for
        curves that are ``told`` already.
        """
        assert self.by is not None
        position = axis_values(table, self.by)
        values = np.unique(position)
        colors, scale = color_values(values.tolist(), logarithmic=is_logarithmic(values))
        name = label_axis(table, self.by, short=True)
        labels = [f"{name} $={label_number(value)}$" for value in values]
        if not told or len(values) > MOST_LABELS:
            labels = [""] * len(values)
        if told and len(values) > MOST_LABELS:
            axes.figure.colorbar(scale, ax=axes, label=label_axis(table, self.by)).minorticks_off()
        return [
            (table[position == value], color, label)
            for value, color, label in zip(values, colors, labels, strict=True)
        ]


def check_quantity_of_limit(quantity: str) -> None:
    """Refuse the limit as a curve of its distance from itself."""
    if quantity == "limit_infidelity":
        raise refusal("true", "false, because limit_infidelity is measured from the limit", "limit")
