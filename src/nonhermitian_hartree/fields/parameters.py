"""The parameters of a family of models: their names, and the values that each of them has."""

from __future__ import annotations

import cmath
from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from nonhermitian_hartree.fields.base import Spec, refusal
from nonhermitian_hartree.fields.coefficient import CONSTANT
from nonhermitian_hartree.fields.grid import POINTS_MAX, read_as
from nonhermitian_hartree.fields.names import NAME_PATTERN, check_name
from nonhermitian_hartree.fields.numbers import ComplexNumber, WholeNumber, canonical_complex

DIRECTION_TOLERANCE = 1e-9
"""Angle, in radians, by which a step of complex values may miss the direction of the first."""

DIGITS = 30
"""Of the decimals from which the doubles of a logarithmic grid are rounded."""

RESERVED_COLUMNS = frozenset(
    [
        *("N", "t", "h", "p0", "tilt", "state", "member", "time", "particles", "branch", "weight", "rate"),
        *("error_bound", "softness", "linear_entropy", "entropy_coefficient", "hartree_infidelity", "confirmed"),
        *("limit_infidelity", "reason", "log_norm_rate", "method", "quantity", "exponent", "prefactor", "points"),
        *("judgement", "threshold", "failure_intervals", "first_failure_time", "largest_infidelity", "defect"),
        *("largest_infidelity_time", "last_time", "transitions", "at_particles", "at_particles_from", "verdict"),
        *("particles_needed", "exponent_stderr", "prefactor_stderr", "particles_min", "particles_max", "x"),
        *("single_power_law", "exponent_at_min", "exponent_at_max", "value", "is_global", "model", "study"),
    ]
)
"""Names of columns, and the symbols of the time and of the number of particles, which no parameter can have."""
RESERVED_PREFIXES = ("rho_", "nu_", "phi_")
RESERVED_SUFFIXES = ("_error", "_re", "_im")
"""Ends of the names of columns that go with others: errors, real and imaginary parts."""


def check_parameter_name(name: Any) -> Any:
    """Let a name pass that no column of a table has."""
    if name == CONSTANT:
        raise refusal("the name 'constant'", "another name, for that is the part without a parameter")
    is_column = isinstance(name, str) and (
        name in RESERVED_COLUMNS or name.startswith(RESERVED_PREFIXES) or name.endswith(RESERVED_SUFFIXES)
    )
    if is_column:
        allowed = "a name that no column of the tables has, unlike p0, tilt, N, t, member"
        raise refusal(f"the name {name!r}", allowed)
    return check_name(name)


ParameterName = Annotated[
    str, BeforeValidator(check_parameter_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"})
]


class ParameterGrid(Spec):
    """Values from ``start`` to ``stop``, both included, in equal steps of the value or of its logarithm."""

    start: ComplexNumber = Field(
        title="the first value",
        description="included; in the unit of the parameter, and not zero if the spacing is `log`",
    )
    stop: ComplexNumber = Field(
        title="the last value",
        description="included; in the unit of the parameter, above `start`, or in any direction from it if one of "
        "the two is complex",
    )
    num: WholeNumber = Field(
        title="how many values", description="from 2 to 100 000, a pure number", ge=2, le=POINTS_MAX
    )
    spacing: Literal["linear", "log"] = Field(
        default="linear", title="`linear` or `log`", description="equal steps of the value or of its logarithm"
    )

    @model_validator(mode="after")
    def _check_ends(self) -> ParameterGrid:
        start, stop = self.start, self.stop
        if self.spacing == "log":
            if not start:
                raise refusal("0", "a number other than 0, because the spacing is log", "start")
            ratio = stop / start
            if abs(cmath.phase(ratio)) > DIRECTION_TOLERANCE or not abs(ratio) > 1:
                allowed = f"a multiple > 1 of start, {show_number(start)}, because the spacing is log"
                raise refusal(show_number(stop), allowed, "stop")
        elif not (start.imag or stop.imag) and not start.real < stop.real:
            raise refusal(show_number(stop), f"a number above start, {show_number(start)}", "stop")
        elif start == stop:
            raise refusal(show_number(stop), f"another number than start, {show_number(start)}", "stop")
        return self

    def values(self) -> tuple[complex, ...]:
        """Return the ``num`` values: the doubles next to what the decimals of the ends give.

        So a wider or finer grid has, to the last bit, the values that it shares with the one before.
        """
        start, stop = self.start, self.stop
        parts = zip(self._parts(start.real, stop.real), self._parts(start.imag, stop.imag), strict=True)
        return tuple(complex(re, im) for re, im in parts)

    def _parts(self, start: float, stop: float) -> list[float]:
        """Real or imaginary parts of the values, from those of the ends."""
        steps = self.num - 1
        if self.spacing == "linear":
            first, last = Fraction(str(start)), Fraction(str(stop))
            return [float(first + (last - first) * Fraction(i, steps)) for i in range(self.num)]
        if not start:
            return [0.0] * self.num
        with localcontext(prec=DIGITS):
            lowest, growth = Decimal(str(start)), (Decimal(str(stop)) / Decimal(str(start))).ln()
            inner = [float(lowest * (growth * Decimal(i) / Decimal(steps)).exp()) for i in range(1, steps)]
        return [start, *inner, stop]


def show_number(number: complex) -> str:
    """A number as a configuration has it."""
    return str(canonical_complex(number))


def expand(value: ParameterGrid | tuple[complex, ...] | complex) -> tuple[complex, ...]:
    """Return the values that a grid, a list or a single number stands for."""
    if isinstance(value, ParameterGrid):
        return value.values()
    return value if isinstance(value, tuple) else (value,)


def check_ascending(values: tuple[complex, ...]) -> tuple[complex, ...]:
    """Let values pass that ascend, or, if one is complex, that go on in one direction."""
    if not values:
        raise refusal("an empty list", "at least one number")
    is_complex = any(value.imag for value in values)
    for index, (before, value) in enumerate(pairwise(values), start=1):
        if not cmath.isfinite(value):
            raise refusal(show_number(value), "finite numbers (the grid overflows)")
        found = f"{show_number(value)} after {show_number(before)}"
        if not is_complex:
            if not before.real < value.real:
                raise refusal(found, "strictly increasing numbers, each once", index)
            continue
        step, first = value - before, values[1] - values[0]
        if not step or not first or abs(cmath.phase(step / first)) > DIRECTION_TOLERANCE:
            raise refusal(found, "complex numbers that go on in one direction, each once", index)
    return values


def _form(value: Any) -> str:
    if isinstance(value, Mapping | ParameterGrid):
        return "grid"
    return "list" if isinstance(value, list | tuple) else "number"


_Form = Annotated[
    Annotated[ParameterGrid, Tag("grid")]
    | Annotated[tuple[ComplexNumber, ...], Tag("list")]
    | Annotated[ComplexNumber, Tag("number")],
    Discriminator(_form),
]

ParameterValues = Annotated[
    tuple[complex, ...],
    read_as(_Form),
    AfterValidator(expand),
    AfterValidator(check_ascending),
    PlainSerializer(lambda values: [canonical_complex(value) for value in values], when_used="json"),
]
