"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.exact_closed_form import closed_form_marginals
from nonhermitian_hartree.exact_diagonal import sum_diagonal_marginals
from nonhermitian_hartree.exact_float64 import evolve_float64
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState

logger = logging.getLogger(__name__)


def exact_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[Marginals]:
    """One-particle marginals (7) of the solution of eq. (2), by the cheapest method that is good enough.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    particles : sequence of int
        Values of N ≥ 2.
    times : (T,) sequence of float
        Finite times ≥ 0, in inverse units of the couplings.
    tolerance : float
        Largest allowed ``error_bound``.

    Returns
    -------
    list of Marginals
        One per N, each with leading axis t. ``method`` is ``"closed_form"`` for diagonal models, else
        ``"float64"`` where its error estimate is below the tolerance at all times, else ``"certified"``.

    Raises
    ------
    ModelError
        If the dimensions differ, or an N or a time is out of range.
    AccuracyError
        If no method reaches the tolerance within its limits; it names N and t. No number is returned then.
    """
    if model.dimension != state.dimension:
        raise ModelError(f"the model has dimension {model.dimension}, but the state {state.dimension}")
    if not (np.isfinite(times).all() and min(times, default=0.0) >= 0):
        raise ModelError(f"times must be finite and ≥ 0, found {list(times)!r}")
    if min(particles, default=2) < 2:
        raise ModelError(f"eq. (1) needs at least 2 particles, found {min(particles)}")
    if not model.is_diagonal:
        return [_evolve(model, state, number, times, tolerance) for number in particles]
    if model.dimension == 2:
        closed = closed_form_marginals(model, state, particles, times)
        results = [closed[index] for index in range(len(particles))]
    else:
        results = [sum_diagonal_marginals(model, state, number, times) for number in particles]
    for number, marginals in zip(particles, results, strict=True):
        _require_accuracy(marginals, number, times, tolerance)
    return results


def _evolve(
    model: Model, state: ProductState, particles: int, times: Sequence[float], tolerance: float
) -> Marginals:
    try:
        return evolve_float64(model, state, particles, times, tolerance)
    except AccuracyError as error:
        logger.info("%s", error)
    return certify_marginals(model, state, particles, times, tolerance)


def _require_accuracy(marginals: Marginals, particles: int, times: Sequence[float], tolerance: float) -> None:
    for time, bound in zip(times, marginals.error_bound, strict=True):
        if not bound <= tolerance:
            raise AccuracyError(
                f"{marginals.method} at N = {particles}, t = {time:g}: error bound {bound:.1e} exceeds the "
                f"tolerance {tolerance:g}; raise the tolerance, or lower N or t"
            )
