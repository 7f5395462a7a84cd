"""One-particle marginals of a condensate with few excitations, at any N."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.exact.condensate.expansion import CondensateExpansion
from nonhermitian_hartree.exact.condensate.polynomials import MonomialBasis

SMALLEST_AMPLITUDE = 1e-18
"""Amplitudes of the Gaussian part below this (relative to the vacuum) are left out."""
MOST_EXCITATIONS = {1: 1000, 2: 600, 3: 120}
"""Of one kind, for one, two and three kinds: for memory."""


@dataclass(frozen=True, eq=False)
class BranchMarginal:
    """What one branch alone would give at one N.

    Parameters
    ----------
    density : (d, d) complex array
        ρ̂^(1), trace one.
    linear_entropy : float
        ``2 [p (1 − p) − Σ_a |⟨a_0†a_a⟩/N|²] + Σ_{a≠b} (n_aa n_bb − |n_ab|²)``, n the block of ρ̂ outside the
        condensate and p its trace: relative accuracy.
    log_norm : float
        ``ln⟨Ψ|Ψ⟩ − N g``, g the rate of the branch.
    tail : float
        Norm of the smallest shell of equally many excitations, at which the asymptotic series in 1/N is cut, for a
        state of norm one.
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
) -> Iterator[tuple[BranchMarginal, BranchMarginal]]:
    """Marginals at each N of the expansion, for the smaller and the larger degree K.

    The amplitude of the excitations k is √k! times the coefficient of x^k in ``e^{xᵀZx/2} ζ``, times
    ``Π_{j<|k|} √((N−1)/(N−j))``. The product grows with |k|, so that the series is asymptotic: it ends where two
    successive shells of equal |k| are smallest. Z is diagonal here, so that the Gaussian is a product.
    """
    frame, basis = expansion.frame, expansion.basis
    left, _, right = np.linalg.svd(frame.columns / np.linalg.norm(frame.columns[:, 0]))
    gaussians = [multiply_gaussian(z, int(basis.degrees[-1]), basis.variables) for z in np.diag(frame.squeezing)]
    shape = [len(matrix) for matrix in gaussians]
    excitations = reduce(np.add.outer, [np.arange(size) for size in shape])
    complete = _complete_shells(gaussians)
    log_vacuum = 2 * frame.log_vacuum.real

    def reconstruct(polynomial: Complex, number: int) -> BranchMarginal:
        series = _multiply_all(gaussians, polynomial, basis)
        return _reduce(series, excitations, complete, left @ right, number, log_vacuum)

    for column, number in enumerate(particles):
        smaller, larger = (reconstruct(polynomial, number) for polynomial in expansion.polynomials[:, column])
        yield smaller, larger


def multiply_gaussian(squeezing: complex, degree: int, kinds: int = 1) -> Complex:
    """Matrix that multiplies polynomials of degree K by ``e^{z x²/2}`` in the basis ``x^k/√k!``, (rows, K + 1).

    Its elements are ``(z/2)^j/j! √((k+2j)!/k!)`` in row k + 2j; there are as many rows as it takes for those
    to fall below :data:`SMALLEST_AMPLITUDE`, but at most K + 1 + :data:`MOST_EXCITATIONS`.
    """
    modulus = float(np.clip(np.abs(squeezing), 1e-300, None))
    extra = 2 * np.log(SMALLEST_AMPLITUDE) / np.log(min(modulus, 1 - 1e-3))
    rows = degree + 1 + int(np.clip(extra, 4, MOST_EXCITATIONS[kinds]))
    log_factorial = gammaln(np.arange(rows) + 1.0)
    matrix = np.zeros((rows, degree + 1), dtype=complex)
    for power in range(degree + 1):
        pairs = np.arange((rows - 1 - power) // 2 + 1)
        reached = power + 2 * pairs
        sizes = (log_factorial[reached] - log_factorial[power]) / 2 - log_factorial[pairs]
        logs = sizes + pairs * np.log(modulus / 2)
        matrix[reached, power] = np.exp(logs + 1j * pairs * np.angle(squeezing))
    return matrix


def _complete_shells(gaussians: Sequence[Complex]) -> int:
    """Largest |k| up to which no amplitude is missing that counts."""
    limits = [
        len(matrix) - 1
        for matrix in gaussians
        if not np.abs(matrix[-2:, 0]).max() <= len(matrix) * SMALLEST_AMPLITUDE
    ]
    return min(limits, default=sum(len(matrix) - 1 for matrix in gaussians))


def _multiply_all(gaussians: Sequence[Complex], polynomial: Complex, basis: MonomialBasis) -> Complex:
    """``e^{xᵀZx/2} ζ`` as an array with one axis for each kind of excitations."""
    side = int(basis.degrees[-1]) + 1
    dense = np.zeros((side,) * basis.variables, dtype=complex)
    dense[tuple(basis.powers.T)] = polynomial
    for matrix in gaussians:  # the axis that is done goes to the end
        dense = np.tensordot(dense, matrix, axes=(0, 1))
    return dense


def _reduce(
    series: Complex,
    excitations: NDArray[np.int64],
    complete: int,
    axes: Complex,
    particles: int,
    log_vacuum: float,
) -> BranchMarginal:
    """Amplitudes among N particles, cut at their smallest shell; then trace out all particles but one.

    Where nothing finite is left of them, all numbers are nan.
    """
    largest = min(complete, particles)
    shells = np.arange(largest + 1)
    steps = np.log1p((1.0 - shells[:-1]) / (particles - 1))
    stretch = np.exp(-np.concatenate([[0.0], np.cumsum(steps)]) / 2)
    inside = excitations <= largest
    factors = np.where(inside, stretch[np.where(inside, excitations, 0)], 0.0)
    amplitudes = series * factors
    sizes = _shell_norms(amplitudes, excitations, largest)
    envelope = np.maximum(sizes[:-1], sizes[1:])
    cut = int(np.argmin(envelope))
    # What lies beyond the cut may be larger than all that is kept, by more than a double can hold.
    scale = sizes[: cut + 1].max()
    kept = np.where(excitations <= cut, amplitudes, 0) / scale
    norm = float((np.abs(kept) ** 2).sum())
    lowered = np.stack([_annihilate(kept, axis).ravel() for axis in range(kept.ndim)])
    outside = lowered @ lowered.conj().T / (norm * particles)
    remaining = np.sqrt(np.maximum(particles - excitations, 0.0))
    coherence = lowered @ (remaining * kept.conj()).ravel() / (norm * particles)
    depletion = float(np.trace(outside).real)
    density = np.block([[np.full((1, 1), 1 - depletion), coherence.conj()[None]], [coherence[:, None], outside]])
    populations = np.diag(outside).real
    minors = np.multiply.outer(populations, populations) - np.abs(outside) ** 2
    return BranchMarginal(
        density=axes @ density @ axes.conj().T,
        linear_entropy=float(
            2 * (depletion * (1 - depletion) - (np.abs(coherence) ** 2).sum()) + minors.sum() - np.trace(minors)
        ),
        log_norm=log_vacuum + 2 * float(np.log(scale)) + float(np.log(norm)),
        tail=float(envelope[cut] / scale / np.sqrt(norm)),
        excitations=cut,
    )


def _shell_norms(amplitudes: Complex, excitations: NDArray[np.int64], largest: int) -> Real:
    """Norm of the amplitudes of equal |k|, for |k| up to the largest."""
    top = np.abs(amplitudes).max()
    squares = np.abs(amplitudes / top) ** 2
    return np.asarray(top * np.sqrt(np.bincount(excitations.ravel(), squares.ravel())[: largest + 1]))


def _annihilate(amplitudes: Complex, axis: int) -> Complex:
    """``a_a Ψ`` for excitations of the kind of an axis."""
    lowered = np.zeros_like(amplitudes)
    source = np.moveaxis(amplitudes, axis, -1)[..., 1:]
    np.moveaxis(lowered, axis, -1)[..., :-1] = source * np.sqrt(np.arange(1, source.shape[-1] + 1))
    return lowered
