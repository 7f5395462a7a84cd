"""Real and whole numbers as people write them in YAML, where PyYAML reads ``1e-10`` as a string."""

from __future__ import annotations

import cmath
import math
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from nonhermitian_hartree.fields.base import refusal, show_value


def parse_real(value: Any) -> float:
    """Read a finite real number; ``-0.0`` becomes ``0.0``.

    Raises
    ------
    PydanticCustomError
        If the value is not a number, or is NaN or infinite.
    """
    number = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value) + 0.0
        except (ValueError, OverflowError):
            number = math.nan
    if not math.isfinite(number):
        raise refusal(show_value(value), "a finite number")
    return number


def parse_whole(value: Any) -> int:
    """Read a whole number: ``3``, ``3.0`` and ``3e0`` are the same.

    Raises
    ------
    PydanticCustomError
        If the value is not a finite number without a fractional part.
    """
    try:
        number = parse_real(value)
    except ValueError:
        number = math.nan
    if not number.is_integer():
        raise refusal(show_value(value), "a whole number")
    return int(number)


RealNumber = Annotated[float, BeforeValidator(parse_real)]
WholeNumber = Annotated[int, BeforeValidator(parse_whole)]


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


def show_complex(value: complex) -> str:
    """Write a number for people, six digits, with i: ``0.5``, ``-2i``, ``(1+2i)``."""
    number = complex(value)
    if not number.imag:
        return f"{number.real:g}"
    if number.real:
        return f"({number.real:g}{number.imag:+g}i)"
    return f"{number.imag:g}i".replace("1i", "i") if abs(number.imag) == 1 else f"{number.imag:g}i"


ComplexNumber = Annotated[
    complex,
    PlainValidator(parse_complex),
    PlainSerializer(canonical_complex, when_used="json"),
    WithJsonSchema({"type": ["number", "string"], "title": "Complex number, e.g. 2, -0.5j or '0.3-2j'"}),
]
