"""The same spins in QuTiP 5: what one would write who has a general-purpose solver at hand."""

from __future__ import annotations

import warnings

import numpy as np
import qutip
from numpy.typing import NDArray

from benchmarks.models import PAULI, PauliModel
from nonhermitian_hartree.bosons.subspace import product_state_vector

OPTIONS = {"nsteps": 10**8, "normalize_output": True, "progress_bar": ""}


def collective_hamiltonian(model: PauliModel, particles: int) -> qutip.Qobj:
    """A^(N) in spin matrices, with S = 2J: ``Σ_{i<j} Σ_ab P_ab σ_a⊗σ_b = (Σ_ab P_ab S_a S_b − N Tr P)/2``."""
    spins = [2 * qutip.jmat(particles / 2, axis) for axis in "xyz"]
    fields = sum(complex(f) * spin for f, spin in zip(model.fields, spins, strict=True) if f)
    pairs = sum(complex(model.pairs[a, b]) * spins[a] * spins[b] for a, b in np.argwhere(model.pairs))
    same = particles * complex(np.trace(model.pairs)) * qutip.qeye(particles + 1)
    return fields + (pairs - same) / (2 * (particles - 1))


def solve_with_qutip(
    model: PauliModel, particles: int, time: float, tolerances: tuple[float, float] = (1e-10, 1e-12)
) -> NDArray[np.complex128]:
    """ρ̂^(1) from ``sesolve`` with (rtol, atol) and the exact coherent state; a warning would be an error."""
    options = {**OPTIONS, **dict(zip(("rtol", "atol"), tolerances, strict=True))}
    hamiltonian = collective_hamiltonian(model, particles)
    # QuTiP counts from m = +j, where all particles are in |0⟩
    components = product_state_vector(model.state.amplitudes, particles)[::-1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (_, evolved) = qutip.sesolve(hamiltonian, qutip.Qobj(components), [0, time], options=options).states
    bloch = [qutip.expect(2 * qutip.jmat(particles / 2, axis), evolved) / particles for axis in "xyz"]
    return (np.eye(2) + np.einsum("a,aij->ij", np.real(bloch), PAULI)) / 2
