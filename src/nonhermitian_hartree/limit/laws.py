r"""Leading laws of the linear entropy of the counterexample for N → ∞, in every regime of the plane (h, t).

By eq. (19) the marginal is an average of pure states with the field ``a = h + 2 t μ`` over the imbalance μ of
the other N − 1 particles, whose weights are ``e^{N g(μ)}`` to leading order. Two such states contribute
``sinh²(t (μ − μ')) / cosh² a`` to S_L. The laws follow from the shape of the weights: a Gaussian, a quartic, or
two peaks ±y with ``y = tanh(h + 2 t y)``. They hold for the counterexample; its t is called ``gain``, as in
`rate_function`.
"""

from __future__ import annotations

from math import gamma, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.rate_function import dominant_field
from nonhermitian_hartree.numerics.special import log_cosh

CRITICAL_PREFACTOR = pi * sqrt(6) / gamma(1 / 4) ** 2
"""S_L √N at |φ0|² = ½, t = ½: ``½ √12 Γ(¾)/Γ(¼)``, where ``Γ(¼) Γ(¾) = π √2``."""


def leading_entropy(particles: ArrayLike, tilt: ArrayLike, gain: ArrayLike) -> Real:
    """S_L where one Gaussian peak carries it: ``(2t²/N) (1 − y²)² / (1 − 2t (1 − y²))``; elementwise.

    Parameters
    ----------
    particles : array_like
        N.
    tilt : array_like
        ``h = artanh(|φ0|² − |φ1|²)``.
    gain : array_like
        t in inverse units of the coupling.

    Returns
    -------
    ndarray
        Relative error O(1/N), not uniformly near h = 0, t ≥ ½. There, at h = 0 and t ≥ ½, the law does not
        hold, and the value is NaN: see `critical_entropy` and `coexistence_entropy`.

    Notes
    -----
    The variance of μ is ``(1 − y²) / (N (1 − 2t (1 − y²)))``, from the curvature (30) of f_t at its maximiser.
    """
    count, tilt, gain = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (particles, tilt, gain)))
    width = np.exp(-2 * log_cosh(dominant_field(tilt, gain)))  # 1 − y², without cancellation
    holds = (tilt != 0) | (gain < 0.5)
    stiffness = np.where(holds, 1 - 2 * gain * width, np.nan)
    return np.asarray(2 * gain**2 * width**2 / (count * stiffness))


def critical_entropy(particles: ArrayLike) -> Real:
    """S_L at the critical point |φ0|² = ½, t = ½: ``½ √12 Γ(¾)/Γ(¼) N^{−½}``; elementwise in N.

    The weights are ``e^{−N μ⁴/12}`` there, and S_L is half of the mean of μ²; relative error O(N^{−½}).
    """
    return np.asarray(CRITICAL_PREFACTOR / np.sqrt(np.asarray(particles, dtype=float)))


def coexistence_entropy(scaled_tilt: ArrayLike, gain: ArrayLike) -> Real:
    """S_L for ``h = u/N`` and N → ∞: ``½ y² (1 − tanh²(u y))``, with y the magnetisation at h = 0; elementwise.

    Parameters
    ----------
    scaled_tilt : array_like
        ``u = h N``.
    gain : array_like
        t in inverse units of the coupling; y, and with it the law, is zero for t ≤ ½.

    Returns
    -------
    ndarray
        Error O(1/N), not uniformly near t = ½.

    Notes
    -----
    The peaks ±y have the weights ``e^{±u y}``: for h ~ 1/N the mixture (45), (46) turns into a pure state.
    """
    magnetisation = np.tanh(dominant_field(0.0, gain))
    u = np.asarray(scaled_tilt, dtype=float)
    return np.asarray(0.5 * magnetisation**2 * np.exp(-2 * log_cosh(u * magnetisation)))
