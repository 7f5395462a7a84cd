"""The one-particle Hamiltonian that a mean field makes of A1 and A2."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.hamiltonian import Model


def mean_field_hamiltonian(model: Model, bra: Complex, ket: Complex) -> Complex:
    """``H(χ, p)_ik = A1_ik + Σ_jl ⟨ij|A2|kl⟩ χ_j p_l`` for arrays (..., d) of bras and kets; shape (..., d, d).

    For χ = p† this is the Hartree Hamiltonian of eq. (10). χ·p = 1 is understood, not enforced.
    """
    two_body = np.einsum("ijkl,...j,...l->...ik", model.two_body_tensor, bra, ket, optimize=True)
    return np.asarray(model.one_body + two_body)


def initial_speed(model: Model, ket: Complex) -> float:
    """Rate at which a condensate φ moves and fluctuates, ``‖P⊥ H φ‖ + ‖⟨··|A2|φφ⟩‖``; an inverse time scale.

    Unlike ``‖A1‖ + ‖A2‖`` it is independent of the number of modes on a lattice where the interaction per mode is
    what matters.
    """
    bra, field = ket.conj(), model.field
    force = np.asarray(model.sparse_one_body @ ket) + field.on_ket(bra, ket, ket)
    across = force - np.vdot(ket, force) * ket
    creation = abs(field.pair_creation(ket))
    return float(np.linalg.norm(across) + np.sqrt(creation.sum(axis=0).max() * creation.sum(axis=1).max()))
