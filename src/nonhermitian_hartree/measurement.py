"""What a claim comes down to: a measured number, the expected one, and how far they may be apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan


@dataclass(frozen=True)
class Measurement:
    """One number against its expectation; a measured NaN says that the claim does not hold at all."""

    measured: float
    expected: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the measured number is as expected within the tolerance."""
        return abs(self.measured - self.expected) <= self.tolerance


def farthest(values: Iterable[float], expected: float, tolerance: float) -> Measurement:
    """Measurement of the one of ``values`` that is farthest from what is expected; NaN where there is none."""
    numbers = [float(value) for value in values]
    if not numbers or any(number != number for number in numbers):
        return Measurement(nan, expected, tolerance)
    return Measurement(max(numbers, key=lambda number: abs(number - expected)), expected, tolerance)
