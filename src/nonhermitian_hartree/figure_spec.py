"""Figures in a configuration. A new kind is one class here and its name in ``Figure``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from nonhermitian_hartree.grid import Particles, Times
from nonhermitian_hartree.name import Name, Names
from nonhermitian_hartree.power_law_spec import Quantity
from nonhermitian_hartree.spec import Spec, refusal, show_value

LegendLocation = Literal[
    "best", "upper right", "upper left", "lower left", "lower right", "right",
    "center left", "center right", "lower center", "upper center", "center",
]  # fmt: skip

_QUANTITY = "linear_entropy, hartree_infidelity or limit_infidelity"


class _Figure(Spec):
    study: Name = Field(description="the name of a study")
    title: str = ""
    width: Literal["column", "page"] = "column"
    legend: LegendLocation = "best"


class RateFunctionFigure(_Figure):
    """f_t(x) of eq. (28) for each time of the study; local maximisers open, global ones filled."""

    kind: Literal["rate_function"]
    state: Name = Field(description="the name of a state of the study")

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the figure reads."""
        return ("rate_function", "rate_maximisers")


class AgainstTimeFigure(_Figure):
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
        if self.limit and self.quantity == "limit_infidelity":
            raise refusal("true", "false, because limit_infidelity is measured from the limit", "limit")
        return self

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the figure reads."""
        return ("comparison", "limit") if self.limit else ("comparison",)


class AgainstParticlesFigure(_Figure):
    """A quantity against the particle number, a curve for each state and time; ``scale`` is that of both axes."""

    kind: Literal["against_particles"]
    quantity: Quantity = Field(description=_QUANTITY)
    states: Names | None = None
    times: Times | None = None
    scale: Literal["linear", "log"] = "log"
    fits: StrictBool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the figure reads."""
        return ("comparison", "power_law") if self.fits else ("comparison",)


Figure = RateFunctionFigure | AgainstTimeFigure | AgainstParticlesFigure

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
