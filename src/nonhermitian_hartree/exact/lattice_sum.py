r"""Which lattice points carry the sum (19): the same cost for 10 and 10¹² particles.

The weights ``G_d ∝ C(M, s) e^{h d + τ d²/M}``, d = 2s − M, of `lattice_weight` have one peak or two.

*Windows.* A window reaches down to e^{−DEPTH} of its peak on both sides. Two peaks share a window if the weight
between them does not fall below that; otherwise each has its own, or the lower one has none because it is
negligible in every result.

*Strides.* A window of more than SUMMED_FULLY sites is covered by every k-th only: POINTS of them, or twice as many
for two peaks, each standing for k. By Poisson's formula such a sum of ``G e^{iφs}`` is that over all sites plus
its aliases, the transform χ of the weights at φ − 2πj/k for j = 1 … k − 1. A window is 27 standard deviations σ of
a Gaussian wide, so that k ≤ σ/8 and χ ~ e^{−(angle)² σ²/2} is below e^{−300} at π/k already. For all shapes of
weights that occur, near s = 0 or M (Poisson-like), at criticality and for two peaks in one window, χ is below
e^{−40} of Σ G at every angle from π/k to π. The tests prove it: with ``e^{τd²/M} = ∫ dx √(M/πτ) e^{2xd − Mx²/τ}``,
over a contour that is shifted by any iη, the weights are a mixture of binomials, so that

    |χ(φ)| ≤ e^{Mη²/τ} ∫ dx √(M/πτ) e^{−Mx²/τ} |2 cosh(h + 2x + i(2η + φ/2))|^M,
    |cosh(a + iβ)|² = sinh² a + cos² β.

Hence, with the phase φ per site reduced to (−π, π]: if |φ| ≤ π/k, all aliases lie beyond π/k, and the thinned sum
is that over all sites. If |φ| > π/k, the sum over all sites is itself below e^{−40}: the sites *between* two
points average it out, though the points alone need not. `lattice_phase` says which of the two it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.exact.lattice_weight import (
    Peak,
    central_log_weight,
    locate_peak,
    mirrored_log_weight,
    peak_log_weight,
)
from nonhermitian_hartree.limit.rate_function import dominant_field, metastable_field
from nonhermitian_hartree.numerics.special import log_cosh, log_factorial_excess

POINTS = 256
SUMMED_FULLY = 768
DEPTH = 90.0
MARGIN = 64  # sites on either side of a peak that are always summed


@dataclass(frozen=True, eq=False)
class WeightedLattice:
    """Points and log-weights of B sums, each of up to P points in one or two windows.

    Attributes
    ----------
    imbalance : (B, P) array
        ``d = 2s − M``, exact integers. The first half of a row is the first window if there are two.
    anchor : (B, W) array
        ``d`` of the lattice point next to the peak of each of the W windows; the first is the dominant peak.
    stride : (B, P) array
        k: how many sites the point stands for; 0 marks an unused place.
    log_weight : (B, P) array
        ln(k G_d), up to ``log_scale``; −inf in unused places.
    log_scale : (B,) array
        What must be added to make ``Σ G_d = Σ C(M,s) p0^s p1^{M−s} e^{τ d²/M}``.
    has_two_peaks : (B,) array of bool
        Whether two peaks carry the sum, in one window or in two.
    is_central : (B,) array of bool
        Whether the log-weights are measured from d = 0, otherwise from the peak, whose place is rounded.
    """

    imbalance: Real
    anchor: Real
    stride: Real
    log_weight: Real
    log_scale: Real
    has_two_peaks: NDArray[np.bool_]
    is_central: NDArray[np.bool_]

    @property
    def reference(self) -> Real:
        """``d`` of the lattice point next to the dominant peak; (B, 1)."""
        return self.anchor[:, :1]


def weigh_lattice(others: Real, tilt: Real, gain: Real) -> WeightedLattice:
    """Lattice points and log-weights for M other particles, tilt h ≥ 0 and gain τ; all arrays (B,)."""
    others, tilt, gain = (np.asarray(a, dtype=float)[:, None] for a in (others, tilt, gain))
    field, other_field = dominant_field(tilt, gain), metastable_field(tilt, gain)
    has_other = ~np.isnan(other_field)
    peak = locate_peak(others, gain, field)
    # the other peak lies at negative d: it is described on the mirrored lattice
    other_peak = locate_peak(others, gain, np.where(has_other, -other_field, field))

    middle = np.ceil(others / 2)
    is_central = peak_log_weight(peak, middle) >= peak_log_weight(peak, peak.site) - DEPTH
    joins = has_other & is_central
    splits = has_other & ~is_central & _is_noticeable(other_peak, peak, tilt)

    left, right = _find_edges(peak, lowest=np.where(splits, middle, 0.0))
    windows, anchor = [(left, right)], peak.site
    if (joins | splits).any():
        near, far = (others - edge for edge in _find_edges(other_peak, lowest=others - middle + 1))
        windows = [(np.where(joins, np.minimum(left, far), left), right)]
        if splits.any():
            windows.append((far, np.where(splits, near, far - 1)))
            anchor = np.concatenate([peak.site, others - other_peak.site], axis=1)
    sites, stride = _cover(windows, np.where(joins, 2 * POINTS, POINTS))

    imbalance = 2 * sites - others
    with np.errstate(divide="ignore"):
        log_stride = np.log(stride)
    central = central_log_weight(others, tilt, gain, imbalance) if is_central.any() else 0.0
    from_peak = mirrored_log_weight(peak, tilt, imbalance) if not is_central.all() else 0.0
    rate = log_cosh(field) - log_cosh(tilt) - gain * np.tanh(field) ** 2
    log_scale = log_factorial_excess(others) + others * np.where(is_central, -log_cosh(tilt), rate)
    return WeightedLattice(
        imbalance=imbalance,
        anchor=2 * anchor - others,
        stride=stride,
        log_weight=np.where(is_central, central, from_peak) + log_stride,
        log_scale=log_scale[:, 0],
        has_two_peaks=(joins | splits)[:, 0],
        is_central=is_central[:, 0],
    )


def _is_noticeable(other: Peak, peak: Peak, tilt: Real) -> NDArray[np.bool_]:
    """Whether the lower peak, given on the mirrored lattice, changes any result; (B, 1).

    It is negligible once its weight times the largest e^{±2a}, and M² against the 1/N of S_L, is below e^{−DEPTH}.
    """
    height = peak_log_weight(peak, other.site) + 2 * tilt * (peak.others - 2 * other.site)  # G(−d) = e^{−2hd} G(d)
    largest_factor = 8 * peak.gain + 2 * tilt + 2 * np.log(peak.others)
    return np.asarray(height - peak_log_weight(peak, peak.site) > -(DEPTH + largest_factor))


def _find_edges(peak: Peak, lowest: Real) -> tuple[Real, Real]:
    """First and last site where the weight is above e^{−DEPTH} of the peak, not below ``lowest``; (B, 1) each.

    They are overestimated by up to a tenth, and by MARGIN.
    """
    direction = np.array([-1.0, 1.0])[:, None]
    reach = np.stack([np.maximum(peak.site - lowest, 0.0), peak.others - peak.site], axis=1)  # (B, 2, 1)
    near, far = np.zeros_like(reach), reach
    floor = peak_log_weight(peak, peak.site) - DEPTH
    for offsets in (4.0 ** np.arange(27), None):
        trial = np.linspace(0, 1, 33)[1:] * (far - near) + near if offsets is None else offsets
        trial = np.minimum(np.floor(trial), reach)
        sites = (peak.site[:, None] + direction * trial).reshape(len(reach), -1)
        below = (peak_log_weight(peak, sites) < floor).reshape(trial.shape) | (trial >= reach)
        first = np.argmax(below, axis=-1)[..., None]
        before = np.take_along_axis(trial, np.maximum(first - 1, 0), axis=-1)
        near, far = np.where(first > 0, before, near), np.take_along_axis(trial, first, axis=-1)
    far = np.minimum(np.maximum(far, MARGIN), reach)
    return peak.site - far[:, 0], peak.site + far[:, 1]


def _cover(windows: Sequence[tuple[Real, Real]], points: Real) -> tuple[Real, Real]:
    """Every k-th site of each window [left, right], and k, which is 0 in unused places; windows get one length.

    The smallest k that needs at most ``points`` sites; 1 for windows of up to SUMMED_FULLY sites.
    """
    widths = [right - left + 1 for left, right in windows]
    strides = [np.where(width <= SUMMED_FULLY, 1.0, np.ceil(width / points)) for width in widths]
    length = int(max(np.ceil(width / k).max(initial=1.0) for width, k in zip(widths, strides, strict=True)))
    sites, counted = [], []
    for (left, right), k in zip(windows, strides, strict=True):
        covered = left + k * np.arange(length)
        is_used = covered <= right
        sites.append(np.where(is_used, covered, left))
        counted.append(np.where(is_used, k, 0.0))
    return np.concatenate(sites, axis=1), np.concatenate(counted, axis=1)
