"""Exact states of few particles in many modes, in double precision.

Where d is large and N small, the basis of Sym^N C^d is the list of ascending N-tuples of modes, not of d
occupation numbers. Everything follows from the operators that take one particle out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import expm_multiply

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.numerics.sparse_pattern import multiply

MOST_COMPONENTS = 60_000
MOST_WORK = 4e8
"""Products of nonzero elements in one evolution."""
PRODUCTS_PER_ANGLE = 3
"""Products of the Hamiltonian with a vector for each unit of ‖A‖t, in rough numbers."""


@dataclass(frozen=True, eq=False)
class TupleBasis:
    """Ascending N-tuples of modes.

    Parameters
    ----------
    dimension : int
        d.
    tuples : (D, N) integer array
        In lexicographic order; D = C(N + d − 1, N).
    lengths : (D,) array
        ``√(N!/Π n_i!)``: the component of ``|φ⟩^⊗N`` is this times Π φ over the tuple.
    """

    dimension: int
    tuples: NDArray[np.int64]
    lengths: Real

    @classmethod
    def build(cls, dimension: int, particles: int) -> TupleBasis:
        """Basis for N ≥ 0 particles."""
        tuples = np.zeros((1, 0), dtype=np.int64)
        lengths, repeats = np.ones(1), np.zeros(1)
        for count in range(1, particles + 1):
            last = tuples[:, -1] if count > 1 else np.zeros(1, dtype=np.int64)
            choices = dimension - last
            row = np.repeat(np.arange(len(tuples)), choices)
            start = np.concatenate([[0], np.cumsum(choices)[:-1]])
            mode = last[row] + np.arange(len(row)) - start[row]
            same = (mode == last[row]) & (count > 1)
            repeats = np.where(same, repeats[row] + 1, 1)
            lengths = lengths[row] * np.sqrt(count / repeats)
            tuples = np.concatenate([tuples[row], mode[:, None]], axis=1)
        return cls(dimension, tuples, lengths)

    def product(self, amplitudes: Complex) -> Complex:
        """Components of ``|φ⟩^⊗N``; (D,)."""
        return np.asarray(self.lengths * amplitudes[self.tuples].prod(axis=1))

    def lowering(self, lower: TupleBasis) -> sp.csr_array:
        """All ``a_i`` at once, (d D', D) with D' tuples in ``lower``, row ``i D' + m``."""
        d, count = self.dimension, len(lower.tuples)
        modes = np.repeat(np.arange(d), count)
        raised = np.concatenate([np.tile(lower.tuples, (d, 1)), modes[:, None]], axis=1)
        elements = np.sqrt((raised == modes[:, None]).sum(axis=1))
        place = np.empty(len(self.tuples), dtype=np.intp)
        place[_rank(self.tuples, d)] = np.arange(len(self.tuples))
        column = place[_rank(np.sort(raised, axis=1), d)]
        return sp.csr_array((elements, (np.arange(d * count), column)), shape=(d * count, len(self.tuples)))


def _rank(tuples: NDArray[np.int64], dimension: int) -> NDArray[np.int64]:
    """Number of each ascending tuple in the combinatorial number system, ``Σ_k C(t_k + k, k + 1)``."""
    particles = tuples.shape[1]
    table = np.array(
        [[comb(mode + k, k + 1) for k in range(particles)] for mode in range(dimension)], dtype=np.int64
    ).reshape(dimension, particles)
    return np.asarray(table[tuples, np.arange(particles)].sum(axis=1))


@dataclass(frozen=True, eq=False)
class FewParticleState:
    """``|Ψ_N(t)⟩`` of few particles, on a scale of its own.

    Parameters
    ----------
    basis, lower : TupleBasis
        For N and N − 1 particles.
    vector : (D,) complex array
        Unit norm.
    lowered : (d, D') complex array
        ``a_i|Ψ⟩/√N``.
    log_norm : float
        ``ln⟨Ψ|Ψ⟩``.
    """

    basis: TupleBasis
    lower: TupleBasis
    vector: Complex
    lowered: Complex
    log_norm: float

    @property
    def particles(self) -> int:
        """N."""
        return int(self.basis.tuples.shape[1])

    def rate_of(self, wavefunction: Complex) -> float:
        """``(1/N) ln |⟨ν^⊗N|Ψ⟩|²`` for a unit vector ν, Ψ of any norm included."""
        overlap = abs(np.vdot(self.basis.product(wavefunction), self.vector))
        with np.errstate(divide="ignore"):
            return float((2 * np.log(overlap) + self.log_norm) / self.particles)

    def slope_at(self, wavefunction: Complex) -> Complex:
        """``⟨ν^⊗(N−1)|a_i|Ψ⟩/√N``, which is parallel to ν at a maximum of `rate_of`; (d,)."""
        return np.asarray(self.lowered @ self.lower.product(wavefunction).conj())


def count_components(dimension: int, particles: int) -> int:
    """Dimension of Sym^N C^d."""
    return comb(particles + dimension - 1, particles)


def list_affordable(model: Model, time: float) -> list[int]:
    """Numbers of particles from 2 up whose state up to a time fits the budget."""
    elements = 1 + (model.sparse_one_body.nnz + len(model.couplings.values)) / model.dimension
    angle = float(abs(model.sparse_one_body).sum(axis=1).max()) * time
    affordable, particles = [], 2
    while (size := count_components(model.dimension, particles)) <= MOST_COMPONENTS:
        work = size * particles * elements * PRODUCTS_PER_ANGLE * (1 + particles * angle)
        if work > MOST_WORK or particles > model.dimension + 4:
            break
        affordable.append(particles)
        particles += 1
    return affordable


def evolve_few_particles(
    model: Model, amplitudes: Complex, particles: int, times: Sequence[float]
) -> list[FewParticleState]:
    """States of N particles at ascending times > 0, by the Taylor series of the exponential.

    The error is that of rounding, which the growth e^{N‖A‖t} of the model may amplify; N is small here.
    """
    basis, lower, lowest = (TupleBasis.build(model.dimension, particles - taken) for taken in (0, 1, 2))
    take_one, take_other = basis.lowering(lower), lower.lowering(lowest)
    one_body = sp.kron(model.sparse_one_body, sp.eye_array(len(lower.tuples)), format="csr")
    hamiltonian = take_one.T @ (one_body @ take_one)
    i, j, k, m = model.couplings.levels
    pairs, place = np.unique(
        np.concatenate([i * basis.dimension + j, k * basis.dimension + m]), return_inverse=True
    )
    first, second = pairs // basis.dimension, pairs % basis.dimension
    count, rest = len(lower.tuples), len(lowest.tuples)
    if len(pairs):
        take_pair = sp.vstack(
            [
                take_other[b * rest : (b + 1) * rest] @ take_one[a * count : (a + 1) * count]
                for a, b in zip(first.tolist(), second.tolist(), strict=True)
            ],
            format="csr",
        )
        rows, columns = place[: len(i)], place[len(i) :]
        couplings = sp.csr_array((model.couplings.values, (rows, columns)), shape=(len(pairs),) * 2)
        two_body = sp.kron(couplings / (2 * (particles - 1)), sp.eye_array(rest), format="csr")
        hamiltonian = hamiltonian + take_pair.T @ (two_body @ take_pair)
    start = basis.product(np.asarray(amplitudes, dtype=np.complex128))
    hamiltonian = sp.csr_array(hamiltonian)
    energy = complex(np.vdot(start, multiply(hamiltonian, start)))

    generator = sp.csr_array(-1j * (hamiltonian - sp.diags_array(np.full(len(start), energy))))
    trace = complex(generator.trace())
    states, vector, now = [], start, 0.0
    for time in times:
        vector, now = expm_multiply(generator * (time - now), vector, traceA=trace * (time - now)), float(time)
        norm = float(np.linalg.norm(vector))
        unit = vector / norm
        lowered = np.asarray(take_one @ unit).reshape(basis.dimension, count) / np.sqrt(particles)
        states.append(FewParticleState(basis, lower, unit, lowered, 2 * (np.log(norm) + energy.imag * time)))
    return states
