"""The N → ∞ limit of the one-particle state of any model: the method is chosen here."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.limit.closed_form import bound_closed_form_error, diagonal_qubit_limits
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

NUMERICAL_ERROR = 1e-11


def limit_states(model: Model, state: ProductState, times: Sequence[float]) -> list[LimitState]:
    """Limit of ρ̂^(1) at each time.

    Diagonal qubits by the maximisers of the rate function (eq. (40), (45)), other diagonal models by
    maximisation over the simplex of populations, all others by the two-point equations.

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    ConvergenceError
        If no limit was found at some time.
    """
    if model.is_diagonal and model.dimension == 2:
        return diagonal_qubit_limits(model, state, times)
    # imported here, so that a closed form does not wait for the solvers that it has no use for
    if model.is_diagonal:
        from nonhermitian_hartree.limit.simplex import find_simplex_limit

        return [find_simplex_limit(model, state, time) for time in times]
    from nonhermitian_hartree.limit.two_point.solve import limit_over_times

    return limit_over_times(model, state, times)


def bound_limit_error(model: Model, limit: LimitState) -> float:
    """Error of every entry of a limit state's density.

    Closed forms: roundings, and what they do to phases and near critical points. Others: 1e-11, and ten times
    1e-13/(1 − softness) near a critical time, where the solution of the two-point equations becomes soft.
    """
    if model.is_diagonal and model.dimension == 2:
        return bound_closed_form_error(model, limit)
    softest = max(branch.softness for branch in limit.branches)
    return NUMERICAL_ERROR + 1e-12 / max(1 - softest, 1e-12)
