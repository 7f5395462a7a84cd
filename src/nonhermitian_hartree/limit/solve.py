"""The N → ∞ limit of the one-particle state of any model: the method is chosen here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Protocol

from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.closed_form import bound_closed_form_error, diagonal_qubit_limits
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

if TYPE_CHECKING:
    from nonhermitian_hartree.limit.two_point.newton import TwoPointPath

NUMERICAL_ERROR = 1e-11
MOST_ON_SIMPLEX = 32
"""d up to which all maxima over the simplex of populations are searched for."""
MOST_SEARCHED_MODES = 6
"""d up to which all branches are searched for; beyond, one is followed."""


class LimitCurve(Protocol):
    """The limit of one model and state as a function of time."""

    def states(self) -> list[LimitState]:
        """The limit at the times that were asked for, ascending."""

    def at(self, times: Sequence[float] | Real) -> list[LimitState]:
        """The limit at any times up to the last of these; cheap where the neighbours are known already."""

    def paths(self) -> Mapping[float, Sequence[TwoPointPath]]:
        """Two-point paths of the confirmed branches by time, seeds for a model nearby; none for closed forms."""


@dataclass(frozen=True)
class ClosedFormCurve:
    """The limit of a diagonal qubit model: all times at once."""

    model: Model
    state: ProductState
    times: Sequence[float]

    def states(self) -> list[LimitState]:
        """The limit at the times that were asked for, ascending."""
        return self.at(sorted(set(self.times)))

    def at(self, times: Sequence[float] | Real) -> list[LimitState]:
        """The limit at any times."""
        return diagonal_qubit_limits(self.model, self.state, times)

    def paths(self) -> Mapping[float, Sequence[TwoPointPath]]:
        """Nothing: a closed form needs no seeds."""
        return {}


@dataclass(frozen=True)
class DirectCurve:
    """A limit as good as a closed form: every time by itself."""

    solve: Callable[[float], LimitState]
    times: Sequence[float]

    def states(self) -> list[LimitState]:
        """The limit at the times that were asked for, ascending."""
        return self.at(sorted(set(self.times)))

    def at(self, times: Sequence[float] | Real) -> list[LimitState]:
        """The limit at any times; a refusal where it fails."""
        return [self._at_one(float(time)) for time in times]

    def paths(self) -> Mapping[float, Sequence[TwoPointPath]]:
        """Nothing: there is no search that a seed could spare."""
        return {}

    def _at_one(self, time: float) -> LimitState:
        try:
            return self.solve(time)
        except ConvergenceError as error:
            return LimitState.unknown(time, str(error))


def limit_curve(
    model: Model,
    state: ProductState,
    times: ArrayLike,
    seeds: Mapping[float, Sequence[TwoPointPath]] | None = None,
) -> LimitCurve:
    """Limit of ρ̂^(1) as a function of time, confirmed at the times given and followed between them.

    Diagonal qubits by the maximisers of the rate function (eq. (40), (45)), other diagonal models up to d = 32 by
    maximisation over the simplex of populations, models that are diagonal in another basis in that basis, and all
    others by the two-point equations: up to d = 6 with a search for all branches, beyond by following the one that
    starts at φ, from t = 0 on (`limit.many_modes`).

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        Finite, ≥ 0, in any order, in inverse units of the couplings.
    seeds : mapping, optional
        `LimitCurve.paths` of a model and state nearby: where they lead to branches of this one, and exact states
        confirm those, the search for branches is spared.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    """
    require_pair(model, state)
    instants = read_times(times)
    if model.is_diagonal and model.dimension == 2:
        return ClosedFormCurve(model, state, instants)
    # imported here, so that a closed form does not wait for the solvers that it has no use for
    if model.is_diagonal and model.dimension <= MOST_ON_SIMPLEX:
        from nonhermitian_hartree.limit.simplex import find_simplex_limit

        return DirectCurve(lambda time: find_simplex_limit(model, state, time), instants)
    if model.dimension > MOST_SEARCHED_MODES:
        from nonhermitian_hartree.limit.many_modes.solve import ManyModesCurve

        return ManyModesCurve(model, state, instants)
    from nonhermitian_hartree.limit.commuting import find_commuting_limit

    if commuting := find_commuting_limit(model, state):
        return DirectCurve(commuting.at, instants)
    from nonhermitian_hartree.limit.two_point.solve import TwoPointCurve

    return TwoPointCurve(model, state, instants, seeds)


def limit_states(model: Model, state: ProductState, times: ArrayLike) -> list[LimitState]:
    """Limit of ρ̂^(1) at each time, in the order given; see `limit_curve`.

    A time at which there is no answer has a `LimitState` without branches, whose ``reason`` says why.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        Finite, ≥ 0, in any order, in inverse units of the couplings.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    """
    instants = read_times(times)
    found = {limit.time: limit for limit in limit_curve(model, state, instants).states()}
    return [found[time] for time in instants]


def bound_limit_error(model: Model, limit: LimitState) -> float:
    """Error of every entry of a limit state's density.

    Closed forms: roundings, and what they do to long phases and near critical points. Others: 1e-11, and ten times
    1e-13/(1 − softness) near a critical time, where the solution of the two-point equations becomes soft. NaN
    where the limit is not known.
    """
    if not limit.is_known:
        return nan
    if model.is_diagonal and model.dimension == 2:
        return bound_closed_form_error(model, limit)
    return NUMERICAL_ERROR + 1e-12 / max(1 - limit.softness, 1e-12)
