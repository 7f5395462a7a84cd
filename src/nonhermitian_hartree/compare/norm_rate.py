"""Check of a limit against exact finite N: the rate g of a branch against the growth of the exact norm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.errors import ConvergenceError, FitError
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity

SAFETY = 3.0


@dataclass(frozen=True)
class RateCheck:
    """Outcome of a comparison of g with the extrapolated norm.

    Parameters
    ----------
    rate : float
        g of the branch.
    extrapolated : float
        ``lim (1/N) ln⟨Ψ|Ψ⟩`` from exact finite N.
    error : float
        Estimated error of ``extrapolated``.
    largest_particles : int
        Largest N that was used.
    """

    rate: float
    extrapolated: float
    error: float
    largest_particles: int

    @property
    def difference(self) -> float:
        """``|g − lim (1/N) ln⟨Ψ|Ψ⟩|``."""
        return abs(self.rate - self.extrapolated)


def extrapolate_rate(
    particles: ArrayLike, log_norm_rates: ArrayLike, error_bounds: ArrayLike
) -> tuple[float, float]:
    """Richardson extrapolation of ``(1/N) ln⟨Ψ|Ψ⟩ = g + c₁/N + c₂/N² + …`` to N → ∞.

    Parameters
    ----------
    particles, log_norm_rates, error_bounds : (n,) arrays
        At least three different N, the rates there and their absolute error bounds.

    Returns
    -------
    value, error : float
        The polynomial in 1/N through all points, at 1/N = 0; and three times the difference to the one
        without the smallest N, plus the error bounds times the extrapolation weights. The first part is an
        estimate, not a bound: it presumes that the largest N are already in the asymptotic regime.

    Raises
    ------
    FitError
        If there are fewer than three different N.
    """
    order = np.argsort(particles)
    number = np.asarray(particles, dtype=float)[order]
    rates = np.asarray(log_norm_rates, dtype=float)[order]
    bounds = np.asarray(error_bounds, dtype=float)[order]
    if len(number) < 3 or len(np.unique(number)) < len(number):
        raise FitError(f"the extrapolation in 1/N needs at least three different N, found {number.tolist()}")
    weights = weights_at_infinity(number)
    value = float(weights @ rates)
    shorter = float(weights_at_infinity(number[1:]) @ rates[1:])
    return value, float(SAFETY * abs(value - shorter) + np.abs(weights) @ bounds)


def check_rate(
    rate: float, particles: ArrayLike, log_norm_rates: ArrayLike, error_bounds: ArrayLike, slack: float = 0.0
) -> RateCheck:
    """Compare the rate g of the dominant branch with exact norms; a limit that fails must not be used.

    ``slack`` is allowed on top of the estimated error of the extrapolation, where that is known not to be a
    power series in 1/N.

    Raises
    ------
    ConvergenceError
        If g differs from the extrapolation by more than its error (plus 1e-9): a branch was missed or a root is
        spurious, or N is too small for an extrapolation.
    FitError
        If there are fewer than three different N.
    """
    value, error = extrapolate_rate(particles, log_norm_rates, error_bounds)
    largest = int(np.max(np.asarray(particles)))
    if not abs(rate - value) <= error + slack + 1e-9:
        hint = (
            "a branch of larger rate was missed: increase starts" if value > rate else "the branch may be spurious"
        )
        raise ConvergenceError(
            f"the dominant branch has rate g = {rate:.9g}, but exact norms up to N = {largest} extrapolate to "
            f"{value:.9g} ± {error:.2g}; {hint}, "
            "or take larger N (the extrapolation is slow near a critical point)"
        )
    return RateCheck(rate, value, error, largest)


def check_limit(
    limit: LimitState, particles: ArrayLike, log_norm_rates: ArrayLike, error_bounds: ArrayLike
) -> RateCheck:
    """Compare the rate of a limit with exact norms after taking off what its branches predict at finite N.

    ``(1/N) ln Σ_b C_b e^{N (g_b − g)}``, over all branches, is subtracted from the norm rates before `check_rate`.
    The rest is g + O(1/N²), also near a first-order transition, where several branches compete at moderate N.
    The softer the maximum, the later: the check allows for ``1/(N² (1 − softness)³)`` at the largest N, at most
    1/N at the smallest.

    Raises
    ------
    ConvergenceError, FitError
        As `check_rate`.
    """
    number = np.asarray(particles, dtype=float)
    branches = [b for b in (*limit.branches, *limit.subdominant) if np.isfinite(b.log_prefactor)]
    predicted = np.zeros_like(number)
    if np.isfinite(limit.branches[0].log_prefactor):
        logs = [b.log_prefactor + number * (b.rate - limit.rate) for b in branches]
        predicted = np.logaddexp.reduce(logs, axis=0) / number
    softest = max(branch.softness for branch in limit.branches)
    slack = min(1 / number.min(), 1 / (number.max() ** 2 * max(1 - softest, 1e-6) ** 3))
    reduced = np.asarray(log_norm_rates, dtype=float) - predicted
    return check_rate(limit.rate, particles, reduced, error_bounds, float(slack))
