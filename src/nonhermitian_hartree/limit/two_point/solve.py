"""The N → ∞ one-particle state of any Hamiltonian (1), from the two-point equations."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.state import LimitBranch, LimitState, bound_rate_error, combine_branches
from nonhermitian_hartree.limit.symmetry.orbit import orbit_average
from nonhermitian_hartree.limit.two_point.attempt import FoundBranches, Solved
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.limit.two_point.newton import TwoPointPath
from nonhermitian_hartree.limit.two_point.search import BranchSearch
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

NEGLIGIBLE_WEIGHT = 1e-12


class TwoPointCurve:
    """The limit of one model and state as a function of time: confirmed at some times, followed between them.

    Parameters
    ----------
    times : sequence of float
        Times ≥ 0 at which branches are searched for and confirmed.
    seeds : mapping, optional
        Paths of a model nearby at some of these times (`paths`); see `BranchSearch.run`.
    """

    def __init__(
        self,
        model: Model,
        state: ProductState,
        times: Sequence[float] | Real,
        seeds: Mapping[float, Sequence[TwoPointPath]] | None = None,
    ) -> None:
        self._requested = sorted({float(time) for time in times})
        self._search = BranchSearch(model, state, horizon=self._requested[-1])
        self._seeds = seeds or {}
        self._known = list(self._requested)
        self._solved: dict[float, Solved] = {}

    def states(self) -> list[LimitState]:
        """The limit at each of the times, ascending."""
        self._confirm(self._requested)
        return [self._to_state(self._solved[time].found) for time in self._requested]

    def at(self, times: Sequence[float] | Real) -> list[LimitState]:
        """The limit at any times up to the last: branches followed from the known times around each.

        Costs milliseconds a time where those are known already; what is found is a known time from then on.
        """
        missing = sorted({float(time) for time in times} - self._solved.keys())
        self._confirm([time for time in missing if time in self._known])
        missing = [time for time in missing if time not in self._solved]
        while missing:  # of those between the same neighbours the middle one first, from which the others are near
            gaps: dict[int, list[float]] = {}
            for time in missing:
                gaps.setdefault(bisect_left(self._known, time), []).append(time)
            chosen = [gap[len(gap) // 2] for gap in gaps.values()]
            around = [[self._known[k] for k in (place - 1, place) if 0 <= k < len(self._known)] for place in gaps]
            self._confirm(sorted({known for pair in around for known in pair}))
            sources = [[self._solved[k] for k in pair if self._solved[k].found.confirmed] for pair in around]
            for time, solved in zip(chosen, self._search.follow_from(sources, chosen), strict=True):
                self._solved[time] = solved
                insort(self._known, time)
            missing = [time for time in missing if time not in self._solved]
        return [self._to_state(self._solved[float(time)].found) for time in times]

    def paths(self) -> dict[float, list[TwoPointPath]]:
        """Paths of the confirmed branches at those of the requested times that have been looked at."""
        return {
            time: [linear.path for linear in solved.linears]
            for time in self._requested
            if (solved := self._solved.get(time)) and solved.found.confirmed
        }

    def _confirm(self, times: Sequence[float]) -> None:
        """Search at requested times, ascending, each from the branches of the last one before it."""
        missing = [time for time in times if time not in self._solved]
        for first, run in groupby(missing, self._last_solved_before):
            known = self._solved[first].linears if first is not None else ()
            instants = list(run)
            self._solved |= zip(instants, self._search.run(instants, known, self._seeds), strict=True)

    def _last_solved_before(self, time: float) -> float | None:
        return max((t for t, solved in self._solved.items() if t < time and solved.linears), default=None)

    def _to_state(self, found: FoundBranches) -> LimitState:
        if not found.confirmed:
            return LimitState.unknown(found.time, found.reason)
        error = bound_rate_error(self._search.finder.strength, found.time)
        highest = max(branch.rate for branch in found.branches)
        widest = max(b.orbit_dimension for b in found.branches if highest - b.rate <= error)
        # an orbit of higher dimension has weight N^{1/2} times larger for each further dimension
        counted = [b for b in found.branches if highest - b.rate > error or b.orbit_dimension == widest]
        try:
            limit = combine_branches(found.time, counted, error)
        except ConvergenceError as refusal:
            return LimitState.unknown(found.time, str(refusal))
        if widest:
            limit = self._average_over_orbits(limit)
        growth = 2 * self._search.shift.imag * found.time

        def with_shift(branches: Sequence[LimitBranch]) -> tuple[LimitBranch, ...]:
            return tuple(replace(branch, rate=branch.rate + growth) for branch in branches)

        return replace(
            limit,
            branches=with_shift(limit.branches),
            subdominant=with_shift(limit.subdominant),
            confirmed=found.confirmed,
            particles=found.particles,
        )

    def _average_over_orbits(self, limit: LimitState) -> LimitState:
        """The eigenvectors of the average over the orbits of a broken continuous symmetry, as branches."""
        kets: Complex = limit.wavefunctions
        averages = np.array([orbit_average(ket, self._search.finder.group) for ket in kets])
        weights, vectors = np.linalg.eigh(np.einsum("b,bij->ij", limit.weights, averages))
        kept = np.flatnonzero(weights > NEGLIGIBLE_WEIGHT)[::-1]
        branch = limit.branches[0]
        assert isinstance(branch, Branch)
        shares = tuple(replace(branch, wavefunction=np.asarray(vectors[:, k])) for k in kept)
        return replace(limit, branches=shares, weights=weights[kept] / weights[kept].sum())


def limit_over_times(model: Model, state: ProductState, times: Sequence[float] | Real) -> list[LimitState]:
    """Limit of ρ̂^(1) at each time, in the order given; a time may be refused (`LimitState.reason`).

    ν and g are good to about 1e-12; near a critical time the error of ν grows like 1e-13/(1 − ‖Z‖).

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    """
    require_pair(model, state)
    instants = read_times(times)
    found = {limit.time: limit for limit in TwoPointCurve(model, state, instants).states()}
    return [found[time] for time in instants]


def find_limit(model: Model, state: ProductState, time: float) -> LimitState:
    """Limit of the one-particle marginal at one time; see `limit_over_times`.

    Raises
    ------
    ConvergenceError
        If the limit could not be confirmed.
    """
    (limit,) = limit_over_times(model, state, [time])
    if not limit.is_known:
        raise ConvergenceError(limit.reason)
    return limit
