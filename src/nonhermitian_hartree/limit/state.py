"""What every way to the limit N → ∞ returns: pure branches, and the mixture of those with the largest rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError

EQUAL_RATE = 1e-10
"""Branches whose rates differ by less (relative to 1 + |g|) count as equal; the rates are good to about 1e-12."""
SOFTEST_IN_MIXTURE = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class LimitBranch:
    """A local maximum of the weight of final states, i.e. one pure candidate for the limit.

    Parameters
    ----------
    time : float
        Observation time t, in units of 1/energy (ħ = 1).
    wavefunction : (d,) complex array
        ν, unit norm, global phase free.
    rate : float
        g: (1/N) ln⟨Ψ|Ψ⟩ → g if this branch dominates.
    log_prefactor : float
        ``ln C`` in ``⟨Ψ|Ψ⟩ ≈ C e^{N g}``, from the Gaussian fluctuations; +inf at a critical point.
    softness : float
        How flat the maximum is, the largest singular value of Z: below 1 for a maximum, 1 at a critical point,
        above 1 for a saddle.
    entropy_coefficient : float
        ``lim N·S_L`` where this branch alone is the limit; NaN at a critical point.
    """

    time: float
    wavefunction: Complex
    rate: float
    log_prefactor: float
    softness: float
    entropy_coefficient: float = field(default=nan, kw_only=True)


@dataclass(frozen=True, eq=False)
class LimitState:
    """The limit of ρ̂^(1) at one time: ``Σ_b w_b |ν_b⟩⟨ν_b|`` over the branches of largest rate.

    Parameters
    ----------
    time : float
        Observation time, in units of 1/energy (ħ = 1).
    branches : tuple of LimitBranch
        The dominant branches; one for a pure limit.
    weights : (len(branches),) array
        w_b > 0, sum one.
    subdominant : tuple of LimitBranch
        The other maxima, largest rate first; each is suppressed by e^{−N Δg}.
    """

    time: float
    branches: tuple[LimitBranch, ...]
    weights: Real
    subdominant: tuple[LimitBranch, ...]

    @property
    def rate(self) -> float:
        """``lim (1/N) ln⟨Ψ|Ψ⟩``."""
        return self.branches[0].rate

    @property
    def density(self) -> Complex:
        """The limiting marginal, shape (d, d), trace one."""
        return np.asarray(np.einsum("b,bi,bj->ij", self.weights, self.wavefunctions, self.wavefunctions.conj()))

    @property
    def wavefunctions(self) -> Complex:
        """Unit vectors ν_b, shape (len(branches), d)."""
        return np.array([branch.wavefunction for branch in self.branches])

    @property
    def is_mixed(self) -> bool:
        """Whether more than one branch carries weight."""
        return len(self.branches) > 1

    @property
    def softness(self) -> float:
        """Softness of the softest branch that carries weight."""
        return max(branch.softness for branch in self.branches)

    @property
    def entropy_coefficient(self) -> float:
        """``lim N·S_L``, twice ``lim N`` times the limit infidelity (47); NaN if mixed or critical."""
        return nan if self.is_mixed else self.branches[0].entropy_coefficient

    @property
    def linear_entropy(self) -> float:
        """``S_L = 1 − Tr ρ̂²``, eq. (11) and (46), as a sum of positive terms ``w_a w_b (1 − |⟨ν_a|ν_b⟩|²)``."""
        if not self.is_mixed:
            return 0.0
        return float(
            sum(w * self.infidelity_to(ket) for w, ket in zip(self.weights, self.wavefunctions, strict=True))
        )

    def infidelity_to(self, wavefunction: Complex) -> float:
        """``1 − ⟨ψ|ρ̂|ψ⟩``, eq. (12), for a unit vector ψ of shape (d,), without cancellation."""
        distances = [ray_distance(branch.wavefunction, wavefunction) for branch in self.branches]
        return float(self.weights @ np.square(distances))


def combine_branches(time: float, branches: Sequence[LimitBranch]) -> LimitState:
    """Let the branches of largest rate share the weight in proportion to their prefactors.

    ``⟨Ψ|Ψ⟩ ≈ Σ_b C_b e^{N g_b}`` with exponentially small cross terms, so that equal rates give weights ∝ C_b; for
    branches that a symmetry maps onto each other the C_b are equal. Rates are equal if they agree to 1e-10.

    Raises
    ------
    ConvergenceError
        If there is no branch, or a branch of a mixture is critical, so that the Gaussian prefactor diverges.
    """
    if not branches:
        raise ConvergenceError(
            f"no branch of the limit is known at t = {time:.12g}; increase the number of starts"
        )
    ranked = sorted(branches, key=lambda branch: -branch.rate)
    equal = [b for b in ranked if ranked[0].rate - b.rate <= EQUAL_RATE * (1 + abs(b.rate))]
    weights = np.ones(1)
    if len(equal) > 1:
        softest = max(branch.softness for branch in equal)
        if softest > SOFTEST_IN_MIXTURE:
            raise ConvergenceError(
                f"{len(equal)} branches have equal rates at t = {time:.12g}, but the weight of one diverges "
                f"(1 − softness = {1 - softest:.2g}): a critical point, or a continuous family of limits related "
                "by a symmetry of the model; move the time, or break the symmetry slightly"
            )
        logs = np.array([branch.log_prefactor for branch in equal])
        weights = np.exp(logs - logs.max())
        weights = weights / weights.sum()
    return LimitState(time, tuple(equal), weights, tuple(ranked[len(equal) :]))


def ray_distance(first: Complex, second: Complex) -> float:
    """Sine of the angle between two unit vectors, ``√(1 − |⟨a|b⟩|²)``, accurate for nearly equal ones."""
    return float(np.linalg.norm(first - second * np.vdot(second, first)))
