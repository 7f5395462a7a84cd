r"""Diagonal models whose interaction is the square of one charge, at any N: an integral with many digits.

For A1 = diag(a_k), A2 = c u⊗u with a diagonal u, the sum over the occupations of the other M = N − 1 particles

    ρ̂_ij ∝ φ_i φ̄_j e^{−it(a_i − ā_j)} Σ_m M!/Π m_k! Π w_k^{m_k} e^{γ X²/M + g_ij X/M},     X = Σ u_k m_k,
    w_k = |φ_k|² e^{2t Im a_k − γ u_k²/M},   γ = t Im c > 0,   g_ij = −it(c u_i − c̄ u_j),

is an integral over s of ``e^{−M s²/4γ} (Σ_k w_k e^{(s + g_ij/M) u_k})^M`` (Hubbard–Stratonovich). The trapezoidal
rule is exact for such integrands, up to terms that are exponentially small in the number of points.
"""

from __future__ import annotations

from collections.abc import Sequence

import mpmath as mp
import numpy as np

HALF_WIDTH, POINTS = 16, 240
"""In standard deviations; the rest is below e^{−128}."""


def solve_squared_charge(
    one_body: Sequence[complex],
    coupling: complex,
    charge: Sequence[float],
    amplitudes: Sequence[complex],
    particles: int,
    time: float,
) -> tuple[np.ndarray, float]:
    """ρ̂^(1) (d, d) and S_L, both right to all digits of a double, where the integrand has one peak."""
    with mp.workdps(50):
        t, c, others = mp.mpf(time), mp.mpc(coupling), mp.mpf(particles - 1)
        a, u, phi = ([mp.mpmathify(v) for v in values] for values in (one_body, charge, amplitudes))
        gain, levels = t * c.imag, range(len(u))
        weights = [abs(phi[k]) ** 2 * mp.exp(2 * t * mp.im(a[k]) - gain * u[k] ** 2 / others) for k in levels]

        def mean(s):
            growth = [weights[k] * mp.exp(s * u[k]) for k in levels]
            total = sum(growth)
            first = sum(u[k] * growth[k] for k in levels) / total
            second = sum(u[k] ** 2 * growth[k] for k in levels) / total
            return total, first, second - first**2

        peak = mp.mpf(0)
        for _ in range(400):
            peak = 2 * gain * mean(peak)[1]
        total, _, variance = mean(peak)
        width = 1 / mp.sqrt(others * (1 / (2 * gain) - variance))
        density = mp.matrix(len(u), len(u))
        for step in range(-POINTS, POINTS + 1):
            s = peak + width * HALF_WIDTH * step / POINTS
            for i in levels:
                for j in levels:
                    g = -1j * t * (c * u[i] - mp.conj(c) * u[j])
                    inner = sum(weights[k] * mp.exp((s + g / others) * u[k]) for k in levels) / total
                    exponent = others * (mp.log(inner) - (s**2 - peak**2) / (4 * gain))
                    density[i, j] += mp.exp(exponent)
        for i in levels:
            for j in levels:
                density[i, j] *= phi[i] * mp.conj(phi[j]) * mp.exp(-1j * t * (a[i] - mp.conj(a[j])))
        trace = sum(density[k, k] for k in levels)
        purity = sum(abs(density[i, j]) ** 2 for i in levels for j in levels) / trace**2
        result = np.array([[complex(density[i, j] / trace) for j in levels] for i in levels])
        return result, float(mp.re(1 - purity))
