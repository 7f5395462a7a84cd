"""Figures in a configuration. A new kind is one class here and its name in ``Figure``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from nonhermitian_hartree.compare.quantities import Quantity
from nonhermitian_hartree.fields.base import Spec, refusal, show_value
from nonhermitian_hartree.fields.grid import Particles, Times
from nonhermitian_hartree.fields.names import Name, Names
from nonhermitian_hartree.fields.numbers import RealNumber, WholeNumber

LegendLocation = Literal[
    "best", "upper right", "upper left", "lower left", "lower right", "right",
    "center left", "center right", "lower center", "upper center", "center",
]  # fmt: skip

_QUANTITY = "linear_entropy, hartree_infidelity or limit_infidelity"


TableOfStudy = tuple[str, str]
"""A study and one of its tables."""


class _Figure(Spec):
    title: str = ""
    width: Literal["column", "page"] = "column"
    legend: LegendLocation = "best"


class _StudyFigure(_Figure):
    study: Name = Field(description="the name of a study")

    def _of_study(self, *tables: str) -> dict[str, TableOfStudy]:
        return {table: (self.study, table) for table in tables}


class RateFunctionFigure(_StudyFigure):
    """f_t(x) of eq. (28) for each time of the study; local maximisers open, global ones filled."""

    kind: Literal["rate_function"]
    state: Name = Field(description="the name of a state of the study")

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""
        return self._of_study("rate_function", "rate_maximisers")


class AgainstTimeFigure(_StudyFigure):
    """A quantity against time, a curve for each state and particle number."""

    kind: Literal["against_time"]
    quantity: Quantity = Field(description=_QUANTITY)
    states: Names | None = None
    particles: Particles | None = None
    limit: StrictBool = False
    scale: Literal["linear", "log"] = "linear"
    mark_times: Times | None = None

    @model_validator(mode="after")
    def _check_limit(self) -> AgainstTimeFigure:
        if self.limit:
            _check_quantity_of_limit(self.quantity)
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""
        return self._of_study("comparison", "limit") if self.limit else self._of_study("comparison")


class AgainstParticlesFigure(_StudyFigure):
    """A quantity against the particle number, a curve for each state and time; ``scale`` is that of both axes."""

    kind: Literal["against_particles"]
    quantity: Quantity = Field(description=_QUANTITY)
    states: Names | None = None
    times: Times | None = None
    scale: Literal["linear", "log"] = "log"
    fits: StrictBool = False
    law: Literal["leading", "critical"] | None = None

    @model_validator(mode="after")
    def _check_law(self) -> AgainstParticlesFigure:
        known = {"leading": ("linear_entropy", "limit_infidelity"), "critical": ("linear_entropy",)}
        if self.law and self.quantity not in known[self.law]:
            allowed = f"no {self.law} law for {self.quantity}, only for {' and '.join(known[self.law])}"
            raise refusal(repr(self.law), allowed, "law")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""
        tables = ["comparison"] + ["power_law"] * self.fits + ["limit"] * (self.law == "leading")
        return self._of_study(*tables)


class MapFigure(_StudyFigure):
    """A quantity at one N, or in the limit, over the plane of the initial population and the time."""

    kind: Literal["map"]
    state: Name = Field(description="the name of a family of states in p0")
    quantity: Quantity = Field(description=_QUANTITY)
    particles: WholeNumber | None = None
    limit: StrictBool = False
    scale: Literal["linear", "log"] = "linear"
    floor: RealNumber | None = Field(default=None, gt=0)
    mark_mixed: StrictBool = False

    @model_validator(mode="after")
    def _check_keys_fit(self) -> MapFigure:
        if self.limit:
            _check_quantity_of_limit(self.quantity)
            if self.particles is not None:
                raise refusal(repr(self.particles), "no particles beside limit: true", "particles")
        elif self.particles is None:
            raise refusal("nothing", "one of the particle numbers of the study, or limit: true", "particles")
        if self.floor is not None and self.scale == "linear":
            raise refusal(repr(self.floor), "a floor beside scale: log only", "floor")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""
        if self.limit:
            return self._of_study("limit")
        return self._of_study("comparison", "limit") if self.mark_mixed else self._of_study("comparison")


class CollapseFigure(_Figure):
    """S_L against u = h N for studies that differ in N, and its law for N → ∞."""

    kind: Literal["collapse"]
    studies: Names = Field(description="a list of names of studies")
    states: tuple[Name, ...] = Field(description="for each study, the name of a family of states in tilt")
    quantity: Literal["linear_entropy"] = Field(description="linear_entropy")

    @model_validator(mode="after")
    def _check_states(self) -> CollapseFigure:
        if len(self.states) != len(self.studies):
            found = f"{len(self.states)} states for {len(self.studies)} studies"
            raise refusal(found, "one state for each study, in their order", "states")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """Tables that the figure reads, by the name under which it is given each."""
        return {study: (study, "comparison") for study in self.studies}


def _check_quantity_of_limit(quantity: Quantity) -> None:
    if quantity == "limit_infidelity":
        raise refusal("true", "false, because limit_infidelity is measured from the limit", "limit")


Figure = RateFunctionFigure | AgainstTimeFigure | AgainstParticlesFigure | MapFigure | CollapseFigure

KINDS = tuple(get_args(figure.model_fields["kind"].annotation)[0] for figure in get_args(Figure))


def check_kind(value: Any) -> Any:
    """Let a figure pass whose kind is known; its class checks the rest."""
    if isinstance(value, Mapping):
        if "kind" not in value:
            raise refusal("nothing", "one of " + ", ".join(KINDS), "kind")
        if value["kind"] not in KINDS:
            raise refusal(show_value(value["kind"]), "one of " + ", ".join(KINDS), "kind")
    elif not isinstance(value, _Figure):
        raise refusal(show_value(value), "a mapping with the keys of a figure")
    return value


FigureSpec = Annotated[Figure, Field(discriminator="kind"), BeforeValidator(check_kind)]
