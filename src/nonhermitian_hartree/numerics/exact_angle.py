"""Rational numbers rounded once, and large angles modulo 2π: where a product of doubles must keep its phase."""

from __future__ import annotations

from fractions import Fraction
from math import inf, pi

GUARD_BITS = 100


def round_rational(value: Fraction) -> float:
    """The double next to a rational number; ±inf beyond the range of doubles."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def reduce_angle(angle: Fraction) -> float:
    """The angle modulo 2π, in [−π, π], to a relative error of 2^{−52}.

    The quotient by 2π is taken in ball arithmetic with as many bits as the integer part of the angle has, and
    100 more, so that an angle of 10³⁰⁰ is as good as one of 1. Angles in [−3, 3] are returned as they are.
    """
    if abs(angle) <= 3:
        return float(angle)
    from flint import arb, ctx, fmpq  # here, because most sums have no phase

    bits = max(angle.numerator.bit_length() - angle.denominator.bit_length(), 0) + GUARD_BITS
    while True:
        with ctx.workprec(bits):
            ball, turn = arb(fmpq(angle.numerator, angle.denominator)), 2 * arb.pi()
            turns = (ball / turn + 0.5).floor().unique_fmpz()
            if turns is not None:
                return max(-pi, min(pi, float((ball - turns * turn).mid())))
        bits += GUARD_BITS  # half a turn to all bits
