"""Models with known symmetries, and their images in another one-particle basis."""

import numpy as np

from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

PLUS = ProductState(np.array([1, 1]) / np.sqrt(2))


def rotate(model, state, rotation):
    """Return the same physics in another basis."""
    pairs = np.kron(rotation, rotation)
    turned = Model(rotation @ model.one_body @ rotation.conj().T, pairs @ model.two_body @ pairs.conj().T)
    return turned, ProductState(rotation @ state.amplitudes)


def uniform(dimension):
    """All levels alike."""
    return ProductState(np.ones(dimension) / np.sqrt(dimension))


def potts(dimension, hopping=0.0):
    """Each level amplifies itself, A2 = i Σ_a |aa⟩⟨aa|, from the uniform state; hopping between all levels."""
    diagonal = np.eye(dimension).ravel() * 1j
    return Model(hopping * np.ones((dimension, dimension)), np.diag(diagonal)), uniform(dimension)


def lossy_ring(sites, uniform=False):
    """Bosons on a ring, with loss from one site or from all, spread evenly."""
    hopping = -(np.roll(np.eye(sites), 1, axis=0) + np.roll(np.eye(sites), -1, axis=0))
    loss = np.diag([0.1j * (not uniform), *(sites - 1) * [0]])
    contact = np.diag((2 - 0.2j * uniform) * np.eye(sites).ravel())
    return Model(hopping - loss, contact), ProductState(np.ones(sites) / np.sqrt(sites))


def spin_one():
    """Spin-1 bosons, all in m = 0, which decays: quadratic Zeeman energy and spin exchange."""
    ladder = np.sqrt(0.5) * np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    across = np.sqrt(0.5) * np.array([[0, -1j, 0], [1j, 0, -1j], [0, 1j, 0]])
    spins = [ladder, across, np.diag([1.0, 0, -1])]
    exchange = sum(np.kron(spin, spin) for spin in spins)
    one_body = 0.2 * spins[2] @ spins[2] - 0.25j * np.diag([0, 1, 0])
    return Model(one_body, -0.5 * exchange), ProductState(np.array([0, 1, 0]))
