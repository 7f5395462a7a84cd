"""The N → ∞ one-particle state of any Hamiltonian (1), from the two-point equations."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.limit.state import LimitState, combine_branches
from nonhermitian_hartree.limit.two_point.branches import find_branches_over_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState


def limit_over_times(
    model: Model, state: ProductState, times: Sequence[float] | Real, starts: int = 400
) -> list[LimitState]:
    """Limit of the one-particle marginal at each time.

    The search (see `find_branches_over_times`) is fresh at every time *and* tries what was found at the
    neighbouring times; `combine_branches` makes the mixture. ν and g are good to about 1e-11; near a critical time
    the error of ν grows like 1e-13/(1 − ‖Z‖).

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    ConvergenceError
        If nothing was found at some time, or a mixture contains a branch whose prefactor diverges.
    """
    found = find_branches_over_times(model, state, times, starts)
    return [combine_branches(float(time), branches) for time, branches in zip(times, found, strict=True)]


def find_limit(model: Model, state: ProductState, time: float, starts: int = 400) -> LimitState:
    """Limit of the one-particle marginal at one time; see `limit_over_times`."""
    return limit_over_times(model, state, [time], starts)[0]
