"""Reference: the marginal of any diagonal qubit model by summing every configuration in ball arithmetic.

Nothing is thinned, shifted or reduced: the amplitude of s of the other N − 1 particles in |0⟩ follows from the
energies of eq. (1), counted pair by pair, and the radius of each ball proves the digits that are returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb, arb, ctx

BITS = 600


@dataclass(frozen=True)
class DiagonalMarginal:
    """ρ̂^(1), eq. (7), S_L and (1/N) ln⟨Ψ|Ψ⟩ as balls."""

    rho00: arb
    rho11: arb
    rho01: acb
    linear_entropy: arb
    log_norm_rate: arb


def sum_every_site(
    one: Sequence[complex], two: Sequence[complex], tilt: arb, phase: float, particles: int, time: float
) -> DiagonalMarginal:
    """Diagonals of A1 (2 entries) and A2 (4 entries); ``tilt`` = artanh(|φ0|² − |φ1|²), φ0 = |φ0| e^{i phase}."""
    with ctx.workprec(BITS):
        energies_one, energies_two = [acb(c) for c in one], [acb(c) for c in two]
        rho00, rho11, rho01 = arb(0), arb(0), acb(0)
        others, t = particles - 1, arb(time)
        norm = (2 * tilt.cosh()).log()
        log_weights = [-others * (tilt + norm)]  # ln of C(M, s) p0^s p1^{M − s}
        for s in range(others):
            log_weights.append(log_weights[-1] + (arb(others - s) / (s + 1)).log() + 2 * tilt)
        scale = None
        for s, log_weight in enumerate(log_weights):
            exponents = []
            for up in (s + 1, s):
                down = particles - up
                same = arb(up * (up - 1)) / 2 * energies_two[0] + arb(down * (down - 1)) / 2 * energies_two[3]
                energy = up * energies_one[0] + down * energies_one[1]
                energy += (same + up * down * (energies_two[1] + energies_two[2]) / 2) / others
                sign = 1 if up == s + 1 else -1
                start = log_weight / 2 + (sign * tilt - norm) / 2
                exponents.append(acb(0, -1) * t * energy + start + acb(0, arb(phase) if sign == 1 else 0))
            scale = exponents[0].real if scale is None else scale
            first, second = ((e - scale).exp() for e in exponents)
            rho00 += abs(first) ** 2
            rho11 += abs(second) ** 2
            rho01 += first * second.conjugate()
        trace = rho00 + rho11
        rho00, rho11, rho01 = rho00 / trace, rho11 / trace, rho01 / trace
        entropy = 2 * (rho00 * rho11 - rho01.real * rho01.real - rho01.imag * rho01.imag)
        return DiagonalMarginal(rho00, rho11, rho01, entropy, (trace.log() + 2 * scale) / particles)


def tilt_of(p0: float) -> arb:
    """``artanh(2 p0 − 1)`` of the double p0, taken as exact."""
    with ctx.workprec(BITS):
        return (arb(p0) / (1 - arb(p0))).log() / 2


def binomial_phase(tilt: arb, twist: float, time: float, others: int) -> acb:
    """``Σ C(M, s) p0^s p1^{M−s} e^{−2iκt d/M}`` in closed form: ``(p0 e^{−2iκt/M} + p1 e^{2iκt/M})^M``; any M."""
    with ctx.workprec(BITS + 2 * others.bit_length()):
        angle = 2 * arb(twist) * arb(time) / others
        p0 = 1 / (1 + (-2 * tilt).exp())
        return (p0 * acb(0, -angle).exp() + (1 - p0) * acb(0, angle).exp()) ** others
