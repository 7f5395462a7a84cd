"""The verdict on Hartree for one model and state: whether it holds, when it fails, by how much; in words."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import Literal

from nonhermitian_hartree.display import show_card

SHOWN_INTERVALS = 3
NEGLIGIBLE = 1e-18
"""Squares of rounding errors: an infidelity below is not told from zero."""

_THEOREMS = {
    "hermitian": "the model is Hermitian, so Hartree is right for N → ∞ [known theorem]",
    "no interaction": "there is no interaction, so Hartree is exact at every N",
}

Judgement = Literal["holds", "fails", "unknown"]
Theorem = Literal["", "hermitian", "no interaction"]


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
class UnknownInterval:
    """Times at which the limit is not known, and why."""

    start: float
    stop: float
    reason: str


@dataclass(frozen=True)
class AtParticles:
    """How far Hartree and the limit are from the exact state of N particles: the largest over the times.

    Parameters
    ----------
    particles : int
        N.
    hartree_infidelity, limit_infidelity : float
        Eq. (12) and (47).
    is_exact : bool
        From exact states; False if predicted to order 1/N from the limit alone.
    """

    particles: int
    hartree_infidelity: float
    limit_infidelity: float
    is_exact: bool


@dataclass(frozen=True)
class Verdict:
    """What can be said about Hartree for one model and one state, at all times from 0 to `last_time`.

    Parameters
    ----------
    judgement : str
        ``holds``: the infidelity of Hartree to the limit stays below the threshold at all times; ``fails``: it
        exceeds it during `failure_intervals`; ``unknown``: neither is shown.
    threshold : float
        Infidelity that counts as failure.
    failure_intervals : tuple of (float, float)
        Times, to 1e-6, between which the infidelity exceeds the threshold.
    largest_infidelity, largest_infidelity_time : float or None
        Over continuous time, to 1e-3 of itself; None if the limit is not known at any time.
    last_time : float
        Nothing is said beyond.
    transitions : tuple of Transition
        In the order of time.
    unknown_intervals : tuple of UnknownInterval
        Times without an answer.
    defect : float
        `short_time_defect`, energy units squared.
    theorem : str
        ``hermitian`` or ``no interaction`` where Hartree is known to be right for N → ∞ without any computation.
    confirmed : str
        How the limit was confirmed, the least sure of its times: see `LimitState.confirmed`; empty where it is not
        known beyond t = 0.
    at_particles : AtParticles or None
        The same question at a finite N.
    particles_needed : int or None
        N from which on the limit is good to the threshold at all times; None if no N is known (critical or mixed).
    """

    judgement: Judgement
    threshold: float
    failure_intervals: tuple[tuple[float, float], ...]
    largest_infidelity: float | None
    largest_infidelity_time: float | None
    last_time: float
    transitions: tuple[Transition, ...]
    unknown_intervals: tuple[UnknownInterval, ...]
    defect: float
    theorem: Theorem
    confirmed: str
    at_particles: AtParticles | None
    particles_needed: int | None

    @property
    def reason(self) -> str:
        """Why there is no answer at some times, each reason once; empty if there is one at all."""
        return "; ".join(dict.fromkeys(interval.reason for interval in self.unknown_intervals))

    @property
    def failure_time(self) -> float | None:
        """First time at which the infidelity exceeds the threshold; None if it does not."""
        return self.failure_intervals[0][0] if self.failure_intervals else None

    def __str__(self) -> str:
        """The verdict in one sentence."""
        return describe_verdict(self)

    def __repr__(self) -> str:
        return f"<Verdict: {' '.join(str(self).split())}>"

    def _repr_html_(self) -> str:
        rows = {
            "fails for": ", ".join(_say_interval(*ends, self.last_time) for ends in self.failure_intervals),
            "largest infidelity": "" if self.largest_infidelity is None else _show(self.largest_infidelity),
            "at t": "" if self.largest_infidelity_time is None else _show(self.largest_infidelity_time),
            "transitions": ", ".join(f"{change.kind} at t = {_show(change.time)}" for change in self.transitions),
            "defect": "" if isnan(self.defect) else _show(self.defect),
            "limit good from N": "" if self.particles_needed is None else _show_count(self.particles_needed),
            "confirmed": self.confirmed,
        }
        sentence = " ".join(str(self).split())
        return show_card(sentence, {name: value for name, value in rows.items() if value})


def judge_nothing(last_time: float, threshold: float, reason: str) -> Verdict:
    """The verdict where nothing could be computed, and why."""
    return Verdict(
        judgement="unknown",
        threshold=threshold,
        failure_intervals=(),
        largest_infidelity=None,
        largest_infidelity_time=None,
        last_time=last_time,
        transitions=(),
        unknown_intervals=(UnknownInterval(0.0, last_time, reason),),
        defect=nan,
        theorem="",
        confirmed="",
        at_particles=None,
        particles_needed=None,
    )


def describe_verdict(verdict: Verdict, model: str = "", start: str = "") -> str:
    """Say what holds, when and by how much Hartree fails, at which N, and how sure that is.

    Parameters
    ----------
    verdict : Verdict
    model, start : str
        Names of the Hamiltonian and of the initial state, if they have any.
    """
    who = ", from ".join(name for name in (model, start) if name)
    parts = [_say_judgement(verdict)]
    parts += [_say_unknown(interval) for interval in verdict.unknown_intervals[:SHOWN_INTERVALS]]
    if verdict.at_particles is not None:
        parts.append(_say_particles(verdict.at_particles))
    elif verdict.particles_needed is not None and not verdict.theorem:
        needed = _show_count(verdict.particles_needed)
        parts.append(f"the limit is good to {verdict.threshold:g} from N ≈ {needed} on")
    parts += [f"{change.kind} of the limit at t = {_show(change.time)}" for change in verdict.transitions]
    if not verdict.theorem and verdict.confirmed:
        parts.append(_say_confirmed(verdict.confirmed))
    return f"{verdict.judgement.upper():<7} {who + ': ' if who else ''}{'; '.join(parts)}"


def _say_judgement(verdict: Verdict) -> str:
    if verdict.theorem:
        return _THEOREMS[verdict.theorem]
    threshold, last = f"{verdict.threshold:g}", _show(verdict.last_time)
    if verdict.largest_infidelity is None or verdict.largest_infidelity_time is None:
        return "the limit is not known"
    largest = (
        f"at most {_show(verdict.largest_infidelity, 3)} at t = {_show(verdict.largest_infidelity_time, 3)}"
        if verdict.largest_infidelity > NEGLIGIBLE
        else "zero to rounding"
    )
    if verdict.judgement == "fails":
        shown = [_say_interval(*ends, verdict.last_time) for ends in verdict.failure_intervals[:SHOWN_INTERVALS]]
        more = len(verdict.failure_intervals) - len(shown)
        if more:
            shown.append(f"{more} more such intervals up to t = {last}")
        return f"infidelity above {threshold} for {' and '.join(shown)}, {largest}"
    if verdict.judgement == "holds":
        return f"infidelity below {threshold} at all times up to t = {last}, {largest}"
    if verdict.largest_infidelity > verdict.threshold:
        reached = f"{_show(verdict.largest_infidelity, 3)} at t = {_show(verdict.largest_infidelity_time, 3)}"
        return f"infidelity {reached}, the largest of the times reached, is above {threshold}"
    return f"infidelity below {threshold} at the times that are known, {largest}"


def _say_interval(start: float, stop: float, last: float) -> str:
    return f"{_show(start)} < t {'≤' if stop >= last else '<'} {_show(stop)}"


def _say_unknown(interval: UnknownInterval) -> str:
    return f"no answer for {_show(interval.start)} ≤ t ≤ {_show(interval.stop)}: {interval.reason}"


def _say_particles(at: AtParticles) -> str:
    how = "" if at.is_exact else ", predicted to order 1/N"
    return (
        f"at N = {_show_count(at.particles)} Hartree is off by {_show(at.hartree_infidelity, 3)}, "
        f"the limit by {_show(at.limit_infidelity, 3)}{how}"
    )


def _say_confirmed(confirmed: str) -> str:
    how, *numbers = confirmed.split()
    if how == "closed_form":
        return "the limit has a closed form"
    if not numbers:
        return "limit only followed from t = 0, not confirmed by any exact state"
    states = f"exact states of {', '.join(numbers[:-1])} and {numbers[-1]} particles"
    if how == "amplitudes":
        return f"limit confirmed by {states}"
    return f"limit compared with {states}, but not confirmed by them at all times: there it is only followed"


def _show(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}"


def _show_count(number: int) -> str:
    return str(number) if number < 10**6 else f"{number:.3g}"
