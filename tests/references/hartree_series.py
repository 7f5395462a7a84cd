"""Hartree's state (10) to 20 digits, by its power series in t: nothing is shared with a Runge–Kutta method.

    φ̇ = −i H φ − Re⟨φ|−iH|φ⟩ φ,   H_ik = A1_ik + Σ_jl A2_ij,kl φ_j* φ_l

is polynomial in φ and φ*, so each coefficient of the series follows from those before it. Steps are chosen from
the last coefficients; balls carry the rounding, and the truncation is what two orders differ by.
"""

from __future__ import annotations

from math import nan

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

from tests.references.ball_reference import Amplitudes, Truth, square

PRECISIONS = (192, 384, 768)
ORDERS = (24, 30)
MOST_STEPS = 1e3
AGREEMENT = 1e-20
Series = list[acb]
Entries = dict[tuple[int, ...], acb]


def solve_hartree(
    one_body: NDArray[np.complex128], two_body: NDArray[np.complex128], amplitudes: Amplitudes, time: float
) -> Truth:
    """``|φ⟩⟨φ|`` at t, with S_L and norm rate zero.

    Raises
    ------
    ArithmeticError
        If two orders of the series do not agree to 20 digits.
    """
    for bits in PRECISIONS:
        with ctx.workprec(bits):
            one, two = _without_traces(one_body, two_body)
            first, second = (_density(_march(one, two, amplitudes(), arb(time), order)) for order in ORDERS)
            differences = [
                abs(a - b).upper()
                for row, other in zip(first, second, strict=True)
                for a, b in zip(row, other, strict=True)
            ]
            if all(difference < AGREEMENT for difference in differences):
                return Truth(second, arb(0), arb(0))
    raise ArithmeticError(f"the series of Hartree's state disagree at t = {time!r}")


def _without_traces(one_body: NDArray[np.complex128], two_body: NDArray[np.complex128]) -> tuple[Entries, Entries]:
    """Elements of A1 and A2 that are not zero, less multiples of the identity, which move no state."""
    d = len(one_body)
    operators = []
    for matrix, shape in ((one_body, (d, d)), (two_body, (d, d, d, d))):
        entries = {place: acb(value.real, value.imag) for place, value in np.ndenumerate(matrix.reshape(shape))}
        half = len(shape) // 2
        diagonal = [place for place in entries if place[:half] == place[half:]]
        mean = sum((entries[place] for place in diagonal), acb(0)) / len(diagonal)
        for place in diagonal:
            entries[place] -= mean
        operators.append({place: value for place, value in entries.items() if value != 0})
    return operators[0], operators[1]


def _density(phi: list[acb]) -> list[list[acb]]:
    norm = sum((square(value) for value in phi), arb(0))
    return [[a * b.conjugate() / norm for b in phi] for a in phi]


def _march(one_body: Entries, two_body: Entries, phi: list[acb], time: arb, order: int) -> list[acb]:
    length = sum((square(value) for value in phi), arb(0)).sqrt()
    phi = [value / length for value in phi]
    left = time
    while left > 0:
        series = _expand(one_body, two_body, phi, order)
        size = max(float(abs(s[k]).upper()) ** (1 / k) for s in series for k in (order - 1, order))
        if not size * float(time) < MOST_STEPS:  # the balls have grown too wide: the next precision
            return [acb(nan) for _ in phi]
        step = arb(2.0 ** (-ctx.prec / (2 * order)) / size) if size > 0 else left
        step = left if not step < left else step
        phi = [_evaluate(s, step) for s in series]
        left = arb((left - step).mid())
    return phi


def _evaluate(series: Series, at: arb) -> acb:
    total = acb(0)
    for coefficient in reversed(series):
        total = total * at + coefficient
    return total


def _expand(one_body: Entries, two_body: Entries, phi: list[acb], order: int) -> list[Series]:
    """Coefficients 0 … order of each component."""
    d = len(phi)
    levels = range(d)
    states: list[Series] = [[value] for value in phi]
    pairs = {(j, k): [] for j in levels for k in levels}  # φ_j* φ_k
    fields = {(i, k): [] for i in levels for k in levels}  # H_ik
    moved: list[Series] = [[] for _ in levels]  # H φ
    drift: list[arb] = []  # Re⟨φ|−iH|φ⟩
    for n in range(order):
        for (j, k), series in pairs.items():
            series.append(_product_term([c.conjugate() for c in states[j]], states[k], n))
        for (i, k), series in fields.items():
            series.append(one_body.get((i, k), acb(0)) if n == 0 else acb(0))
        for (i, j, k, m), value in two_body.items():
            fields[i, k][n] += value * pairs[j, m][n]
        for i in levels:
            moved[i].append(sum((_product_term(fields[i, k], states[k], n) for k in levels), acb(0)))
        expectation = sum((_product_term([c.conjugate() for c in states[i]], moved[i], n) for i in levels), acb(0))
        drift.append(expectation.imag)
        for i in levels:
            change = acb(0, -1) * moved[i][n] - _product_term(drift, states[i], n)
            states[i].append(change / (n + 1))
    return states


def _product_term(first: list[acb] | list[arb], second: Series, n: int) -> acb:
    """Coefficient n of a product of series."""
    return sum((first[k] * second[n - k] for k in range(n + 1)), acb(0))
