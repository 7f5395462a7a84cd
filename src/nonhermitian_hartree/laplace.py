r"""Large-N forms of the unnormalised ρ^(1) of the counterexample, eq. (23)–(27), (31)–(32), (37)–(39), (43)–(44).

Everything is a logarithm, because the values grow like e^{N f_t}. Laplace's method needs f_t'' < 0 at the
maximiser, so all of this diverges at |φ0|² = ½, t = ½.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from nonhermitian_hartree.rate_function import (
    Array,
    find_maximisers,
    population_of_one,
    rate_function,
    rate_function_curvature,
)


def stirling_log_factorial(count: ArrayLike) -> Array:
    """Eq. (23): ``ln M! ≈ M ln M − M + ½ ln 2πM``, error 1/(12 M); elementwise, M ≥ 1."""
    m = np.asarray(count, dtype=float)
    return np.asarray(m * np.log(m) - m + 0.5 * np.log(2 * np.pi * m))


def stirling_log_binomial(n: ArrayLike, count: ArrayLike, p: float) -> Array:
    """Eq. (24): logarithm of the binomial weight ``p^n (1−p)^{M−n} C(M, n)``, 0 < n < M; elementwise."""
    n, m = np.asarray(n, dtype=float), np.asarray(count, dtype=float)
    q = 1 - p
    return np.asarray(
        n * np.log(p * (m - n) / (q * n))
        + m * np.log(q * m / (m - n))
        + 0.5 * np.log(m / (2 * np.pi * n * (m - n)))
    )


def eigenvalue(particles: ArrayLike, n: ArrayLike) -> Array:
    """λ_{N,n} of eq. (14); elementwise."""
    count, n = np.asarray(particles, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(((count - 2 * n) ** 2 - count) / (2 * (count - 1)))


def large_eigenvalue(particles: ArrayLike, x: ArrayLike) -> Array:
    """Eq. (25): ``λ_{N,Nx} ≈ (N/2)(1 − 2x)² − 2x(1 − x)``, error O(1/N); elementwise."""
    count, x = np.asarray(particles, dtype=float), np.asarray(x, dtype=float)
    return np.asarray(count / 2 * (1 - 2 * x) ** 2 - 2 * x * (1 - x))


def log_integral(particles: int, tilt: float, time: float, points: int = 200_001) -> float:
    """Logarithm of the integral (27) for ρ00, by the midpoint rule on ``points`` cells."""
    x = (np.arange(points) + 0.5) / points
    exponent = particles * rate_function(x, tilt, time) - 4 * time * x * (1 - x) + 0.5 * np.log((1 - x) / x)
    return float(logsumexp(exponent) - np.log(points) + 0.5 * np.log(particles / (2 * np.pi)))


def log_laplace_marginal(particles: int, tilt: float, time: float) -> NDArray[np.float64]:
    """Logarithms of ρ00, ρ11 and |ρ01| by Laplace's method, eq. (32), (37)–(39), (43)–(44); shape (3,).

    Sums over all global maximisers: one for |φ0|² ≠ ½, two for |φ0|² = ½ and t > ½.
    """
    maximisers = find_maximisers(tilt, time)
    fields = np.array([a for a, chosen in zip(maximisers.fields, maximisers.is_global, strict=True) if chosen])
    x = population_of_one(fields)
    common = (
        particles * rate_function(x, tilt, time)
        - 4 * time * x * (1 - x)
        - 0.5 * np.log(-rate_function_curvature(x, time))
    )
    # √((1−x)/x) = e^a for ρ00, its inverse for ρ11; for ρ01 √(p0/p1) √(x/(1−x)) e^{2t(1−2x)}, eq. (39)
    coherence = tilt - fields + 2 * time * np.tanh(fields)
    return np.array([logsumexp(common + extra) for extra in (fields, -fields, coherence)])
