"""One Taylor step of ``i ∂_t Ψ = A^(N) Ψ`` in fixed-point integers, with a proved bound of its error.

The coefficients c_n of Ψ are integer multiples of one unit, ``2^−bits``. Errors are norms, in these units:

- every rounding changes each coefficient by at most one unit in its real and its imaginary part: the norm of that
  is at most ``η = √(2 Σ_n ‖x^n‖²)``;
- an error in one Taylor term is multiplied by at most ``θ/k`` in the next, ``θ = h ‖A^(N)‖``; the sum of all of
  these, plus the remainder ``Σ_{k>K} θ^k/k! ‖Ψ‖`` of the series cut at K, is what a step adds;
- what was there before the step grows by at most ``e^{μ h}``, μ the logarithmic norm of ``−i A^(N)``.

The bounds are evaluated in ball arithmetic, so they hold as printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log, log2
from typing import Any

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.integer_hamiltonian import (
    IntegerCouplings,
    IntegerHamiltonian,
    build_hamiltonian,
    exact_multinomials,
)
from nonhermitian_hartree.bosons.log_norm import OperatorBounds

BOUND_BITS = 64
WEIGHT_BITS = 192
ROUNDING_SLACK = 2.0**-20


@dataclass(frozen=True, eq=False)
class FixedPointVector:
    """A state near the exact one: ``‖exact − (real + i imag) 2^−bits‖ ≤ error 2^−bits``.

    Parameters
    ----------
    real, imag : integer vectors
        As packed by an :class:`~nonhermitian_hartree.integer_hamiltonian.IntegerHamiltonian`.
    bits : int
        Binary digits after the point.
    error : arb
        Bound of the distance to the exact state, in units of ``2^−bits``.
    """

    real: Any
    imag: Any
    bits: int
    error: arb


@dataclass(frozen=True, eq=False)
class Generator:
    """``A^(N)`` with all that bounds an evolution under it.

    Parameters
    ----------
    hamiltonian : IntegerHamiltonian
        Exact action.
    norm : arb
        Upper bound of ``‖A^(N)‖``.
    log_norm : arb
        Upper bound μ of the logarithmic norm of ``−i A^(N)``.
    weights : list of arb
        Squared norm ``‖x^n‖²`` of each monomial.
    """

    hamiltonian: IntegerHamiltonian
    norm: arb
    log_norm: arb
    weights: list[arb]

    @classmethod
    def build(
        cls, couplings: IntegerCouplings, particles: int, bounds: OperatorBounds, occupations: NDArray[np.int64]
    ) -> Generator:
        """Build A^(N) at N = `particles` with the bounds per particle; `occupations` is the basis (13)."""
        with ctx.workprec(WEIGHT_BITS):
            return cls(
                build_hamiltonian(couplings, particles),
                bounds.norm * particles,
                bounds.log_norm * particles,
                [1 / arb(multinomial) for multinomial in exact_multinomials(occupations)],
            )

    @property
    def rounding(self) -> arb:
        """η, the largest norm that rounding once can change, in units of the last place."""
        return (2 * sum(self.weights, arb(0))).sqrt().upper()


def start_from_product_state(
    amplitudes: Complex, occupations: NDArray[np.int64], bits: int, generator: Generator
) -> FixedPointVector:
    """``(φ·x)^N``, eq. (15), each part of each coefficient within one unit ``2^−bits`` of the truth.

    The doubles in φ, shape (d,), are exact; `occupations` is the basis (13), shape (D, d).

    Raises
    ------
    ArithmeticError
        If the working precision does not suffice to round a coefficient (it is chosen to suffice).
    """
    particles = int(occupations[0].sum())
    coefficients: tuple[list[int], list[int]] = ([], [])
    with ctx.workprec(bits + 4 * particles + 64):
        unit = arb(2) ** bits
        powers = [[acb(1)] for _ in amplitudes]
        for level, amplitude in zip(powers, amplitudes.tolist(), strict=True):
            for _ in range(particles):
                level.append(level[-1] * acb(amplitude.real, amplitude.imag))
        for row, multinomial in zip(occupations.tolist(), exact_multinomials(occupations), strict=True):
            value = acb(multinomial) * unit
            for level, number in zip(powers, row, strict=True):
                value *= level[number]
            for part, parts in zip((value.real, value.imag), coefficients, strict=True):
                rounded = part.mid().floor().unique_fmpz()
                if rounded is None or not abs(part - rounded) <= 1 + ROUNDING_SLACK:
                    raise ArithmeticError("working precision too low to round the initial state")
                parts.append(int(rounded))
    real, imag = (generator.hamiltonian.pack(parts) for parts in coefficients)
    return FixedPointVector(real, imag, bits, generator.rounding * (1 + ROUNDING_SLACK))


def take_taylor_step(state: FixedPointVector, generator: Generator, step: Fraction) -> FixedPointVector:
    """Evolve for the time `step` (exact, > 0); the error bound grows as the module says."""
    with ctx.workprec(BOUND_BITS):
        theta = (generator.norm * _ball(step)).upper()
        length = squared_norm(state, generator).sqrt().upper()
        order = choose_order(float(theta), float((length + 1).log()))
        growth = (generator.log_norm * _ball(step)).exp()
        made = rounding_error(theta, order, generator.rounding)
        error = (growth * state.error + made + length * series_remainder(theta, order)).upper()
    hamiltonian = generator.hamiltonian.scaled(step.numerator)
    term_real, term_imag = state.real, state.imag
    sum_real, sum_imag = term_real, term_imag
    for k in range(1, order + 1):
        divisor = hamiltonian.denominator * step.denominator * k
        image_real, image_imag = hamiltonian.apply(term_real, term_imag)
        term_real, term_imag = image_imag // divisor, -image_real // divisor
        sum_real, sum_imag = sum_real + term_real, sum_imag + term_imag
    return FixedPointVector(sum_real, sum_imag, state.bits, error)


def drop_bits(state: FixedPointVector, bits: int, generator: Generator) -> FixedPointVector:
    """Round the state to `bits` fewer binary digits; rounding adds η to the error in the new unit."""
    unit = 1 << bits
    with ctx.workprec(BOUND_BITS):
        error = (state.error / arb(unit) + generator.rounding).upper()
    return FixedPointVector(state.real // unit, state.imag // unit, state.bits - bits, error)


def squared_norm(state: FixedPointVector, generator: Generator) -> arb:
    """``‖Ψ‖²`` in squared units of the last place, as a ball."""
    real, imag = (generator.hamiltonian.unpack(part) for part in (state.real, state.imag))
    terms = zip(real, imag, generator.weights, strict=True)
    return sum((arb(re * re + im * im) * weight for re, im, weight in terms), arb(0))


def choose_order(theta: float, log_length: float) -> int:
    """Count the Taylor terms that leave less than one unit of a vector of norm ``e^{log_length}``."""
    order, log_term = 1, log_length + log(max(theta, 1e-300))
    while log_term > 0 or order < 2 * theta:
        order += 1
        log_term += log(max(theta, 1e-300) / order)
    return order


def rounding_error(theta: arb, order: int, rounding: arb) -> arb:
    """Bound of the sum of the errors of all terms: ``e_k = (θ/k) e_{k−1} + η``, ``e_0 = 0``."""
    error, total = arb(0), arb(0)
    for k in range(1, order + 1):
        error = theta * error / k + rounding
        total += error
    return total.upper()


def series_remainder(theta: arb, order: int) -> arb:
    """Bound of ``Σ_{k>K} θ^k/k!`` at K = `order` ≥ 2θ, a geometric series of ratio ``q = θ/(K+2) < 1``."""
    return (theta ** (order + 1) / arb(order + 1).fac() / (1 - theta / (order + 2))).upper()


def split_time(duration: Fraction, longest: float) -> list[Fraction]:
    """Split `duration` exactly into steps, equal but for the last, and short as binary fractions.

    Few bits in a step keep the products of a Taylor step short; the last one takes what is left.
    """
    count = max(1, ceil(float(duration) / longest))
    grid = Fraction(2) ** (ceil(log2(float(duration) / count)) - 8)
    step = grid * ceil(duration / count / grid)
    whole = duration // step
    rest = duration - whole * step
    return [step] * int(whole) + ([rest] if rest else [])


def _ball(number: Fraction) -> arb:
    return arb(number.numerator) / number.denominator
