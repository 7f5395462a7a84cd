"""The limit of models that are diagonal in another basis: solved there in closed form, and rotated back."""

from __future__ import annotations

from dataclasses import replace

from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits
from nonhermitian_hartree.limit.simplex import find_simplex_limit
from nonhermitian_hartree.limit.state import LimitState, bound_rate_error, combine_branches
from nonhermitian_hartree.model.diagonal_frame import DiagonalFrame, find_diagonal_frame
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import strength
from nonhermitian_hartree.model.state import ProductState


class CommutingLimit:
    """The limit of a model of which A1 and A2 are diagonal in one product basis, as a function of time.

    Parameters
    ----------
    frame : DiagonalFrame
        Model and state in that basis.
    """

    def __init__(self, frame: DiagonalFrame) -> None:
        self.frame = frame

    def at(self, time: float) -> LimitState:
        """Limit at one time; rates that agree to `bound_rate_error`, what they are known to, are a tie.

        Raises
        ------
        ConvergenceError
            If no maximum is found, or a mixture contains a critical branch.
        """
        frame = self.frame
        if frame.model.dimension == 2:
            (found,) = diagonal_qubit_limits(frame.model, frame.state, [time])
        else:
            found = find_simplex_limit(frame.model, frame.state, time)
        branches = [
            replace(
                branch,
                wavefunction=frame.columns @ branch.wavefunction,
                rate=branch.rate + 2 * frame.shift.imag * time,
            )
            for branch in (*found.branches, *found.subdominant)
        ]
        return combine_branches(time, branches, bound_rate_error(strength(frame.model), time))


def find_commuting_limit(model: Model, state: ProductState) -> CommutingLimit | None:
    """Limit in the basis in which A1 and A2 are both diagonal; None if there is none (`find_diagonal_frame`)."""
    frame = find_diagonal_frame(model, state)
    return CommutingLimit(frame) if frame else None
