"""What every way to the limit N → ∞ returns: pure branches, and the mixture of those with the largest rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.display import show_card, show_number, show_vector
from nonhermitian_hartree.errors import ConvergenceError

if TYPE_CHECKING:
    import pandas as pd

EQUAL_RATE = 1e-12
"""Branches whose rates differ by less count as equal, if nothing else is known about the error of the rates."""
RATE_ERROR = 1e-13
"""Error of a rate per unit of ‖A‖t, and a tenth of the least."""
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
        The dominant branches; one for a pure limit, none where the limit is not known. Where a continuous symmetry
        is broken they are the eigenvectors of the average over its orbit.
    weights : (len(branches),) array
        w_b > 0, sum one.
    subdominant : tuple of LimitBranch
        The other maxima, largest rate first; each is suppressed by e^{−N Δg}.
    confirmed : str
        ``closed_form``; ``amplitudes``: the branches add up to the exact norms at ``particles`` up to O(1/N);
        ``continuation``: followed from a confirmed time, or too close to a critical point for more than the rate;
        empty where the limit is not known.
    particles : tuple of int
        N of the exact states that confirm the branches.
    reason : str
        Why the limit is not known; empty where it is.
    """

    time: float
    branches: tuple[LimitBranch, ...]
    weights: Real
    subdominant: tuple[LimitBranch, ...]
    confirmed: str = "closed_form"
    particles: tuple[int, ...] = ()
    reason: str = ""

    @classmethod
    def unknown(cls, time: float, reason: str) -> LimitState:
        """A time at which there is no answer, and why."""
        return cls(time, (), np.empty(0), (), "", (), reason)

    def __repr__(self) -> str:
        """What the limit is at this time, and how sure."""
        return f"LimitState at t = {self.time:g}: {self._say()}"

    def _repr_html_(self) -> str:
        rows = {
            f"branch {number}": f"weight {show_number(weight)}, ν = {show_vector(branch.wavefunction)}"
            for number, (weight, branch) in enumerate(zip(self.weights, self.branches, strict=True))
        }
        if self.is_known:
            rows |= {"rate": show_number(self.rate, 6), "softness": show_number(self.softness)}
            rows["confirmed"] = " ".join([self.confirmed, *map(str, self.particles)])
        return show_card(f"Limit N → ∞ at t = {self.time:g}: {self._say()}", rows)

    def _say(self) -> str:
        if not self.is_known:
            return f"not known: {self.reason}"
        if self.is_mixed:
            return f"mixed, {len(self.branches)} branches, linear entropy {show_number(self.linear_entropy)}"
        spread = "" if isnan(self.entropy_coefficient) else f", N·S_L → {show_number(self.entropy_coefficient)}"
        return f"pure{spread}"

    def to_pandas(self) -> pd.DataFrame:
        """One row a branch, with the columns of the workflow's ``limit`` table that do not compare with Hartree.

        Raises
        ------
        MissingExtraError
            Without the extra ``workflow``.
        """
        from nonhermitian_hartree.storage.columns import vector_columns  # says so where pandas is missing

        import pandas as pd  # isort: skip

        kets = self.wavefunctions if self.is_known else np.empty((0, 0), dtype=np.complex128)
        return pd.DataFrame(
            {
                "time": self.time,
                "branch": np.arange(max(len(kets), 1)),
                "weight": self.weights if self.is_known else nan,
                **(vector_columns("nu", kets) if self.is_known else {}),
                "rate": self.rate,
                "softness": self.softness,
                "linear_entropy": self.linear_entropy,
                "entropy_coefficient": self.entropy_coefficient,
                "confirmed": " ".join([self.confirmed, *map(str, self.particles)]),
                "reason": self.reason,
            }
        )

    @property
    def is_known(self) -> bool:
        """Whether there is an answer at this time."""
        return len(self.branches) > 0

    @property
    def rate(self) -> float:
        """``lim (1/N) ln⟨Ψ|Ψ⟩``; NaN where the limit is not known, as all numbers below."""
        return self.branches[0].rate if self.is_known else nan

    @property
    def density(self) -> Complex:
        """The limiting marginal, shape (d, d), trace one.

        Raises
        ------
        ConvergenceError
            If the limit is not known.
        """
        if not self.is_known:
            raise ConvergenceError(self.reason)
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
        return max((branch.softness for branch in self.branches), default=nan)

    @property
    def entropy_coefficient(self) -> float:
        """``lim N·S_L``, twice ``lim N`` times the limit infidelity (47); NaN if mixed or critical."""
        return self.branches[0].entropy_coefficient if len(self.branches) == 1 else nan

    @property
    def linear_entropy(self) -> float:
        """``S_L = 1 − Tr ρ̂²``, eq. (11) and (46), as a sum of positive terms ``w_a w_b (1 − |⟨ν_a|ν_b⟩|²)``."""
        if not self.is_mixed:
            return 0.0 if self.is_known else nan
        return float(
            sum(w * self.infidelity_to(ket) for w, ket in zip(self.weights, self.wavefunctions, strict=True))
        )

    def infidelity_to(self, wavefunction: Complex) -> float:
        """``1 − ⟨ψ|ρ̂|ψ⟩``, eq. (12), for a unit vector ψ of shape (d,), without cancellation."""
        if not self.is_known:
            return nan
        distances = [ray_distance(branch.wavefunction, wavefunction) for branch in self.branches]
        return float(self.weights @ np.square(distances))


def bound_rate_error(strength: float, time: float) -> float:
    """Error of a rate g at time t of a model of the given strength ‖A‖: 1e-13 (10 + ‖A‖t)."""
    return RATE_ERROR * (10 + strength * time)


def combine_branches(time: float, branches: Sequence[LimitBranch], rate_error: float = EQUAL_RATE) -> LimitState:
    """Let the branches of largest rate share the weight in proportion to their prefactors.

    ``⟨Ψ|Ψ⟩ ≈ Σ_b C_b e^{N g_b}`` with exponentially small cross terms, so that equal rates give weights ∝ C_b; for
    branches that a symmetry maps onto each other the C_b are equal. Rates are equal if they agree to
    ``rate_error``: what is closer than they are known cannot be told apart.

    Raises
    ------
    ConvergenceError
        If there is no branch, or a branch of a mixture is critical, so that the Gaussian prefactor diverges.
    """
    if not branches:
        raise ConvergenceError(f"no branch of the limit is known at t = {time:.12g}")
    ranked = sorted(branches, key=lambda branch: -branch.rate)
    equal = [b for b in ranked if ranked[0].rate - b.rate <= rate_error]
    weights = np.ones(1)
    if len(equal) > 1:
        softest = max(branch.softness for branch in equal)
        if softest > SOFTEST_IN_MIXTURE:
            raise ConvergenceError(
                f"{len(equal)} branches have equal rates at t = {time:.12g}, but the weight of one diverges "
                f"(1 − softness = {1 - softest:.2g}): a critical point; move the time"
            )
        logs = np.array([branch.log_prefactor for branch in equal])
        weights = np.exp(logs - logs.max())
        weights = weights / weights.sum()
    return LimitState(time, tuple(equal), weights, tuple(ranked[len(equal) :]))


def ray_distance(first: Complex, second: Complex) -> float:
    """Sine of the angle between two unit vectors, ``√(1 − |⟨a|b⟩|²)``, accurate for nearly equal ones."""
    return float(np.linalg.norm(first - second * np.vdot(second, first)))
