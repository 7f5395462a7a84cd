"""The first correction in 1/N to a pure limit, from the Gaussian fluctuations around it."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real

SOFTEST = 1 - 1e-9
"""Beyond this softness σ is not known well enough for 1/(1 − σ²), and the maximum counts as critical."""


def entropy_coefficient(squeezing: ArrayLike) -> float:
    """``lim N·S_L = 2 Σ σ²/(1 − σ²)``, and twice ``lim N·(1 − ⟨ν|ρ̂|ν⟩)``, for a pure limit ν.

    Near ν the many-body state is a condensate times ``exp(½ x·Zx)`` in the excitations x: squeezed modes, in which
    Takagi's factorisation of Z leaves ``Σ σ²/(1 − σ²)`` particles out of the condensate on average. Of S_L =
    1 − Tr ρ̂² the condensate alone, ``1 − (1 − n/N)²``, is of order 1/N. Derivation: docs/theory_limit.md.

    Parameters
    ----------
    squeezing : (d, d) or (d-1, d-1) array
        Z across ν, in any orthonormal basis.

    Returns
    -------
    float
        NaN at a critical point, where it diverges, and at a saddle.
    """
    singular = singular_values(squeezing)
    if not singular.max(initial=0.0) <= SOFTEST:
        return nan
    return float(2 * (singular**2 / ((1 - singular) * (1 + singular))).sum())


def singular_values(squeezing: ArrayLike) -> Real:
    """Singular values of Z, largest first; the first is the softness of the maximum."""
    return np.linalg.svd(np.asarray(squeezing, dtype=np.complex128), compute_uv=False)


def diagonal_squeezing(coupling: ArrayLike, root: ArrayLike, time: float) -> Complex:
    """Z of a diagonal model, up to a diagonal unitary: ``−itB (1 + itB)⁻¹`` with ``B = Rᵀ b R``.

    Parameters
    ----------
    coupling : (d, d) array
        b of ``A2 = diag(b)``.
    root : (d, d) array
        R with ``R Rᵀ = diag(x) − x xᵀ``, x the populations.
    time : float
        Observation time t.

    Notes
    -----
    ``χ ↦ S = max_x Σ x_i ln(χ_i φ_i/x_i) − it h(x)`` has the second derivatives
    ``∂x_i/∂ln χ_j = (R (1 + itB)⁻¹ Rᵀ)_ij``. Since ``1 − Z†Z = G†(1 − 2t Im B) G`` with ``G = (1 + itB)⁻¹``, ν is
    a maximum of the weight of final states where x is one on the simplex.
    """
    factor = np.asarray(root, dtype=float)
    generator = 1j * time * (factor.T @ np.asarray(coupling, dtype=np.complex128) @ factor)
    return np.asarray(-generator @ np.linalg.inv(np.eye(len(generator)) + generator))
