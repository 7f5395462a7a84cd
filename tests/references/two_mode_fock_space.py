"""Two bosonic modes in occupation numbers 0 … n_max each: operators, and the Lindblad equation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Complex = NDArray[np.complex128]


def annihilation_operators(largest: int) -> list[Complex]:
    """a_0 and a_1 on |n_0, n_1⟩ with n ≤ largest; exact on every state of at most `largest` bosons."""
    lower = np.diag(np.sqrt(np.arange(1, largest + 1)), 1).astype(complex)
    one = np.eye(largest + 1)
    return [np.kron(lower, one), np.kron(one, lower)]


def sector(largest: int, particles: int) -> NDArray[np.int64]:
    """Indices of the states of `particles` bosons, by descending n_0: the order of the occupation basis (13)."""
    return np.array([n0 * (largest + 1) + particles - n0 for n0 in range(particles, -1, -1)])


def second_quantised(one_body: Complex, two_body: Complex, lowering: list[Complex]) -> Complex:
    """``Σ h_ij a_i† a_j + ½ Σ V_ij,kl a_i† a_j† a_l a_k``; h (2, 2), V (2, 2, 2, 2)."""
    total = np.zeros_like(lowering[0])
    for i, j in np.ndindex(2, 2):
        total += one_body[i, j] * lowering[i].conj().T @ lowering[j]
        for k, m in np.ndindex(2, 2):
            raising = lowering[i].conj().T @ lowering[j].conj().T
            total += two_body[i, j, k, m] / 2 * raising @ lowering[m] @ lowering[k]
    return total


def no_jump_hamiltonian(hamiltonian: Complex, jumps: list[Complex]) -> Complex:
    """``H − (i/2) Σ L†L``."""
    return np.asarray(hamiltonian - 0.5j * sum(jump.conj().T @ jump for jump in jumps))


def evolve_lindblad(hamiltonian: Complex, jumps: list[Complex], density: Complex, time: float) -> Complex:
    """``ρ̇ = −i[H, ρ] + Σ (LρL† − ½{L†L, ρ})`` by the exponential of its superoperator."""
    one = np.eye(len(hamiltonian))
    generator = -1j * (np.kron(hamiltonian, one) - np.kron(one, hamiltonian.T))
    for jump in jumps:
        rate = jump.conj().T @ jump
        generator += np.kron(jump, jump.conj()) - (np.kron(rate, one) + np.kron(one, rate.T)) / 2
    return np.asarray((expm(time * generator) @ density.reshape(-1)).reshape(density.shape))
