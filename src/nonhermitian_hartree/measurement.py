"""How far measured numbers are from what is expected of them: the one that is farthest off, or NaN."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan


def farthest(values: Iterable[float], expected: float) -> float:
    """Return the one of ``values`` that is farthest from ``expected``; NaN if there is none, or one is NaN."""
    numbers = [float(value) for value in values]
    if not numbers or any(map(isnan, numbers)):
        return nan
    return max(numbers, key=lambda number: abs(number - expected))
