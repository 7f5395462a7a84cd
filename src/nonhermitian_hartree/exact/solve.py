"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import TOLERANCE, Marginals
from nonhermitian_hartree.exact.parts import CONDENSATE_FROM
from nonhermitian_hartree.model.arguments import read_number, read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import DENSE_STORE, MOST_DENSE_MODES, Model
from nonhermitian_hartree.model.state import ProductState, require_pair

logger = logging.getLogger(__name__)

MOST_COMPONENTS = 20_000
"""Components of a state beyond d = 8."""
REFUSALS = (ArithmeticError, np.linalg.LinAlgError)
"""What an engine may end with, AccuracyError among them; the next one then takes over."""


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
        ``"closed_form"`` for diagonal models, otherwise at each time the first of ``"float64"`` (for qubits only
        at N below 1000), ``"condensate"`` (qubits) and ``"certified"`` whose error is below the tolerance.

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
        _require_reach(model.dimension, max(counts))
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
    """Marginals of a model that is not diagonal, one per N, at each time by the cheapest method that will do."""
    from nonhermitian_hartree.exact.condensate.mixture import PATH_ERROR
    from nonhermitian_hartree.exact.condensate.solve import FEWEST_PARTICLES

    instants = sorted({float(time) for time in times})
    solved: dict[int, dict[float, Marginals]] = {}
    for number in particles:
        solved[number] = {}
        if model.dimension > 2 or number < CONDENSATE_FROM:
            solved[number] = _take_float64(model, state, number, instants, tolerance)
    refusal = ""
    large = [n for n, found in solved.items() if len(found) < len(instants) and n >= FEWEST_PARTICLES]
    if model.dimension == 2 and large and tolerance > PATH_ERROR:
        open_times = [time for time in instants if any(time not in solved[number] for number in large)]
        expanded, refusal = _take_condensate(model, state, large, open_times, tolerance)
        for number in large:
            solved[number] = expanded[number] | solved[number]
    # The largest first: what is out of reach is then refused before hours go into the rest.
    for number in sorted(solved, reverse=True):
        open_times = [time for time in instants if time not in solved[number]]
        if open_times:
            solved[number] |= _take_proofs(model, state, number, open_times, tolerance, refusal)
    return [Marginals.stack([solved[number][float(time)] for time in times]) for number in particles]


def _take_float64(
    model: Model, state: ProductState, particles: int, instants: Sequence[float], tolerance: float
) -> dict[float, Marginals]:
    """Marginals in double precision up to the first time at which their estimate is not good enough."""
    from nonhermitian_hartree.exact.float64 import estimate_over_times

    found: dict[float, Marginals] = {}
    try:
        for time, result in estimate_over_times(model, state, particles, instants):
            if not _is_accurate(result, tolerance):
                logger.info(
                    "float64 N = %d: refused from t = %g on, where the error estimate is %.1e",
                    particles,
                    time,
                    result.error_bound,
                )
                break
            found[time] = result
    except REFUSALS as error:
        logger.info("float64 N = %d: refused: %s", particles, error)
    return found


def _take_condensate(
    model: Model, state: ProductState, particles: Sequence[int], instants: Sequence[float], tolerance: float
) -> tuple[dict[int, dict[float, Marginals]], str]:
    """Marginals from the condensate where their estimate is good enough, and the first reason for a refusal."""
    from nonhermitian_hartree.exact.condensate.solve import condensate_at_times

    found: dict[int, dict[float, Marginals]] = {number: {} for number in particles}
    refusals = []
    try:
        outcomes = condensate_at_times(model, state, particles, instants, tolerance)
    except REFUSALS as error:
        logger.info("condensate: refused: %s", error)
        return found, str(error)
    for time, outcome in zip(instants, outcomes, strict=True):
        if isinstance(outcome, ArithmeticError):
            logger.info("condensate t = %g: refused: %s", time, outcome)
            refusals.append(str(outcome))
            continue
        for number, marginals in zip(particles, outcome, strict=True):
            if _is_accurate(marginals, tolerance):
                found[number][time] = marginals
            else:
                logger.info(
                    "condensate N = %d, t = %g: refused, the error estimate is %.1e",
                    number,
                    time,
                    marginals.error_bound,
                )
    return found, next(iter(refusals), "")


def _take_proofs(
    model: Model,
    state: ProductState,
    particles: int,
    instants: Sequence[float],
    tolerance: float,
    refusal: str,
) -> dict[float, Marginals]:
    """Certified marginals; what is refused here is refused for good, with what was said before."""
    from nonhermitian_hartree.exact.certified.evolve import certify_marginals

    try:
        proved = certify_marginals(model, state, particles, instants, tolerance)
    except REFUSALS as error:
        raise AccuracyError("; ".join(filter(None, [str(error), refusal]))) from error
    return {time: proved[index] for index, time in enumerate(instants)}


def _is_accurate(marginals: Marginals, tolerance: float) -> bool:
    """Whether the error is within the tolerance, and every number is one, the error of S_L included."""
    numbers = (marginals.linear_entropy, marginals.linear_entropy_error, marginals.log_norm_rate)
    is_finite = np.isfinite(marginals.density).all() and np.isfinite(numbers).all()
    return bool(is_finite and marginals.error_bound <= tolerance)


def _require_reach(dimension: int, particles: int) -> None:
    """Refuse many modes where the symmetric subspace is beyond every engine, before any of them starts."""
    components = comb(particles + dimension - 1, particles)
    if dimension <= DENSE_STORE or (dimension <= MOST_DENSE_MODES and components <= MOST_COMPONENTS):
        return
    raise AccuracyError(
        f"the exact state of N = {particles} particles in d = {dimension} modes has {components} components; "
        f"allowed: at most {MOST_COMPONENTS}, in at most {MOST_DENSE_MODES} modes. Hartree, the limit and the "
        "verdict need no exact states: leave `particles` out"
    )


def _require_accuracy(marginals: Marginals, particles: int, times: Sequence[float], tolerance: float) -> None:
    for index, (time, bound) in enumerate(zip(times, marginals.error_bound, strict=True)):
        if not _is_accurate(marginals[index], tolerance):
            raise AccuracyError(
                f"{marginals.method} at N = {particles}, t = {time:g}: error bound {bound:.1e} exceeds the "
                f"tolerance {tolerance:g}; raise the tolerance, or lower N or t"
            )
