"""Many-body states at moderate N in fixed point: the state itself and its overlaps, at any stage of the evolution.

A product bra runs *against* the amplification that a non-Hermitian Hamiltonian causes, so that overlaps of a bra
and a ket half-way may be e^{-N} smaller than either norm. Doubles cannot hold them; a few hundred binary digits do.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, factorial, inf, log

import numpy as np
from flint import ctx

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.fixed_point_taylor import (
    BOUND_BITS,
    FixedPointVector,
    Generator,
    split_time,
    squared_norm,
    start_from_product_state,
    take_taylor_step,
)
from nonhermitian_hartree.bosons.integer_hamiltonian import exact_couplings
from nonhermitian_hartree.bosons.log_norm import bound_operator, choose_centre
from nonhermitian_hartree.bosons.subspace import find_occupations, list_occupations, log_multinomials
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.model.hamiltonian import Model

logger = logging.getLogger(__name__)

ATTEMPTS = 4
TARGET_THETA = 30.0
SPARE_BITS = 96
"""Binary digits of a state beyond those that the proved growth of errors may cost."""
LARGEST_ERROR = 1e-9
"""Largest proved relative error of a state."""
FLOAT_BITS = 900
LN2 = log(2)


@dataclass(frozen=True, eq=False)
class EvolvedState:
    """``|Ψ_N(t)⟩`` in doubles, on a scale of its own.

    Parameters
    ----------
    particles : int
        N.
    vector : (D,) complex array
        Unit norm, in the basis (13).
    log_norm : float
        ``ln⟨Ψ|Ψ⟩``.
    error : float
        Proved relative error of the vector (rounding to doubles apart).
    """

    particles: int
    vector: Complex
    log_norm: float
    error: float


class Evolution:
    """The evolution of N particles under one model: exact doubles in, fixed point inside.

    Parameters
    ----------
    model : Model
    particles : int
        N ≥ 2.
    """

    def __init__(self, model: Model, particles: int) -> None:
        self.particles = particles
        self.centre = choose_centre(model, particles)
        couplings = exact_couplings(model, self.centre)
        bounds = bound_operator(couplings, particles)
        self.occupations = list_occupations(model.dimension, particles)
        self._generator = Generator.build(couplings, particles, bounds, self.occupations)
        self._norm = max(float(bounds.norm) * particles, 1e-9)
        self.growth = max(float(bounds.log_norm) * particles, 0.0)

    def lost_bits(self, duration: float) -> int:
        """Binary digits that errors may gain over a duration, in proportion to N t."""
        return ceil(self.growth * duration / LN2)

    def start(self, amplitudes: Complex, bits: int) -> FixedPointVector:
        """``|φ⟩^⊗N`` with that many binary digits after the point."""
        return start_from_product_state(amplitudes, self.occupations, bits, self._generator)

    def advance(self, vector: FixedPointVector, duration: Fraction) -> FixedPointVector:
        """Evolve by a duration ≥ 0 under ``A^(N) − N centre``."""
        if duration == 0:
            return vector
        for piece in split_time(duration, TARGET_THETA / self._norm):
            vector = take_taylor_step(vector, self._generator, piece)
        return vector

    def to_state(self, vector: FixedPointVector, time: float) -> EvolvedState:
        """Doubles of a vector that was evolved to ``time``."""
        with ctx.workprec(BOUND_BITS):
            squared = squared_norm(vector, self._generator)
            error = float((vector.error / squared.sqrt()).upper()) if squared > 0 else inf
        real, imag = self.coefficients(vector)
        longest = max(max(abs(int(c)).bit_length() for c in part) for part in (real, imag))
        shift = max(0, longest - FLOAT_BITS)
        scaled = np.array([complex(int(a) >> shift, int(b) >> shift) for a, b in zip(real, imag, strict=True)])
        scaled = scaled / np.abs(scaled).max() * np.exp(-log_multinomials(self.occupations) / 2)
        log_norm = float(squared.log()) - 2 * vector.bits * LN2 + 2 * self.particles * self.centre.imag * time
        return EvolvedState(self.particles, scaled / np.linalg.norm(scaled), log_norm, error)

    def coefficients(self, vector: FixedPointVector) -> tuple[list[int], list[int]]:
        """Real and imaginary parts of the coefficients of the monomials, in units of 2^−bits."""
        hamiltonian = self._generator.hamiltonian
        return hamiltonian.unpack(vector.real), hamiltonian.unpack(vector.imag)


def evolve_states(model: Model, amplitudes: Complex, particles: int, times: Sequence[float]) -> list[EvolvedState]:
    """States at ascending times, each with a proved relative error of at most :data:`LARGEST_ERROR`.

    Raises
    ------
    AccuracyError
        If an error is larger: the norm has fallen further below its bound than the spare digits allow.
    """
    evolution = Evolution(model, particles)
    bits = SPARE_BITS + evolution.lost_bits(times[-1])
    for _ in range(ATTEMPTS):
        vector, now, states = evolution.start(amplitudes, bits), Fraction(0), []
        for time in times:
            vector = evolution.advance(vector, Fraction(time) - now)
            now = Fraction(time)
            states.append(evolution.to_state(vector, time))
        worst = max(state.error for state in states)
        if worst <= LARGEST_ERROR:
            return states
        bits += ceil(log(min(worst, 1e300) / LARGEST_ERROR) / LN2) + 8
        logger.info("N = %d to t = %g: error %.1e, repeated with %d bits", particles, times[-1], worst, bits)
    raise AccuracyError(f"the state of N = {particles} particles at t = {times[-1]:g} decays below {bits} bits")


def weak_values(model: Model, amplitudes: Complex, final: Complex, particles: int, instants: Complex) -> Complex:
    """``⟨X(s)|a_i† a_j|Ψ(s)⟩ / (N ⟨X|Ψ⟩)`` with ``⟨X(s)| = ⟨ν^⊗N| e^{−iA(t−s)}`` at each instant s; (n, d, d).

    Parameters
    ----------
    amplitudes, final : (d,) complex arrays
        φ and ν.
    instants : complex sequence
        From 0 to t along straight lines in the complex plane.

    For N → ∞ this is ``χ_i(s) p_j(s)`` of the two-point path, up to O(1/N).
    """
    steps = np.diff(instants)
    lengths = [Fraction(float(length)) for length in np.abs(steps)]
    directions = [complex(round(z.real, 9), round(z.imag, 9)) for z in (steps / np.abs(steps)).tolist()]
    forward = {z: Evolution(Model(z * model.one_body, z * model.two_body), particles) for z in set(directions)}
    one_body, two_body = -model.one_body.conj().T, -model.two_body.conj().T
    reverse = {
        z: Evolution(Model(z.conjugate() * one_body, z.conjugate() * two_body), particles) for z in set(directions)
    }
    moves = list(zip(lengths, directions, strict=True))
    bits = SPARE_BITS + particles + sum(forward[z].lost_bits(float(length)) for length, z in moves)
    kets = [forward[directions[0]].start(amplitudes, bits)]
    bras = [reverse[directions[0]].start(final, bits)]
    for length, z in moves:
        kets.append(forward[z].advance(kets[-1], length))
    for length, z in reversed(moves):
        bras.append(reverse[z].advance(bras[-1], length))
    d = model.dimension
    fewer = list_occupations(d, particles - 1)
    rows = [find_occupations(fewer + np.eye(d, dtype=np.int64)[level], forward[directions[0]].occupations) for level in range(d)]
    weights = np.array([_product_of_factorials(row) for row in fewer.tolist()], dtype=object)
    values = np.empty((len(instants), d, d), dtype=complex)
    for k, (ket, bra) in enumerate(zip(kets, reversed(bras), strict=True)):
        lowered_ket = _lower(forward[directions[0]].coefficients(ket), rows, fewer)
        lowered_bra = _lower(reverse[directions[0]].coefficients(bra), rows, fewer)
        elements = np.empty((d, d, 2), dtype=object)
        for i, (bra_real, bra_imag) in enumerate(lowered_bra):
            weighted_real, weighted_imag = weights * bra_real, weights * bra_imag
            for j, (ket_real, ket_imag) in enumerate(lowered_ket):
                elements[i, j, 0] = weighted_real.dot(ket_real) + weighted_imag.dot(ket_imag)
                elements[i, j, 1] = weighted_real.dot(ket_imag) - weighted_imag.dot(ket_real)
        values[k] = _to_doubles(elements)
    with np.errstate(all="ignore"):
        return np.asarray(values / np.einsum("kii->k", values)[:, None, None])


def overlap_rates(states: Complex, evolved: EvolvedState) -> Real:
    """``(1/N) ln |⟨ν^⊗N|Ψ⟩|²`` for unit vectors ν (n, d), Ψ of any norm included."""
    amplitude = product_bras(states, evolved.particles) @ evolved.vector
    with np.errstate(divide="ignore"):
        return np.asarray((2 * np.log(np.abs(amplitude)) + evolved.log_norm) / evolved.particles)


def product_bras(states: Complex, particles: int) -> Complex:
    """Components of ``⟨ν|^⊗N`` in the basis (13) for unit vectors ν (n, d); shape (n, D)."""
    occupations = list_occupations(states.shape[1], particles)
    with np.errstate(divide="ignore"):
        logs = np.log(states.conj())
    exponents = np.where(occupations[None] > 0, occupations[None] * logs[:, None, :], 0).sum(axis=2)
    return np.asarray(np.exp(exponents + log_multinomials(occupations) / 2))


def _lower(coefficients: tuple[list[int], list[int]], rows: list[np.ndarray], fewer: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """``∂_i Ψ`` for every level i, coefficients of the monomials of N − 1 particles."""
    real, imag = (np.array(part, dtype=object) for part in coefficients)
    lowered = []
    for level, row in enumerate(rows):
        factor = (fewer[:, level] + 1).astype(object)
        lowered.append((factor * real[row], factor * imag[row]))
    return lowered


def _product_of_factorials(numbers: list[int]) -> int:
    product = 1
    for number in numbers:
        product *= factorial(number)
    return product


def _to_doubles(elements: np.ndarray) -> Complex:
    """Complex doubles, up to a common factor, of integers (d, d, 2) of any size."""
    longest = max(abs(int(element)).bit_length() for element in elements.ravel())
    shift = max(0, longest - FLOAT_BITS)
    floats = np.array([float(int(element) >> shift) for element in elements.ravel()]).reshape(elements.shape)
    floats = floats / max(np.abs(floats).max(), 1e-300)
    return np.asarray(floats[..., 0] + 1j * floats[..., 1])
