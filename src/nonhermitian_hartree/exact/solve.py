"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.parts import CONDENSATE_FROM
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

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
        One per N, each with leading axis t. ``method`` is ``"closed_form"`` for diagonal models, otherwise the
        first of ``"float64"`` (for qubits only at N below 1000), ``"condensate"`` (qubits) and
        ``"certified"`` whose error is below the tolerance at all times.

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
        return _evolve(model, state, particles, times, tolerance)
    if model.dimension == 2:
        closed = closed_form_marginals(model, state, particles, times)
        results = [closed[index] for index in range(len(particles))]
    else:
        # engines are imported where they are used, so that a closed form does not wait for the others
        from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals

        results = [sum_diagonal_marginals(model, state, number, times) for number in particles]
    for number, marginals in zip(particles, results, strict=True):
        _require_accuracy(marginals, number, times, tolerance)
    return results


def _evolve(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[Marginals]:
    """Marginals of a model that is not diagonal, one per N, by the cheapest method that is good enough."""
    from nonhermitian_hartree.exact.certified.evolve import certify_marginals
    from nonhermitian_hartree.exact.condensate.mixture import PATH_ERROR
    from nonhermitian_hartree.exact.condensate.solve import FEWEST_PARTICLES, condensate_marginals
    from nonhermitian_hartree.exact.float64 import evolve_float64

    solved: dict[int, Marginals] = {}
    for number in particles:
        if model.dimension > 2 or number < CONDENSATE_FROM:
            try:
                solved[number] = evolve_float64(model, state, number, times, tolerance)
            except AccuracyError as error:
                logger.info("%s", error)
    large = [number for number in particles if number not in solved and number >= FEWEST_PARTICLES]
    refusal = ""
    if model.dimension == 2 and large and tolerance > PATH_ERROR:
        try:
            found = condensate_marginals(model, state, large, times, tolerance)
            solved |= {n: m for n, m in zip(large, found, strict=True) if m.error_bound.max() <= tolerance}
        except AccuracyError as error:
            refusal = str(error)
            logger.info("%s", error)
    # The largest first: what is out of reach is then refused before hours go into the rest.
    for number in sorted(particles, reverse=True):
        if number not in solved:
            try:
                solved[number] = certify_marginals(model, state, number, times, tolerance)
            except AccuracyError as error:
                raise AccuracyError("; ".join(filter(None, [str(error), refusal]))) from error
    return [solved[number] for number in particles]


def _require_accuracy(marginals: Marginals, particles: int, times: Sequence[float], tolerance: float) -> None:
    for time, bound in zip(times, marginals.error_bound, strict=True):
        if not bound <= tolerance:
            raise AccuracyError(
                f"{marginals.method} at N = {particles}, t = {time:g}: error bound {bound:.1e} exceeds the "
                f"tolerance {tolerance:g}; raise the tolerance, or lower N or t"
            )
