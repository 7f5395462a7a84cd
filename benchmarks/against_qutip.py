"""Side by side with QuTiP 5 on the same spins: time, answer and true error. Prints a Markdown table.

QuTiP is no dependency of the package: install it beside the package in an environment of its own, then run
``python benchmarks/against_qutip.py``. QuTiP gets the Hamiltonian in spin matrices (``jmat``), the exact coherent
state and tight tolerances (``sesolve``, rtol 1e-10, atol 1e-12); the package is asked for 1e-8. The truth is the
certified evolution with proved errors of at most 1e-14, which is not part of the times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import qutip
from numpy.typing import NDArray

from nonhermitian_hartree.distances import bloch_vector
from nonhermitian_hartree.exact import exact_marginals
from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.symmetric_subspace import product_state_vector

X = np.array([[0, 1], [1, 0]])
Z = np.diag([1, -1])
PARTICLES = (50, 100, 200, 400, 800)
TIME = 0.4
TOLERANCE = 1e-8
STATE = ProductState.from_population(0.7, 0.4)
Result = TypeVar("Result")


@dataclass(frozen=True)
class IsingModel:
    """``A1 = x X + z Z``, ``A2 = zz Z⊗Z``."""

    name: str
    x: complex
    z: complex
    zz: complex

    def to_model(self) -> Model:
        """Couplings for this package."""
        return Model(self.x * X + self.z * Z, self.zz * np.kron(Z, Z))

    def to_qutip(self, particles: int) -> qutip.Qobj:
        """Hamiltonian for QuTiP: ``Σ σ = 2J`` and ``Σ_{i<j} Z_i Z_j = ((2 J_z)² − N)/2``."""
        j = particles / 2
        pairs = ((2 * qutip.jmat(j, "z")) ** 2 - particles * qutip.qeye(particles + 1)) / 2
        fields = self.x * 2 * qutip.jmat(j, "x") + self.z * 2 * qutip.jmat(j, "z")
        return fields + self.zz / (particles - 1) * pairs


MODELS = (
    IsingModel("Hermitian: X + Z⊗Z", 1, 0, 1),
    IsingModel("loss with hopping: X − 0.5i Z + 2 Z⊗Z", 1, -0.5j, 2),
    IsingModel("anti-Hermitian pairs: 0.5 X + i Z⊗Z", 0.5, 0, 1j),
)


def solve_with_qutip(model: IsingModel, particles: int) -> NDArray[np.float64]:
    """Bloch vector per particle from ``sesolve``."""
    hamiltonian = model.to_qutip(particles)
    components = product_state_vector(STATE.amplitudes, particles)[::-1]  # QuTiP counts from m = +j, all in |0⟩
    options = {"rtol": 1e-10, "atol": 1e-12, "nsteps": 10**8, "normalize_output": True, "progress_bar": ""}
    evolved = qutip.sesolve(hamiltonian, qutip.Qobj(components), [0, TIME], options=options).states[-1]
    spins = [qutip.expect(qutip.jmat(particles / 2, axis), evolved) for axis in "xyz"]
    return 2 * np.real(spins) / particles


def main() -> None:
    """Run all models and sizes and print the table."""
    print(f"t = {TIME}, φ = (√0.7, √0.3 e^{{0.4i}}); QuTiP {qutip.__version__}\n")
    print(
        "| model | N | QuTiP: s | (r_x, r_y, r_z) | true error | here: s | (r_x, r_y, r_z) | true error | method |"
    )
    print("|---|--:|--:|---|--:|--:|---|--:|---|")
    for model in MODELS:
        for particles in PARTICLES:
            truth = bloch_vector(certify_marginals(model.to_model(), STATE, particles, [TIME], 1e-14).density[0])
            theirs, their_time = _timed(lambda m=model, n=particles: solve_with_qutip(m, n))
            (ours,), our_time = _timed(
                lambda m=model, n=particles: exact_marginals(m.to_model(), STATE, [n], [TIME], TOLERANCE)
            )
            our_bloch = bloch_vector(ours.density[0])
            print(
                f"| {model.name} | {particles} | {their_time:.2f} | {_show(theirs)} | {_error(theirs, truth)} "
                f"| {our_time:.2f} | {_show(our_bloch)} | {_error(our_bloch, truth)} | {ours.method} |",
                flush=True,
            )


def _timed(run: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = run()
    return result, time.perf_counter() - started


def _show(vector: NDArray[np.float64]) -> str:
    return "(" + ", ".join(f"{component:.6f}" for component in vector) + ")"


def _error(vector: NDArray[np.float64], truth: NDArray[np.float64]) -> str:
    return f"{np.abs(vector - truth).max():.0e}"


if __name__ == "__main__":
    main()
