"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from numpy.typing import ArrayLike

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.parts import CONDENSATE_FROM
from nonhermitian_hartree.model.arguments import read_number, read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

logger = logging.getLogger(__name__)

TOLERANCE = 1e-8


def exact_marginals(
    model: Model, state: ProductState, particles: ArrayLike, times: ArrayLike, tolerance: float = TOLERANCE
) -> list[Marginals]:
    """One-particle marginals (7) of the solution of eq. (2), by the cheapest method that is good enough.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    particles : sequence of int, or one number
        Values of N, 2 to 10¹⁵.
    times : (T,) sequence of float, or one number
        Finite times ≥ 0, in inverse units of the couplings.
    tolerance : float
        Largest allowed ``error_bound``, > 0.

    Returns
    -------
    list of Marginals
        One per N, each with leading axis t; a single N or t counts as a list of one. ``method`` is
        ``"closed_form"`` for diagonal models, otherwise the first of ``"float64"`` (for qubits only at N below
        1000), ``"condensate"`` (qubits) and ``"certified"`` whose error is below the tolerance at all times.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    AccuracyError
        If no method reaches the tolerance within its limits; it names N and t. No number is returned then.
    """
    require_pair(model, state)
    counts, instants = read_particles(particles), read_times(times)
    tolerance = read_number("tolerance", tolerance, "numbers > 0")
    if not tolerance > 0:
        raise refuse("tolerance", tolerance, "numbers > 0")
    if not model.is_diagonal:
        return _evolve(model, state, counts, instants, tolerance)
    if model.dimension == 2:
        closed = closed_form_marginals(model, state, counts, instants)
        results = [closed[index] for index in range(len(counts))]
    else:
        # engines are imported where they are used, so that a closed form does not wait for the others
        from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals

        results = [sum_diagonal_marginals(model, state, number, instants) for number in counts]
    for number, marginals in zip(counts, results, strict=True):
        _require_accuracy(marginals, number, instants, tolerance)
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
