"""Branches put together at finite N, and how far the sum can be trusted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.exact.condensate.marginals import BranchMarginal
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.symmetry.group import find_symmetries
from nonhermitian_hartree.limit.symmetry.orbit import close_under_symmetries
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

TRUNCATION_MARGIN = 3.0
TAIL_MARGIN = 10.0
PATH_ERROR = 1e-12
"""Least error of an integrated path; also the relative error of the rate g."""
ENTROPY_ERROR = 1e-11
"""Relative error of S_L from the integrated path."""
SYMMETRY_ERROR = 4e-15
"""Relative size of a commutator that counts as rounding."""
SAME_RAY = 1e-8


@dataclass(frozen=True)
class CondensateErrors:
    """Parts of the error estimate of a density matrix; they add up.

    Parameters
    ----------
    truncation : float
        :data:`TRUNCATION_MARGIN` times the difference between the two degrees K, in ρ̂ or in the norm.
    tail : float
        :data:`TAIL_MARGIN` times the weight of the smallest amplitude, where the series is cut.
    branches : float
        Overlap of different branches, and the error of their weights.
    path : float
        What the integration of the path leaves over.
    """

    truncation: float
    tail: float
    branches: float
    path: float

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return float(sum(getattr(self, part.name) for part in fields(self)))

    def __str__(self) -> str:
        """List the parts, for messages."""
        return ", ".join(f"{part.name} {getattr(self, part.name):.1e}" for part in fields(self))


@dataclass(frozen=True, eq=False)
class BranchEstimate:
    """One branch at one N: its marginal at two degrees K, and the error of its path.

    Parameters
    ----------
    branch : Branch
        Solution of the two-point equations.
    coarse, fine : BranchMarginal
        At the smaller and the larger degree K.
    path_error : float
        How well the forward path meets the end condition, times what a miss can do to ρ̂.
    """

    branch: Branch
    coarse: BranchMarginal
    fine: BranchMarginal
    path_error: float

    @property
    def errors(self) -> CondensateErrors:
        """Parts of the error of ρ̂, were this the only branch."""
        # Where the truncated evolution blows up, marginals may agree by accident, but norms do not.
        density_change = np.abs(self.fine.density - self.coarse.density).max()
        truncation = np.maximum(density_change, abs(self.fine.log_norm - self.coarse.log_norm))
        return CondensateErrors(
            TRUNCATION_MARGIN * float(truncation), TAIL_MARGIN * self.lost_weight, 0.0, self.path_error
        )

    @property
    def lost_weight(self) -> float:
        """Weight beyond the cut: that of the smallest shell, in a geometric series for each kind of excitation."""
        kinds = len(self.fine.density) - 1
        return kinds * self.fine.tail**2 / (1 - self.branch.softness)

    def entropy_error(self, particles: int) -> float:
        """Error of S_L: what is cut off carries about ``excitations/N`` each, the path a relative error."""
        norm_change = abs(self.fine.log_norm - self.coarse.log_norm)
        entropy_change = abs(self.fine.linear_entropy - self.coarse.linear_entropy)
        truncation = float(np.maximum(entropy_change, norm_change * self.fine.linear_entropy))
        excitations = self.fine.excitations + 1 / (1 - self.branch.softness)
        tail = 2 * self.lost_weight * float(np.minimum(1.0, excitations / particles))  # S_L ≈ 2 p_b
        relative = (ENTROPY_ERROR + self.path_error) / (1 - self.branch.softness)
        return TRUNCATION_MARGIN * truncation + TAIL_MARGIN * tail + relative * self.fine.linear_entropy

    @property
    def log_norm_error(self) -> float:
        """Error of ``ln⟨Ψ|Ψ⟩ − N g``."""
        truncation = abs(self.fine.log_norm - self.coarse.log_norm)
        return TRUNCATION_MARGIN * truncation + TAIL_MARGIN * self.lost_weight + self.path_error


@dataclass(frozen=True, eq=False)
class CondensateMarginal:
    """Marginal at one N and t, with the parts of its error.

    Parameters
    ----------
    density : (d, d) complex array
        ρ̂^(1), trace one.
    linear_entropy, linear_entropy_error : float
        S_L and its error estimate.
    log_norm_rate, log_norm_rate_error : float
        ``(1/N) ln⟨Ψ|Ψ⟩`` and its error estimate.
    errors : CondensateErrors
        Of the entries of ``density``.
    """

    density: Complex
    linear_entropy: float
    linear_entropy_error: float
    log_norm_rate: float
    log_norm_rate_error: float
    errors: CondensateErrors

    @property
    def error_bound(self) -> float:
        """Error estimate of every entry of ρ̂ and of the norm rate; infinite after an overflow."""
        worst = np.maximum(self.errors.total, self.log_norm_rate_error)
        return float(worst) if np.isfinite(worst) else np.inf


def mix_branches(
    estimates: Sequence[BranchEstimate], particles: int, mirrored: Collection[tuple[int, int]] = ()
) -> CondensateMarginal:
    """Sum of the branches, each with the weight ``e^{N g} × norm`` that its own expansion gives.

    ``S_L = Σ_a w_a S_a + Σ_{a<b} w_a w_b ‖ρ_a − ρ_b‖²`` has positive terms only. What every pair adds to it and to
    the errors is that of `_mix_pair`; rates of the pairs ``mirrored`` (`find_mirror_images`) are equal.
    """
    pairs = list(combinations(range(len(estimates)), 2))
    rates = np.array([e.branch.rate for e in estimates])
    for a, b in sorted(mirrored):
        rates[b] = rates[a]
    rate_errors = PATH_ERROR * np.abs(rates) + [e.path_error for e in estimates]
    weights, log_norm_rate = _weigh(rates, estimates, particles)
    contributions = [
        _mix_pair(
            estimates[a],
            estimates[b],
            float(weights[a] * weights[b]),
            0.0 if (a, b) in mirrored else particles * float(rate_errors[a] + rate_errors[b]),
            particles,
        )
        for a, b in pairs
    ]

    def average(values: Iterable[float]) -> float:
        return float(sum(w * value for w, value in zip(weights, values, strict=True)))

    entropy_error = average(e.entropy_error(particles) for e in estimates)
    entropy_error += sum(pair.entropy_error for pair in contributions)
    return CondensateMarginal(
        density=np.einsum("b,bij->ij", weights, [e.fine.density for e in estimates]),
        linear_entropy=average(e.fine.linear_entropy for e in estimates) + sum(p.entropy for p in contributions),
        linear_entropy_error=entropy_error if np.isfinite(entropy_error) else np.inf,
        log_norm_rate=log_norm_rate,
        log_norm_rate_error=average(e.log_norm_error for e in estimates) / particles + float(rate_errors.max()),
        errors=CondensateErrors(
            truncation=average(e.errors.truncation for e in estimates),
            tail=average(e.errors.tail for e in estimates),
            branches=sum(pair.density_error for pair in contributions),
            path=average(e.errors.path for e in estimates),
        ),
    )


def _weigh(rates: Real, estimates: Sequence[BranchEstimate], particles: int) -> tuple[Real, float]:
    """Weights ``∝ e^{N g + ln norm}`` of the branches, sum one, and (1/N) ln⟨Ψ|Ψ⟩."""
    leading = float(rates.max())
    logs = particles * (rates - leading) + [e.fine.log_norm for e in estimates]
    weights = np.exp(logs - logs.max())
    log_norm_rate = leading + float(logs.max() + np.log(weights.sum())) / particles
    return weights / weights.sum(), log_norm_rate


@dataclass(frozen=True)
class _Pair:
    """What two branches add: to S_L, to the error of every entry of ρ̂, and to that of S_L."""

    entropy: float
    density_error: float
    entropy_error: float


def _mix_pair(
    first: BranchEstimate, second: BranchEstimate, product: float, log_rate_error: float, particles: int
) -> _Pair:
    """Two branches with ``product = w_a w_b`` of their weights.

    Interference is neglected. For coherent states it is at most ``√(w_a w_b) |⟨ν_a|ν_b⟩|^N``; a soft branch is
    wider, so that the estimate takes ``√(w_a w_b) |⟨ν_a|ν_b⟩|^{N (1 − softness)}``. ``log_rate_error``, the error
    of N (g_a − g_b), and the errors of the norms change the weights.
    """
    apart = float(np.linalg.norm(first.fine.density - second.fine.density))
    log_weight_error = first.log_norm_error + second.log_norm_error + log_rate_error
    weight_error = float(np.minimum(log_weight_error, 1.0))  # nan stays nan
    interference = float(np.sqrt(product) * _overlap(first.branch, second.branch, particles))
    own_errors = first.errors.total + second.errors.total
    return _Pair(
        entropy=product * apart**2,
        density_error=interference + product * weight_error * apart,
        entropy_error=4 * interference + product * apart * (weight_error * apart + 4 * own_errors),
    )


def find_mirror_images(model: Model, state: ProductState, branches: Sequence[Branch]) -> set[tuple[int, int]]:
    """Pairs (a, b), a < b, of branches that a symmetry of the model and of φ maps onto each other.

    For d = 2 only ``2|φ⟩⟨φ| − 1`` can do that, which has to hold to rounding; for d > 2 the group is that of
    `find_symmetries`.
    """
    pairs = list(combinations(range(len(branches)), 2))
    if not pairs:
        return set()
    kets = [branch.wavefunction for branch in branches]
    if model.dimension > 2:
        group = find_symmetries(model, state)
        images = [close_under_symmetries([ket], group) for ket in kets]
    else:
        mirror = 2 * np.outer(state.amplitudes, state.amplitudes.conj()) - np.eye(2)
        images = [[mirror @ ket] for ket in kets] if is_symmetry(model, mirror) else [[] for _ in kets]
    return {(a, b) for a, b in pairs if any(ray_distance(image, kets[b]) <= SAME_RAY for image in images[a])}


def is_symmetry(model: Model, unitary: Complex) -> bool:
    """Whether a unitary commutes with A1 and, on both particles, with A2, to rounding."""
    operators = ((model.one_body, unitary), (model.two_body, np.kron(unitary, unitary)))
    asymmetry = max(
        float(np.abs(operator @ both - both @ operator).max() / max(np.abs(operator).max(), 1e-300))
        for operator, both in operators
    )
    return asymmetry <= SYMMETRY_ERROR


def _overlap(first: Branch, second: Branch, particles: int) -> float:
    overlap = abs(np.vdot(first.wavefunction, second.wavefunction))
    return float(overlap ** (particles * (1 - max(first.softness, second.softness))))
