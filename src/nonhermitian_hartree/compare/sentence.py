"""The verdict in plain words: one sentence that a physicist can act on."""

from __future__ import annotations

from nonhermitian_hartree.compare.verdict import AtParticles, UnknownInterval, Verdict

SHOWN_INTERVALS = 3
NEGLIGIBLE = 1e-18
"""Squares of rounding errors: an infidelity below is not told from zero."""

_THEOREMS = {
    "hermitian": "the model is Hermitian, so Hartree is right for N → ∞ [known theorem]",
    "no interaction": "there is no interaction, so Hartree is exact at every N",
}


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
        parts.append(f"the limit is good to {verdict.threshold:g} from N ≈ {_show(verdict.particles_needed)} on")
    parts += [f"{change.kind} of the limit at t = {_show(change.time)}" for change in verdict.transitions]
    if not verdict.theorem:
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
    return f"infidelity below {threshold} at the times that are known, {largest}"


def _say_interval(start: float, stop: float, last: float) -> str:
    return f"{_show(start)} < t {'≤' if stop >= last else '<'} {_show(stop)}"


def _say_unknown(interval: UnknownInterval) -> str:
    return f"no answer for {_show(interval.start)} ≤ t ≤ {_show(interval.stop)}: {interval.reason}"


def _say_particles(at: AtParticles) -> str:
    how = "" if at.is_exact else ", predicted to order 1/N"
    return (
        f"at N = {_show(at.particles)} Hartree is off by {_show(at.hartree_infidelity, 3)}, "
        f"the limit by {_show(at.limit_infidelity, 3)}{how}"
    )


def _say_confirmed(confirmed: str) -> str:
    how, *numbers = confirmed.split()
    if how == "closed_form":
        return "the limit has a closed form"
    states = f"exact states of {', '.join(numbers[:-1])} and {numbers[-1]} particles"
    if how == "amplitudes":
        return f"limit confirmed by {states}"
    return f"limit compared with {states}, but near a critical point only followed"


def _show(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}" if value < 10**6 or value != int(value) else f"{int(value):d}"
