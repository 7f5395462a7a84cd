r"""Distances between one-particle states, eq. (12), (47) and (48), free of cancellation for qubits.

For qubits with Bloch vectors r, s, ``δ = r − s``, ``a = 1 − |r|² = 2 S_L(r)`` and ``b = 2 S_L(s)``,

    1 − F = ¼ [ |δ|² + (√a − √b)² ],

which for a pure s (b = 0) is ``1 − ⟨ψ|ρ̂|ψ⟩``. The linear entropies are passed in, because the steps that
make the states know them to full relative accuracy, which makes the error of √a − √b a rounding of √a.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real


def bloch_vector(density: ArrayLike) -> Real:
    """(r_x, r_y, r_z) of (..., 2, 2) density matrices with ρ01 = (r_x − i r_y)/2; shape (..., 3)."""
    matrix = np.asarray(density, dtype=complex)
    coherence = matrix[..., 0, 1]
    return np.stack(
        [2 * coherence.real, -2 * coherence.imag, (matrix[..., 0, 0] - matrix[..., 1, 1]).real], axis=-1
    )


def infidelity(density: ArrayLike, entropy: ArrayLike, other: ArrayLike, other_entropy: ArrayLike) -> Real:
    """``1 − F(ρ, σ)`` with the fidelity (48), of (..., d, d) density matrices and their linear entropies.

    Eq. (47) with σ the limit; eq. (12) with σ = |φ⟩⟨φ| (``other_entropy`` 0). For exact input the error is,
    for qubits, 1e-9 relative or 1e-18 absolute, whichever is larger; for d > 2 about 1e-15 absolute against a
    pure σ and, by the Bures distance, up to 1e-15 + d·1e-8·√(1 − F) otherwise, the worst for singular states.
    NaN where a state is not known.
    """
    rho, sigma = np.asarray(density, dtype=complex), np.asarray(other, dtype=complex)
    other_entropy = np.asarray(other_entropy)
    if rho.shape[-1] == 2:
        return _qubit_infidelity(rho, np.asarray(entropy), sigma, other_entropy)
    pure = _where_known(_pure_infidelity, rho, sigma)
    return np.where(other_entropy == 0, pure, _where_known(_uhlmann_infidelity, rho, sigma))


def infidelity_error(
    density: ArrayLike,
    entropy: ArrayLike,
    other: ArrayLike,
    other_entropy: ArrayLike,
    density_error: ArrayLike,
    entropy_error: ArrayLike,
) -> Real:
    """Error of `infidelity` that follows from those of ρ (each entry) and of its linear entropy.

    The entries of σ are taken to be good to rounding, 2^{−52}. For d > 2 and a mixed σ the bound is that of
    Powers and Størmer, ``‖√ρ − √ρ'‖² ≤ ‖ρ − ρ'‖₁``: rigorous, and pessimistic for regular ρ.
    """
    rho, sigma = np.asarray(density, dtype=complex), np.asarray(other, dtype=complex)
    error = np.asarray(density_error, dtype=float) + 2.0**-52
    pure = np.asarray(other_entropy) == 0
    d = rho.shape[-1]
    if d > 2:
        root_error = np.sqrt(2 * d**1.5 * error)
        distance = np.sqrt(2 * _where_known(_uhlmann_infidelity, rho, sigma))
        return np.asarray(np.where(pure, d * d * error, root_error * (2 * distance + root_error)))
    length = np.linalg.norm(bloch_vector(rho) - bloch_vector(sigma), axis=-1)
    step = 4 * error  # of the Bloch vector, Euclidean
    root, other_root = (np.sqrt(2 * np.asarray(s)) for s in (entropy, other_entropy))
    with np.errstate(divide="ignore", invalid="ignore"):
        # |√a − √b| ≤ |a − b|/√a, and ≤ √|a − b|, which is the smaller where a is no larger than its error
        largest = np.sqrt(2 * np.asarray(entropy_error))
        root_error = np.fmin(np.where(root > 0, np.asarray(entropy_error) / root, largest), largest)
    root_error = root_error + 2.0**-51 * (root + other_root)
    gap = np.abs(root - other_root)
    return np.asarray((step * (2 * length + step) + root_error * (2 * gap + root_error)) / 4)


def _qubit_infidelity(rho: Complex, entropy: Real, sigma: Complex, other_entropy: Real) -> Real:
    difference = bloch_vector(rho) - bloch_vector(sigma)
    gap = np.sqrt(2 * np.maximum(entropy, 0)) - np.sqrt(2 * np.maximum(other_entropy, 0))
    return np.asarray(((difference**2).sum(axis=-1) + gap**2) / 4)


def _where_known(distance: Callable[[Complex, Complex], Real], rho: Complex, sigma: Complex) -> Real:
    """A distance of states that are known, and NaN for others, of which LAPACK finds no eigenvectors."""
    known = np.asarray(np.isfinite(rho).all(axis=(-2, -1)) & np.isfinite(sigma).all(axis=(-2, -1)))
    states = (np.where(known[..., None, None], state, np.eye(state.shape[-1])) for state in (rho, sigma))
    return np.where(known, distance(*states), np.nan)


def _pure_infidelity(rho: Complex, sigma: Complex) -> Real:
    """``1 − ⟨ψ|ρ|ψ⟩`` for σ = |ψ⟩⟨ψ|, as the share of ρ in the other eigenvectors of σ."""
    beside = np.linalg.eigh(sigma)[1][..., :-1]
    return np.asarray(np.einsum("...ik,...ij,...jk->...", beside.conj(), rho, beside).real.clip(min=0))


def _uhlmann_infidelity(rho: Complex, sigma: Complex) -> Real:
    """``1 − F = b (2 − b)`` with half the squared Bures distance, ``b = 1 − √F = ½ min_U ‖√ρ − √σ U‖²``.

    The unitary U is the polar factor of √σ √ρ. Nothing cancels, and a rounding that grows to 1e-8 in the
    root of a small eigenvalue enters squared.
    """
    root, other_root = _square_root(rho), _square_root(sigma)
    left, _, right = np.linalg.svd(other_root @ root)
    half = (np.abs(root - other_root @ left @ right) ** 2).sum(axis=(-2, -1)) / 2
    return np.asarray(half * (2 - half))


def _square_root(density: Complex) -> Complex:
    values, vectors = np.linalg.eigh(density)
    return np.asarray((vectors * np.sqrt(values.clip(min=0))[..., None, :]) @ np.swapaxes(vectors.conj(), -2, -1))
