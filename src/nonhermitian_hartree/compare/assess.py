"""Hartree assessed for one model and state: both solutions, the check against exact norms, and the verdict."""

from __future__ import annotations

from numpy.typing import ArrayLike

from nonhermitian_hartree.compare.limit_check import check_limits
from nonhermitian_hartree.compare.verdict import Verdict, judge_hartree
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.model.arguments import read_number, read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair


def assess_hartree(model: Model, state: ProductState, times: ArrayLike, threshold: float = 1e-3) -> Verdict:
    """Say whether, when and by how much Hartree fails for N → ∞.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        Strictly ascending, ≥ 0, in inverse units of the couplings. A transition that comes and goes between two of
        them goes unseen.
    threshold : float
        Infidelity that counts as failure, in (0, 1).

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    ConvergenceError
        If no limit was found, or exact norms contradict it.
    AccuracyError
        If those norms cannot be computed to 1e-8.
    """
    require_pair(model, state)
    instants = read_times(times, ascending=True)
    threshold = read_number("threshold", threshold, "a number in (0, 1)")
    wavefunctions = hartree_wavefunctions(model, state, instants)
    limits = limit_states(model, state, instants)
    checks = check_limits(model, state, instants, limits)
    worst = max(checks, key=lambda check: check.difference)
    return judge_hartree(model, state, limits, wavefunctions, threshold, worst)
