"""Which particle numbers the exact step computes together, so that none is computed twice or waits for others."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.model.hamiltonian import Model

CONDENSATE_FROM = 1000
"""From this N on float64 is not tried for qubits: it takes minutes, and mostly ends in a refusal."""
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
        is_large = model.dimension == 2 and number >= CONDENSATE_FROM
        parts.setdefault(LARGE if is_large else str(number), []).append(number)
    return parts
