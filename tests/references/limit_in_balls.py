"""Limit N → ∞ of diagonal qubit models in balls, eq. (40), (45): the root of ``a = h + 2τ tanh a`` by bisection.

With h > 0 (mirror the levels otherwise) ``F(a) = h + 2τ tanh a − a`` is positive at 0 and negative at h + 2|τ|,
with one zero between (F is concave for τ > 0 and falls for τ < 0): the maximiser of largest rate. With h = 0 and
τ > ½ there are two of equal weight, ±a; with h = 0 and τ ≤ ½ there is a = 0.
"""

from __future__ import annotations

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from tests.references.ball_reference import Amplitudes, Truth, sharpen, square

SMALLEST_FIELD = 2.0**-400
RELATIVE_WIDTH = 2.0**-200


def solve_diagonal_limit(
    one_body: NDArray[np.complex128], two_body: NDArray[np.complex128], amplitudes: Amplitudes, time: float
) -> Truth:
    """ρ̂ of the limit, with S_L and norm rate zero (not compared); φ has no zeros, h(t) is 0 or clearly is not."""
    return sharpen(lambda: _solve(one_body, two_body, amplitudes(), time), 512)


def _solve(
    one_body: NDArray[np.complex128], two_body: NDArray[np.complex128], amplitudes: list[acb], time: float
) -> Truth:
    a0, a1 = (acb(v.real, v.imag) for v in np.diag(one_body).tolist())
    b00, b01, _, b11 = (acb(v.real, v.imag) for v in np.diag(two_body).tolist())
    field = ((a0 - a1) / 2 + (b00 - b11) / 4) * time
    coupling = (b00 + b11 - 2 * b01) / 4 * time
    ups, downs = (square(amplitude) for amplitude in amplitudes)
    tilt = (ups / downs).log() / 2 + 2 * field.imag
    gain, twist = coupling.imag, coupling.real
    turn = (acb(0, -2) * field.real).exp() * amplitudes[0] * amplitudes[1].conjugate() / (ups * downs).sqrt()
    if tilt.contains(0):
        root = _bisect(arb(0), gain) if gain > 0.5 else arb(0)
        coherence = turn * (2 * twist * root.tanh()).cos() / (2 * root.cosh())
        populations = [arb(0.5), arb(0.5)]
    else:
        root = _bisect(abs(tilt), gain) * (1 if tilt > 0 else -1)
        coherence = turn * (acb(0, -2) * twist * root.tanh()).exp() / (2 * root.cosh())
        populations = [1 / (1 + (-2 * root).exp()), 1 / (1 + (2 * root).exp())]
    density = [[acb(populations[0]), coherence], [coherence.conjugate(), acb(populations[1])]]
    return Truth(density, arb(0), arb(0))


def _bisect(tilt: arb, gain: arb) -> arb:
    """Enclosure of the zero of F; it ends where the sign of F is no longer certain."""
    low, high = arb(SMALLEST_FIELD), arb((tilt + 2 * abs(gain)).upper()) + 1
    while (high - low) > RELATIVE_WIDTH * low:
        middle = arb(((low + high) / 2).mid())
        value = tilt + 2 * gain * middle.tanh() - middle
        if value > 0:
            low = middle
        elif value < 0:
            high = middle
        else:
            break
    return low.union(high)
