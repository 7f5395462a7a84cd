"""What measurements share: rows of tables, and the number that is farthest from what is expected, or NaN."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan
from typing import TYPE_CHECKING

from nonhermitian_hartree.claims.claim import EXPONENT_TOLERANCE

if TYPE_CHECKING:
    import pandas as pd


def farthest(values: Iterable[float], expected: float) -> float:
    """Return the one of ``values`` that is farthest from ``expected``; NaN if there is none, or one is NaN."""
    numbers = [float(value) for value in values]
    if not numbers or any(map(isnan, numbers)):
        return nan
    return max(numbers, key=lambda number: abs(number - expected))


def largest_particles(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the largest N."""
    return table[table["particles"].eq(table["particles"].max())]


def farthest_exponent(power_law: pd.DataFrame, quantity: str, expected: float) -> float:
    """Exponent farthest from the expected one; NaN if one is too uncertain, or of no single power law."""
    rows = power_law[power_law["quantity"] == quantity]
    is_known = rows["single_power_law"].eq("yes") & (rows["exponent_stderr"] <= EXPONENT_TOLERANCE)
    if not is_known.all():
        return nan
    return farthest(rows["exponent"], expected)
