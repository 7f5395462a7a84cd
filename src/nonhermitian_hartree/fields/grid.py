"""Lists of numbers in a configuration: written out, or as a linear or logarithmic grid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, GetPydanticSchema, Tag, model_validator

from nonhermitian_hartree.fields.base import Spec, refusal, show_value
from nonhermitian_hartree.fields.numbers import RealNumber, WholeNumber

PARTICLES_MAX = 10**15
POINTS_MAX = 100_000


class Grid(Spec):
    """Numbers from ``start`` to ``stop``, both included, in equal steps of the value or of its logarithm."""

    start: RealNumber = Field(
        title="the first value", description="included; in the unit of the values, and > 0 if the spacing is `log`"
    )
    stop: RealNumber = Field(
        title="the last value", description="included; in the unit of the values, and above `start`"
    )
    num: WholeNumber = Field(
        title="how many values", description="from 2 to 100 000, a pure number", ge=2, le=POINTS_MAX
    )
    spacing: Literal["linear", "log"] = Field(
        default="linear", title="`linear` or `log`", description="equal steps of the value or of its logarithm"
    )

    @model_validator(mode="after")
    def _check_order(self) -> Grid:
        if not self.start < self.stop:
            raise refusal(show_value(self.stop), f"a number above start, {self.start!r}", "stop")
        if self.spacing == "log" and self.start <= 0:
            raise refusal(show_value(self.start), "a number > 0, because the spacing is log", "start")
        return self

    def values(self) -> tuple[float, ...]:
        """Return the ``num`` values; decimal grids give the nearest doubles (0.3, not 0.30000000000000004)."""
        steps = self.num - 1
        if self.spacing == "log":
            ratio = math.log(self.stop) - math.log(self.start)
            inner = [self.start * math.exp(ratio * (i / steps)) for i in range(1, steps)]
        else:
            inner = [(self.start * (steps - i) + self.stop * i) / steps for i in range(1, steps)]
        return (self.start, *inner, self.stop)


def _form(value: Any) -> str:
    return "grid" if isinstance(value, Mapping | Grid) else "list"


def _form_or_number(value: Any) -> str:
    return _form(value) if isinstance(value, Mapping | Grid | list | tuple) else "number"


_GridForm = Annotated[Grid, Tag("grid")]
_ListForm = Annotated[tuple[RealNumber, ...], Tag("list")]
_NumberForm = Annotated[RealNumber, Tag("number")]
_GridOrList = Annotated[_GridForm | _ListForm, Discriminator(_form)]
_GridListOrNumber = Annotated[_GridForm | _ListForm | _NumberForm, Discriminator(_form_or_number)]


def expand(value: Grid | tuple[float, ...] | float) -> tuple[float, ...]:
    """Return the numbers that a grid, a list or a single number stands for."""
    if isinstance(value, Grid):
        return value.values()
    return value if isinstance(value, tuple) else (value,)


def expand_particles(value: Grid | tuple[float, ...]) -> tuple[int, ...]:
    """Return particle numbers: a grid gives its distinct rounded values, a list is rounded entry by entry."""
    if isinstance(value, Grid):
        return tuple(sorted({round(number) for number in value.values()}))
    return tuple(round(number) for number in value)


def check_increasing(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Let a tuple pass that is not empty, finite and strictly increasing."""
    if not values:
        raise refusal("an empty list", "at least one number")
    for index, value in enumerate(values):
        if not math.isfinite(value):
            raise refusal(show_value(value), "finite numbers (the grid overflows)")
        if index and not values[index - 1] < value:
            found = f"{value!r} after {values[index - 1]!r}"
            raise refusal(found, "strictly increasing numbers, each once", index)
    return values


def _check_range(low: float, high: float, allowed: str) -> AfterValidator:
    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        for index, value in enumerate(values):
            if not low <= value <= high:
                raise refusal(show_value(value), allowed, *([index] if len(values) > 1 else []))
        return values

    return AfterValidator(check)


def read_as(form: Any) -> GetPydanticSchema:
    """Read a field in another form than its static type; a validator after this one makes the type."""
    return GetPydanticSchema(lambda _source, handler: handler.generate_schema(form))


Times = Annotated[
    tuple[float, ...],
    read_as(_GridOrList),
    AfterValidator(expand),
    AfterValidator(check_increasing),
    _check_range(0, math.inf, "times ≥ 0"),
]
Particles = Annotated[
    tuple[int, ...],
    read_as(_GridOrList),
    AfterValidator(expand_particles),
    AfterValidator(check_increasing),
    _check_range(2, PARTICLES_MAX, "particle numbers from 2 to 10^15"),
]
Populations = Annotated[
    tuple[float, ...],
    read_as(_GridListOrNumber),
    AfterValidator(expand),
    AfterValidator(check_increasing),
    _check_range(0, 1, "numbers in [0, 1]"),
]
Tilts = Annotated[
    tuple[float, ...],
    read_as(_GridListOrNumber),
    AfterValidator(expand),
    AfterValidator(check_increasing),
]
