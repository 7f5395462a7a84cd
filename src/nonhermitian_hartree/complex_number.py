"""Complex numbers in a configuration: YAML numbers or Python complex strings such as ``0.3-2j``."""

from __future__ import annotations

import cmath
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from nonhermitian_hartree.spec import refusal, show_value


def parse_complex(value: Any) -> complex:
    """Read a finite complex number; zeros lose their sign.

    Raises
    ------
    PydanticCustomError
        If the value is not a number, or a part of it is NaN or infinite.
    """
    number = complex("nan")
    if isinstance(value, int | float | complex | str) and not isinstance(value, bool):
        try:
            number = complex(value)
        except (ValueError, OverflowError):
            number = complex("nan")
    if not cmath.isfinite(number):
        raise refusal(show_value(value), "a finite number or a complex string like '1j' or '0.3-2j'")
    return complex(number.real + 0.0, number.imag + 0.0)


def canonical_complex(number: complex) -> float | str:
    """Write a complex number in one way only: a float where it is real, otherwise a string like ``0.3-2j``."""
    return str(number).strip("()") if number.imag else number.real


ComplexNumber = Annotated[
    complex,
    PlainValidator(parse_complex),
    PlainSerializer(canonical_complex, when_used="json"),
    WithJsonSchema({"type": ["number", "string"], "title": "Complex number, e.g. 2, -0.5j or '0.3-2j'"}),
]
