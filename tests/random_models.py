"""Random Hamiltonians and states: small dyadic numbers, so that references may take them as exact."""

import numpy as np

from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0 + 0j, -1.0])


def random_model(dimension, seed, strength=1.0):
    """A non-Hermitian, non-commuting model; couplings of order `strength`."""
    rng = np.random.default_rng(seed)

    def matrix(size):
        return strength * (rng.normal(size=(size, size)) + 0.6j * rng.normal(size=(size, size))) / 2

    two_body = matrix(dimension**2) / dimension
    return Model(matrix(dimension), two_body + swap_particles(two_body))


def random_state(dimension, seed):
    rng = np.random.default_rng(seed)
    phi = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    return ProductState(phi / np.linalg.norm(phi))


def loss_with_hopping():
    """A1 = X − 0.5i Z, A2 = 2 Z⊗Z and φ = (√0.7, √0.3 e^{0.4i}): the model that double precision gets wrong."""
    return Model(X - 0.5j * Z, 2 * np.kron(Z, Z)), ProductState.from_population(0.7, 0.4)
