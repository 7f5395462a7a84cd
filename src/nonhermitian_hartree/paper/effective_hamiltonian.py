"""The true mean field: how the effective one-particle Hamiltonian depends on the observation time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow, mean_field_energy
from nonhermitian_hartree.limit.two_point.newton import sample_path, solve_real_linear
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian


def effective_hamiltonian(model: Model, branch: Branch, instants: ArrayLike) -> Complex:
    """Mean-field Hamiltonian ``H(χ(s), p(s))`` on the way to the observation time t of the branch.

    ``i ṗ = H p`` with p(0) = φ leads to p(t) ∝ ν. In contrast to the Hartree Hamiltonian H(p†, p),
    the one at s < t depends on t, because the bra comes back from the observation.

    Parameters
    ----------
    instants : array (n,)
        Times s with 0 ≤ s ≤ t, in units of 1/energy (ħ = 1).

    Returns
    -------
    (n, d, d) complex array
        Energy units; error about 1e-11 relative.

    Raises
    ------
    ModelError
        If an instant lies outside [0, t].
    AccuracyError
        If the path is known on a detour in the complex plane only.
    """
    times = np.atleast_1d(np.asarray(instants, dtype=float))
    if not ((times >= 0) & (times <= branch.time)).all():
        raise ModelError(
            f"instants must lie in [0, {branch.time:.6g}], the way to the observation time of the branch"
        )
    ket, bra = sample_path(TwoPointFlow(model), branch.path, times)
    return mean_field_hamiltonian(model, bra, ket)


def limit_velocity(model: Model, branch: Branch) -> Complex:
    """dν/dt of a branch as the *observation time* moves, shape (d,), orthogonal to ν; generalises eq. (42).

    With ``E = ⟨ν|H(ν†, ν)|ν⟩``, ``h = (H − E)ν`` and ``k = (ν†(H − E))ᵀ`` the velocity v obeys

        v − Z v̄ = −i (h + Z k).

    For Z = 0, and for Hermitian models (where k = h̄), this is the Hartree equation (10).
    """
    ket = branch.wavefunction
    hamiltonian = mean_field_hamiltonian(model, ket.conj(), ket)
    hamiltonian = hamiltonian - np.vdot(ket, hamiltonian @ ket) * np.eye(len(ket))
    right = -1j * (hamiltonian @ ket + branch.squeezing @ (ket.conj() @ hamiltonian))
    identity = np.eye(len(ket), dtype=complex)
    return np.asarray(solve_real_linear(identity, -branch.squeezing, right))


def rate_velocity(model: Model, branch: Branch) -> float:
    """``dg/dt = 2 Im E(ν†, ν)``, in energy units: only the explicit time matters where g(ν) is stationary."""
    ket = branch.wavefunction
    return float(2 * mean_field_energy(model, ket.conj(), ket).imag)
