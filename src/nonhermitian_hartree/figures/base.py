"""What all kinds of figures share: the keys of a figure of any kind, and what a kind has to say and do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from nonhermitian_hartree.compare.quantities import QUANTITIES, Quantity
from nonhermitian_hartree.fields.base import Spec, refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.study_facts import StudyFacts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LegendLocation = Literal[
    "best", "upper right", "upper left", "lower left", "lower right", "right",
    "center left", "center right", "lower center", "upper center", "center",
]  # fmt: skip

A_QUANTITY = f"{', '.join(QUANTITIES[:-1])} or {QUANTITIES[-1]}"

TableOfStudy = tuple[str, str]
"""A study and one of its tables."""


class FigureBase(Spec):
    """A figure: how it looks, which tables it reads, what it needs of their studies, and how it is drawn."""

    time_axis: ClassVar[Literal["", "x", "y"]] = ""
    """Axis that is time; its label depends on the unit of the model, so that `draw_figure` writes it."""

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


def check_quantity_of_limit(quantity: Quantity) -> None:
    """Refuse the limit as a curve of its distance from itself."""
    if quantity == "limit_infidelity":
        raise refusal("true", "false, because limit_infidelity is measured from the limit", "limit")
