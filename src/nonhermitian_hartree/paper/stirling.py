"""Forms of Stirling's formula and of the sums (19), eq. (14), (23)–(27), that no step of the workflow needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.rate_function import rate_function


def stirling_log_factorial(count: ArrayLike) -> Real:
    """Eq. (23): ``ln M! ≈ M ln M − M + ½ ln 2πM``, error 1/(12 M); elementwise, M ≥ 1."""
    m = np.asarray(count, dtype=float)
    return np.asarray(m * np.log(m) - m + 0.5 * np.log(2 * np.pi * m))


def stirling_log_binomial(n: ArrayLike, count: ArrayLike, p: float) -> Real:
    """Eq. (24): logarithm of the binomial weight ``p^n (1−p)^{M−n} C(M, n)``, 0 < n < M; elementwise."""
    n, m = np.asarray(n, dtype=float), np.asarray(count, dtype=float)
    q = 1 - p
    return np.asarray(
        n * np.log(p * (m - n) / (q * n))
        + m * np.log(q * m / (m - n))
        + 0.5 * np.log(m / (2 * np.pi * n * (m - n)))
    )


def eigenvalue(particles: ArrayLike, n: ArrayLike) -> Real:
    """λ_{N,n} of eq. (14); elementwise."""
    count, n = np.asarray(particles, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(((count - 2 * n) ** 2 - count) / (2 * (count - 1)))


def large_eigenvalue(particles: ArrayLike, x: ArrayLike) -> Real:
    """Eq. (25): ``λ_{N,Nx} ≈ (N/2)(1 − 2x)² − 2x(1 − x)``, error O(1/N); elementwise."""
    count, x = np.asarray(particles, dtype=float), np.asarray(x, dtype=float)
    return np.asarray(count / 2 * (1 - 2 * x) ** 2 - 2 * x * (1 - x))


def log_integral(particles: int, tilt: float, time: float, points: int = 200_001) -> float:
    """Logarithm of the integral (27) for ρ00, by the midpoint rule on ``points`` cells."""
    x = (np.arange(points) + 0.5) / points
    exponent = particles * rate_function(x, tilt, time) - 4 * time * x * (1 - x) + 0.5 * np.log((1 - x) / x)
    return float(logsumexp(exponent) - np.log(points) + 0.5 * np.log(particles / (2 * np.pi)))
