"""Real and whole numbers as people write them in YAML, where PyYAML reads ``1e-10`` as a string."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator

from nonhermitian_hartree.spec import refusal, show_value


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
