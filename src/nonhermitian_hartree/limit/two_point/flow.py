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
    """The two-point flow of one model, prepared for whole meshes."""

    def __init__(self, model: Model) -> None:
        d = model.dimension
        tensor = model.two_body_tensor
        tensor = (tensor + tensor.transpose(1, 0, 3, 2)) / 2
        self.dimension = d
        self._one_body, self._unit = model.one_body, np.eye(d)
        self._by_bra = np.ascontiguousarray(tensor.transpose(1, 0, 2, 3).reshape(d, d**3))
        self._by_kets = np.ascontiguousarray(tensor.reshape(d * d, d * d).T)

    def energies(self, nodes: Complex) -> Complex:
        """``χ H(χ, p) p / χ p`` at each node."""
        d = self.dimension
        ket, bra = nodes[:, :d], nodes[:, d:]
        hamiltonian = self._hamiltonian(bra, ket)[0]
        return np.asarray(np.einsum("ni,nij,nj->n", bra, hamiltonian, ket) / (bra * ket).sum(axis=1))

    def step(
        self, nodes: Complex, lengths: Complex | Real, variations: bool = True, energies: Complex | None = None
    ) -> StepEnds:
        """Carry nodes (K, 2d) over intervals of complex lengths (K,), with their own shifts ε_k unless given."""
        count, width = nodes.shape
        with np.errstate(all="ignore"):
            energies = self.energies(nodes) if energies is None else energies
            total = width + 2 + (width * width if variations else 0)
            start = np.zeros((count, total), dtype=complex)
            start[:, :width] = nodes
            if variations:
                start[:, width + 2 :] = np.eye(width).ravel()
            h = np.asarray(lengths)[:, None]
            slopes = np.empty((STAGES + 1, count, total), dtype=complex)
            parts = slopes.view(float).reshape(STAGES + 1, -1)  # real products are half the work

            def combine(weights: Real) -> Complex:
                total_slope = np.einsum("s,sn->n", weights, parts[: len(weights)])  # BLAS would start threads
                return np.asarray(total_slope.view(complex).reshape(count, total))

            slopes[0] = self._velocity(start, energies)
            for s in range(1, STAGES):
                slopes[s] = self._velocity(start + h * combine(TABLEAU[s, :s]), energies)
            end = start + h * combine(WEIGHTS)
            slopes[STAGES] = self._velocity(end, energies)
            scale = self._scale(nodes)
            third, fifth = (
                np.linalg.norm(h * combine(weights)[:, :width] / scale, axis=1)
                for weights in (ERROR_THIRD, ERROR_FIFTH)
            )
            error = fifth**2 / np.sqrt(fifth**2 + 0.01 * third**2 + 1e-300)
            error = np.where(np.isfinite(end).all(axis=1) & np.isfinite(error), error, np.inf)
        return StepEnds(
            nodes=end[:, :width],
            action=end[:, width],
            trace=end[:, width + 1],
            energies=energies,
            error=error,
            variation=end[:, width + 2 :].reshape(count, width, width) if variations else None,
            velocity=slopes[STAGES][:, :width],
        )

    def _scale(self, nodes: Complex) -> Real:
        """Size of kets and bras, each on its own components."""
        d = self.dimension
        ket, bra = np.linalg.norm(nodes[:, :d], axis=1), np.linalg.norm(nodes[:, d:], axis=1)
        return np.repeat(np.stack([ket, bra], axis=1), d, axis=1)

    def _hamiltonian(self, bra: Complex, ket: Complex) -> tuple[Complex, Complex]:
        d = self.dimension
        contracted = (bra @ self._by_bra).reshape(-1, d, d, d)  # T_ijkl χ_j as [i, k, l]
        return self._one_body + (contracted @ ket[:, None, :, None])[..., 0], contracted

    def _velocity(self, y: Complex, energies: Complex) -> Complex:
        d, width = self.dimension, 2 * self.dimension
        ket, bra = y[:, :d], y[:, d:width]
        hamiltonian, contracted = self._hamiltonian(bra, ket)
        shifted = hamiltonian - energies[:, None, None] * self._unit
        out = np.empty_like(y)
        column, row = ket[:, :, None], bra[:, None, :]
        out[:, :d] = -1j * (shifted @ column)[:, :, 0]
        out[:, d:width] = 1j * (row @ shifted)[:, 0]
        mean_field = ((hamiltonian - self._one_body) @ column)[:, :, 0]
        out[:, width] = 0.5j * (bra * mean_field).sum(axis=1)
        exchange = (ket[:, None, None, :] @ contracted)[:, :, 0]  # c_ikl p_k
        generator = shifted + exchange
        out[:, width + 1] = generator.reshape(-1, d * d)[:, :: d + 1].sum(axis=1)
        if y.shape[1] > width + 2:
            kets = (column * ket[:, None, :]).reshape(-1, d * d)
            jacobian = np.empty((len(y), width, width), dtype=complex)
            jacobian[:, :d, :d] = -1j * generator
            jacobian[:, :d, d:] = -1j * (kets @ self._by_kets).reshape(-1, d, d)
            jacobian[:, d:, :d] = 1j * (row @ contracted.reshape(-1, d, d * d)).reshape(-1, d, d)
            jacobian[:, d:, d:] = 1j * generator.swapaxes(1, 2)
            out[:, width + 2 :] = (jacobian @ y[:, width + 2 :].reshape(-1, width, width)).reshape(len(y), -1)
        return out


def mean_field_energy(model: Model, bra: Complex, ket: Complex) -> Complex:
    """``E(χ, p) = χ A1 p + ½ ⟨χχ|A2|pp⟩``, shape (...): the Hamilton function of the flow, conserved by it."""
    pair = np.einsum("ijkl,...i,...j,...k,...l->...", model.two_body_tensor, bra, bra, ket, ket, optimize=True)
    return np.asarray(np.einsum("...i,ij,...j->...", bra, model.one_body, ket) + pair / 2)


def complete_basis(states: Complex) -> Complex:
    """Orthonormal columns, shape (n, d, d-1), orthogonal to each of the unit vectors (n, d)."""
    _, _, rows = np.linalg.svd(states.conj()[:, None, :], full_matrices=True)
    return np.asarray(rows[:, 1:, :].conj().swapaxes(1, 2))
