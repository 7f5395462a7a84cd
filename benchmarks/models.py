"""Models and states that the benchmarks share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState

Complex = NDArray[np.complex128]

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


@dataclass(frozen=True, eq=False)
class PauliModel:
    """``A1 = Σ f_a σ_a``, ``A2 = Σ P_ab σ_a⊗σ_b``, a, b = x, y, z, with a symmetric P; and an initial state."""

    name: str
    fields: Complex
    pairs: Complex
    state: ProductState

    def to_model(self) -> Model:
        """Couplings for this package."""
        two_body = np.einsum("ab,aij,bkl->ikjl", self.pairs, PAULI, PAULI).reshape(4, 4)
        return Model(np.einsum("a,aij->ij", self.fields, PAULI), two_body)


def name_pauli_models() -> list[PauliModel]:
    """Qubit models that do not commute, from one that amplifies nothing to those that amplify noise."""
    tilted, turned = ProductState.from_population(0.7, 0.4), ProductState.from_population(0.35, 1.1)
    zz = np.diag([0, 0, 1])
    mixed = np.array([[1 + 0.5j, 0, 0.4], [0, -0.7j, 0], [0.4, 0, 0]])
    return [
        PauliModel("Hermitian", np.array([1, 0, 0]), zz, tilted),
        PauliModel("loss with hopping", np.array([1, 0, -0.5j]), 2 * zz, tilted),
        PauliModel("anti-Hermitian pairs", np.array([0.5, 0, 0]), 1j * zz, tilted),
        PauliModel("all bands", np.array([0, 0.8, 0.2 - 0.3j]), mixed, turned),
    ]


def random_pauli_model(seed: int) -> PauliModel:
    """All nine symmetric pairs of Pauli matrices and all fields, Hermitian and anti-Hermitian parts."""
    rng = np.random.default_rng(seed)
    fields = rng.uniform(-1, 1, 3) + 1j * rng.uniform(-0.5, 0.5, 3)
    pairs = rng.uniform(-0.8, 0.8, (3, 3)) + 1j * rng.uniform(-0.6, 0.6, (3, 3))
    pairs = np.triu(pairs) + np.triu(pairs, 1).T
    state = ProductState.from_population(rng.uniform(0.1, 0.9), rng.uniform(-3, 3))
    return PauliModel(f"seed {seed}", fields, pairs, state)


def random_qutrit() -> tuple[Model, ProductState]:
    """Dense non-Hermitian model of three levels, entries of order ½."""
    rng = np.random.default_rng(1)
    one_body = (rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))) / 2
    two_body = (rng.normal(size=(9, 9)) + 1j * rng.normal(size=(9, 9))) / 5
    return Model(one_body, two_body + swap_particles(two_body)), ProductState(np.array([0.6, 0.8j, 0]))


def random_levels(dimension: int, seed: int) -> tuple[Model, ProductState]:
    """Dense non-Hermitian model of d levels, with one of three strengths, and a random state."""
    rng = np.random.default_rng(seed)

    def matrix(size: int) -> Complex:
        return np.asarray(rng.normal(size=(size, size)) + 0.6j * rng.normal(size=(size, size)))

    strength = (0.3, 0.5, 0.7)[seed % 3]
    two_body = strength / dimension * matrix(dimension**2)
    phi = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    model = Model(strength * matrix(dimension), two_body + swap_particles(two_body))
    return model, ProductState(phi / np.linalg.norm(phi))
