"""Exact many-body evolution with proved digits: every returned number carries a bound that is a theorem.

The state is evolved in fixed-point integers (:mod:`~nonhermitian_hartree.fixed_point_taylor`). Rounding errors of
a non-normal evolution grow at most with the logarithmic norm of A^(N), so the number of binary digits needed is
known beforehand up to the norm of the state itself; should the proved bound miss the tolerance, the run is
repeated with the missing digits. The doubles in A1, A2, φ and t are exact data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, inf, isfinite, log
from typing import TypeVar

import numpy as np
from flint import arb
from numpy.typing import NDArray

from nonhermitian_hartree.bosons.fixed_point_taylor import (
    FixedPointVector,
    Generator,
    choose_order,
    drop_bits,
    rounding_error,
    split_time,
    start_from_product_state,
    take_taylor_step,
)
from nonhermitian_hartree.bosons.irreducible_couplings import IrreducibleCouplings, reduce_couplings
from nonhermitian_hartree.bosons.log_norm import OperatorBounds, bound_operator
from nonhermitian_hartree.bosons.subspace import list_occupations
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.enclosure import Enclosure, enclose_marginals
from nonhermitian_hartree.exact.float64 import march_float64
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.progress import show_progress

logger = logging.getLogger(__name__)

EnclosureT = TypeVar("EnclosureT", bound=Enclosure)

SMALLEST_TOLERANCE = 1e-15
"""Below this the last rounding, to a double, is too coarse."""
AIM = 1e-17
"""Angle between computed and exact state that a plan aims at: what is left is the rounding to doubles."""
TARGET_THETA = 60.0
"""``h ‖A^(N)‖`` of a step: shorter steps waste Taylor terms, longer ones binary digits."""
LARGEST_WORK = 2e11
"""Largest allowed (Taylor terms) × (vector elements) × (binary digits): ten minutes or so on one core."""
SPARSE_COST = 20
"""How many times more an element costs for d > 2, where products are not compiled."""
LARGEST_ATTEMPTS = 4
SHORTEST_DROP = 16
"""Binary digits that are worth a pass over the vector to drop."""
FEWEST_BITS = 64
"""Binary digits to start with, at least."""
FEW_PARTICLES = (20, 40)
"""Particle numbers from which the growth of the norm is extrapolated."""
GUESS_MARGIN = 0.01
"""Relative margin of that extrapolation."""


@dataclass(frozen=True)
class Plan:
    """Steps of an evolution and the binary digits needed before each of them.

    Parameters
    ----------
    steps : list of (Fraction, int or None)
        Exact durations, each with the index of the instant that it reaches.
    bits : list of int
        Binary digits after the point, never increasing; one per step.
    terms : int
        Taylor terms in all.
    work : float
        Predicted cost in the units of :data:`LARGEST_WORK`.
    """

    steps: list[tuple[Fraction, int | None]]
    bits: list[int]
    terms: int
    work: float


def certify_marginals(
    model: Model, state: ProductState, particles: int, times: Sequence[float], tolerance: float
) -> Marginals:
    """One-particle marginals (7) of the solution of eq. (2), with proved errors.

    Parameters
    ----------
    model, state : Model, ProductState
        Any d; their doubles are exact data, and φ is normalised exactly.
    particles : int
        N ≥ 2.
    times : (T,) sequence of float
        Times ≥ 0 in any order, exact, in inverse units of the couplings.
    tolerance : float
        Every proved bound, of density, norm rate and linear entropy, is at most this; at least 1e-15.

    Returns
    -------
    Marginals
        Leading axis t; method ``"certified"``; all errors are proved, the rounding to doubles included.

    Raises
    ------
    AccuracyError
        If the tolerance is finer than doubles can hold, or the evolution is beyond :data:`LARGEST_WORK`.

    Notes
    -----
    Fixed-point Taylor steps with an a-priori error bound. Binary digits ∝ N t, so the cost is ∝ N³ t² for d = 2.
    """
    enclosures = certify(model, state, particles, times, tolerance, enclose_marginals)
    return Marginals.stack([enclosure.marginals for enclosure in enclosures])


def certify(
    model: Model,
    state: ProductState,
    particles: int,
    times: Sequence[float],
    tolerance: float,
    enclose: Callable[[FixedPointVector, Generator, NDArray[np.int64], ProductState, Fraction], EnclosureT],
) -> list[EnclosureT]:
    """What `enclose` finds at each time, once all errors in it are proved to be within the tolerance.

    The other arguments and the errors are those of `certify_marginals`.
    """
    if not tolerance >= SMALLEST_TOLERANCE:
        raise AccuracyError(
            f"tolerance {tolerance:g} at N = {particles} is finer than doubles can hold; the finest is "
            f"{SMALLEST_TOLERANCE:g}"
        )
    instants = sorted({Fraction(float(time)) for time in times})
    couplings = reduce_couplings(model, particles)
    bounds = bound_operator(couplings.exact, particles)
    log_lengths = _guess_log_lengths(couplings, state, particles, instants)
    worst, missing_bits = 1.0, 0
    for _ in range(LARGEST_ATTEMPTS):
        plan = plan_evolution(instants, bounds, (particles, model.dimension), log_lengths, missing_bits)
        if plan.work > LARGEST_WORK:
            break
        occupations = list_occupations(model.dimension, particles)
        generator = Generator.build(couplings.exact, particles, bounds, occupations)
        enclosures = {
            instant: enclose(vector, generator, occupations, state, couplings.hidden_norm_rate(instant))
            for instant, vector in _evolve(plan, instants, generator, state, occupations)
        }
        worst = max(enclosure.largest_error for enclosure in enclosures.values())
        if worst <= tolerance:
            return [enclosures[Fraction(float(time))] for time in times]
        if isfinite(worst) and all(enclosure.log_angle <= log(AIM) for enclosure in enclosures.values()):
            raise AccuracyError(
                f"tolerance {tolerance:g} at N = {particles}, t = {float(instants[-1]):g} is finer than doubles "
                f"can hold: rounding the results alone changes them by up to {worst:.1e}; raise the tolerance"
            )
        missing_bits += max(_count_missing_bits(enclosure.log_angle, plan) for enclosure in enclosures.values())
        logger.info("certified N = %d: bound %.1e misses %.1e, adding bits", particles, worst, tolerance)
    raise AccuracyError(
        f"certified evolution at N = {particles}, t = {float(instants[-1]):g}: the bound reached is "
        f"{min(worst, 1.0):.1e}, the tolerance {tolerance:g}; the next try needs {plan.terms} Taylor terms with "
        f"{plan.bits[0]} bits, {plan.work / LARGEST_WORK:.2g} times the limit: lower N, t or the couplings"
    )


def _count_missing_bits(log_angle: float, plan: Plan) -> int:
    """Binary digits that bring an angle down to :data:`AIM`; as many again where the angle is not known at all."""
    if not isfinite(log_angle):
        return max(*plan.bits, FEWEST_BITS) + FEWEST_BITS
    return max(ceil((log_angle - log(AIM)) / log(2)), 0) + 2


def plan_evolution(
    instants: Sequence[Fraction],
    bounds: OperatorBounds,
    size: tuple[int, int],
    log_lengths: Sequence[float],
    missing_bits: int,
) -> Plan:
    """Choose steps and precisions for which the proved bound should be below :data:`AIM` at every instant.

    Parameters
    ----------
    instants : increasing sequence of Fraction
        Times to reach.
    bounds : OperatorBounds
        Of A^(N), per particle.
    size : (int, int)
        N and d.
    log_lengths : sequence of float
        Guess of ``ln ‖Ψ‖`` at each instant: a bad one costs time, not truth.
    missing_bits : int
        Added to all precisions.
    """
    particles, dimension = size
    norm = float(bounds.norm) * particles
    longest = TARGET_THETA / norm if norm > 0 else inf
    log_norm = max(float(bounds.log_norm) * particles, 0.0)
    steps: list[tuple[Fraction, int | None]] = []
    ends: list[Fraction] = []
    now = Fraction(0)
    for index, instant in enumerate(instants):
        pieces = split_time(instant - now, longest) if instant > now else []
        for piece in pieces:
            now += piece
            steps.append((piece, index if now == instant else None))
            ends.append(now)
    theta = norm * float(max((step for step, _ in steps), default=Fraction(0)))
    rounding = rounding_error(arb(theta), ceil(8 * theta) + 100, arb(2 * dimension))
    log_made = float(rounding.log()) + log(len(steps) + 1)

    def count_bits(end: Fraction) -> int:
        needed = [
            log_made - log(AIM) + log_norm * float(instant - end) - length
            for instant, length in zip(instants, log_lengths, strict=True)
            if instant >= end
        ]
        return ceil(max(needed) / log(2)) + missing_bits + 2

    bits = [count_bits(end) for end in ends] or [count_bits(now)]
    largest_length = max(*log_lengths, 0.0)
    stored_bits = sum(bits) / len(bits) + (largest_length + theta) / log(2)
    terms = len(steps) * choose_order(theta, stored_bits * log(2))
    elements = comb(particles + dimension - 1, dimension - 1) * (1 if dimension == 2 else SPARSE_COST)
    return Plan(steps, bits, terms, terms * elements * stored_bits)


def _evolve(
    plan: Plan,
    instants: Sequence[Fraction],
    generator: Generator,
    state: ProductState,
    occupations: NDArray[np.int64],
) -> Iterator[tuple[Fraction, FixedPointVector]]:
    """State at each instant."""
    # A state of norm one needs digits, whatever was guessed of its growth.
    vector = start_from_product_state(state.amplitudes, occupations, max(plan.bits[0], FEWEST_BITS), generator)
    if instants[0] == 0:
        yield instants[0], vector
    # At t = 0 there are digits to start from, but no step.
    steps = zip(plan.steps, plan.bits[: len(plan.steps)], strict=True)
    particles = occupations[0].sum()
    shown = show_progress(steps, len(plan.steps), f"certified N = {particles}")
    for number, ((step, reached), bits) in enumerate(shown, start=1):
        if vector.bits - bits >= SHORTEST_DROP:
            vector = drop_bits(vector, vector.bits - bits, generator)
        vector = take_taylor_step(vector, generator, step)
        logger.info("certified N = %d: step %d of %d", particles, number, len(plan.steps))
        if reached is not None:
            yield instants[reached], vector


def _guess_log_lengths(
    couplings: IrreducibleCouplings, state: ProductState, particles: int, instants: Sequence[Fraction]
) -> list[float]:
    """Guess of ``ln ‖Ψ(t)‖`` under the couplings, from float64 at few particles, extrapolated in 1/N."""
    times = [float(instant) for instant in instants]
    few, more = (
        np.array(
            [
                marginals.log_norm_rate
                for _, marginals in march_float64(couplings, state, min(particles, number), times)
            ]
        )
        for number in FEW_PARTICLES
    )
    extrapolated = 2 * more - few if particles > FEW_PARTICLES[-1] else more
    careful = np.minimum(extrapolated, more) - GUESS_MARGIN * np.abs(extrapolated)
    lengths: list[float] = np.nan_to_num(particles * careful / 2).tolist()
    return lengths
