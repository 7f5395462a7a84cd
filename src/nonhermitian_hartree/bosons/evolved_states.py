"""Many-body states at moderate N, evolved in fixed point with a proved error; overlaps with product states."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, inf, log

import numpy as np
from flint import ctx
from numpy.typing import NDArray

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
from nonhermitian_hartree.bosons.subspace import list_occupations, log_multinomials
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


def overlap_rates(states: Complex, evolved: EvolvedState) -> Real:
    """``(1/N) ln |⟨ν^⊗N|Ψ⟩|²`` for unit vectors ν (n, d), Ψ of any norm included."""
    amplitude = product_bras(states, evolved.particles) @ evolved.vector
    with np.errstate(divide="ignore"):
        return np.asarray((2 * np.log(np.abs(amplitude)) + evolved.log_norm) / evolved.particles)


def product_bras(states: Complex, particles: int) -> Complex:
    """Components of ``⟨ν|^⊗N`` in the basis (13) for unit vectors ν (n, d); shape (n, D)."""
    occupations, lengths = _basis(states.shape[1], particles)
    powers = states.conj()[:, :, None] ** np.arange(particles + 1)
    bras = np.broadcast_to(lengths, (len(states), len(occupations))).astype(complex)
    for level, numbers in enumerate(occupations.T):
        bras = bras * powers[:, level, numbers]
    return bras


@lru_cache(maxsize=16)
def _basis(dimension: int, particles: int) -> tuple[NDArray[np.int64], Real]:
    """Occupation numbers (13), and ``√(N!/Π n_i!)`` of each."""
    occupations = list_occupations(dimension, particles)
    return occupations, np.exp(log_multinomials(occupations) / 2)
