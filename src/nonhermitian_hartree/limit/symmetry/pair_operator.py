"""The part of a Hamiltonian (1) that matters on symmetric states: K = A1⊗1 + 1⊗A1 + A2 between symmetric pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.hamiltonian import Model

TOLERANCE = 1e-13
"""What counts as zero beside the Frobenius norm of K without its trace: rounding of a model given in doubles."""


@dataclass(frozen=True, eq=False)
class PairOperator:
    """K on symmetric pairs, without its trace and with Frobenius norm one.

    Parameters
    ----------
    block : (D, D) complex array
        D = d(d+1)/2.
    isometry : (d*d, D) array
        Orthonormal symmetric pairs.
    """

    block: Complex
    isometry: Real

    @classmethod
    def of(cls, model: Model) -> PairOperator | None:
        """Return that of a model, or None if its A^(N) is a multiple of one."""
        d = model.dimension
        identity = np.eye(d)
        isometry = _symmetric_isometry(d)
        one_body = model.one_body - np.trace(model.one_body) / d * identity
        pair = np.kron(one_body, identity) + np.kron(identity, one_body) + model.two_body
        block = isometry.T @ pair @ isometry
        block = block - np.trace(block) / len(block) * np.eye(len(block))
        norm = float(np.linalg.norm(block))
        scale = float(np.linalg.norm(model.one_body) + np.linalg.norm(model.two_body))
        return cls(block / norm, isometry) if norm > TOLERANCE * scale else None

    @property
    def reversed(self) -> PairOperator:
        """``−K*``, what an antiunitary symmetry must turn into K."""
        return PairOperator(-self.block.conj(), self.isometry)

    def in_basis(self, basis: Complex) -> PairOperator:
        """Return K in the one-particle basis of the columns of a unitary matrix (d, d)."""
        return PairOperator(self.rotated(basis.conj().T[None])[0], self.isometry)

    @cached_property
    def tensor(self) -> Complex:
        """K as ``⟨ij|K|kl⟩`` on all pairs, zero on antisymmetric ones; (d, d, d, d)."""
        d = round(len(self.isometry) ** 0.5)
        return np.asarray((self.isometry @ self.block @ self.isometry.T).reshape(d, d, d, d))

    def rotated(self, matrices: Complex) -> Complex:
        """``(U⊗U) K (U⊗U)†`` on symmetric pairs for unitaries (n, d, d); (n, D, D)."""
        symmetric = self._on_pairs(matrices, matrices)
        return np.asarray(symmetric @ self.block @ symmetric.conj().swapaxes(1, 2))

    def lifted(self, matrices: Complex) -> Complex:
        """``X⊗1 + 1⊗X`` on symmetric pairs for X (n, d, d); (n, D, D)."""
        identity = np.eye(matrices.shape[1], dtype=complex)[None]
        return 2 * self._on_pairs(matrices, identity)

    def _on_pairs(self, first: Complex, second: Complex) -> Complex:
        """``½ (X⊗Y + Y⊗X)`` on symmetric pairs for stacks (n, d, d) of X and Y; (n, D, D)."""
        i, j = np.triu_indices(first.shape[1])
        norms = np.where(i == j, np.sqrt(0.5), 1.0)
        total = np.zeros((max(len(first), len(second)), len(i), len(i)), dtype=complex)
        for one, other in ((first, second), (second, first)):
            for right, last in ((i, j), (j, i)):
                total += one[:, i[:, None], right] * other[:, j[:, None], last]
        return np.asarray(norms[:, None] * norms * total / 2)


def _symmetric_isometry(d: int) -> Real:
    first, second = np.triu_indices(d)
    columns = np.zeros((d * d, len(first)))
    columns[first * d + second, np.arange(len(first))] = 1
    columns[second * d + first, np.arange(len(first))] = 1
    return np.asarray(columns / np.linalg.norm(columns, axis=0))


def hermitian_matrices(d: int) -> Complex:
    """Orthonormal basis, over the reals, of the Hermitian matrices; (d*d, d, d)."""
    units = np.eye(d * d).reshape(d, d, d, d)
    real = [units[i, i] for i in range(d)]
    real += [(units[i, j] + units[j, i]) / np.sqrt(2) for i in range(d) for j in range(i)]
    imaginary = [1j * (units[i, j] - units[j, i]) / np.sqrt(2) for i in range(d) for j in range(i)]
    return np.array(real + imaginary, dtype=complex)
