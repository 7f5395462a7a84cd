"""The verdict on Hartree for one model and state: what holds, from when it fails, by how much, and how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.compare.short_time_defect import short_time_defect
from nonhermitian_hartree.errors import ConvergenceError, ModelError
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

TIME_TOLERANCE = 1e-6
SMALLEST_JUMP = 0.02
"""Jumps of the limit below this (Frobenius distance / √2, the sine of the angle for pure states) go unseen."""
ZERO_DEFECT = 1e-12
CONFIRMATIONS = ("closed_form", "amplitudes", "continuation")
"""From the surest to the least sure."""
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
    confirmed : str
        How the limit was confirmed: `LimitState.confirmed` of the least sure of the times.
    gaps : int
        Number of requested times at which the limit is not known: nothing is said about them.
    """

    defect: float
    threshold: float
    failure_time: float | None
    largest_infidelity: float
    largest_infidelity_time: float
    last_time: float
    transitions: tuple[Transition, ...]
    confirmed: str
    gaps: int

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
        parts.append(f"confirmed by {self.confirmed}")
        if self.gaps:
            parts.append(f"not known at {self.gaps} of the times")
        return "; ".join(parts)


def judge_hartree(
    model: Model,
    state: ProductState,
    limits: Sequence[LimitState],
    hartree: Complex,
    limit_at: Callable[[float], LimitState],
    threshold: float = 1e-3,
) -> Verdict:
    """Judge Hartree against the limit over the times at which both are known.

    Parameters
    ----------
    model, state : Model, ProductState
        What both were computed for; failure and transitions are located by solving between the times.
    limits : sequence of n LimitState
        At strictly ascending times; those that are not known are left out.
    hartree : (n, d) complex array
        Hartree wavefunctions of unit norm at the same times.
    limit_at : callable
        The limit at a time between them, as `limit.solve.LimitCurve.at`.
    threshold : float
        Infidelity that counts as failure, in (0, 1).

    Raises
    ------
    ModelError
        If times do not ascend, lengths differ, or the threshold lies outside (0, 1).
    ConvergenceError
        If the limit is not known at any of the times.
    """
    times = np.array([limit.time for limit in limits])
    if len(times) == 0 or len(times) != len(hartree) or not (np.diff(times) > 0).all():
        raise ModelError(
            "the verdict needs limits at strictly ascending times and one Hartree wavefunction for each"
        )
    if not 0 < threshold < 1:
        raise ModelError(f"threshold must lie in (0, 1), found {threshold!r}")
    known = [limit for limit in limits if limit.is_known]
    if not known:
        raise ConvergenceError(f"the limit is not known at any of the {len(limits)} times: {limits[0].reason}")

    def infidelity_at(time: float) -> float:
        return limit_at(time).infidelity_to(hartree_wavefunctions(model, state, [time])[0])

    pairs = [(limit, phi) for limit, phi in zip(limits, hartree, strict=True) if limit.is_known]
    infidelity = np.array([limit.infidelity_to(phi) for limit, phi in pairs])
    times = np.array([limit.time for limit in known])
    worst = int(infidelity.argmax())
    return Verdict(
        defect=short_time_defect(model, state),
        threshold=threshold,
        failure_time=_locate_failure(times, infidelity, threshold, infidelity_at),
        largest_infidelity=float(infidelity[worst]),
        largest_infidelity_time=float(times[worst]),
        last_time=float(times[-1]),
        transitions=locate_transitions(known, limit_at),
        confirmed=_least_sure(known),
        gaps=len(limits) - len(known),
    )


def _least_sure(limits: Sequence[LimitState]) -> str:
    """The weakest way in which one of the limits is confirmed, with the exact N where there are such."""
    weakest = max(limits, key=lambda limit: CONFIRMATIONS.index(limit.confirmed))
    return describe_confirmation(weakest)


def describe_confirmation(limit: LimitState) -> str:
    """How a limit is confirmed, as one phrase."""
    numbers = ", ".join(map(str, limit.particles))
    return f"{limit.confirmed} at N = {numbers}" if numbers else limit.confirmed


def locate_transitions(
    limits: Sequence[LimitState], limit_at: Callable[[float], LimitState]
) -> tuple[Transition, ...]:
    """Find the transitions between neighbouring limits and locate each to 1e-6 by bisection of ``limit_at``.

    At most one transition between two neighbours is found, and none that has come undone at the later time. Two
    pure limits are examined when their distance exceeds 0.02; a continuous motion is told from a jump by the
    distance falling below that on the way.
    """
    found: list[tuple[LimitState, LimitState, str]] = []
    for left, right in pairwise(limits):
        changes = left.is_mixed != right.is_mixed
        while right.time - left.time > TIME_TOLERANCE and (changes or _distance(left, right) > SMALLEST_JUMP):
            middle = limit_at((left.time + right.time) / 2)
            if not middle.is_known:
                break
            belongs_left = (
                middle.is_mixed == left.is_mixed if changes else _distance(left, middle) < _distance(middle, right)
            )
            left, right = (middle, right) if belongs_left else (left, middle)
        if not (left.is_known and right.is_known):
            continue
        jump = _distance(left, right)
        if changes or jump > SMALLEST_JUMP:
            continuous = "splitting" if right.is_mixed else "merging"
            kind = "first order" if jump > SMALLEST_JUMP else continuous
            found.append((left, right, kind))
    return tuple(_merge(found))


def _merge(found: Sequence[tuple[LimitState, LimitState, str]]) -> list[Transition]:
    """Transitions of brackets (left, right, kind); two that meet in a mixture at one time are one jump."""
    merged: list[tuple[LimitState, LimitState, str]] = []
    for left, right, kind in found:
        if merged and merged[-1][1].is_mixed and left.time - merged[-1][1].time <= 2 * TIME_TOLERANCE:
            before = merged.pop()[0]
            left, kind = before, "first order"
        merged.append((left, right, kind))
    return [Transition((left.time + right.time) / 2, kind, _distance(left, right)) for left, right, kind in merged]


def _locate_failure(
    times: Real,
    infidelity: Real,
    threshold: float,
    infidelity_at: Callable[[float], float],
) -> float | None:
    from scipy.optimize import brentq  # here, because most states need it not at all

    exceeding = np.flatnonzero(infidelity > threshold)
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
