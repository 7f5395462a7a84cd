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
