"""The model of the paper, and the grid on which issue-level accuracy is promised."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

Z = np.diag([1.0, -1.0])
COUNTEREXAMPLE = Model(np.zeros((2, 2)), 1j * np.kron(Z, Z))
POPULATIONS = (0.5, 0.5 + 1e-9, 0.51, 0.6, 0.9, 1 - 1e-6)
TIMES = (0.0, 0.1, 0.49, 0.5, 0.51, 0.8, 2.0, 10.0)
PARTICLES = (2, 3, 10, 33, 100, 300, 1000, 3000, 10000)


def diagonal_model(one_body: list[complex], two_body: list[complex]) -> Model:
    """Model with the given diagonals of A1 and A2."""
    return Model(np.diag(one_body), np.diag(two_body))


def exact(particles: list[int], p0: float, times: list[float], phase: float = 0.0) -> Marginals:
    """Exact marginals of the counterexample for |φ0|² = p0."""
    return closed_form_marginals(COUNTEREXAMPLE, ProductState.from_population(p0, phase), particles, times)
