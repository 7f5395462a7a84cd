"""Reference: the plain full sums of eq. (19) in ball arithmetic, term by term, nothing left out.

Each sum is taken as printed. A term follows from the one before by the ratio of the binomial weights and of
the exponentials; the radius of a ball bounds whatever rounding this adds, so every digit returned is proven.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import mpmath
from flint import arb, ctx
from mpmath import mp, mpf

BITS = 512  # 154 digits
DIGITS = 110  # kept of them


@dataclass(frozen=True)
class FullSum:
    """ρ00, ρ11 and |ρ01| of ρ̂^(1), eq. (7) and (19), for φ0, φ1 > 0, and what follows from them."""

    rho00: mpf
    rho11: mpf
    rho01: mpf
    linear_entropy: mpf
    log_norm_rate: mpf

    @property
    def density(self) -> list[list[mpf]]:
        """ρ̂^(1), eq. (7)."""
        return [[self.rho00, self.rho01], [self.rho01, self.rho11]]

    def infidelity_to(self, population: mpf, coherence: mpf) -> mpf:
        """1 − F(ρ̂, σ), eq. (48), for σ = [[population, coherence], [coherence, 1 − population]].

        For qubits F = Tr ρσ + 2 √(det ρ det σ).
        """
        with mp.workdps(DIGITS):
            determinant = max(population * (1 - population) - coherence**2, mpf(0))
            overlap = self.rho00 * population + self.rho11 * (1 - population) + 2 * self.rho01 * coherence
            return 1 - overlap - 2 * mpmath.sqrt(self.linear_entropy / 2 * determinant)


def full_sum(particles: int, p0: float | arb, time: float) -> FullSum:
    """Eq. (14) and (19) for |φ0|² = p0, which is taken as exact, 0 < p0 < 1; any sign of t."""
    before = ctx.prec
    ctx.prec = BITS
    try:
        return _sum_terms(particles, arb(p0), arb(time))
    finally:
        ctx.prec = before


def thinned_sum(particles: int, p0: float | arb, time: float, sites: Iterable[int]) -> FullSum:
    """Eq. (19) summed over equally spaced ``sites`` s only (particles in |0⟩ among the other N − 1).

    For N where nobody can sum all terms. The caller must show that the sites are dense enough (half of them
    give the same) and wide enough (the outermost weights are negligible).
    """
    before = ctx.prec
    ctx.prec = BITS
    try:
        m, p, t = particles - 1, arb(p0), arb(time)
        tilt = (p / (1 - p)).log() / 2
        rho00 = rho11 = rho01 = arb(0)
        for s in sites:
            d = 2 * s - m
            log_binomial = arb(m + 1).lgamma() - arb(s + 1).lgamma() - arb(m - s + 1).lgamma()
            weight = (log_binomial + tilt * d + t * d * d / m).exp()
            field = (tilt + 2 * t * d / m).exp()
            rho00 += weight * field
            rho11 += weight / field
            rho01 += weight
        return _normalise(particles, rho00, rho11, rho01)
    finally:
        ctx.prec = before


def _sum_terms(particles: int, p: arb, t: arb) -> FullSum:
    m, q = particles - 1, 1 - p
    odds = q / p
    up, down = p**m, q**m  # p1^s p0^(M−s) C(M, s) at s = 0, and with p0 and p1 exchanged
    # e^{2 λ_s t} and e^{(λ_s + λ_{s+1}) t} at s = 0, their ratios to the next term, and the ratio of ratios
    diagonal, diagonal_step = (t * particles).exp(), (-4 * t).exp()
    crossed, crossed_step = (t * (particles - 2)).exp(), (-4 * t * (m - 1) / m).exp()
    bend = (8 * t / m).exp()
    rho00 = rho11 = rho01 = arb(0)
    for s in range(particles):
        rho00 += up * diagonal
        rho11 += down * diagonal
        rho01 += down * crossed
        ratio = odds * (m - s) / (s + 1)
        up *= ratio
        down *= ratio / (odds * odds)
        diagonal *= diagonal_step
        crossed *= crossed_step
        diagonal_step *= bend
        crossed_step *= bend
    return _normalise(particles, p * rho00, q * rho11, (p * q).sqrt() * rho01)


def _normalise(particles: int, rho00: arb, rho11: arb, rho01: arb) -> FullSum:
    trace = rho00 + rho11
    entropy = 2 * (rho00 * rho11 - rho01 * rho01) / (trace * trace)  # 1 − Tr ρ̂² = 2 det ρ̂ for trace one
    values = (rho00 / trace, rho11 / trace, rho01 / trace, entropy, trace.log() / particles)
    return FullSum(*(_certain(value) for value in values))


def _certain(ball: arb) -> mpf:
    """Midpoint, once the radius is seen to leave 40 digits, or 100 after the point of a zero."""
    assert ball.rel_accuracy_bits() > 133 or ball.abs_upper() < arb(10) ** -100
    with mp.workdps(DIGITS):
        return mpf(ball.mid().str(DIGITS, radius=False))
