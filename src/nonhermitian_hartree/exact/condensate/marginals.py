"""One-particle marginals of a condensate with few excitations, at any N."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.exact.condensate.expansion import CondensateExpansion

SMALLEST_AMPLITUDE = 1e-30
"""Amplitudes of the Gaussian part below this (relative to the vacuum) are left out."""
MOST_EXCITATIONS = 1000


@dataclass(frozen=True, eq=False)
class BranchMarginal:
    """What one branch alone would give at one N.

    Parameters
    ----------
    density : (2, 2) complex array
        ρ̂^(1), trace one.
    linear_entropy : float
        ``2 [p_b (1 − p_b) − |⟨a†b⟩/N|²]``, p_b the share of particles outside the condensate: relative accuracy.
    log_norm : float
        ``ln⟨Ψ|Ψ⟩ − N g``, g the rate of the branch.
    tail : float
        Modulus of the smallest amplitude, at which the asymptotic series in 1/N is cut, for a state of norm one.
    excitations : int
        Where that is.
    """

    density: Complex
    linear_entropy: float
    log_norm: float
    tail: float
    excitations: int


def reconstruct_marginals(
    expansion: CondensateExpansion, particles: Sequence[int]
) -> list[tuple[BranchMarginal, BranchMarginal]]:
    """Marginals at each N of the expansion, for the smaller and the larger degree K.

    The amplitude of k excitations is √k! times the coefficient of x^k in ``e^{z x²/2} ζ``, times
    ``Π_{j<k} √((N−1)/(N−j))``. The product grows with k, so that the series is asymptotic: it ends where two
    successive amplitudes are smallest.
    """
    condensate, outside = expansion.frame.columns.T
    axis = condensate / np.linalg.norm(condensate)
    outside = outside - axis * np.vdot(axis, outside)
    stretch = float(np.linalg.norm(outside) / np.linalg.norm(condensate))
    axes = np.column_stack([axis, outside / np.linalg.norm(outside)])
    degree = expansion.polynomials.shape[-1] - 1
    gaussian = multiply_gaussian(expansion.frame.squeezing * stretch**2, degree)
    scaled = expansion.polynomials * stretch ** np.arange(degree + 1)
    log_vacuum = 2 * expansion.frame.log_vacuum.real
    marginals = []
    for column, number in enumerate(particles):
        smaller, larger = (
            _reduce(gaussian @ polynomial, axes, number, log_vacuum) for polynomial in scaled[:, column]
        )
        marginals.append((smaller, larger))
    return marginals


def multiply_gaussian(squeezing: complex, degree: int) -> Complex:
    """Matrix that multiplies polynomials of degree K by ``e^{z x²/2}`` in the basis ``x^k/√k!``, (rows, K + 1).

    Its elements are ``(z/2)^j/j! √((k+2j)!/k!)`` in row k + 2j; there are as many rows as it takes for those
    to fall below :data:`SMALLEST_AMPLITUDE`, but at most K + 1 + :data:`MOST_EXCITATIONS`.
    """
    modulus = float(np.clip(np.abs(squeezing), 1e-300, None))
    extra = 2 * np.log(SMALLEST_AMPLITUDE) / np.log(min(modulus, 1 - 1e-3))
    rows = degree + 1 + int(np.clip(extra, 60, MOST_EXCITATIONS))
    log_factorial = gammaln(np.arange(rows) + 1.0)
    matrix = np.zeros((rows, degree + 1), dtype=complex)
    for power in range(degree + 1):
        pairs = np.arange((rows - 1 - power) // 2 + 1)
        reached = power + 2 * pairs
        sizes = (log_factorial[reached] - log_factorial[power]) / 2 - log_factorial[pairs]
        logs = sizes + pairs * np.log(modulus / 2)
        matrix[reached, power] = np.exp(logs + 1j * pairs * np.angle(squeezing))
    return matrix


def _reduce(series: Complex, axes: Complex, particles: int, log_vacuum: float) -> BranchMarginal:
    """Amplitudes among N particles, cut at their smallest; then trace out all particles but one.

    Where nothing finite is left of them, all numbers are nan.
    """
    series = series[: particles + 1]
    steps = np.log1p((1.0 - np.arange(len(series) - 1)) / (particles - 1))
    amplitudes = series * np.exp(-np.concatenate([[0.0], np.cumsum(steps)]) / 2)
    moduli = np.abs(amplitudes)
    envelope = np.maximum(moduli[:-1], moduli[1:])
    cut = int(np.argmin(envelope))
    # What lies beyond the cut may be larger than all that is kept, by more than a double can hold.
    scale = np.abs(amplitudes[: cut + 1]).max()
    kept = amplitudes[: cut + 1] / scale
    k = np.arange(cut + 1)
    weights = np.abs(kept) ** 2
    norm = weights.sum()
    depletion = (k @ weights) / norm / particles
    hops = np.sqrt(k[1:] * (particles - k[1:] + 1.0)) / particles
    coherence = (hops @ (kept[:-1].conj() * kept[1:])) / norm
    inside = np.array([[1 - depletion, coherence.conjugate()], [coherence, depletion]])
    return BranchMarginal(
        density=axes @ inside @ axes.conj().T,
        linear_entropy=float(2 * (depletion * (1 - depletion) - np.abs(coherence) ** 2)),
        log_norm=log_vacuum + 2 * float(np.log(scale)) + float(np.log(norm)),
        tail=float(envelope[cut] / scale / np.sqrt(norm)),
        excitations=cut,
    )
