r"""Distances between one-particle states, eq. (11), (12), (47) and (48), free of cancellation for qubits.

For qubits with Bloch vectors r, s, ``δ = r − s``, ``a = 1 − |r|² = 2 S_L(r)`` and ``b = 2 S_L(s)``,

    1 − F = ¼ [ |δ|² + (√a − √b)² ],      √a − √b = −δ·(r + s)/(√a + √b),

which for a pure s (b = 0) is ``1 − ⟨ψ|ρ̂|ψ⟩``. The linear entropies are passed in, because the steps that
make the states know them to full relative accuracy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


def linear_entropy(density: ArrayLike) -> Array:
    """S_L = 1 − Tr ρ̂², eq. (11), of (..., d, d) density matrices; absolute error of a few rounding units."""
    matrix = np.asarray(density, dtype=complex)
    return np.asarray(1 - np.einsum("...ij,...ji->...", matrix, matrix).real)


def bloch_vector(density: ArrayLike) -> Array:
    """(r_x, r_y, r_z) of (..., 2, 2) density matrices with ρ01 = (r_x − i r_y)/2; shape (..., 3)."""
    matrix = np.asarray(density, dtype=complex)
    coherence = matrix[..., 0, 1]
    return np.stack(
        [2 * coherence.real, -2 * coherence.imag, (matrix[..., 0, 0] - matrix[..., 1, 1]).real], axis=-1
    )


def infidelity(density: ArrayLike, entropy: ArrayLike, other: ArrayLike, other_entropy: ArrayLike) -> Array:
    """``1 − F(ρ, σ)`` with the fidelity (48), of (..., d, d) density matrices and their linear entropies.

    Eq. (47) with σ the limit; eq. (12) with σ = |φ⟩⟨φ| (``other_entropy`` 0). Qubits: relative error about
    1e-9 or absolute 1e-18, whichever is larger. d > 2: by eigenvalues, absolute error about 1e-15 against a
    pure σ and 1e-8·√(smallest eigenvalue) otherwise.
    """
    rho, sigma = np.asarray(density, dtype=complex), np.asarray(other, dtype=complex)
    if rho.shape[-1] == 2:
        return _qubit_infidelity(rho, np.asarray(entropy), sigma, np.asarray(other_entropy))
    return _uhlmann_infidelity(rho, sigma, np.asarray(other_entropy))


def infidelity_error(
    density: ArrayLike,
    entropy: ArrayLike,
    other: ArrayLike,
    other_entropy: ArrayLike,
    density_error: ArrayLike,
    entropy_error: ArrayLike,
) -> Array:
    """Error of `infidelity` that follows from those of ρ (each entry) and of its linear entropy."""
    rho, sigma = np.asarray(density, dtype=complex), np.asarray(other, dtype=complex)
    error = np.asarray(density_error, dtype=float) + 2.0**-52
    d = rho.shape[-1]
    if d > 2:
        return np.asarray(d * d * error)
    length = np.linalg.norm(bloch_vector(rho) - bloch_vector(sigma), axis=-1)
    step = 4 * error  # of the Bloch vector, Euclidean
    pure = np.asarray(other_entropy) == 0
    roots = np.sqrt(2 * np.asarray(entropy)) + np.sqrt(2 * np.asarray(other_entropy))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(pure, 0.0, 2 / roots)
    mixed = (step * slope) * (2 * length * slope + step * slope)
    from_entropy = np.where(pure, np.asarray(entropy_error) / 2, 0.0)
    return np.asarray((step * (2 * length + step) + mixed) / 4 + from_entropy)


def _qubit_infidelity(rho: Complex, entropy: Array, sigma: Complex, other_entropy: Array) -> Array:
    r, s = bloch_vector(rho), bloch_vector(sigma)
    difference = r - s
    roots = np.sqrt(2 * np.maximum(entropy, 0)) + np.sqrt(2 * np.maximum(other_entropy, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(roots > 0, -(difference * (r + s)).sum(axis=-1) / roots, 0.0)
    squared_gap = np.where(other_entropy == 0, 2 * np.maximum(entropy, 0), gap**2)
    return np.asarray(((difference**2).sum(axis=-1) + squared_gap) / 4)


def _uhlmann_infidelity(rho: Complex, sigma: Complex, other_entropy: Array) -> Array:
    values, vectors = np.linalg.eigh(sigma)
    top = vectors[..., -1]
    beside = np.einsum("...i,...ij,...j->...", top.conj(), rho, top).real
    leading = np.trace(rho, axis1=-2, axis2=-1).real - beside
    root = np.einsum("...ik,...k,...jk->...ij", vectors, np.sqrt(np.maximum(values, 0)), vectors.conj())
    singular = np.linalg.eigvalsh(root @ rho @ root)
    fidelity = np.sqrt(np.maximum(singular, 0)).sum(axis=-1) ** 2
    return np.asarray(np.where(other_entropy == 0, np.maximum(leading, 0), np.maximum(1 - fidelity, 0)))
