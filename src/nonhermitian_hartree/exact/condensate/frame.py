"""The biorthogonal frame that moves with a two-point path, and the couplings seen from it.

Along a path (p, χ) let the columns of q span the kernel of χ: ``G = [p, q]``. Write the many-body state as
``Ψ(s) = G(s)^{⊗N} ξ(s)``: no terms are left that are linear in the excitations, ξ starts as ``|N, 0⟩`` and keeps
O(1) excitations out of the condensate p. The quadratic terms are solved by ``e^{xᵀZx/2 + c}`` with the squeezing
Z(s) of this module; what is left over is :mod:`~nonhermitian_hartree.exact.condensate.expansion`. Derivation:
docs/theory_condensate.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.limit.two_point.flow import complete_basis
from nonhermitian_hartree.model.hamiltonian import Model


@dataclass(frozen=True, eq=False)
class MovingFrame:
    """The frame and the Gaussian part of ξ at one instant.

    Parameters
    ----------
    columns : (d, d) complex array
        ``G = [p, q]``.
    action : complex
        S: the state is ``e^{N S} G^{⊗N} ξ``.
    squeezing : (d-1, d-1) complex array
        Z of ``ξ ∝ e^{xᵀZx/2 + c} ζ(x)``, symmetric.
    log_vacuum : complex
        c, the logarithm of the amplitude without excitations that the Gaussian part produces.
    """

    columns: Complex
    action: complex
    squeezing: Complex
    log_vacuum: complex

    @classmethod
    def unpack(cls, packed: Complex, dimension: int) -> MovingFrame:
        """Frame from the first `frame_size` numbers of ``packed``."""
        square, inner = dimension**2, dimension - 1
        return cls(
            packed[:square].reshape(dimension, dimension),
            complex(packed[square]),
            packed[square + 2 : square + 2 + inner**2].reshape(inner, inner),
            complex(packed[square + 1]),
        )

    def pack(self) -> Complex:
        """Inverse of `unpack`."""
        return np.concatenate([self.columns.ravel(), [self.action, self.log_vacuum], self.squeezing.ravel()])


def frame_size(dimension: int) -> int:
    """Numbers in the vector that carries a frame along: G, action, log-amplitude of the vacuum, squeezing."""
    return int(dimension**2 + 2 + (dimension - 1) ** 2)


def start_frame(initial: Complex, branch: Branch) -> MovingFrame:
    """Frame at s = 0: p = φ, and q an orthonormal basis of the kernel of χ(0)."""
    bra = branch.initial_bra
    kernel = complete_basis((bra.conj() / np.linalg.norm(bra))[None])[0]
    inner = len(initial) - 1
    return MovingFrame(np.column_stack([initial, kernel]), 0j, np.zeros((inner, inner), dtype=complex), 0j)


def align_frame(start: MovingFrame, end: MovingFrame) -> MovingFrame:
    """The start with other combinations of q, such that at the end q is orthonormal and Z diagonal.

    x follows the basis q: with ``q = q' R`` it is ``Z' = R Z Rᵀ``. Takagi's factorisation ``Z' = U Σ Uᵀ`` makes
    ``q' U`` the basis in which Z is Σ.
    """
    condensate = end.columns[:, 0]
    length = np.linalg.norm(condensate)
    beside = complete_basis((condensate / length)[None])[0]
    mixing = beside.conj().T @ end.columns[:, 1:] / length
    modes = factorise_symmetric(mixing @ end.squeezing @ mixing.T)
    columns = start.columns.copy()
    columns[:, 1:] = columns[:, 1:] @ np.linalg.solve(mixing, modes)
    return MovingFrame(columns, start.action, start.squeezing, start.log_vacuum)


SMALLEST_RATIO = 1e-9
"""Singular values below this, relative to the largest, are left where they are: only their squares count."""


def factorise_symmetric(matrix: Complex) -> Complex:
    """Unitary U of Takagi's factorisation ``Z = U Σ Uᵀ`` of a complex symmetric matrix, largest σ first.

    ``Z ū = σ u`` is a real symmetric eigenvalue problem for (Re u, Im u), whose eigenvalues are ±σ.
    """
    m = len(matrix)
    real, imag = (matrix.real + matrix.real.T) / 2, (matrix.imag + matrix.imag.T) / 2
    values, vectors = np.linalg.eigh(np.block([[real, imag], [imag, -real]]))
    values, vectors = values[::-1][:m], vectors[:, ::-1][:, :m]
    kept = values > SMALLEST_RATIO * max(values[0], 1e-150)
    modes = (vectors[:m] + 1j * vectors[m:])[:, kept]
    # what belongs to σ = 0 is any basis of the rest
    left, _, right = np.linalg.svd(modes, full_matrices=True)
    rank = int(kept.sum())
    return np.concatenate([left[:, :rank] @ right, left[:, rank:]], axis=1)


def symmetric_two_body(model: Model) -> Complex:
    """``P A2 P``, (d*d, d*d), P the projector on symmetric pairs: all of A2 that bosons see."""
    d = model.dimension
    tensor = model.two_body_tensor
    tensor = (tensor + tensor.transpose(1, 0, 3, 2)) / 2
    return np.asarray(((tensor + tensor.swapaxes(0, 1)) / 2).reshape(d * d, d * d))


def move_frame(one_body: Complex, two_body: Complex, packed: Complex) -> tuple[Complex, Complex]:
    """Velocity (`frame_size`,) of a packed frame with respect to s, and the couplings in it.

    The couplings are ``T = (G⁻¹⊗G⁻¹) P A2 P (G⊗G)`` as T[out, out, in, in], (d, d, d, d), index 0 for p. With
    ``C = T[00,ab]``, ``E = T[ab,00]``, ``B = T[a0,b0]``

        i Ġ = (H(χ, p) − ε) G + G (0 ⊕ Λ),    i Ż = E − Z C Z,    i ċ = ½ Tr(C Z),    i Ṡ = ε − T[00,00] / 2:

    the constant ``ε = χ H p`` keeps ‖p‖ near 1, and ``Λ = B + Z C``, a free choice of the basis q, removes what
    would move excitations without creating any.
    """
    d = len(one_body)
    frame = packed[: d * d].reshape(d, d)
    squeezing = packed[d * d + 2 : frame_size(d)].reshape(d - 1, d - 1)
    inverse: Complex = np.linalg.inv(frame).astype(complex, copy=False)
    couplings = (_square(inverse) @ two_body @ _square(frame)).reshape(d, d, d, d)
    generator = inverse @ one_body @ frame + couplings[:, 0, :, 0]
    energy = generator[0, 0]
    absorbed = squeezing @ couplings[0, 0, 1:, 1:]
    generator[1:, 1:] += couplings[1:, 0, 1:, 0] + absorbed
    generator -= energy * np.eye(d)
    velocity = np.empty(frame_size(d), dtype=complex)
    velocity[: d * d] = (frame @ generator).ravel()
    velocity[d * d] = energy - couplings[0, 0, 0, 0] / 2
    velocity[d * d + 1] = np.trace(absorbed) / 2
    velocity[d * d + 2 :] = (couplings[1:, 1:, 0, 0] - absorbed @ squeezing).ravel()
    return -1j * velocity, couplings


def _square(matrix: Complex) -> Complex:
    """``matrix ⊗ matrix``; several times faster than `numpy.kron`."""
    size = len(matrix) ** 2
    return np.asarray((matrix[:, None, :, None] * matrix[None, :, None, :]).reshape(size, size))
