"""The biorthogonal frame that moves with a two-point path of a qubit model, and the couplings seen from it.

Along a path (p, χ) let q span the kernel of χ: ``G = [p, q]``. Write the many-body state as
``Ψ(s) = G(s)^{⊗N} ξ(s)``: no terms are left that are linear in the excitations, ξ starts as ``|N, 0⟩`` and keeps
O(1) excitations out of the condensate p. The quadratic terms are solved by ``e^{z x²/2 + c}`` with the squeezing
z(s) of this module; what is left over is :mod:`~nonhermitian_hartree.condensate_expansion`. Derivation:
docs/theory_condensate.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model, swap_particles

FRAME_SIZE = 7
"""Numbers in the vector that carries a frame along: G (4), action, squeezing and log-amplitude of the vacuum."""


@dataclass(frozen=True, eq=False)
class MovingFrame:
    """The frame and the Gaussian part of ξ at one instant.

    Parameters
    ----------
    columns : (2, 2) complex array
        ``G = [p, q]``.
    action : complex
        S: the state is ``e^{N S} G^{⊗N} ξ``.
    squeezing : complex
        z of ``ξ ∝ e^{z x²/2 + c} ζ(x)``.
    log_vacuum : complex
        c, the logarithm of the amplitude without excitations that the Gaussian part produces.
    """

    columns: Complex
    action: complex
    squeezing: complex
    log_vacuum: complex

    @classmethod
    def unpack(cls, packed: Complex) -> MovingFrame:
        """Frame from the first :data:`FRAME_SIZE` numbers of ``packed``."""
        return cls(packed[:4].reshape(2, 2), complex(packed[4]), complex(packed[5]), complex(packed[6]))

    def pack(self) -> Complex:
        """Inverse of `unpack`."""
        return np.concatenate([self.columns.ravel(), [self.action, self.squeezing, self.log_vacuum]])


@dataclass(frozen=True)
class FrameCouplings:
    """Couplings ``T = (G⁻¹⊗G⁻¹) A2 (G⊗G)`` of the excitations, indexed as ``T[out, out, in, in]`` (energies).

    Parameters
    ----------
    pair_creation, pair_annihilation : complex
        ``T[11,00]`` and ``T[00,11]``.
    creation, annihilation : complex
        Creation or annihilation beside an excitation: ``U = T[11,10] − T[10,00]``, ``D = T[10,11] − T[00,10]``.
    scattering : complex
        ``W = T[00,00] − 2 T[10,10] − 2 T[01,10] + T[11,11]``.
    """

    pair_creation: complex
    pair_annihilation: complex
    creation: complex
    annihilation: complex
    scattering: complex


def start_frame(initial: Complex, branch: Branch, scale: float) -> MovingFrame:
    """Frame at s = 0: p = φ, and q in the kernel of χ(0) with ``‖q‖ = scale``."""
    bra = branch.initial_bra
    kernel = np.array([-bra[1], bra[0]]) * (scale / np.linalg.norm(bra))
    return MovingFrame(np.column_stack([initial, kernel]), 0j, 0j, 0j)


def symmetric_two_body(model: Model) -> Complex:
    """A2, (4, 4), with the rounding error of its swap symmetry removed."""
    return np.asarray((model.two_body + swap_particles(model.two_body)) / 2)


def move_frame(one_body: Complex, two_body: Complex, packed: Complex) -> tuple[Complex, FrameCouplings]:
    """Velocity (:data:`FRAME_SIZE`,) of a packed frame with respect to s, and the couplings in it.

    ``i Ġ = (H(χ, p) − ε) G + G diag(0, λ)``: the constant ``ε = χ H p`` keeps ‖p‖ near 1, and the free scale of q,
    ``λ = T[01,10] + T[00,11] z``, removes what would multiply the number of excitations. Then

        i ż = T[11,00] − T[00,11] z²,    i ċ = T[00,11] z / 2,    i Ṡ = ε − T[00,00] / 2.
    """
    frame, squeezing = packed[:4].reshape(2, 2), packed[5]
    (a, b), (c, d) = frame
    inverse = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
    coupling = (_square(inverse) @ two_body @ _square(frame)).reshape(2, 2, 2, 2)
    generator = inverse @ one_body @ frame + coupling[:, 0, :, 0]
    energy = generator[0, 0]
    generator[0, 0] = 0
    generator[1, 1] += coupling[0, 1, 1, 0] + coupling[0, 0, 1, 1] * squeezing - energy
    couplings = FrameCouplings(
        pair_creation=coupling[1, 1, 0, 0],
        pair_annihilation=coupling[0, 0, 1, 1],
        creation=coupling[1, 1, 1, 0] - coupling[1, 0, 0, 0],
        annihilation=coupling[1, 0, 1, 1] - coupling[0, 0, 1, 0],
        scattering=coupling[0, 0, 0, 0] - 2 * (coupling[1, 0, 1, 0] + coupling[0, 1, 1, 0]) + coupling[1, 1, 1, 1],
    )
    velocity = np.empty(FRAME_SIZE, dtype=complex)
    velocity[:4] = (frame @ generator).ravel()
    velocity[4] = energy - coupling[0, 0, 0, 0] / 2
    velocity[5] = couplings.pair_creation - couplings.pair_annihilation * squeezing**2
    velocity[6] = couplings.pair_annihilation * squeezing / 2
    return -1j * velocity, couplings


def _square(matrix: Complex) -> Complex:
    """``matrix ⊗ matrix``, (4, 4); several times faster than `numpy.kron`."""
    return np.asarray((matrix[:, None, :, None] * matrix[None, :, None, :]).reshape(4, 4))
