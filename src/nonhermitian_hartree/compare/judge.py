"""From samples of the infidelity over time to a verdict: intervals of failure, the maximum, transitions, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.compare.infidelity_curve import (
    TIME_TOLERANCE,
    InfidelityCurve,
    Sample,
    SampledCurve,
    follow_infidelity,
)
from nonhermitian_hartree.compare.verdict import (
    AtParticles,
    Judgement,
    Theorem,
    Transition,
    UnknownInterval,
    Verdict,
)
from nonhermitian_hartree.limit.state import LimitState

SMALLEST_JUMP = 0.02
"""Smaller jumps of the limit (Frobenius distance / √2, the sine of the angle for pure states) are continuous."""
POINT = 10
"""Multiple of the time tolerance that counts as one point in time."""
RELEVANT_MAXIMUM = 0.9
"""Local maxima from this share of the largest sample on are searched for the largest infidelity."""


def judge_curve(
    curve: SampledCurve,
    last_time: float,
    time_scale: float,
    threshold: float,
    defect: float,
    particles: int | None = None,
) -> Verdict:
    """Verdict from samples of I(t), which are added to ``curve`` where they are needed.

    Parameters
    ----------
    curve : SampledCurve
        Gives Hartree against the limit at any time.
    last_time, time_scale : float
        End of the times, and the inverse strength of the model (inverse energy).
    threshold : float
        Infidelity that counts as failure, in (0, 1).
    defect : float
        `short_time_defect`.
    particles : int, optional
        N for which the 1/N prediction is made.
    """
    followed = follow_infidelity(curve, last_time, time_scale, threshold)
    if followed.complete:
        _search_maxima(curve, followed, threshold)
    intervals = _failure_intervals(curve, followed, threshold)
    transitions = _locate_transitions(curve, followed)
    samples = curve.sorted()
    known = [sample for sample in samples if sample.limit.is_known]
    unknown = _unknown_intervals(samples, followed, last_time)
    worst = max(known, key=lambda sample: sample.infidelity, default=None)
    coefficient = _largest_coefficient(known)
    judgement: Judgement = "fails" if intervals else "unknown" if unknown else "holds"
    if not followed.complete:
        intervals, judgement = (), "unknown"
    return Verdict(
        judgement=judgement,
        threshold=threshold,
        failure_intervals=intervals,
        largest_infidelity=worst.infidelity if worst else None,
        largest_infidelity_time=worst.time if worst else None,
        last_time=last_time,
        transitions=transitions,
        unknown_intervals=unknown,
        defect=defect,
        theorem="",
        confirmed=_least_confirmed([sample.limit for sample in known], last_time),
        at_particles=_predict_at(particles, worst.infidelity, coefficient) if particles and worst else None,
        particles_needed=_particles_needed(coefficient, threshold),
    )


def judge_known(
    theorem: Theorem,
    last_time: float,
    threshold: float,
    coefficient: float | None = None,
    particles: int | None = None,
) -> Verdict:
    """Verdict where Hartree is the limit: a Hermitian model, or one without interaction (then at every N).

    ``coefficient`` is the largest ``lim N·S_L`` over the times, for what 1/N leaves; None if it is not known.
    """
    coefficient = 0.0 if theorem == "no interaction" else coefficient
    return Verdict(
        judgement="holds",
        threshold=threshold,
        failure_intervals=(),
        largest_infidelity=0.0,
        largest_infidelity_time=0.0,
        last_time=last_time,
        transitions=(),
        unknown_intervals=(),
        defect=0.0,
        theorem=theorem,
        confirmed="theorem",
        at_particles=None if particles is None else _predict_at(particles, 0.0, coefficient),
        particles_needed=_particles_needed(coefficient, threshold),
    )


def _search_maxima(curve: SampledCurve, followed: InfidelityCurve, threshold: float) -> None:
    """Sample local maxima that may be the largest or reach the threshold between samples, and minima below it."""
    from scipy.optimize.elementwise import find_minimum  # here: most of what is imported needs it not

    times, values = followed.times, followed.infidelities
    brackets: dict[float, list[tuple[float, float, float]]] = {1.0: [], -1.0: []}
    inside = {k for first, last in followed.breaks for k in range(first, last + 1)}
    largest = np.nanmax(values, initial=0.0)
    for k in range(1, len(times) - 1):
        low, here, high = values[k - 1 : k + 2]
        if inside & {k - 1, k, k + 1} or not np.isfinite([low, here, high]).all():
            continue
        rise = max(here - low, here - high, low - here, high - here)
        for sign in (1.0, -1.0):  # a maximum, a minimum
            is_extreme = sign * here >= sign * low and sign * here >= sign * high and rise > 0
            crosses = sign * here <= sign * threshold <= sign * here + rise
            if is_extreme and (crosses or (sign > 0 and here >= RELEVANT_MAXIMUM * largest)):
                brackets[sign].append((times[k - 1], times[k], times[k + 1]))
    for sign, triples in brackets.items():
        if triples:
            left, middle, right = (np.array(side, dtype=float) for side in zip(*triples, strict=True))

            def descent(time: Real, sign: float = sign) -> Real:
                return np.asarray(-sign * curve.infidelity(time))

            find_minimum(
                descent,
                (left, middle, right),
                tolerances={"xatol": TIME_TOLERANCE, "xrtol": 0, "fatol": 0, "frtol": 1e-6},
            )


def _failure_intervals(
    curve: SampledCurve, followed: InfidelityCurve, threshold: float
) -> tuple[tuple[float, float], ...]:
    """Intervals in which I exceeds the threshold; ends are crossings located to 1e-6, jumps, gaps, or the end."""
    from scipy.optimize.elementwise import find_root  # here: a state that stays below needs it not

    samples = curve.sorted()
    crossings: dict[int, float] = {}
    for k, (left, right) in enumerate(pairwise(samples)):
        both_known = left.limit.is_known and right.limit.is_known
        if both_known and (left.infidelity > threshold) != (right.infidelity > threshold):
            crossings[k] = (left.time + right.time) / 2
    shortest = TIME_TOLERANCE * min(1.0, samples[-1].time)
    wide = [k for k in crossings if samples[k + 1].time - samples[k].time > shortest]
    if wide and followed.complete:

        def excess(time: Real) -> Real:
            return np.asarray(curve.infidelity(time) - threshold)

        left_ends, right_ends = (np.array([samples[k + side].time for k in wide]) for side in (0, 1))
        roots = find_root(
            excess,
            (left_ends, right_ends),
            tolerances={"xatol": TIME_TOLERANCE / 2, "xrtol": 0, "fatol": 0, "frtol": 0},
        )
        crossings.update(zip(wide, map(float, roots.x), strict=True))
    intervals = []
    start = None
    for k, sample in enumerate(samples):
        above = sample.infidelity > threshold  # not where it is NaN
        if above and start is None:
            start = crossings.get(k - 1, sample.time)
        if start is not None and not above:
            intervals.append((start, crossings.get(k - 1, samples[k - 1].time)))
            start = None
    if start is not None:
        intervals.append((start, samples[-1].time))
    return tuple(intervals)


def _locate_transitions(curve: SampledCurve, followed: InfidelityCurve) -> tuple[Transition, ...]:
    """Jumps of the limit, and changes between pure and mixed, to 1e-6, or 1e-5 around a time without an answer."""
    samples = followed.samples
    found = [_describe(samples[first], samples[last]) for first, last in followed.breaks]
    found = [change for change in found if change.jump > SMALLEST_JUMP]
    shortest = TIME_TOLERANCE * min(1.0, samples[-1].time)
    for left, right in pairwise([sample for sample in samples if sample.limit.is_known]):
        ends = _close_in(curve, left, right, shortest)
        is_located = ends[1].time - ends[0].time <= POINT * shortest
        is_new = not any(abs(change.time - ends[0].time) <= POINT * TIME_TOLERANCE for change in found)
        if is_located and is_new and _changes(*ends):
            found.append(_describe(*ends))
    return tuple(sorted(found, key=lambda change: change.time))


def _close_in(curve: SampledCurve, left: Sample, right: Sample, shortest: float) -> tuple[Sample, Sample]:
    """Known samples on both sides of a change, as near to it as ``shortest`` or as there is an answer."""
    while _changes(left, right) and right.time - left.time > shortest:
        middle = curve.at((left.time + right.time) / 2)
        if middle.limit.is_known:
            around = [left, middle, right]
        else:  # at a critical point there may be no answer
            around = [left, *(_find_edge(curve, known, middle, shortest) for known in (left, right)), right]
        ends = next(pair for pair in pairwise(around) if _changes(*pair))
        if ends == (left, right) or (not middle.limit.is_known and ends == (around[1], around[2])):
            return ends
        left, right = ends
    return left, right


def _find_edge(curve: SampledCurve, known: Sample, unknown: Sample, shortest: float) -> Sample:
    """Last sample with an answer between one that has and one that has none, to ``shortest``."""
    while abs(unknown.time - known.time) > shortest:
        middle = curve.at((known.time + unknown.time) / 2)
        known, unknown = (middle, unknown) if middle.limit.is_known else (known, middle)
    return known


def _changes(left: Sample, right: Sample) -> bool:
    return left.limit.is_mixed != right.limit.is_mixed


def _describe(left: Sample, right: Sample) -> Transition:
    jump = float(np.linalg.norm(left.limit.density - right.limit.density) / np.sqrt(2))
    continuous = "splitting" if right.limit.is_mixed else "merging"
    return Transition((left.time + right.time) / 2, "first order" if jump > SMALLEST_JUMP else continuous, jump)


def _unknown_intervals(
    samples: Sequence[Sample], followed: InfidelityCurve, last_time: float
) -> tuple[UnknownInterval, ...]:
    """Runs of samples without an answer, out to the neighbours that have one; all if the budget ran out."""
    if not followed.complete:
        return (UnknownInterval(0.0, last_time, "the budget ran out; a larger one settles it"),)
    intervals = []
    start: float | None = None
    reason = ""
    for k, sample in enumerate(samples):
        if not sample.limit.is_known and start is None:
            start, reason = samples[max(k - 1, 0)].time, sample.limit.reason
        if start is not None and (sample.limit.is_known or k == len(samples) - 1):
            if sample.time - start > POINT * TIME_TOLERANCE * min(1.0, last_time):  # not a critical point alone
                intervals.append(UnknownInterval(start, sample.time, reason))
            start = None
    return tuple(intervals)


def _largest_coefficient(samples: Sequence[Sample]) -> float | None:
    """Largest ``lim N·S_L`` over the times; None if the limit is mixed or critical somewhere."""
    values: Real = np.array([sample.limit.entropy_coefficient for sample in samples])
    return float(values.max(initial=0.0)) if np.isfinite(values).all() else None


def _particles_needed(coefficient: float | None, threshold: float) -> int | None:
    """N from which ``coefficient/(2N)``, the infidelity of the limit, is below the threshold."""
    return None if coefficient is None else max(2, ceil(coefficient / (2 * threshold)))


def _predict_at(particles: int, infidelity: float, coefficient: float | None) -> AtParticles | None:
    """Infidelities at N to leading order in 1/N."""
    if coefficient is None:
        return None
    rest = coefficient / (2 * particles)
    return AtParticles(particles, min(1.0, infidelity + rest), min(1.0, rest), is_exact=False)


def _least_confirmed(limits: Sequence[LimitState], last_time: float) -> str:
    """How the least sure of the times searched was confirmed, with the N of the exact states; empty if none."""
    searched = [limit for limit in limits if limit.particles]
    if not searched:
        later = [limit for limit in limits if limit.time > 0]
        if any(limit.confirmed == "continuation" for limit in later):
            return "continuation"
        is_known = all(limit.confirmed == "closed_form" for limit in later) and (later or last_time == 0)
        return "closed_form" if is_known else ""
    how = "amplitudes" if all(limit.confirmed == "amplitudes" for limit in searched) else "continuation"
    return " ".join([how, *map(str, sorted({number for limit in searched for number in limit.particles}))])
