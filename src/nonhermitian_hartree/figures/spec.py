"""Figures in a configuration: one of the kinds, each of which is a module of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field

from nonhermitian_hartree.fields.base import refusal, show_value
from nonhermitian_hartree.figures.against_particles import AgainstParticlesFigure
from nonhermitian_hartree.figures.against_time import AgainstTimeFigure
from nonhermitian_hartree.figures.base import FigureBase
from nonhermitian_hartree.figures.collapse import CollapseFigure
from nonhermitian_hartree.figures.maps.density import DensityMapFigure
from nonhermitian_hartree.figures.maps.plane import MapFigure
from nonhermitian_hartree.figures.rate_function import RateFunctionFigure

Figure = (
    RateFunctionFigure | AgainstTimeFigure | AgainstParticlesFigure | MapFigure | CollapseFigure | DensityMapFigure
)

KINDS = tuple(get_args(figure.model_fields["kind"].annotation)[0] for figure in get_args(Figure))


def check_kind(value: Any) -> Any:
    """Let a figure pass whose kind is known; its class checks the rest."""
    if isinstance(value, Mapping):
        if "kind" not in value:
            raise refusal("nothing", "one of " + ", ".join(KINDS), "kind")
        if value["kind"] not in KINDS:
            raise refusal(show_value(value["kind"]), "one of " + ", ".join(KINDS), "kind")
    elif not isinstance(value, FigureBase):
        raise refusal(show_value(value), "a mapping with the keys of a figure")
    return value


FigureSpec = Annotated[Figure, Field(discriminator="kind"), BeforeValidator(check_kind)]
