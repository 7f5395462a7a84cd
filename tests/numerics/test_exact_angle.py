"""Angles of any size modulo 2π."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonhermitian_hartree.numerics.exact_angle import reduce_angle, round_rational

DOUBLES = st.floats(-1e300, 1e300)


@given(first=DOUBLES, second=DOUBLES)
def test_reduction(first: float, second: float) -> None:
    """Against mpmath at 800 digits, to the last bit of the result."""
    with mpmath.workdps(800):
        angle = mpmath.mpf(first) * mpmath.mpf(second) / 3
        expected = angle - 2 * mpmath.pi * mpmath.nint(angle / (2 * mpmath.pi))
        found = reduce_angle(Fraction(first) * Fraction(second) / 3)
        assert abs(found - expected) <= 2.0**-52 * abs(expected) + 1e-320


def test_small_angles_keep_their_relative_accuracy() -> None:
    assert reduce_angle(Fraction(1, 10**30)) == 1e-30
    assert reduce_angle(Fraction(-3)) == -3.0


@pytest.mark.parametrize(("value", "double"), [(Fraction(1, 3), 1 / 3), (Fraction(-(10**400)), float("-inf"))])
def test_rounding(value: Fraction, double: float) -> None:
    assert round_rational(value) == double
