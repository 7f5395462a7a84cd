"""The two-point (bra/ket) mean-field equations that replace the Hartree equation (10) when N → ∞.

With ``H(χ, p) = A1 + ⟨χ|A2|p⟩`` (A2 contracted on the second particle) a ket p and an independent bra χ obey

    i ṗ = H(χ, p) p,    i χ̇ = −χ H(χ, p),    χ·p = 1,    p(0) ∝ φ,    χ(t) ∝ p(t)†.

The limiting one-particle wavefunction at the observation time t is ``ν ∝ p(t)``. Here one Runge–Kutta step
is taken on every interval of a mesh at once, with its linearisation. A path is a list of nodes (p_k, χ_k) at
instants s_k, and
on the interval k the Hamiltonian is shifted by the energy ``ε_k = χ_k H p_k / χ_k p_k``: p and χ then
change only across
themselves. The coefficients are those of DOP853 (Hairer, Nørsett, Wanner, Solving ODEs I): order 8, with an error
estimate. Derivations: docs/theory_limit.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import DOP853

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.hamiltonian import Model

STAGES: int = DOP853.n_stages
TABLEAU, WEIGHTS = np.asarray(DOP853.A), np.asarray(DOP853.B)
ERROR_THIRD, ERROR_FIFTH = np.asarray(DOP853.E3), np.asarray(DOP853.E5)


@dataclass(frozen=True, eq=False)
class StepEnds:
    """Where the flow arrives at the end of each of K intervals.

    Parameters
    ----------
    nodes : (K, 2d) complex array
        (p, χ).
    action : (K,) complex array
        ``∫ (i/2) ⟨χχ|A2|pp⟩ ds`` over the interval.
    trace : (K,) complex array
        ``∫ Tr(H + K − ε) ds``.
    energies : (K,) complex array
        ε_k.
    error : (K,) array
        Estimated error of nodes relative to their size; inf where the step blew up.
    variation : (K, 2d, 2d) complex array or None
        Derivative of the nodes at the end by those at the start.
    velocity : (K, 2d) complex array
        d/ds of the nodes at the end, with the shift.
    """

    nodes: Complex
    action: Complex
    trace: Complex
    energies: Complex
    error: Real
    variation: Complex | None
    velocity: Complex


class TwoPointFlow:
    """The two-point flow of one model, prepared for whole meshes.

    Inside, the intervals are the last axis: small d then costs no more than a loop over components.
    """

    def __init__(self, model: Model) -> None:
        d = model.dimension
        tensor = model.two_body_tensor
        tensor = (tensor + tensor.transpose(1, 0, 3, 2)) / 2
        self.dimension = d
        self._one_body = model.one_body[:, :, None]
        self._by_bra = np.ascontiguousarray(tensor.transpose(0, 2, 3, 1).reshape(d**3, d))
        self._by_kets = np.ascontiguousarray(tensor.reshape(d * d, d * d))

    def energies(self, nodes: Complex) -> Complex:
        """``χ H(χ, p) p / χ p`` at each node."""
        d = self.dimension
        ket, bra = nodes.T[:d], nodes.T[d:]
        hamiltonian = self._hamiltonian(bra, ket)[0]
        return np.asarray((bra * _apply(hamiltonian, ket)).sum(axis=0) / (bra * ket).sum(axis=0))

    def step(
        self, nodes: Complex, lengths: Complex | Real, variations: bool = True, energies: Complex | None = None
    ) -> StepEnds:
        """Carry nodes (K, 2d) over intervals of complex lengths (K,), with their own shifts ε_k unless given."""
        count, width = nodes.shape
        with np.errstate(all="ignore"):
            energies = self.energies(nodes) if energies is None else energies
            total = width + 2 + (width * width if variations else 0)
            start = np.zeros((total, count), dtype=complex)
            start[:width] = nodes.T
            if variations:
                start[width + 2 :] = np.eye(width).reshape(-1, 1)
            h = np.asarray(lengths)
            slopes = np.empty((STAGES + 1, total, count), dtype=complex)
            parts = slopes.view(float).reshape(STAGES + 1, -1)  # real products are half the work

            def combine(weights: Real) -> Complex:
                total_slope = np.einsum("s,sn->n", weights, parts[: len(weights)])  # BLAS would start threads
                return np.asarray(total_slope.view(complex).reshape(total, count))

            self._velocity(start, energies, slopes[0])
            for s in range(1, STAGES):
                self._velocity(start + h * combine(TABLEAU[s, :s]), energies, slopes[s])
            end = start + h * combine(WEIGHTS)
            self._velocity(end, energies, slopes[STAGES])
            scale = self._scale(nodes)
            third, fifth = (
                np.linalg.norm((h * combine(weights)[:width]).T / scale, axis=1)
                for weights in (ERROR_THIRD, ERROR_FIFTH)
            )
            error = fifth**2 / np.sqrt(fifth**2 + 0.01 * third**2 + 1e-300)
            error = np.where(np.isfinite(end).all(axis=0) & np.isfinite(error), error, np.inf)
        variation = np.ascontiguousarray(end[width + 2 :].T).reshape(count, width, width) if variations else None
        return StepEnds(
            nodes=np.ascontiguousarray(end[:width].T),
            action=end[width],
            trace=end[width + 1],
            energies=energies,
            error=error,
            variation=variation,
            velocity=np.ascontiguousarray(slopes[STAGES, :width].T),
        )

    def _scale(self, nodes: Complex) -> Real:
        """Size of kets and bras, each on its own components."""
        d = self.dimension
        ket, bra = np.linalg.norm(nodes[:, :d], axis=1), np.linalg.norm(nodes[:, d:], axis=1)
        return np.repeat(np.stack([ket, bra], axis=1), d, axis=1)

    def _hamiltonian(self, bra: Complex, ket: Complex) -> tuple[Complex, Complex]:
        """H(χ, p) as [i, k, n], and ``T_ijkl χ_j`` as [i, k, l, n]."""
        d = self.dimension
        contracted = (self._by_bra @ bra).reshape(d, d, d, -1)
        mean_field = sum((contracted[:, :, level] * ket[level] for level in range(d)), start=self._one_body)
        return mean_field, contracted

    def _velocity(self, y: Complex, energies: Complex, out: Complex) -> None:
        d, width = self.dimension, 2 * self.dimension
        ket, bra = y[:d], y[d:width]
        hamiltonian, contracted = self._hamiltonian(bra, ket)
        generator = sum(contracted[:, level] * ket[level] for level in range(d))  # T_ijkl χ_j p_k, then H − ε too
        force, mean_force = _apply(hamiltonian, ket), _apply(generator, ket)
        out[:d] = -1j * (force - energies * ket)
        out[d:width] = 1j * (_apply(hamiltonian.swapaxes(0, 1), bra) - energies * bra)
        out[width] = 0.5j * (bra * mean_force).sum(axis=0)
        generator += hamiltonian
        for level in range(d):
            generator[level, level] -= energies
        out[width + 1] = np.einsum("iin->n", generator)
        if len(y) > width + 2:
            kets = (ket[:, None] * ket[None]).reshape(d * d, -1)
            jacobian = np.empty((width, width, y.shape[1]), dtype=complex)
            jacobian[:d, :d] = generator
            jacobian[:d, d:] = (self._by_kets @ kets).reshape(d, d, -1)
            jacobian[d:, :d] = -sum(contracted[level] * bra[level] for level in range(d))
            jacobian[d:, d:] = -generator.swapaxes(0, 1)
            variation, change = y[width + 2 :].reshape(width, width, -1), out[width + 2 :].reshape(jacobian.shape)
            np.multiply(jacobian[:, 0, None], variation[0], out=change)
            for column in range(1, width):
                change += jacobian[:, column, None] * variation[column]
            change *= -1j


def _apply(matrices: Complex, vectors: Complex) -> Complex:
    """Matrices [i, k, n] times vectors [k, n]."""
    return np.asarray((matrices * vectors).sum(axis=1))


def mean_field_energy(model: Model, bra: Complex, ket: Complex) -> Complex:
    """``E(χ, p) = χ A1 p + ½ ⟨χχ|A2|pp⟩``, shape (...): the Hamilton function of the flow, conserved by it."""
    pair = np.einsum("ijkl,...i,...j,...k,...l->...", model.two_body_tensor, bra, bra, ket, ket, optimize=True)
    return np.asarray(np.einsum("...i,ij,...j->...", bra, model.one_body, ket) + pair / 2)


def complete_basis(states: Complex) -> Complex:
    """Orthonormal columns, shape (n, d, d-1), orthogonal to each of the unit vectors (n, d)."""
    _, _, rows = np.linalg.svd(states.conj()[:, None, :], full_matrices=True)
    return np.asarray(rows[:, 1:, :].conj().swapaxes(1, 2))
