"""Hartree assessed for one model and state: both solutions and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.compare.verdict import Verdict, judge_hartree
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_curve
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState


def assess_hartree(model: Model, state: ProductState, times: Sequence[float], threshold: float = 1e-3) -> Verdict:
    """Say whether, when and by how much Hartree fails for N → ∞.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float
        Strictly ascending, ≥ 0, in inverse units of the couplings. A transition that comes and goes between two of
        them goes unseen.
    threshold : float
        Infidelity that counts as failure, in (0, 1).

    Raises
    ------
    ModelError
        If dimensions differ, times do not ascend, or the threshold is out of range.
    ConvergenceError
        If the limit is not known at any of the times.
    """
    wavefunctions = hartree_wavefunctions(model, state, times)
    curve = limit_curve(model, state, times)
    return judge_hartree(model, state, curve.states(), wavefunctions, curve.at, threshold)
