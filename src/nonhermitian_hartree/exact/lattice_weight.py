r"""Log-weights of the lattice points of the sum (19), never as differences of large numbers.

The weights are ``G_d ∝ C(M, s) e^{h d + τ d²/M}``, ``d = 2s − M``, h ≥ 0 (mirror the lattice otherwise).
With q(μ) = Σ_{k≥2} μ^{2k}/(2k(2k−1)) and c(n) = ln n! − (n ln n − n),

    ln G_d = M [h μ + (τ − ½) μ² − q(μ)] − c(s) − c(M − s) + const           (μ = d/M)

is well conditioned as long as it varies little between d = 0 and its maximum: `central_log_weight`. Elsewhere
`peak_log_weight` measures from the peak s* = M(1 + tanh a)/2, in the saddle-point form of C. Loader ("Fast and
accurate computation of binomial probabilities", 2000) with the quadratic terms of numerator and denominator
combined by hand. Distances from the peak are exact integers up to the rounding of s*. Both are good to a few
hundred roundings, and to what a rounding of a shifts the peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.numerics.special import log_factorial_excess, population_of_one

SERIES_BELOW = 0.25
TINY = 1e-290


@dataclass(frozen=True, eq=False)
class Peak:
    """The dominant peak of B weights; all arrays (B, 1)."""

    others: Real  # M
    gain: Real
    up: Real  # s*, expected number in |0⟩
    down: Real  # M − s*, to full relative accuracy
    log_down: Real  # also where M − s* underflows
    site: Real  # s* rounded
    stiffness: Real  # 1/(1 − y²) − 2τ


def locate_peak(others: Real, gain: Real, field: Real) -> Peak:
    """The peak of the weights of M = ``others`` particles at the field a ≥ 0; arrays (B, 1)."""
    down = others * population_of_one(field)
    with np.errstate(over="ignore"):
        # 1/(1 − y²) − 2τ, the two ones combined before they can cancel
        stiffness = np.where(
            np.abs(field) < 1, (1 - 2 * gain) + np.sinh(field) ** 2, np.cosh(field) ** 2 - 2 * gain
        )
    return Peak(
        others=others,
        gain=gain,
        up=others * population_of_one(-field),
        down=down,
        log_down=np.log(others) - np.logaddexp(0, 2 * field),
        site=others - np.round(down),
        stiffness=stiffness,
    )


def peak_log_weight(peak: Peak, sites: Real) -> Real:
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


def mirrored_log_weight(peak: Peak, tilt: Real, imbalance: Real) -> Real:
    """`peak_log_weight`, with ``G(−d) = e^{−2hd} G(d)`` for negative imbalances."""
    majority = (peak.others + np.abs(imbalance)) / 2
    return np.asarray(peak_log_weight(peak, majority) + 2 * tilt * np.minimum(imbalance, 0.0))


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


def central_log_weight(others: Real, tilt: Real, gain: Real, imbalance: Real) -> Real:
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
