r"""Diagonal qubit models at any number of particles, as balls: one integral instead of N terms.

With ``A1 = α0 + αz Z``, ``A2 = β0 + βz (Z⊗1 + 1⊗Z) + βzz Z⊗Z``, M = N − 1 and d the imbalance of M particles,

    ρ̂_00 ∝ e^h F(2τ),   ρ̂_11 ∝ e^{−h} F(−2τ),   ρ̂_01 ∝ e^{iθ} F(−2iκ),
    F(g) = Σ_s C(M, s) e^{h d + τ d²/M + g d/M},

with h = h0 + 2t Im(αz + βz), θ = θ0 − 2t Re(αz + βz), τ = t Im βzz, κ = t Re βzz. A Gaussian integral takes the
square away (Hubbard–Stratonovich): for τ ≠ 0, σ = √τ (imaginary for τ < 0),

    F(g) = √(M/4π) ∫ du e^{M [−u²/4 + ln 2cosh(h + σu + g/M)]},

and for τ = 0 it is ``(2 cosh(h + g/M))^M``. For τ < 0 the path is moved to the saddle u = iv, v real, where the
integrand is largest at Re u = 0. The integral over a finite interval is Arb's (Petras' algorithm, enclosing), the
rest is bounded by a Gaussian tail.
"""

from __future__ import annotations

from itertools import pairwise
from math import log, sqrt, tanh

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from tests.references.ball_reference import Amplitudes, Truth, sharpen, square, truth_from_density

TAIL_DEPTH = 400.0
"""The interval ends where the integrand is below e^{−this} of its peak."""


def solve_diagonal_qubit(
    one_body: NDArray[np.complex128],
    two_body: NDArray[np.complex128],
    amplitudes: Amplitudes,
    particles: int,
    time: float,
) -> Truth:
    """As `solve_exactly`, for diagonal qubit models and φ without zeros; N up to 10¹⁵."""
    return sharpen(lambda: _solve(one_body, two_body, amplitudes(), particles, time), 320)


def _solve(
    one_body: NDArray[np.complex128],
    two_body: NDArray[np.complex128],
    amplitudes: list[acb],
    particles: int,
    time: float,
) -> Truth:
    others = particles - 1
    a0, a1 = (acb(v.real, v.imag) for v in np.diag(one_body).tolist())
    b00, b01, _, b11 = (acb(v.real, v.imag) for v in np.diag(two_body).tolist())
    field = ((a0 - a1) / 2 + (b00 - b11) / 4) * time
    coupling = (b00 + b11 - 2 * b01) / 4 * time
    constant = ((a0 + a1) / 2 + (b00 + b11 + 2 * b01) / 8) * time
    up, down = (square(amplitude) for amplitude in amplitudes)
    tilt = (up / down).log() / 2 + 2 * field.imag
    gain, twist = coupling.imag, coupling.real
    turn = (acb(0, -2) * field.real).exp() * amplitudes[0] * amplitudes[1].conjugate() / (up * down).sqrt()

    exponents = [acb(2 * gain), acb(-2 * gain), acb(0, -2 * twist)]
    sums, log_scale = _sum_binomials(others, tilt, gain, exponents)
    density = [
        [tilt.exp() * sums[0], turn * sums[2]],
        [turn.conjugate() * sums[2].conjugate(), (-tilt).exp() * sums[1]],
    ]
    # ⟨Ψ|Ψ⟩ = (p0 p1)^{N/2} Σ_n C(N, n) e^{…} = (p0 p1)^{N/2} e^{−τ} [e^h F(2τ) + e^{−h} F(−2τ)], with E's constant
    trace = (density[0][0] + density[1][1]).real
    log_norm = (up * down).log() / 2 - (up + down).log()
    rate = log_norm + (trace.log() + log_scale - gain) / particles + 2 * constant.imag
    return truth_from_density(density, rate)


def _sum_binomials(others: int, tilt: arb, gain: arb, exponents: list[acb]) -> tuple[list[acb], arb]:
    """F(g) without a common factor, for each g, and the logarithm of that factor."""
    if gain == 0:
        scale = (2 * tilt.cosh()).log()
        return [((tilt + g / others).cosh() / tilt.cosh()) ** others for g in exponents], others * scale
    peak, lift = _find_peak(float(tilt), float(gain))
    height = _exponent(acb(peak, lift), tilt, gain, acb(0)).real
    reach = _reach(others, float(tilt), float(gain), peak, float(height))
    tail = _tail(others, tilt, gain, arb(peak), arb(lift), arb(reach), height, exponents)
    sums = []
    for g in exponents:

        def integrand(u: acb, _analytic: bool, g: acb = g) -> acb:
            return (others * (_exponent(u + acb(0, lift), tilt, gain, g / others) - height)).exp()

        width = 1 / sqrt(others)
        total = acb(0)
        ends = sorted({peak + side * x for side in (-1, 1) for x in _spread(width, reach)})
        for left, right in pairwise(ends):
            total += acb.integral(integrand, acb(left), acb(right))
        sums.append(
            (total + acb(arb(0, tail.upper()), arb(0, tail.upper()))) * (arb(others) / (4 * arb.pi())).sqrt()
        )
    return sums, others * height


def _spread(width: float, reach: float) -> list[float]:
    """Distances from the peak at which the interval is cut, so that each piece is smooth on its own scale."""
    cuts = [0.0]
    step = 4 * width
    while cuts[-1] < reach:
        cuts.append(min(cuts[-1] + step, reach))
        step *= 1.5
    return cuts


def _root(gain: arb) -> acb:
    return acb(gain.sqrt()) if gain > 0 else acb(0, (-gain).sqrt())


def _exponent(z: acb, tilt: arb, gain: arb, shift: acb) -> acb:
    """``−z²/4 + ln 2cosh(h + σz + shift)``, up to a multiple of 2πi, which no integer power sees.

    In a wide ball by ``f(m) + f'(m)(z − m) + ½f''(ball)(z − m)²`` about its midpoint m: near the peak the width is
    then that of the square.
    """
    root, middle = _root(gain), acb(z.mid())
    field = tilt + root * middle + shift
    value = -middle * middle / 4 + (2 * field.cosh()).log()
    if z.is_exact():
        return value
    slope = -middle / 2 + root * field.tanh()
    curvature = root * root * (tilt + root * z + shift).sech() * (tilt + root * z + shift).sech() - acb(0.5)
    return value + (slope + curvature * (z - middle) / 2) * (z - middle)


def _find_peak(tilt: float, gain: float) -> tuple[float, float]:
    """Where the integrand is about largest: (u, 0) for τ > 0, (0, v) for τ < 0. A bad point costs time only."""
    best = 0.0
    if gain > 0:
        root = sqrt(gain)
        starts = [root * 2, -root * 2, 0.0]
        points = [_iterate(lambda u: 2 * root * tanh(tilt + root * u), start) for start in starts]
        best = max(points, key=lambda u: -u * u / 4 + _log_two_cosh(tilt + root * u))
        return best, 0.0
    root = sqrt(
        -gain
    )  # u = i v: v²/4 + ln 2cosh(h − √|τ| v) is least at v = 2 √|τ| tanh(h − √|τ| v), by bisection
    low, high = -2 * root, 2 * root
    for _ in range(200):
        middle = (low + high) / 2
        if middle < 2 * root * tanh(tilt - root * middle):
            low = middle
        else:
            high = middle
    return 0.0, (low + high) / 2


def _iterate(step: object, start: float) -> float:
    value = start
    for _ in range(2000):
        value = step(value)  # type: ignore[operator]
    return value


def _log_two_cosh(x: float) -> float:
    return abs(x) + log(1 + np.exp(-2 * abs(x)))


def _reach(others: int, tilt: float, gain: float, peak: float, height: float) -> float:
    """How far from the peak the interval goes: there the bound of `_tail` is e^{−TAIL_DEPTH}."""
    root = sqrt(abs(gain))
    most = abs(tilt) + log(2) + (gain if gain > 0 else 0.0) + 2 * root + 8 * abs(gain) + abs(height)
    return abs(peak) + 2 * root + 2 * sqrt(most + TAIL_DEPTH / others)


def _tail(
    others: int, tilt: arb, gain: arb, peak: arb, lift: arb, reach: arb, height: arb, exponents: list[acb]
) -> arb:
    """Bound of the integrand's integral beyond the interval.

    ``|cosh(h + σz + g/M)| ≤ cosh(Re(h + σz + g/M))``. For τ > 0 that is at most
    e^{|h| + σ|u| + |Re g|/M}; with u = 2σ + w the exponent is ``−w²/4 + τ``. For τ < 0 the real part does not
    depend on Re z.
    """
    widest = arb(0)
    for g in exponents:
        widest = widest.max(abs(g.real).upper())
    root = abs(_root(gain)).upper()
    start = reach - abs(peak)  # |u| beyond
    if gain > 0:
        constant = arb(2).log() + abs(tilt) + gain - height
        start = start - 2 * root
    else:
        constant = arb(2).log() + abs(tilt) + root * abs(lift) + lift * lift / 4 - height
    assert start > 0
    # ∫_{start}^∞ e^{−M w²/4} dw ≤ 2/(M start) e^{−M start²/4}, on both sides
    return (others * (constant - start * start / 4) + widest).exp() * 4 / (others * start)
