"""Exact many-body evolution with proved digits: every returned number carries a bound that is a theorem.

The state is evolved in fixed-point integers (:mod:`~nonhermitian_hartree.fixed_point_taylor`). Rounding errors of a
non-normal evolution grow at most with the logarithmic norm of A^(N), so the number of binary digits that is needed
is known beforehand up to the norm of the state itself; should the bound miss its target, the run is
repeated with the missing digits. The doubles in A1, A2, φ and t are exact data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, inf, log, nextafter

import numpy as np
from flint import acb, acb_mat, arb, ctx, fmpz
from numpy.typing import NDArray

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact_float64 import evolve_float64
from nonhermitian_hartree.fixed_point_taylor import (
    FixedPointVector,
    Generator,
    choose_order,
    drop_bits,
    rounding_error,
    split_time,
    squared_norm,
    take_taylor_step,
)
from nonhermitian_hartree.integer_hamiltonian import build_hamiltonian, exact_couplings, squared_norm_weights
from nonhermitian_hartree.log_norm import bound_operator, choose_centre
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.symmetric_subspace import find_occupations, list_occupations

logger = logging.getLogger(__name__)

SMALLEST_TOLERANCE = 1e-15
"""Below this the last rounding, to a double, is too coarse."""
AIM = 1e-17
"""Bound that the evolution aims at, so that what is left is the rounding to doubles."""
TARGET_THETA = 60.0
"""``h ‖A^(N)‖`` of a step: shorter steps waste Taylor terms, longer ones binary digits."""
LARGEST_WORK = 4e12
"""Largest allowed number of (Taylor terms) × (vector elements) × (binary digits)."""
LARGEST_ATTEMPTS = 4
SHORTEST_DROP = 16
"""Binary digits that are worth a pass over the vector to drop."""
SMALL_PARTICLES = (20, 40)
"""Particle numbers from which the growth of the norm is extrapolated."""
GUESS_MARGIN = 0.01
"""Relative margin of that extrapolation."""
MARGINAL_BITS = 160


@dataclass(frozen=True)
class Plan:
    """Steps of an evolution and the binary digits needed before each of them.

    Parameters
    ----------
    steps : list of (step, index of the time reached or None)
        Exact durations.
    bits : list of int
        Binary digits after the point, never increasing; same length as `steps`.
    terms : int
        Taylor terms in all.
    work : float
        Predicted cost in units of :data:`LARGEST_WORK`.
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
        Every proved bound, of density, rate and linear entropy, is at most this; at least 1e-15.

    Returns
    -------
    Marginals
        Leading axis t; method ``"certified"``; all errors are proved, rounding to doubles included.

    Raises
    ------
    AccuracyError
        If the tolerance is below what a double holds, or the evolution is beyond :data:`LARGEST_WORK`.

    Notes
    -----
    Fixed-point Taylor steps with an a-priori error bound, see the module; an error ε of the direction of Ψ (sine of
    the angle) changes no entry of ρ̂ by more than ε, because ½‖ρ̂ − ρ̂'‖₁ ≤ ε under partial traces.
    """
    if not tolerance >= SMALLEST_TOLERANCE:
        raise AccuracyError(f"tolerance {tolerance:g} is below {SMALLEST_TOLERANCE:g}, which doubles cannot hold")
    instants = sorted({Fraction(float(time)) for time in times})
    centre = choose_centre(model, particles)
    couplings = exact_couplings(model, centre)
    bounds = bound_operator(couplings, particles)
    occupations = list_occupations(model.dimension, particles)
    generator = Generator(
        build_hamiltonian(couplings, particles),
        bounds.norm * particles,
        bounds.log_norm * particles,
        [arb(weight.numerator) / weight.denominator for weight in squared_norm_weights(occupations)],
    )
    log_lengths = _guess_log_lengths(model, state, particles, instants, centre.imag)
    missing_bits = 0
    for _ in range(LARGEST_ATTEMPTS):
        plan = plan_evolution(instants, generator, log_lengths, missing_bits)
        if plan.work > LARGEST_WORK:
            raise AccuracyError(
                f"certified evolution at N = {particles}, t = {float(instants[-1]):g} needs {plan.terms} Taylor terms "
                f"with {plan.bits[0]} bits, {plan.work / LARGEST_WORK:.1f} times the limit of work; nothing is proved "
                f"(bound reached: 1), so lower N, t or the couplings"
            )
        results = [
            _enclose_marginals(evolved, generator, occupations, state, time, centre.imag)
            for time, evolved in _evolve(plan, generator, state, occupations, instants)
        ]
        worst = max(max(result.error_bound, result.linear_entropy_error) for result in results)
        if worst <= tolerance:
            rows = [results[instants.index(Fraction(float(time)))] for time in times]
            return Marginals(
                density=np.array([row.density for row in rows]),
                linear_entropy=np.array([row.linear_entropy for row in rows]),
                linear_entropy_error=np.array([row.linear_entropy_error for row in rows]),
                log_norm_rate=np.array([row.log_norm_rate for row in rows]),
                error_bound=np.array([row.error_bound for row in rows]),
                method="certified",
            )
        missing_bits += ceil(max(result.log_angle for result in results) / log(2)) - ceil(log(AIM) / log(2)) + 2
        logger.info("certified N = %d: bound %.1e misses %.1e, adding bits", particles, worst, tolerance)
    raise AccuracyError(
        f"certified evolution at N = {particles}, t = {float(instants[-1]):g}: bound {worst:.1e} still exceeds the "
        f"tolerance {tolerance:g} after {LARGEST_ATTEMPTS} attempts; lower N or t"
    )


def plan_evolution(
    instants: Sequence[Fraction], generator: Generator, log_lengths: Sequence[float], missing_bits: int
) -> Plan:
    """Steps and precisions for which the proved bound should be below :data:`AIM` at every instant.

    Parameters
    ----------
    instants : increasing sequence of Fraction
        Times to reach.
    generator : Generator
        What evolves.
    log_lengths : sequence of float
        Guess of ``ln ‖Ψ‖`` at each instant: a bad one costs time, not truth.
    missing_bits : int
        Added to all precisions.
    """
    norm, log_norm = max(float(generator.norm), 1e-9), max(float(generator.log_norm), 0.0)
    steps: list[tuple[Fraction, int | None]] = []
    ends: list[float] = []
    now = Fraction(0)
    for index, instant in enumerate(instants):
        pieces = split_time(instant - now, TARGET_THETA / norm) if instant > now else []
        for number, piece in enumerate(pieces, start=1):
            now += piece
            steps.append((piece, index if number == len(pieces) else None))
            ends.append(float(now))
    theta = norm * float(max((step for step, _ in steps), default=Fraction(0)))
    made = log(float(rounding_error(arb(theta), ceil(8 * theta) + 100, generator.rounding)) * (len(steps) + 1))

    def bits_needed(end: float) -> int:
        later = [
            made - log(AIM) + log_norm * (float(instant) - end) - length
            for instant, length in zip(instants, log_lengths, strict=True)
            if instant >= end
        ]
        return ceil(max(later) / log(2)) + missing_bits + 2

    bits = [bits_needed(end) for end in ends] or [bits_needed(0.0)]
    longest = max(max(log_lengths), 0.0)
    orders = [choose_order(norm * float(step), digits * log(2) + longest) for (step, _), digits in zip(steps, bits)]
    stored = [digits + (longest + theta) / log(2) for digits in bits]
    work = len(generator.weights) * sum(order * digits for order, digits in zip(orders, stored))
    return Plan(steps, bits, sum(orders), work)


def product_state_coefficients(
    amplitudes: NDArray[np.complex128], occupations: NDArray[np.int64], bits: int
) -> tuple[list[int], list[int]]:
    """Coefficients of ``(φ·x)^N`` times ``2^bits``, real and imaginary parts, each within one unit of the truth.

    The doubles in φ are exact. Shapes: amplitudes (d,), occupations (D, d).
    """
    particles = int(occupations[0].sum())
    real: list[int] = []
    imag: list[int] = []
    with ctx.workprec(bits + 4 * particles + 64):
        powers = [[acb(1)] for _ in amplitudes]
        for level, amplitude in zip(powers, amplitudes.tolist(), strict=True):
            for _ in range(particles):
                level.append(level[-1] * acb(amplitude.real, amplitude.imag))
        unit = arb(fmpz(1) << bits)
        for row in occupations.tolist():
            value = acb(1)
            remaining = particles
            for level, number in zip(powers, row, strict=True):
                value *= level[number] * comb(remaining, number)
                remaining -= number
            for parts, part in ((real, value.real), (imag, value.imag)):
                scaled = part * unit
                nearest = (scaled.mid() + arb(0.5)).floor().unique_fmpz()
                if nearest is None or not abs(scaled - nearest) < 1:
                    raise ArithmeticError("working precision too low to round the initial state")
                parts.append(int(nearest))
    return real, imag


@dataclass(frozen=True, eq=False)
class _Result:
    density: NDArray[np.complex128]
    linear_entropy: float
    linear_entropy_error: float
    log_norm_rate: float
    error_bound: float
    log_angle: float


def _evolve(
    plan: Plan,
    generator: Generator,
    state: ProductState,
    occupations: NDArray[np.int64],
    instants: Sequence[Fraction],
) -> Iterator[tuple[Fraction, FixedPointVector]]:
    real, imag = product_state_coefficients(state.amplitudes, occupations, plan.bits[0])
    pack = generator.hamiltonian.pack
    vector = FixedPointVector(pack(real), pack(imag), plan.bits[0], generator.rounding)
    if instants[0] == 0:
        yield instants[0], vector
    for number, ((step, reached), bits) in enumerate(zip(plan.steps, plan.bits, strict=True), start=1):
        if vector.bits - bits >= SHORTEST_DROP:
            vector = drop_bits(vector, vector.bits - bits, generator)
        vector = take_taylor_step(vector, generator, step)
        logger.info("certified N = %d: step %d of %d", occupations[0].sum(), number, len(plan.steps))
        if reached is not None:
            yield instants[reached], vector


def _guess_log_lengths(
    model: Model, state: ProductState, particles: int, instants: Sequence[Fraction], centre_rate: float
) -> list[float]:
    """Guess of ``ln ‖Ψ(t)‖`` (centre removed) from the float64 method at few particles, extrapolated in 1/N."""
    times = np.array([float(instant) for instant in instants])
    few = [evolve_float64(model, state, min(particles, n), times, inf).log_norm_rate for n in SMALL_PARTICLES]
    rates = few[1] + (few[1] - few[0]) if particles > SMALL_PARTICLES[1] else few[1]
    careful = np.minimum(rates, few[1]) / 2 - centre_rate * times - GUESS_MARGIN * np.abs(rates)
    return [float(rate) * particles for rate in careful]


def _enclose_marginals(
    vector: FixedPointVector,
    generator: Generator,
    occupations: NDArray[np.int64],
    state: ProductState,
    time: Fraction,
    centre_rate: float,
) -> _Result:
    """Doubles and proved errors from an evolved vector."""
    particles, dimension = int(occupations[0].sum()), occupations.shape[1]
    with ctx.workprec(MARGINAL_BITS):
        squared = squared_norm(vector, generator)
        angle = (vector.error / squared.sqrt()).upper()
        if not angle < 0.5:
            unknown = np.full((dimension, dimension), np.nan + 0j)
            return _Result(unknown, np.nan, inf, np.nan, inf, float(angle.log()))
        ball = _marginal_ball(vector, generator, occupations, squared)
        density = np.array([[complex(entry) for entry in row] for row in ball.tolist()])
        errors = [abs(acb(complex(entry)) - entry).upper() for entry in ball.entries()]
        rate_ball = (squared.log() - 2 * vector.bits * arb.const_log2()) / particles
        rate_ball += 2 * arb(centre_rate) * arb(time.numerator) / time.denominator
        rate_ball -= sum((arb(part) ** 2 for part in state.amplitudes.view(np.float64).tolist()), arb(0)).log()
        rate = float(rate_ball)
        rate_error = abs(arb(rate) - rate_ball) - 2 * (-angle).log1p() / particles
        entropy_ball = 1 - sum((entry.real**2 + entry.imag**2 for entry in ball.entries()), arb(0))
        entropy = max(0.0, float(entropy_ball))
        entropy_error = abs(arb(entropy) - entropy_ball) + 2 * angle
        entry_error = max(_upper_double(error + angle) for error in errors)
        return _Result(
            density,
            entropy,
            _upper_double(entropy_error),
            rate,
            max(entry_error, _upper_double(rate_error)),
            float(angle.log()),
        )


def _marginal_ball(
    vector: FixedPointVector, generator: Generator, occupations: NDArray[np.int64], squared: arb
) -> acb_mat:
    """``⟨a_j† a_i⟩ / (N ‖Ψ‖²)`` of the fixed-point vector itself, as balls."""
    particles, dimension = int(occupations[0].sum()), occupations.shape[1]
    real, imag = (generator.hamiltonian.unpack(part) for part in (vector.real, vector.imag))
    fewer = list_occupations(dimension, particles - 1)
    weights = [arb(w.numerator) / (w.denominator * particles**2) for w in squared_norm_weights(fewer)]
    lowered = []
    for level in range(dimension):
        rows = find_occupations(fewer + np.eye(dimension, dtype=np.int64)[level], occupations)
        factors = (fewer[:, level] + 1).tolist()
        lowered.append([acb(real[r], imag[r]) * f for r, f in zip(rows.tolist(), factors, strict=True)])
    kets = acb_mat(lowered)
    bras = acb_mat([[value * weight for value, weight in zip(row, weights, strict=True)] for row in lowered])
    return kets * bras.transpose().conjugate() / squared


def _upper_double(bound: arb) -> float:
    """Smallest convenient double that is not below the ball."""
    return nextafter(float(bound.upper()), inf)
