"""Reference: the Schrödinger equation (2) in the full d^N space, without any symmetry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

Complex = NDArray[np.complex128]


def full_hamiltonian(model: Model, particles: int) -> Complex:
    """A^(N) of eq. (1) as a (d^N, d^N) matrix."""
    d, n = model.dimension, particles
    identity = np.eye(d**n, dtype=complex).reshape([d] * n + [-1])
    total = np.zeros_like(identity)
    for i in range(n):
        total += np.moveaxis(np.tensordot(model.one_body, identity, axes=(1, i)), 0, i)
        for j in range(i + 1, n):
            pair = np.tensordot(model.two_body_tensor, identity, axes=((2, 3), (i, j)))
            total += np.moveaxis(pair, (0, 1), (i, j)) / (n - 1)
    return total.reshape(d**n, d**n)


def evolve_in_full_space(model: Model, state: ProductState, particles: int, time: float) -> Complex:
    """|Ψ^(N)(t)⟩ of eq. (2); (d^N,), not normalised."""
    initial = np.ones(1, dtype=complex)
    for _ in range(particles):
        initial = np.kron(initial, state.amplitudes)
    return np.asarray(expm(-1j * time * full_hamiltonian(model, particles)) @ initial)


def marginal_of(vector: Complex, dimension: int) -> Complex:
    """ρ̂^(1) of a many-particle vector, eq. (4) and (7); (d, d)."""
    matrix = vector.reshape(dimension, -1)
    density = matrix @ matrix.conj().T
    return np.asarray(density / np.trace(density))
