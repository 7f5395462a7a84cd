"""Hartree assessed for one model and state: both solutions, the check against exact norms, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.compare.limit_check import check_limits
from nonhermitian_hartree.compare.verdict import Verdict, judge_hartree
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
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
        If no limit was found, or exact norms contradict it.
    AccuracyError
        If those norms cannot be computed to 1e-8.
    """
    wavefunctions = hartree_wavefunctions(model, state, times)
    limits = limit_states(model, state, times)
    checks = check_limits(model, state, times, limits)
    worst = max(checks, key=lambda check: check.difference)
    return judge_hartree(model, state, limits, wavefunctions, threshold, worst)
