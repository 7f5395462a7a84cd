"""Which particle numbers the exact step computes together, so that none is computed twice or waits for others."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, inf

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.model.hamiltonian import DENSE_STORE, MOST_DENSE_MODES, Model

CONDENSATE_FROM = {2: 1000, 3: 200, 4: 40}
"""By d: from this N on the condensate is tried before float64, which takes minutes and may end in a refusal."""
CHECKED_PARTICLES = {2: (100, 200, 400, 800), 3: (40, 60, 80), 4: (20, 26, 34)}
"""By d: at one of these N a condensate is compared with a certified result."""
LARGE = "large"
MOST_COMPONENTS = 20_000
"""Components of a state beyond d = 8."""
LONGEST_NUMBER = 10**15
"""From here on people read a power of ten more easily."""


def split_particles(model: Model, particles: Sequence[int]) -> dict[str, list[int]]:
    """Parts of a list of N by name, in the order of the list; one part, named ``""``, where all are cheap.

    A closed form serves all N at once. An evolution of all amplitudes is long and shares nothing with that at
    another N: its part is named by its N. The condensate expansion shares path and check among all N, which are
    the part :data:`LARGE`.
    """
    if model.is_diagonal:
        return {"": list(particles)}
    parts: dict[str, list[int]] = {}
    for number in particles:
        is_large = number >= CONDENSATE_FROM.get(model.dimension, inf)
        parts.setdefault(LARGE if is_large else str(number), []).append(number)
    return parts


def require_reach(dimension: int, particles: int) -> None:
    """Refuse many modes where the symmetric subspace is beyond every engine, before any of them starts.

    Raises
    ------
    AccuracyError
        With the number of components, and what to do.
    """
    components = comb(particles + dimension - 1, particles)
    if dimension <= DENSE_STORE or (dimension <= MOST_DENSE_MODES and components <= MOST_COMPONENTS):
        return
    written = str(components) if components < LONGEST_NUMBER else f"10^{len(str(components)) - 1}"
    raise AccuracyError(
        f"the exact state of N = {particles} particles in d = {dimension} modes has {written} components; "
        f"allowed: at most {MOST_COMPONENTS}, in at most {MOST_DENSE_MODES} modes. Hartree, the limit and the "
        "verdict need no exact states: leave `particles` out"
    )
