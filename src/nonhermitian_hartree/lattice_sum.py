r"""Which lattice points carry the sum (19), and with what log-weights: the same cost for 10 and 10¹² particles.

The weights are ``G_d ∝ C(M, s) e^{h d + τ d²/M}``, ``d = 2s − M``, h ≥ 0 (mirror the lattice otherwise).

*Log-weights* are never differences of large numbers. With q(μ) = Σ_{k≥2} μ^{2k}/(2k(2k−1)),

    ln G_d = M [h μ + (τ − ½) μ² − q(μ)] − c(s) − c(M − s) + const           (μ = d/M)

is well conditioned as long as it varies little between d = 0 and its maximum; elsewhere the saddle-point
form of C. Loader ("Fast and accurate computation of binomial probabilities", 2000) is used, relative to
the peak s* = M(1 + tanh a)/2, with the quadratic terms of numerator and denominator combined by hand.
Lattice offsets from the peak are exact integers. c(n) = ln n! − (n ln n − n).

*Points*. The summand is an entire function of s, so a lattice sum thinned to every k-th point converges
like the Fourier transform of the weights at 2π/k. A window reaches down to e^{−DEPTH} of its peak and is
covered with up to POINTS points, which puts at least 6 points on the narrowest standard deviation that
occurs and makes the thinning error smaller than e^{−200}.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.log_factorial import log_factorial_excess
from nonhermitian_hartree.rate_function import (
    dominant_field,
    log_cosh,
    metastable_field,
    population_of_one,
)

Array = NDArray[np.float64]

POINTS = 512
DEPTH = 90.0
MARGIN = 64  # sites on either side of a peak that are always summed
SERIES_BELOW = 0.1


@dataclass(frozen=True, eq=False)
class WeightedLattice:
    """Points and log-weights of B sums, each of up to P points (unused ones have log-weight −inf).

    Attributes
    ----------
    imbalance : (B, P) array
        ``d = 2s − M``, exact integers.
    offset : (B, P) array
        ``d − reference``, exact integers, small near the peak.
    reference : (B, 1) array
        ``d`` of the lattice point next to the dominant peak.
    log_weight : (B, P) array
        ln G_d including the thinning factor k, up to ``log_scale``.
    log_scale : (B,) array
        What must be added to make ``Σ G_d = Σ C(M,s) p0^s p1^{M−s} e^{τ d²/M}``.
    """

    imbalance: Array
    offset: Array
    reference: Array
    log_weight: Array
    log_scale: Array


@dataclass(frozen=True, eq=False)
class _Peak:
    """The dominant peak of B weights; all arrays (B, 1)."""

    others: Array  # M
    tilt: Array
    gain: Array
    up: Array  # s*, expected number in |0⟩
    down: Array  # M − s*
    log_down: Array
    site: Array  # s* rounded
    stiffness: Array  # 1/(1 − y²) − 2τ


def weigh_lattice(others: Array, tilt: Array, gain: Array) -> WeightedLattice:
    """Lattice points and log-weights for M other particles, tilt h ≥ 0 and gain τ; all arrays (B,)."""
    others, tilt, gain = (np.asarray(a, dtype=float)[:, None] for a in (others, tilt, gain))
    field = dominant_field(tilt, gain)
    peak = _locate_peak(others, tilt, gain, field)
    middle = np.ceil(others / 2)
    central_depth = _peak_log_weight(peak, middle) - _peak_log_weight(peak, peak.site)
    is_central = central_depth >= -DEPTH

    other_field = metastable_field(tilt, gain)
    has_other = ~np.isnan(other_field)
    mirrored = _locate_peak(others, -tilt, gain, np.where(has_other, -other_field, field))
    splits = has_other & ~is_central

    right = _find_edge(peak, peak.site, +1, others)
    left = _find_edge(peak, peak.site, -1, np.where(splits, middle, 0.0))
    far_left = others - _find_edge(mirrored, mirrored.site, +1, others)
    left = np.where(has_other & is_central, np.minimum(left, far_left), left)
    near = others - _find_edge(mirrored, mirrored.site, -1, others - middle + 1)
    sites, log_step = _cover(left, right)
    other_sites, other_log_step = _cover(far_left, np.where(splits, near, far_left - 1))
    sites = np.concatenate([sites, other_sites], axis=1)
    log_step = np.concatenate([log_step, other_log_step], axis=1)

    imbalance = 2 * sites - others
    with np.errstate(invalid="ignore"):
        log_weight = np.where(
            is_central,
            _central_log_weight(others, tilt, gain, imbalance),
            _peak_log_weight(peak, np.where(imbalance >= 0, sites, others - sites))
            + np.where(imbalance >= 0, 0.0, 2 * tilt * imbalance),
        )
    log_weight = np.where(np.isfinite(log_step), log_weight + log_step, -np.inf)
    rate = log_cosh(field) - log_cosh(tilt) - gain * np.tanh(field) ** 2
    log_scale = log_factorial_excess(others) + others * np.where(is_central, -log_cosh(tilt), rate)
    reference = 2 * peak.site - others
    return WeightedLattice(
        imbalance=imbalance,
        offset=imbalance - reference,
        reference=reference,
        log_weight=log_weight,
        log_scale=log_scale[:, 0],
    )


def _locate_peak(others: Array, tilt: Array, gain: Array, field: Array) -> _Peak:
    y = np.tanh(field)
    down = population_of_one(field)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        # 1/(1 − y²) − 2τ, the two ones combined before they can cancel
        stiffness = np.where(np.abs(y) < 0.7, (1 - 2 * gain) + np.sinh(field) ** 2, np.cosh(field) ** 2 - 2 * gain)
    return _Peak(
        others=others,
        tilt=tilt,
        gain=gain,
        up=others * population_of_one(-field),
        down=others * down,
        log_down=np.log(others) - np.logaddexp(0, 2 * field),
        site=np.round(others * population_of_one(-field)),
        stiffness=stiffness,
    )


def _peak_log_weight(peak: _Peak, sites: Array) -> Array:
    """ln G at ``sites`` relative to the continuous weight at the peak (Loader's form)."""
    shift = (sites - peak.site) + (peak.site - peak.up)
    down_sites = peak.others - sites
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        v_up = shift / (sites + peak.up)
        v_down = -shift / (down_sites + peak.down)
        near = (np.abs(v_up) < SERIES_BELOW) & (np.abs(v_down) < SERIES_BELOW)
        quadratic = -2 * shift * (shift / peak.others) * peak.stiffness
        smooth = quadratic - _cubic_deviance(shift, peak.up) - _cubic_deviance(-shift, peak.down)
        direct = (
            -_deviance(sites, peak.up, np.log(peak.up), shift, v_up)
            - _deviance(down_sites, peak.down, peak.log_down, -shift, v_down)
            + 4 * peak.gain * shift * (shift / peak.others)
        )
        relative = np.where(near, smooth, direct)
    return relative - log_factorial_excess(sites) - log_factorial_excess(down_sites)


def _deviance(n: Array, expected: Array, log_expected: Array, shift: Array, v: Array) -> Array:
    """``n ln(n/expected) − n + expected``, Loader's bd0, with ``shift = n − expected``."""
    square = np.minimum(v * v, SERIES_BELOW**2)
    tail = np.zeros_like(square)
    for odd in range(21, 1, -2):
        tail = square * (tail + 1 / odd)
    series = shift * v + 2 * n * v * tail
    direct = np.where(n > 0, n * (np.log(np.maximum(n, 1)) - log_expected), 0.0) - shift
    return np.where(np.abs(v) < SERIES_BELOW, series, direct)


def _cubic_deviance(shift: Array, expected: Array) -> Array:
    """``n ln(n/e) − n + e − (n − e)²/2e`` for |n − e| below a quarter of e, by its series in (n − e)/e."""
    u = np.clip(shift / expected, -0.25, 0.25)
    total = np.zeros_like(u)
    for k in range(26, 2, -1):
        total = 1 / (k * (k - 1)) - u * total
    return -expected * u**3 * total


def _central_log_weight(others: Array, tilt: Array, gain: Array, imbalance: Array) -> Array:
    """ln G up to a constant, from ``M [h μ + (τ − ½) μ² − q(μ)] − c(s) − c(M − s)``."""
    mu = imbalance / others
    square = mu * mu
    small = np.minimum(square, 0.09)
    series = np.zeros_like(square)
    for k in range(16, 1, -1):
        series = small * series + 1 / (2 * k * (2 * k - 1))
    series = small * small * series
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(np.abs(mu) >= 1, np.log(2), 0.0)
        inner = 0.5 * ((1 + mu) * np.log1p(mu) + (1 - mu) * np.log1p(-mu))
        direct = np.where(np.abs(mu) >= 1, ends, inner) - square / 2
    quartic = np.where(square <= 0.09, series, direct)
    smooth = tilt * imbalance + (gain - 0.5) * (mu * imbalance) - others * quartic
    up = (others + imbalance) / 2
    return smooth - log_factorial_excess(up) - log_factorial_excess(others - up)


def _find_edge(peak: _Peak, start: Array, direction: int, limit: Array) -> Array:
    """Site, at most ``limit``, where the weight has fallen to e^{−DEPTH} of the one at ``start``."""
    top = _peak_log_weight(peak, start)
    reach = np.maximum(direction * (limit - start), 0.0)
    near, far = np.zeros_like(start), reach
    for offsets in (2.0 ** np.arange(54)[None, :], np.linspace(0, 1, 65)[None, 1:]):
        trial = np.minimum(np.floor(offsets if offsets[0, 0] == 1 else near + offsets * (far - near)), reach)
        below = (_peak_log_weight(peak, start + direction * trial) < top - DEPTH) | (trial >= reach)
        first = np.argmax(below, axis=1)[:, None]
        near, far = (
            np.where(first > 0, np.take_along_axis(trial, np.maximum(first - 1, 0), axis=1), near),
            np.take_along_axis(trial, first, axis=1),
        )
    return start + direction * np.minimum(np.maximum(far, MARGIN), reach)


def _cover(left: Array, right: Array) -> tuple[Array, Array]:
    """Every k-th site of [left, right], at most POINTS of them, and ln k; ln k = −inf marks unused places."""
    step = np.maximum(np.ceil((right - left + 1) / POINTS), 1.0)
    sites = left + step * np.arange(POINTS)
    used = sites <= right
    return np.where(used, sites, left), np.where(used, np.log(step), -np.inf)
