r"""The rate function f_t of the counterexample and its maximisers, eq. (28)–(36).

With ``y = 1 − 2x`` and the tilt ``h = artanh(|φ0|² − |φ1|²)``, stationarity ``f_t'(x) = 0`` of eq. (29)
is the Curie–Weiss equation ``y = tanh(h + 2 t y)``. Everything here is computed from the *field*
``a = h + 2 t y``, because ``y = tanh a`` and ``x = 1/(1 + e^{2a})`` keep their relative accuracy near
y = 0 and near y = ±1 alike. The coupling is called ``gain`` (the t of eq. (28); for a general diagonal
qubit model t times the imaginary part of its ZZ coefficient) and may be negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.numerics.special import log_cosh, population_of_one

NEWTON_STEPS = 200


def rate_function(x: ArrayLike, tilt: ArrayLike, gain: ArrayLike) -> Real:
    """f_t(x) of eq. (28), for x in [0, 1] and a finite tilt; elementwise."""
    x, tilt = np.asarray(x, dtype=float), np.asarray(tilt, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(x > 0, x * np.log(x), 0.0) - np.where(x < 1, (1 - x) * np.log1p(-x), 0.0)
    log_p0, log_p1 = -np.logaddexp(0, -2 * tilt), -np.logaddexp(0, 2 * tilt)
    return np.asarray(entropy + x * log_p1 + (1 - x) * log_p0 + gain * (1 - 2 * x) ** 2)


def rate_function_slope(x: ArrayLike, tilt: ArrayLike, gain: ArrayLike) -> Real:
    """f_t'(x) of eq. (29), for x in (0, 1); elementwise."""
    x = np.asarray(x, dtype=float)
    return np.asarray(-2 * np.asarray(tilt) + np.log1p(-x) - np.log(x) - 4 * np.asarray(gain) * (1 - 2 * x))


def rate_function_curvature(x: ArrayLike, gain: ArrayLike) -> Real:
    """f_t''(x) of eq. (30), for x in (0, 1); elementwise."""
    x = np.asarray(x, dtype=float)
    return np.asarray(8 * np.asarray(gain) - 1 / (x * (1 - x)))


def inflection_points(gain: float) -> tuple[float, float] | None:
    """r₋ and r₊ of eq. (33), or None where f_t has none (gain ≤ ½)."""
    if gain <= 0.5:
        return None
    outer = np.sqrt(1 - 1 / (2 * gain))
    inner = 1 / (4 * gain * (1 + outer))  # (1 − outer)/2 without cancellation
    return float(inner), float((1 + outer) / 2)


def field_excess(a: ArrayLike) -> Real:
    """Return ``a − tanh a`` without cancellation, by the continued fraction of tanh for |a| ≤ 1; elementwise."""
    a = np.asarray(a, dtype=float)
    is_small = np.abs(a) <= 1
    if not is_small.any():
        return np.asarray(a - np.tanh(a))
    square = np.minimum(a * a, 1.0)
    fraction = np.zeros_like(square)
    for odd in range(25, 1, -2):  # twelve levels: 1e-17 at |a| = 1
        fraction = square / (odd + fraction)
    return np.asarray(np.where(is_small, a * fraction / (1 + fraction), a - np.tanh(a)))


def dominant_field(tilt: ArrayLike, gain: ArrayLike) -> Real:
    """Field ``a = h + 2 t y`` of the global maximiser of f_t, eq. (34)–(35); elementwise.

    For ``h = 0`` and gain > ½, where ±a maximise alike, the positive one. Newton's method on
    ``(a − tanh a) − (2t − 1) tanh a = h`` from a bound on the far side of the root, where the left-hand
    side is convex (concave for negative gain), so that the iteration is monotone. All sums are of terms
    of one sign: the relative error of a is a few rounding units for t → ½ and h → 0 too.
    """
    tilt, gain = np.broadcast_arrays(np.asarray(tilt, dtype=float), np.asarray(gain, dtype=float))
    return np.asarray(np.copysign(_largest_root(np.abs(tilt), gain), tilt))


def metastable_field(tilt: ArrayLike, gain: ArrayLike) -> Real:
    """Field of the other local maximiser, of the sign opposite to h; NaN where there is none; elementwise.

    For ``h = 0`` and gain > ½ it is the mirror image of `dominant_field`.
    """
    tilt, gain = np.broadcast_arrays(np.asarray(tilt, dtype=float), np.asarray(gain, dtype=float))
    with np.errstate(invalid="ignore"):
        spinodal = np.arccosh(np.sqrt(np.maximum(2 * gain, 1.0)))
    depth = field_excess(spinodal) - (2 * gain - 1) * np.tanh(spinodal) + np.abs(tilt)
    exists = (gain > 0.5) & (depth <= 0)
    if not exists.any():
        return np.full(gain.shape, np.nan)
    mirrored = _largest_root(np.where(exists, -np.abs(tilt), 0.0), gain, lower=spinodal)
    return np.where(exists, -np.copysign(mirrored, tilt), np.nan)


def _largest_root(tilt: Real, gain: Real, lower: ArrayLike = 0.0) -> Real:
    slope = 1 - 2 * gain
    with np.errstate(divide="ignore", invalid="ignore"):
        attracting = np.maximum(tilt, 0) + 2 * np.maximum(gain, 0)
        cubic = np.maximum(np.sqrt(10 * np.maximum(-slope, 0)), np.cbrt(10 * np.maximum(tilt, 0)))
        above = np.minimum(attracting, np.where(cubic <= 1, cubic, np.inf))
        above = np.minimum(above, np.where(slope > 0, tilt / slope, np.inf))
        a = np.where(gain > 0, above, tilt / slope)
    settled = (tilt == 0) & (gain <= 0.5) | np.isinf(tilt)
    a = np.where(settled, np.where(np.isinf(tilt), np.inf, 0.0), a)
    for _ in range(NEWTON_STEPS):
        finite = np.where(settled, 1.0, a)
        t = np.tanh(finite)
        residual = field_excess(finite) + slope * t - tilt
        derivative = t * t + slope * (1 - t) * (1 + t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(settled | (derivative <= 0), 0.0, residual / derivative)
        step = np.where(np.isfinite(step), step, 0.0)
        a = np.maximum(a - step, lower)
        settled = settled | (np.abs(step) <= 2e-16 * np.abs(a))  # each by itself, whatever the others need
        if np.all(settled):
            break
    return a


@dataclass(frozen=True)
class Maximisers:
    """Local maximisers of f_t in increasing x, and which of them are global (eq. (34)–(35)).

    ``fields`` are the corresponding ``a``, with ``x = 1/(1 + e^{2a})`` and ``1 − 2x = tanh a``.
    """

    x: tuple[float, ...]
    fields: tuple[float, ...]
    is_global: tuple[bool, ...]


def find_maximisers(tilt: float, gain: float) -> Maximisers:
    """All local maximisers of f_t, eq. (29)–(35), for a finite tilt."""
    (found,) = find_maximisers_of_each(np.array([tilt]), np.array([gain]))
    return found


def find_maximisers_of_each(tilts: Real, gains: Real) -> list[Maximisers]:
    """All local maximisers of each of several f_t, eq. (29)–(35), for finite tilts (n,) and gains (n,)."""
    dominant, metastable = dominant_field(tilts, gains), metastable_field(tilts, gains)
    return [
        _sort_maximisers(float(first), float(other), is_symmetric=bool(tilt == 0))
        for first, other, tilt in zip(dominant, metastable, tilts, strict=True)
    ]


def _sort_maximisers(dominant: float, metastable: float, *, is_symmetric: bool) -> Maximisers:
    found = [(dominant, True)]
    if not np.isnan(metastable):
        found.append((metastable, is_symmetric))
    found.sort(key=lambda pair: -pair[0])
    fields = tuple(a for a, _ in found)
    return Maximisers(
        x=tuple(float(population_of_one(a)) for a in fields),
        fields=fields,
        is_global=tuple(is_global for _, is_global in found),
    )


def maximiser_velocity(x: ArrayLike, gain: ArrayLike) -> Real:
    """∂_t x*_t of eq. (36), with t the gain; elementwise."""
    x = np.asarray(x, dtype=float)
    return np.asarray(4 * (1 - 2 * x) / rate_function_curvature(x, gain))


def rate_maximum(tilt: ArrayLike, gain: ArrayLike) -> Real:
    """Largest value of f_t: ``ln(cosh a / cosh h) − t y²`` at the global maximiser; elementwise."""
    field = dominant_field(tilt, gain)
    return np.asarray(log_cosh(field) - log_cosh(tilt) - np.asarray(gain) * np.tanh(field) ** 2)
