"""Burgers' equation on 63 points, embedded in 64 modes, as the files that config/lattice.yaml reads.

    python config/operators/make_burgers.py

Mode 0 is the constant; modes 1 … 63 are the values w on a ring of length 2π, and u_i = φ_i/φ_0 is what solves

    du_i/dt = ν (u_{i+1} − 2u_i + u_{i−1})/h²
              − (λ/2) |φ_0|² (u_{i+1}² + u_i u_{i+1} − u_i u_{i−1} − u_{i−1}²)/(6h),

Burgers' equation whose advection conserves Σ u² on the grid. A non-Hermitian mean field gives it: A1 = iν D², and
A2 = iλ Σ F_ijk |i 0⟩⟨j k|, made symmetric, whose bra ⟨φ| brings the factor φ_0*. The norm 1 + Σ u² of (1, u) falls
with the dissipation, and |φ_0|² = 1/(1 + Σ u²) changes with it.

As Σ u_i F_i(u, u) = 0, the Hermitian part of A2 has the same field on real states: another embedding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sp

MODES, VISCOSITY = 64, 0.05
POINTS = MODES - 1
STEP = 2 * np.pi / POINTS
SCALE = np.sqrt(STEP / np.pi)
"""u is this times the wave sin x of Burgers' equation, so that Σ u² = 1 at the start."""
STRENGTH = 4 / SCALE
"""λ, with which the wave sin x has the coefficient 1 of advection at the start, and would break at t = 1."""


def one_body() -> sp.csr_array:
    """A1 = iν D²; sparse (64, 64)."""
    shift = sp.eye_array(POINTS, k=1) + sp.eye_array(POINTS, k=-1)
    shift = sp.lil_array(shift)
    shift[0, -1] = shift[-1, 0] = 1
    second = sp.block_diag([sp.coo_array((1, 1)), shift - 2 * sp.eye_array(POINTS)])
    return sp.csr_array(1j * VISCOSITY / STEP**2 * second)


def two_body() -> sp.csr_array:
    """A2, sparse (4096, 4096)."""
    points = np.arange(POINTS)
    here, after, before = 1 + points, 1 + (points + 1) % POINTS, 1 + (points - 1) % POINTS
    total = sp.csr_array((MODES**2, MODES**2), dtype=complex)
    for first, second, sign in ((after, after, 1), (here, after, 1), (here, before, -1), (before, before, -1)):
        value = -1j * STRENGTH * sign / (6 * STEP)
        for out, in_ in ((here * MODES, first * MODES + second), (here, second * MODES + first)):
            total += sp.csr_array((np.full(POINTS, value / 2), (out, in_)), shape=total.shape)
    return total


def hermitian_two_body() -> sp.csr_array:
    """(A2 + A2†)/2, whose mean field is the same; sparse (4096, 4096)."""
    return (two_body() + two_body().conj().T) / 2


def initial_state() -> np.ndarray:
    """(1, u)/√2 with u ∝ sin x."""
    vector = np.append(1.0, SCALE * np.sin(STEP * np.arange(POINTS)))
    return vector / np.linalg.norm(vector)


def main() -> None:
    """Write the four files beside this one."""
    folder = Path(__file__).parent
    sp.save_npz(folder / "burgers_one_body.npz", one_body())
    sp.save_npz(folder / "burgers_two_body.npz", two_body())
    sp.save_npz(folder / "burgers_hermitian.npz", hermitian_two_body())
    np.save(folder / "burgers_state.npy", initial_state())


if __name__ == "__main__":
    main()
