"""Whether the limit found for a model is the one that exact finite N tend to: every time is checked."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from nonhermitian_hartree.compare.norm_rate import RateCheck, check_limit
from nonhermitian_hartree.errors import ConvergenceError, ModelError
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

CHECKED_PARTICLES = {2: (25, 50, 100, 200), 3: (10, 20, 30, 40)}
CHECKED_PARTICLES_BEYOND = (6, 9, 12, 15)
MORE_PARTICLES = {2: 4, 3: 2}
"""How many times larger N a second look takes where the first one disagrees; by dimension."""
TOLERANCE = 1e-8


def check_limits(
    model: Model, state: ProductState, times: ArrayLike, limits: Sequence[LimitState]
) -> list[RateCheck]:
    """Compare the rate of each limit with (1/N) ln⟨Ψ|Ψ⟩ extrapolated from exact moderate N.

    N is 25 … 200 for qubits, 10 … 40 for d = 3 and 6 … 15 beyond. Where that disagrees, as it may near a critical
    time, where the extrapolation in 1/N is slow, qubits and d = 3 get a second look at larger N.

    Raises
    ------
    ModelError
        Naming the argument that does not fit.
    ConvergenceError
        If a rate disagrees: a dominant branch was missed, or a root is spurious.
    """
    require_pair(model, state)
    instants = read_times(times)
    if len(instants) != len(limits):
        raise ModelError(f"limits: found {len(limits)}; allowed: one for each of the {len(instants)} times")
    particles = CHECKED_PARTICLES.get(model.dimension, CHECKED_PARTICLES_BEYOND)
    exact = exact_marginals(model, state, particles, instants, TOLERANCE)
    checks = []
    for index, (time, limit) in enumerate(zip(instants, limits, strict=True)):
        norms = [(marginals.log_norm_rate[index], marginals.error_bound[index]) for marginals in exact]
        try:
            checks.append(check_limit(limit, particles, *zip(*norms, strict=True)))
        except ConvergenceError:
            factor = MORE_PARTICLES.get(model.dimension)
            if factor is None:
                raise
            more = [factor * number for number in particles]
            again = exact_marginals(model, state, more, [time], TOLERANCE)
            norms = [(marginals.log_norm_rate[0], marginals.error_bound[0]) for marginals in again]
            checks.append(check_limit(limit, more, *zip(*norms, strict=True)))
    return checks
