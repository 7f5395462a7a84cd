"""The N → ∞ one-particle state of any Hamiltonian (1): the dominant two-point branch, or a mixture of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.two_point import Complex, Real
from nonhermitian_hartree.two_point_branches import Branch, find_branches_over_times
from nonhermitian_hartree.two_point_search import ray_distance

EQUAL_RATE = 1e-10
"""Branches whose rates differ by less count as equal: the rates themselves are good to about 1e-12."""
LARGEST_MIXED_SQUEEZING = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class LimitState:
    """The limit of ρ̂^(1) at one time: ``Σ_b w_b |ν_b⟩⟨ν_b|`` over the branches of largest rate.

    Parameters
    ----------
    time : float
        Observation time, in units of 1/energy (ħ = 1).
    branches : tuple of Branch
        The dominant branches; one for a pure limit.
    weights : (len(branches),) array
        w_b > 0, sum one.
    subdominant : tuple of Branch
        The other maxima, largest rate first; each is suppressed by e^{−N Δg}.
    """

    time: float
    branches: tuple[Branch, ...]
    weights: Real
    subdominant: tuple[Branch, ...]

    @property
    def rate(self) -> float:
        """``lim (1/N) ln⟨Ψ|Ψ⟩``."""
        return self.branches[0].rate

    @property
    def density(self) -> Complex:
        """The limiting marginal, shape (d, d), trace one."""
        return np.asarray(sum(w * b.density for w, b in zip(self.weights, self.branches, strict=True)))

    @property
    def is_mixed(self) -> bool:
        """Whether more than one branch carries weight."""
        return len(self.branches) > 1

    @property
    def linear_entropy(self) -> float:
        """``S_L = 1 − Tr ρ̂²``, eq. (11), as a sum of positive terms ``w_a w_b (1 − |⟨ν_a|ν_b⟩|²)``."""
        return float(sum(w * self.infidelity(b.wavefunction) for w, b in zip(self.weights, self.branches, strict=True)))

    def infidelity(self, wavefunction: Complex) -> float:
        """``1 − ⟨ψ|ρ̂|ψ⟩``, eq. (12), for a unit vector ψ of shape (d,), without cancellation."""
        distances = [ray_distance(branch.wavefunction, wavefunction) for branch in self.branches]
        return float(self.weights @ np.square(distances))


def limit_over_times(
    model: Model, state: ProductState, times: Sequence[float] | Real, starts: int = 400
) -> list[LimitState]:
    """Limit of the one-particle marginal at each time; see `find_branches_over_times` for the search and its errors.

    Branches whose rates agree to 1e-10 share the weight in proportion to their fluctuation prefactors C, because
    ⟨Ψ|Ψ⟩ ≈ Σ_b C_b e^{N g_b}; for branches that a symmetry maps onto each other these are equal. ν and g are good to
    about 1e-11, except within 1e-6 of a critical time, where the error of ν is about 1e-13/(1 − ‖Z‖).

    Raises
    ------
    ModelError, ConvergenceError
        From the search.
    ConvergenceError
        If a mixture contains a branch whose prefactor diverges.
    """
    found = find_branches_over_times(model, state, times, starts)
    return [_combine(float(time), branches) for time, branches in zip(times, found, strict=True)]


def find_limit(model: Model, state: ProductState, time: float, starts: int = 400) -> LimitState:
    """Limit of the one-particle marginal at one time; see `limit_over_times`."""
    return limit_over_times(model, state, [time], starts)[0]


def _combine(time: float, branches: list[Branch]) -> LimitState:
    equal = [b for b in branches if branches[0].rate - b.rate <= EQUAL_RATE * (1 + abs(b.rate))]
    if len(equal) == 1:
        weights = np.ones(1)
    else:
        squeezed = max(b.squeezing_norm for b in equal)
        if squeezed > LARGEST_MIXED_SQUEEZING:
            raise ConvergenceError(
                f"{len(equal)} branches of equal rate at t = {time:.12g}, but the weight of one diverges "
                f"(1 − ‖Z‖ = {1 - squeezed:.2g}): a critical point, or a continuous family related by a symmetry "
                "of the model; move the time, or break the symmetry slightly"
            )
        logs = np.array([b.log_prefactor for b in equal])
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
    return LimitState(time, tuple(equal), weights, tuple(branches[len(equal) :]))
