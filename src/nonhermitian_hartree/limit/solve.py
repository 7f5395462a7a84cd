"""The N → ∞ limit of the one-particle state of any model: the method is chosen here."""

from __future__ import annotations

from numpy.typing import ArrayLike

from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

CLOSED_FORM_ERROR = 2.0**-49
NUMERICAL_ERROR = 1e-11


def limit_states(model: Model, state: ProductState, times: ArrayLike) -> list[LimitState]:
    """Limit of ρ̂^(1) at each time.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        Finite, ≥ 0, in any order, in inverse units of the couplings.

    Returns
    -------
    list of T LimitState

    Diagonal qubits by the maximisers of the rate function (eq. (40), (45)), other diagonal models by
    maximisation over the simplex of populations, all others by the two-point equations.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    ConvergenceError
        If no limit was found at some time.
    """
    require_pair(model, state)
    instants = read_times(times)
    if model.is_diagonal and model.dimension == 2:
        return diagonal_qubit_limits(model, state, instants)
    # imported here, so that a closed form does not wait for the solvers that it has no use for
    if model.is_diagonal:
        from nonhermitian_hartree.limit.simplex import find_simplex_limit

        return [find_simplex_limit(model, state, time) for time in instants]
    from nonhermitian_hartree.limit.two_point.solve import limit_over_times

    return limit_over_times(model, state, instants)


def bound_limit_error(model: Model, limit: LimitState) -> float:
    """Error of every entry of a limit state's density.

    Closed forms: rounding. Others: 1e-11, and ten times 1e-13/(1 − softness) near a critical time, where the
    solution of the two-point equations becomes soft.
    """
    if model.is_diagonal and model.dimension == 2:
        return CLOSED_FORM_ERROR
    softest = max(branch.softness for branch in limit.branches)
    return NUMERICAL_ERROR + 1e-12 / max(1 - softest, 1e-12)
