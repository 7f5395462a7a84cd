"""S_L of eq. (19) for A2 = i Z⊗Z in other ways than the package's: a plain sum in doubles, and 150 digits."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt, tanh

import numpy as np
from flint import arb, ctx
from scipy.special import gammaln, logsumexp

from nonhermitian_hartree.limit.rate_function import dominant_field
from nonhermitian_hartree.model.state import ProductState

BITS = 500
STEPS_PER_WIDTH = 6
WIDTHS = 30
"""A Gaussian summed in steps of σ/6 out to 30 σ is wrong by e^{−2π²·36} and e^{−450}, relatively: below 1e-195."""


def sum_in_doubles(particles: int, p0: float, time: float) -> float:
    """S_L as one would write it down from eq. (14) and (19): every term, log-weights, log-sum-exp, 1 − Tr ρ̂²."""
    s = np.arange(particles, dtype=float)
    p1, others = 1 - p0, particles - 1
    eigenvalues = ((particles - 2 * np.arange(particles + 1.0)) ** 2 - particles) / (2 * others)
    binomials = gammaln(particles) - gammaln(s + 1) - gammaln(particles - s)
    forward = binomials + s * np.log(p1) + (others - s) * np.log(p0)
    backward = binomials + s * np.log(p0) + (others - s) * np.log(p1)
    rho00 = np.log(p0) + logsumexp(forward + 2 * time * eigenvalues[:-1])
    rho11 = np.log(p1) + logsumexp(backward + 2 * time * eigenvalues[:-1])
    mean = time * (eigenvalues[:-1] + eigenvalues[1:])
    rho01 = (np.log(p0) + np.log(p1)) / 2 + logsumexp(backward + mean)
    density = np.exp(np.array([rho00, rho11, rho01]) - np.logaddexp(rho00, rho11))
    return float(1 - density[0] ** 2 - density[1] ** 2 - 2 * density[2] ** 2)


def sum_every_term(particles: int, p0: float, time: float) -> float:
    """S_L from every term of eq. (19) with 150 digits."""
    return _sum_terms(range(particles), particles, p0, time)


def sum_around_peak(particles: int, p0: float, time: float) -> float:
    """S_L with 150 digits at any N where a single peak carries the sum.

    The terms are a smooth function of s of width σ ∝ √N, so that every (σ/6)-th of them has the same ratios
    of sums (the trapezoidal rule, exponentially accurate).
    """
    y = tanh(dominant_field(ProductState.from_population(p0).tilt or 0.0, time))
    spread = 1 - y * y
    width = isqrt(round(particles * spread / (4 * (1 - 2 * time * spread))))
    step = max(1, width // STEPS_PER_WIDTH)
    peak = round((particles - 1) * (1 - y) / 2)
    count = WIDTHS * width // step
    near = (peak + k * step for k in range(-count, count + 1))
    return _sum_terms((s for s in near if 0 <= s < particles), particles, p0, time)


def _sum_terms(indices: Iterable[int], particles: int, p0: float, time: float) -> float:
    # ρ ∝ Σ G_s [[e^a, 1], [1, e^{−a}]], G_s = C(M, s) e^{h d + t d²/M}, a = h + 2 t d/M, d = M − 2s, M = N − 1
    ctx.prec = BITS
    p, t, others = arb(p0), arb(time), particles - 1
    tilt = (p / (1 - p)).log() / 2
    scale = None
    up = down = across = arb(0)
    for s in indices:
        d = others - 2 * s
        log_weight = -arb(s + 1).lgamma() - arb(others - s + 1).lgamma() + tilt * d + t * d * d / others
        scale = log_weight if scale is None else scale
        weight, field = (log_weight - scale).exp(), (tilt + 2 * t * d / others).exp()
        up, down, across = up + weight * field, down + weight / field, across + weight
    return float(2 * (up * down - across * across) / (up + down) ** 2)
