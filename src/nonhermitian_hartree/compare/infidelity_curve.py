"""The infidelity I(t) between Hartree and the limit, followed over continuous time.

I(t) is analytic between the transitions of the limit. It is sampled where a local polynomial through known samples
does not predict it (nor the limit's ρ̂) well enough, so that what is said about it does not depend on the times
that somebody asked for. All samples of one round are asked for together: one pass of Hartree and of the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.state import LimitState

TIME_TOLERANCE = 1e-6
STEPS_PER_TIME_SCALE = 2.0
FEWEST_STEPS = 16
CURVE_TOLERANCE = 1e-4
"""Largest miss of the polynomial, relative to the largest infidelity met so far."""
THRESHOLD_TOLERANCE = 1e-2
"""The same relative to the threshold, where that is larger."""
DENSITY_TOLERANCE = 5e-3
"""Largest miss in ρ̂ (Frobenius norm): a jump of the limit larger than about twice this is seen."""
NEIGHBOURS = 3
"""Samples on each side through which a polynomial is laid."""
GAP_DEPTH = 3
"""How often a step is halved towards a time without an answer."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Hartree against the limit at one time.

    Parameters
    ----------
    time : float
    limit : LimitState
        At this time; it may be unknown.
    infidelity : float
        I(t), NaN where the limit is unknown.
    """

    time: float
    limit: LimitState
    infidelity: float


SampleTimes = Callable[[Real], list[Sample]]


@dataclass(frozen=True, eq=False)
class InfidelityCurve:
    """Samples of I(t) between which nothing is hidden that is larger than the tolerances above.

    Parameters
    ----------
    samples : tuple of Sample
        In the order of time.
    breaks : tuple of (int, int)
        First and last sample of each jump of ρ̂; about 1e-6 apart.
    complete : bool
        False if the budget ran out before every step was resolved.
    """

    samples: tuple[Sample, ...]
    breaks: tuple[tuple[int, int], ...]
    complete: bool

    @property
    def times(self) -> Real:
        """Times of the samples."""
        return np.array([sample.time for sample in self.samples])

    @property
    def infidelities(self) -> Real:
        """I at each; NaN where there is no answer."""
        return np.array([sample.infidelity for sample in self.samples])


class SampledCurve:
    """Samples by time, asked for in rounds and kept."""

    def __init__(self, sample_times: SampleTimes, deadline: float) -> None:
        self._sample_times = sample_times
        self._deadline = deadline
        self._known: dict[float, Sample] = {}

    @property
    def is_late(self) -> bool:
        """Whether the budget has run out."""
        return monotonic() > self._deadline

    def add(self, times: Sequence[float] | Real) -> None:
        """Sample those of the times that are not known."""
        new = np.array(sorted({float(time) for time in times} - self._known.keys()))
        if new.size:
            self._known.update((sample.time, sample) for sample in self._sample_times(new))

    def infidelity(self, times: Real) -> Real:
        """I at each time, sampled where it is not known; elementwise."""
        self.add(times.ravel())
        return np.array([self._known[float(time)].infidelity for time in times.ravel()]).reshape(times.shape)

    def at(self, time: float) -> Sample:
        """The sample at a time."""
        self.add([time])
        return self._known[time]

    def sorted(self) -> list[Sample]:
        """All samples in the order of time."""
        return [self._known[time] for time in sorted(self._known)]


def follow_infidelity(curve: SampledCurve, last: float, time_scale: float, threshold: float) -> InfidelityCurve:
    """Sample I(t) on [0, last] until every step is resolved.

    A step is resolved when the quintic through its ends and two neighbours on each side predicts its middle to
    `CURVE_TOLERANCE`, `THRESHOLD_TOLERANCE` and `DENSITY_TOLERANCE`; what is left of length 1e-6 is a jump.

    Parameters
    ----------
    curve : SampledCurve
        Where samples come from; what it knows already is used.
    last : float
        End of the times; inverse energy.
    time_scale : float
        Inverse of the strength of the model: the first steps are half of it at most.
    threshold : float
        Infidelity that matters.
    """
    steps = max(FEWEST_STEPS, int(np.ceil(STEPS_PER_TIME_SCALE * last / time_scale)))
    curve.add(np.linspace(0.0, last, steps + 1) if last > 0 else np.zeros(1))
    samples = curve.sorted()
    pending = [(left.time, right.time, 0) for left, right in pairwise(samples)]
    shortest = TIME_TOLERANCE * min(1.0, last)
    breaks: list[float] = []
    complete = True
    while pending:
        if curve.is_late:
            complete = False
            break
        middles = [(left + right) / 2 for left, right, _ in pending]
        curve.add(middles)
        samples = curve.sorted()
        index = {sample.time: number for number, sample in enumerate(samples)}
        largest = np.nanmax([sample.infidelity for sample in samples] + [0.0])
        allowed = max(CURVE_TOLERANCE * largest, THRESHOLD_TOLERANCE * threshold)
        following = []
        for (left, right, gaps), middle in zip(pending, middles, strict=True):
            around = [samples[index[middle] + offset] for offset in (-1, 0, 1)]
            missing = sum(not sample.limit.is_known for sample in around)
            if missing == 3 or (missing and gaps >= GAP_DEPTH):
                continue
            if not missing and _is_predicted(samples, index[middle], allowed):
                continue
            if right - left <= shortest:
                if not missing:
                    breaks.append(middle)
                continue
            deeper = gaps + bool(missing)
            following += [(left, middle, deeper), (middle, right, deeper)]
        pending = following
    return InfidelityCurve(tuple(samples), _spans_of(breaks, samples, shortest), complete)


def _is_predicted(samples: Sequence[Sample], middle: int, allowed: float) -> bool:
    """Whether the polynomial through the neighbours of a sample, itself left out, meets it."""
    reach = range(middle - NEIGHBOURS, middle + NEIGHBOURS + 1)
    around = [samples[k] for k in reach if k != middle and 0 <= k < len(samples)]
    near = [sample for sample in around if sample.limit.is_known]
    if len(near) < 3:
        return False
    time = samples[middle].time
    weights = [np.prod([(time - b.time) / (a.time - b.time) for b in near if b is not a]) for a in near]
    infidelity = float(np.dot(weights, [sample.infidelity for sample in near]))
    density = sum(weight * sample.limit.density for weight, sample in zip(weights, near, strict=True))
    return (
        abs(infidelity - samples[middle].infidelity) <= allowed
        and float(np.linalg.norm(density - samples[middle].limit.density)) <= DENSITY_TOLERANCE
    )


def _spans_of(breaks: Sequence[float], samples: Sequence[Sample], width: float) -> tuple[tuple[int, int], ...]:
    """Outermost samples of each group of unresolved steps around the middles ``breaks``; one group is one jump."""
    times = np.array([sample.time for sample in samples])
    spans: list[tuple[int, int]] = []
    for middle in sorted(breaks):
        k = int(np.searchsorted(times, middle))
        if spans and times[k - 1] - times[spans[-1][1]] <= 2 * width:
            spans[-1] = (spans[-1][0], k + 1)
        else:
            spans.append((k - 1, k + 1))
    return tuple(spans)
