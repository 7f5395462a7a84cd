"""What Stirling's formula, eq. (23), leaves over: ln n! − (n ln n − n), to rounding for every n ≥ 0."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real

EXACT_BELOW = 16


def log_factorial_excess(n: ArrayLike) -> Real:
    """``ln n! − (n ln n − n)`` for whole numbers n ≥ 0 held as floats; elementwise.

    Exact factorials below 16, above that ``½ ln(2πn) + 1/(12n) − 1/(360n³) + …`` (the error of the
    series cut after n⁻¹¹ is below 1e-17 at n = 16). Stirling's error term as in C. Loader, "Fast and
    accurate computation of binomial probabilities" (2000).
    """
    n = np.asarray(n, dtype=float)
    large = np.maximum(n, EXACT_BELOW)
    q = 1 / (large * large)
    remainder = 1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680 - q * (1 / 1188 - q * 691 / 360360))))
    series = 0.5 * np.log(2 * np.pi * large) + remainder / large
    small = np.minimum(n, EXACT_BELOW - 1).astype(np.intp)
    return np.asarray(np.where(n < EXACT_BELOW, _exact_table()[small], series))


@cache
def _exact_table() -> Real:
    with localcontext() as context:
        context.prec = 40
        excess = (Decimal(factorial(n)).ln() - n * Decimal(n).ln() + n for n in range(1, EXACT_BELOW))
        return np.array([0.0, *(float(value) for value in excess)])


def log_cosh(a: ArrayLike) -> Real:
    """``ln cosh a`` without overflow; elementwise, accurate to rounding of max(1, |a|)."""
    size = np.abs(np.asarray(a, dtype=float))
    return np.asarray(size + np.log1p(np.exp(-2 * size)) - np.log(2))


def population_of_one(field: ArrayLike) -> Real:
    """``x = (1 − tanh a)/2``, the population of |1⟩, with its relative accuracy at both ends; elementwise."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(2 * np.asarray(field, dtype=float))))
