"""Confirmed branches of the limit at given times, for those who need more of them than their mixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.two_point.attempt import LIGHT, FoundBranches
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.limit.two_point.search import BranchSearch
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair


def find_branches(model: Model, state: ProductState, time: float) -> list[Branch]:
    """Confirmed branches at one time, largest rate first; see `find_branches_over_times`."""
    return find_branches_over_times(model, state, [time])[0]


def find_branches_over_times(
    model: Model, state: ProductState, times: Sequence[float] | Real
) -> list[list[Branch]]:
    """Confirmed branches at every time, each list with the largest rate first; see `search_branches`.

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    ConvergenceError
        If the branches at some time could not be confirmed; the text says why.
    """
    found = search_branches(model, state, times)
    for result in found:
        if not result.confirmed:
            raise ConvergenceError(result.reason)
    return [list(result.branches) for result in found]


def search_branches(model: Model, state: ProductState, times: Sequence[float] | Real) -> list[FoundBranches]:
    """Branches at every time, in the order of ``times``, with what confirms them or why they are refused.

    Algorithm: `search.BranchSearch`; docs/theory_limit.md. Everything that decides is taken from the model without
    its gauge parts, so that shifts and one-body parts of A2 change nothing but the rate. Subdominant branches are
    looked for down to a weight of e^−25 at the largest N of the exact states.

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    """
    require_pair(model, state)
    instants = read_times(times)
    search = BranchSearch(model, state, LIGHT, horizon=max(instants))
    distinct = sorted(set(instants))
    solved = dict(zip(distinct, search.run(distinct), strict=True))
    return [_with_shift(solved[time].found, search.shift) for time in instants]


def _with_shift(found: FoundBranches, shift: complex) -> FoundBranches:
    """Add back the growth that the gauge had taken off the rates."""
    branches = tuple(replace(branch, rate=branch.rate + 2 * shift.imag * branch.time) for branch in found.branches)
    return replace(found, branches=branches)
