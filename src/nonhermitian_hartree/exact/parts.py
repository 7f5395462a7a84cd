"""Which particle numbers the exact step computes together, so that none is computed twice or waits for others."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from nonhermitian_hartree.model.hamiltonian import Model

CONDENSATE_FROM = {2: 1000, 3: 200, 4: 40}
"""By d: from this N on the condensate is tried before float64, which takes minutes and may end in a refusal."""
CHECKED_PARTICLES = {2: (100, 200, 400, 800), 3: (40, 60, 80), 4: (20, 26)}
"""By d: at one of these N a condensate is compared with a certified result."""
LARGE = "large"


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
