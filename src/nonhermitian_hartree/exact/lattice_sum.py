r"""Which lattice points carry the sum (19), and with what log-weights: the same cost for 10 and 10¹² particles.

The weights are ``G_d ∝ C(M, s) e^{h d + τ d²/M}``, ``d = 2s − M``, h ≥ 0 (mirror the lattice otherwise).

*Log-weights* are never differences of large numbers. With q(μ) = Σ_{k≥2} μ^{2k}/(2k(2k−1)),

    ln G_d = M [h μ + (τ − ½) μ² − q(μ)] − c(s) − c(M − s) + const           (μ = d/M)

is well conditioned as long as it varies little between d = 0 and its maximum; elsewhere the saddle-point
form of C. Loader ("Fast and accurate computation of binomial probabilities", 2000) is used, relative to
the peak s* = M(1 + tanh a)/2, with the quadratic terms of numerator and denominator combined by hand.
Lattice offsets from the peak are exact integers. c(n) = ln n! − (n ln n − n).

*Points*. The summand is an entire function of s, so a lattice sum thinned to every k-th point converges
like the Fourier transform of the weights at 2π/k, here below e^{−200}. A window reaches down to e^{−DEPTH} of
its peak and is covered with up to POINTS points: 8 on the standard deviation of a single Gaussian peak, 3 on
those of two peaks in one window. Near s = 0 or M, where the weights are those of a Poisson distribution of
mean λ, no point is left out unless λ > 90.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.rate_function import dominant_field, metastable_field
from nonhermitian_hartree.numerics.special import log_cosh, log_factorial_excess, population_of_one

POINTS = 256
DEPTH = 90.0
MARGIN = 64  # sites on either side of a peak that are always summed
SERIES_BELOW = 0.25
TINY = 1e-290


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

    imbalance: Real
    offset: Real
    reference: Real
    log_weight: Real
    log_scale: Real


@dataclass(frozen=True, eq=False)
class _Peak:
    """The dominant peak of B weights; all arrays (B, 1)."""

    others: Real  # M
    gain: Real
    up: Real  # s*, expected number in |0⟩
    down: Real  # M − s*, to full relative accuracy
    log_down: Real  # also where M − s* underflows
    site: Real  # s* rounded
    stiffness: Real  # 1/(1 − y²) − 2τ


def weigh_lattice(others: Real, tilt: Real, gain: Real) -> WeightedLattice:
    """Lattice points and log-weights for M other particles, tilt h ≥ 0 and gain τ; all arrays (B,)."""
    others, tilt, gain = (np.asarray(a, dtype=float)[:, None] for a in (others, tilt, gain))
    field = dominant_field(tilt, gain)
    peak = _locate_peak(others, gain, field)
    at_peak = _peak_log_weight(peak, peak.site)
    middle = np.ceil(others / 2)
    is_central = _peak_log_weight(peak, middle) - at_peak >= -DEPTH

    other_field = metastable_field(tilt, gain)
    has_other = ~np.isnan(other_field)
    mirrored = _locate_peak(others, gain, np.where(has_other, -other_field, field))
    # a peak counts until its weight times the largest e^{±2a}, and M² against the 1/N of S_L, is negligible
    other_weight = _peak_log_weight(peak, mirrored.site) + 2 * tilt * (others - 2 * mirrored.site) - at_peak
    matters = other_weight > -(DEPTH + 8 * gain + 2 * tilt + 2 * np.log(others))
    splits = has_other & ~is_central & matters

    left, right = _find_edges(peak, np.where(splits, middle, 0.0))
    joins = has_other & is_central
    points = 2 * POINTS if joins.any() else POINTS
    if (joins | splits).any():
        near, far = (others - edge for edge in _find_edges(mirrored, others - middle + 1))
        left = np.where(joins, np.minimum(left, far), left)
    sites, log_step = _cover(left, right, points)
    if splits.any():
        other_sites, other_log_step = _cover(far, np.where(splits, near, far - 1), points)
        sites = np.concatenate([sites, other_sites], axis=1)
        log_step = np.concatenate([log_step, other_log_step], axis=1)

    imbalance = 2 * sites - others
    central = _central_log_weight(others, tilt, gain, imbalance) if is_central.any() else 0.0
    from_peak = _mirrored_log_weight(peak, tilt, imbalance) if not is_central.all() else 0.0
    rate = log_cosh(field) - log_cosh(tilt) - gain * np.tanh(field) ** 2
    log_scale = log_factorial_excess(others) + others * np.where(is_central, -log_cosh(tilt), rate)
    reference = 2 * peak.site - others
    return WeightedLattice(
        imbalance=imbalance,
        offset=imbalance - reference,
        reference=reference,
        log_weight=np.where(is_central, central, from_peak) + log_step,
        log_scale=log_scale[:, 0],
    )


def _locate_peak(others: Real, gain: Real, field: Real) -> _Peak:
    down = others * population_of_one(field)
    with np.errstate(over="ignore"):
        # 1/(1 − y²) − 2τ, the two ones combined before they can cancel
        stiffness = np.where(
            np.abs(field) < 1, (1 - 2 * gain) + np.sinh(field) ** 2, np.cosh(field) ** 2 - 2 * gain
        )
    return _Peak(
        others=others,
        gain=gain,
        up=others * population_of_one(-field),
        down=down,
        log_down=np.log(others) - np.logaddexp(0, 2 * field),
        site=others - np.round(down),
        stiffness=stiffness,
    )


def _peak_log_weight(peak: _Peak, sites: Real) -> Real:
    """Logarithm of G at ``sites`` relative to the continuous weight at the peak (Loader's form)."""
    down_sites = peak.others - sites
    shift = peak.down - down_sites  # not sites − up: the rounding of up would not match that of down
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        u_up, u_down = shift / peak.up, -shift / peak.down
        cubic_up, cubic_down = peak.up * _cubic_deviance(u_up), peak.down * _cubic_deviance(u_down)
        scaled = shift * (shift / peak.others)
        near_up, near_down = np.abs(u_up) < SERIES_BELOW, np.abs(u_down) < SERIES_BELOW
        relative = -2 * scaled * peak.stiffness - cubic_up - cubic_down
        if not (near_up & near_down).all():
            far_up = _deviance(sites, peak.up, np.log(peak.up), shift)
            far_down = _deviance(down_sites, peak.down, peak.log_down, -shift)
            full_up = np.where(near_up, shift * u_up / 2 + cubic_up, far_up)
            full_down = np.where(near_down, -shift * u_down / 2 + cubic_down, far_down)
            direct = 4 * peak.gain * scaled - full_up - full_down
            relative = np.where(near_up & near_down, relative, direct)
    return relative - log_factorial_excess(sites) - log_factorial_excess(down_sites)


def _mirrored_log_weight(peak: _Peak, tilt: Real, imbalance: Real) -> Real:
    """`_peak_log_weight`, with ``G(−d) = e^{−2hd} G(d)`` for negative imbalances."""
    majority = (peak.others + np.abs(imbalance)) / 2
    return np.asarray(_peak_log_weight(peak, majority) + 2 * tilt * np.minimum(imbalance, 0.0))


def _deviance(n: Real, expected: Real, log_expected: Real, shift: Real) -> Real:
    """``n ln(n/e) − n + e`` with ``shift = n − e``, Loader's bd0, for |n − e| that are not small beside e."""
    count = np.maximum(n, 1.0)
    # the quotient is exact to rounding, the difference of logarithms works where ``expected`` underflows
    log_ratio = np.where(expected > TINY, np.log(count / np.maximum(expected, TINY)), np.log(count) - log_expected)
    return np.where(n > 0, n * log_ratio, 0.0) - shift


def _cubic_deviance(u: Real) -> Real:
    """``(1 + u) ln(1 + u) − u − u²/2`` by its series, for |u| < SERIES_BELOW; elementwise."""
    u = np.clip(np.nan_to_num(u, nan=SERIES_BELOW), -SERIES_BELOW, SERIES_BELOW)
    largest = max(float(np.abs(u).max()), 1e-3)
    total = np.zeros_like(u)
    for k in range(3 + int(40 / -np.log(largest)), 2, -1):  # down to e^{−40} of the first term
        total = 1 / (k * (k - 1)) - u * total
    return np.asarray(-(u**3) * total)


def _central_log_weight(others: Real, tilt: Real, gain: Real, imbalance: Real) -> Real:
    """Logarithm of G up to a constant, from ``M [h μ + (τ − ½) μ² − q(μ)] − c(s) − c(M − s)``."""
    mu = imbalance / others
    square = mu * mu
    small = np.minimum(square, SERIES_BELOW)
    series = np.zeros_like(square)
    for k in range(30, 1, -1):
        series = small * series + 1 / (2 * k * (2 * k - 1))
    series = small * small * series
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(np.abs(mu) >= 1, np.log(2), 0.0)
        inner = 0.5 * ((1 + mu) * np.log1p(mu) + (1 - mu) * np.log1p(-mu))
        direct = np.where(np.abs(mu) >= 1, ends, inner) - square / 2
    quartic = np.where(square <= SERIES_BELOW, series, direct)
    smooth = tilt * imbalance + (gain - 0.5) * (mu * imbalance) - others * quartic
    up = (others + imbalance) / 2
    return smooth - log_factorial_excess(up) - log_factorial_excess(others - up)


def _find_edges(peak: _Peak, lowest: Real) -> tuple[Real, Real]:
    """First and last site where the weight is above e^{−DEPTH} of the peak, not below ``lowest``; (B, 1) each.

    They are overestimated by up to a tenth, and by MARGIN.
    """
    direction = np.array([-1.0, 1.0])[:, None]
    reach = np.stack([np.maximum(peak.site - lowest, 0.0), peak.others - peak.site], axis=1)  # (B, 2, 1)
    near, far = np.zeros_like(reach), reach
    floor = _peak_log_weight(peak, peak.site) - DEPTH
    for offsets in (4.0 ** np.arange(27), None):
        trial = np.linspace(0, 1, 33)[1:] * (far - near) + near if offsets is None else offsets
        trial = np.minimum(np.floor(trial), reach)
        sites = (peak.site[:, None] + direction * trial).reshape(len(reach), -1)
        below = (_peak_log_weight(peak, sites) < floor).reshape(trial.shape) | (trial >= reach)
        first = np.argmax(below, axis=-1)[..., None]
        before = np.take_along_axis(trial, np.maximum(first - 1, 0), axis=-1)
        near, far = np.where(first > 0, before, near), np.take_along_axis(trial, first, axis=-1)
    far = np.minimum(np.maximum(far, MARGIN), reach)
    return peak.site - far[:, 0], peak.site + far[:, 1]


def _cover(left: Real, right: Real, points: int) -> tuple[Real, Real]:
    """Every k-th site of [left, right], at most ``points``, and ln k; ln k = −inf marks unused places."""
    step = np.maximum(np.ceil((right - left + 1) / points), 1.0)
    sites = left + step * np.arange(points)
    used = sites <= right
    return np.where(used, sites, left), np.where(used, np.log(step), -np.inf)
