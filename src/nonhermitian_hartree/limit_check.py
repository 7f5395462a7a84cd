"""Whether the limit found for a model is the one that exact finite N tend to: every time is checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nonhermitian_hartree.exact import exact_marginals
from nonhermitian_hartree.limit_state import LimitState
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.norm_rate import RateCheck, check_limit

CHECKED_PARTICLES = {2: (25, 50, 100, 200), 3: (10, 20, 30, 40)}
CHECKED_PARTICLES_BEYOND = (6, 9, 12, 15)
TOLERANCE = 1e-8


def check_limits(
    model: Model, state: ProductState, times: Sequence[float], limits: Sequence[LimitState]
) -> list[RateCheck]:
    """Compare the rate of each limit with (1/N) ln⟨Ψ|Ψ⟩ extrapolated from exact moderate N.

    N is 25 … 200 for qubits, 10 … 40 for d = 3 and 6 … 15 beyond.

    Raises
    ------
    ConvergenceError
        If a rate disagrees: a dominant branch was missed, or a root is spurious.
    """
    particles = CHECKED_PARTICLES.get(model.dimension, CHECKED_PARTICLES_BEYOND)
    exact = exact_marginals(model, state, particles, times, TOLERANCE)
    rates = np.array([marginals.log_norm_rate for marginals in exact])
    bounds = np.array([marginals.error_bound for marginals in exact])
    return [check_limit(limit, particles, rates[:, i], bounds[:, i]) for i, limit in enumerate(limits)]
