"""Many-body states at moderate N, evolved in fixed point with a proved error; overlaps with product states."""

from __future__ import annotations

import logging
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
from nonhermitian_hartree.bosons.integer_hamiltonian import IntegerCouplings, exact_couplings
from nonhermitian_hartree.bosons.log_norm import OperatorBounds, bound_operator, choose_centre
from nonhermitian_hartree.bosons.subspace import list_occupations, log_multinomials
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.model.hamiltonian import Model

logger = logging.getLogger(__name__)

ATTEMPTS = 4
SHORTEST_THETA, THETA_PER_BIT = 30.0, 0.07
"""‖A^(N)‖ times the length of a Taylor step: where many digits make a series long anyway, fewer steps."""
SPARE_BITS = 48
"""Binary digits of a state beyond those that roundings and their proved growth may cost."""
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
    """The evolution of N particles: exact doubles in, fixed point inside.

    Parameters
    ----------
    couplings : IntegerCouplings
        Of the model without ``centre``.
    bounds : OperatorBounds
        Per particle, proved for this N or a smaller one.
    centre : complex
        One-particle energy that was taken off.
    particles : int
        N ≥ 2.
    """

    def __init__(
        self, couplings: IntegerCouplings, bounds: OperatorBounds, centre: complex, particles: int
    ) -> None:
        self.particles, self.centre = particles, centre
        self.occupations = list_occupations(couplings.dimension, particles)
        self._generator = Generator.build(couplings, particles, bounds, self.occupations)
        self._norm = max(float(bounds.norm) * particles, 1e-9)
        self.growth = max(float(bounds.log_norm) * particles, 0.0)

    def lost_bits(self, duration: float) -> int:
        """Binary digits that errors may gain over a duration, in proportion to N t."""
        return ceil(self.growth * duration / LN2)

    def start(self, amplitudes: Complex, bits: int) -> FixedPointVector:
        """``|φ⟩^⊗N`` with that many binary digits after the point."""
        return start_from_product_state(amplitudes, self.occupations, bits, self._generator)

    def advance(self, vector: FixedPointVector, duration: Fraction, theta: float) -> FixedPointVector:
        """Evolve by a duration ≥ 0 under ``A^(N) − N centre``, in steps of ``theta / ‖A^(N)‖``."""
        if duration == 0:
            return vector
        for piece in split_time(duration, theta / self._norm):
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


class EvolvedStates:
    """States of any N at any time, under one model and from one product state; what is evolved once is kept.

    Parameters
    ----------
    model : Model
    amplitudes : (d,) complex array
        φ.
    horizon : float
        Latest time that will be asked for, if that is known: it decides how many digits are carried.
    """

    def __init__(self, model: Model, amplitudes: Complex, horizon: float = 0.0) -> None:
        self._model, self._amplitudes, self._horizon = model, amplitudes, horizon
        self._bounds: tuple[int, complex, IntegerCouplings, OperatorBounds] | None = None
        self._trajectories: dict[int, Trajectory] = {}

    def at(self, particles: int, time: float) -> EvolvedState:
        """State of N particles at a time, with a proved relative error of at most :data:`LARGEST_ERROR`.

        Raises
        ------
        AccuracyError
            If the error is larger: the norm has fallen further below its bound than the spare digits allow.
        """
        if particles not in self._trajectories:
            couplings, bounds, centre = self._bounds_from(particles)
            evolution = Evolution(couplings, bounds, centre, particles)
            self._trajectories[particles] = Trajectory(evolution, self._amplitudes, self._horizon)
        return self._trajectories[particles].at(time)

    def _bounds_from(self, particles: int) -> tuple[IntegerCouplings, OperatorBounds, complex]:
        """Bounds per particle that hold at N: those of any smaller number do (`log_norm`)."""
        if self._bounds is None or self._bounds[0] > particles:
            centre = choose_centre(self._model, particles)
            couplings = exact_couplings(self._model, centre)
            self._bounds = particles, centre, couplings, bound_operator(couplings, particles)
        _, centre, couplings, bounds = self._bounds
        return couplings, bounds, centre


class Trajectory:
    """One N of `EvolvedStates`: every time is reached from the latest one before it that is known."""

    def __init__(self, evolution: Evolution, amplitudes: Complex, horizon: float) -> None:
        self._evolution, self._amplitudes = evolution, amplitudes
        lost = evolution.lost_bits(horizon)
        self._theta = max(SHORTEST_THETA, THETA_PER_BIT * lost)
        self._bits = (
            SPARE_BITS + lost + ceil(self._theta / LN2)
        )  # a rounding grows up to e^θ in the terms of a step
        self._vectors: dict[Fraction, FixedPointVector] = {}
        self._states: dict[float, EvolvedState] = {}

    def at(self, time: float) -> EvolvedState:
        """The state at a time; see `EvolvedStates.at`."""
        if time not in self._states:
            self._states[time] = self._evolve(time)
        return self._states[time]

    def _evolve(self, time: float) -> EvolvedState:
        particles = self._evolution.particles
        for _ in range(ATTEMPTS):
            if not self._vectors:
                self._vectors[Fraction(0)] = self._evolution.start(self._amplitudes, self._bits)
            now = max(known for known in self._vectors if known <= time)
            vector = self._evolution.advance(self._vectors[now], Fraction(time) - now, self._theta)
            state = self._evolution.to_state(vector, time)
            if state.error <= LARGEST_ERROR:
                self._vectors[Fraction(time)] = vector
                return state
            self._vectors.clear()
            self._bits += ceil(log(min(1e300, state.error) / LARGEST_ERROR) / LN2) + SPARE_BITS
            logger.info("N = %d to t = %g: error %.1e, repeated", particles, time, state.error)
        raise AccuracyError(
            f"the state of N = {particles} particles at t = {time:g} decays below {self._bits} bits"
        )


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
