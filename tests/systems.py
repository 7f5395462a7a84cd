"""Every model and state that tests share, once and by name; and random ones.

The numbers are dyadic or exact decimals, so that references with many digits may take the doubles as exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0 + 0j, -1.0])
ZZ = np.kron(Z, Z)
NO_FIELD = np.zeros((2, 2))
NO_PAIRS = np.zeros((4, 4))

COUNTEREXAMPLE = Model(NO_FIELD, 1j * ZZ)
"""The model of the paper, §3."""

TRANSVERSE_MIXING = Model(0.5 * X, 1j * ZZ)
"""Has no closed form. Z → −Z is a symmetry: from `BALANCED`, two branches of equal rate once t > 0.518372."""

TRANSVERSE_ISING = Model(X, ZZ)
"""Hermitian."""

LOSS_WITH_HOPPING = Model(X - 0.5j * Z, 2 * ZZ)
"""What double precision gets wrong in silence, from `loss_with_hopping`."""

DRIVEN_LOSS = Model(X - 0.5j * Z, NO_PAIRS)
"""The same without an interaction."""

FIRST_ORDER = Model(0.3 * X + 0.3 * Y + (0.4 - 0.1j) * Z, (0.5 + 1j) * ZZ)
FIRST_ORDER_STATE = ProductState.from_population(0.6, 0.5)
"""Two branches that no symmetry connects change places between t = 0.8 and 0.9."""

ALL_BANDS = Model(
    0.8 * Y + (0.2 - 0.3j) * Z,
    (1 + 0.5j) * np.kron(X, X) - 0.7j * np.kron(Y, Y) + 0.4 * (np.kron(X, Z) + np.kron(Z, X)),
)
ALL_BANDS_STATE = ProductState.from_population(0.35, 1.1)
"""Couplings of all kinds: A^(N) changes occupation numbers by 0, 1 and 2."""

SPIN_X = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / np.sqrt(2)
SPIN_Y = np.array([[0, -1j, 0], [1j, 0, -1j], [0, 1j, 0]]) / np.sqrt(2)
SPIN_Z = np.diag([1.0 + 0j, 0.0, -1.0])
SPIN_1_EXCHANGE = sum(np.kron(spin, spin) for spin in (SPIN_X, SPIN_Y, SPIN_Z))
LOSSY_SPIN_1 = Model(0.2 * SPIN_Z @ SPIN_Z - 0.25j * np.diag([0, 1, 0]), -0.5 * SPIN_1_EXCHANGE)
LOSSY_SPIN_1_STATE = ProductState(np.array([0.6, 0.64j, 0.48]))
"""Spin-1 bosons with a quadratic Zeeman shift, and loss from m = 0."""

LOSSY_TRIMER = Model(
    np.array([[-0.5j, -1, 0], [-1, 0, -1], [0, -1, 0]]), np.diag([2.0 * (k % 4 == 0) for k in range(9)])
)
"""Bose–Hubbard trimer: tunnelling, repulsion in each well, and loss from the first."""

BALANCED = ProductState.from_population(0.5)

POPULATIONS = (0.5, 0.5 + 1e-9, 0.51, 0.6, 0.9, 1 - 1e-6)
TIMES = (0.0, 0.1, 0.49, 0.5, 0.51, 0.8, 2.0, 10.0)
PARTICLES = (2, 3, 10, 33, 100, 300, 1000, 3000, 10000)
"""The grid on which the closed form of `COUNTEREXAMPLE` is held to its accuracy."""


def exact(particles: list[int], p0: float, times: list[float], phase: float = 0.0) -> Marginals:
    """Exact marginals of the counterexample for |φ0|² = p0."""
    return closed_form_marginals(COUNTEREXAMPLE, ProductState.from_population(p0, phase), particles, times)


def one_body_loss(gamma: float) -> Model:
    """A1 = iγZ, A2 = Z⊗Z: only the one-body term is not Hermitian; Hartree and limit have closed forms."""
    return Model(1j * gamma * Z, ZZ)


def loss_with_hopping() -> tuple[Model, ProductState]:
    """`LOSS_WITH_HOPPING` and φ = (√0.7, √0.3 e^{0.4i})."""
    return LOSS_WITH_HOPPING, ProductState.from_population(0.7, 0.4)


def diagonal_model(one_body: list[complex], two_body: list[complex]) -> Model:
    """Model with the given diagonals of A1 and A2."""
    return Model(np.diag(one_body), np.diag(two_body))


def random_model(dimension: int, seed: int, strength: float = 1.0) -> Model:
    """A non-Hermitian, non-commuting model; couplings of order `strength`."""
    rng = np.random.default_rng(seed)

    def matrix(size: int) -> NDArray[np.complex128]:
        return np.asarray(strength * (rng.normal(size=(size, size)) + 0.6j * rng.normal(size=(size, size))) / 2)

    two_body = matrix(dimension**2) / dimension
    return Model(matrix(dimension), two_body + swap_particles(two_body))


def random_state(dimension: int, seed: int) -> ProductState:
    """A complex Gaussian vector, normalised."""
    rng = np.random.default_rng(seed)
    phi = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    return ProductState(phi / np.linalg.norm(phi))


def hermitian_part(model: Model) -> Model:
    """(A + A†)/2 of both couplings."""
    return Model(*((a + a.conj().T) / 2 for a in (model.one_body, model.two_body)))


def diagonal_part(model: Model) -> Model:
    """Both couplings without their off-diagonal elements."""
    return Model(*(np.diag(np.diag(a)) for a in (model.one_body, model.two_body)))


def rotate(model: Model, state: ProductState, seed: int) -> tuple[Model, ProductState, NDArray[np.complex128]]:
    """Model and state in a random basis, and the rotation."""
    rng = np.random.default_rng(seed)
    d = model.dimension
    frame = np.linalg.qr(rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d)))[0]
    pair = np.kron(frame, frame)
    two_body = pair @ model.two_body @ pair.conj().T
    rotated = Model(frame @ model.one_body @ frame.conj().T, (two_body + swap_particles(two_body)) / 2)
    return rotated, ProductState(frame @ state.amplitudes), frame
