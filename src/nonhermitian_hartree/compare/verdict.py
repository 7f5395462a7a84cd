"""The verdict on Hartree for one model and state: what holds, from when it fails, by how much, and how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.compare.norm_rate import RateCheck
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.compare.short_time_defect import short_time_defect
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

TIME_TOLERANCE = 1e-6
SMALLEST_JUMP = 0.02
"""Jumps of the limit below this (Frobenius distance / √2, the sine of the angle for pure states) go unseen."""
ZERO_DEFECT = 1e-12
SMALLEST_INFIDELITY = 1e-20
"""Square of the accuracy of Hartree and limit: a smaller infidelity is rounding."""


@dataclass(frozen=True)
class Transition:
    """A time at which the limit is not analytic.

    Parameters
    ----------
    time : float
        Located to 1e-6.
    kind : str
        ``first order`` (the dominant branch changes and ρ̂ jumps), ``splitting`` (pure to mixed, ρ̂ continuous) or
        ``merging`` (mixed to pure, ρ̂ continuous).
    jump : float
        Distance ``‖ρ̂₊ − ρ̂₋‖_F/√2`` across the transition.
    """

    time: float
    kind: str
    jump: float


@dataclass(frozen=True)
class Verdict:
    """What can be said about Hartree for one model and one state.

    Parameters
    ----------
    defect : float
        `short_time_defect`, energy units squared.
    threshold : float
        Infidelity that counts as failure.
    failure_time : float or None
        First time at which the Hartree infidelity of the limit exceeds the threshold, to 1e-6; None if it does not
        at any requested time.
    largest_infidelity, largest_infidelity_time : float
        Over the requested times.
    last_time : float
        End of the requested times; nothing is said beyond.
    transitions : tuple of Transition
        In the order of time.
    rate_check : RateCheck or None
        Comparison of the rate with exact finite N, if one was made.
    """

    defect: float
    threshold: float
    failure_time: float | None
    largest_infidelity: float
    largest_infidelity_time: float
    last_time: float
    transitions: tuple[Transition, ...]
    rate_check: RateCheck | None

    @property
    def line(self) -> str:
        """The verdict as one readable line."""
        parts = [
            "no failure at order t² (the defect vanishes, which does not make Hartree valid)"
            if self.defect <= ZERO_DEFECT
            else f"Hartree fails at order t² (defect {self.defect:.4g})"
        ]
        if self.failure_time is None:
            parts.append(f"its infidelity stays below {self.threshold:g} up to t = {self.last_time:g}")
        else:
            parts.append(f"its infidelity exceeds {self.threshold:g} from t = {self.failure_time:.6f} on")
        parts.append(
            f"largest infidelity {self.largest_infidelity:.4g} at t = {self.largest_infidelity_time:g}"
            if self.largest_infidelity > SMALLEST_INFIDELITY
            else f"largest infidelity below {SMALLEST_INFIDELITY:g}"
        )
        parts += [f"{change.kind} transition of the limit at t = {change.time:.6f}" for change in self.transitions]
        parts.append(
            "not checked against exact finite N"
            if self.rate_check is None
            else f"rate agrees with exact norms up to N = {self.rate_check.largest_particles} "
            f"to {self.rate_check.difference:.1g}"
        )
        return "; ".join(parts)


def judge_hartree(
    model: Model,
    state: ProductState,
    limits: Sequence[LimitState],
    hartree: Complex,
    threshold: float = HARTREE_THRESHOLD,
    rate_check: RateCheck | None = None,
) -> Verdict:
    """Judge Hartree against the limit over the times at which both are known.

    Parameters
    ----------
    model, state : Model, ProductState
        What both were computed for; failure and transitions are located by solving between the times.
    limits : sequence of n LimitState
        At strictly ascending times.
    hartree : (n, d) complex array
        Hartree wavefunctions of unit norm at the same times.
    threshold : float
        Infidelity that counts as failure, in (0, 1).
    rate_check : RateCheck, optional
        What `check_limits` found, the worst over the times.

    Raises
    ------
    ModelError
        If times do not ascend, lengths differ, or the threshold lies outside (0, 1).
    ConvergenceError
        If no limit was found at a time in between.
    """
    times = np.array([limit.time for limit in limits])
    if len(times) == 0 or len(times) != len(hartree) or not (np.diff(times) > 0).all():
        raise ModelError(
            "the verdict needs limits at strictly ascending times and one Hartree wavefunction for each"
        )
    if not 0 < threshold < 1:
        raise ModelError(f"threshold must lie in (0, 1), found {threshold!r}")

    def limit_at(time: float) -> LimitState:
        return limit_states(model, state, [time])[0]

    def infidelity_at(time: float) -> float:
        return limit_at(time).infidelity_to(hartree_wavefunctions(model, state, [time])[0])

    infidelity = np.array([limit.infidelity_to(phi) for limit, phi in zip(limits, hartree, strict=True)])
    worst = int(infidelity.argmax())
    return Verdict(
        defect=short_time_defect(model, state),
        threshold=threshold,
        failure_time=_locate_failure(times, infidelity, threshold, infidelity_at),
        largest_infidelity=float(infidelity[worst]),
        largest_infidelity_time=float(times[worst]),
        last_time=float(times[-1]),
        transitions=locate_transitions(limits, limit_at),
        rate_check=rate_check,
    )


def locate_transitions(
    limits: Sequence[LimitState], limit_at: Callable[[float], LimitState]
) -> tuple[Transition, ...]:
    """Find the transitions between neighbouring limits and locate each to 1e-6 by bisection of ``limit_at``.

    At most one transition between two neighbours is found, and none that has come undone at the later time. Two
    pure limits are examined when their distance exceeds 0.02; a continuous motion is told from a jump by the
    distance falling below that on the way.
    """
    found = []
    for left, right in pairwise(limits):
        changes = left.is_mixed != right.is_mixed
        while right.time - left.time > TIME_TOLERANCE and (changes or _distance(left, right) > SMALLEST_JUMP):
            middle = limit_at((left.time + right.time) / 2)
            belongs_left = (
                middle.is_mixed == left.is_mixed if changes else _distance(left, middle) < _distance(middle, right)
            )
            left, right = (middle, right) if belongs_left else (left, middle)
        jump = _distance(left, right)
        if changes or jump > SMALLEST_JUMP:
            continuous = "splitting" if right.is_mixed else "merging"
            kind = "first order" if jump > SMALLEST_JUMP else continuous
            found.append(Transition((left.time + right.time) / 2, kind, jump))
    return tuple(found)


def _locate_failure(
    times: Real,
    infidelity: Real,
    threshold: float,
    infidelity_at: Callable[[float], float],
) -> float | None:
    from scipy.optimize import brentq  # here, because most states need it not at all

    exceeding = np.flatnonzero(~(infidelity <= threshold))
    if not len(exceeding):
        return None
    first = int(exceeding[0])
    before = float(times[first - 1]) if first else 0.0
    if before == times[first]:
        return before
    # Brent's method keeps the bracket, so that a jump is located as well as a crossing; at t = 0 the two agree.
    return float(
        brentq(
            lambda time: (infidelity_at(time) if time > 0 else 0.0) - threshold,
            before,
            float(times[first]),
            xtol=TIME_TOLERANCE / 2,
        )
    )


def _distance(first: LimitState, second: LimitState) -> float:
    return float(np.linalg.norm(first.density - second.density) / np.sqrt(2))
