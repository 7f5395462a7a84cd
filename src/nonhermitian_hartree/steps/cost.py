"""What a member of a family costs, about, and so how many of them one job computes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, comb, inf, log2

from nonhermitian_hartree.exact.parts import CONDENSATE_FROM
from nonhermitian_hartree.limit.solve import MOST_SEARCHED_MODES
from nonhermitian_hartree.model.hamiltonian import Model

SECONDS_OF_BLOCK = 300.0
"""At most, by the estimate: a job that fails or is stopped loses no more."""
LARGEST_BLOCK = 512
"""Members of which a block has at most this many keep their text, a parameter of the job, short."""

MOST_JOBS = 3000
"""Of one state of a study, however many members it has: planning takes time and memory by the job."""

# Measured on one core; the least that a member takes, then what each time, point or component adds.
SECONDS_CLOSED_FORM, SECONDS_TIME_CLOSED_FORM, SECONDS_POINT_CLOSED_FORM = 0.4, 0.003, 0.001
SECONDS_SEARCHED, SECONDS_TIME_SEARCHED = 2.0, 0.1
SECONDS_COMPONENT_SQUARED = 6e-5
SECONDS_CONDENSATE = 60.0
SECONDS_LATTICE, SECONDS_MODE_CUBED = 10.0, 4e-7


def member_seconds(model: Model, particles: Sequence[int], times: Sequence[float]) -> float:
    """Seconds that the most costly of the steps takes for one member; only the order of magnitude is meant.

    Parameters
    ----------
    model : Model
        One of the family; without a closed form, if one of them has none.
    particles : sequence of int
        N; empty for a screening.
    times : sequence of float
        In inverse units of the model's energies.
    """
    if model.is_diagonal:
        points = len(particles) * len(times)
        return SECONDS_CLOSED_FORM + SECONDS_TIME_CLOSED_FORM * len(times) + SECONDS_POINT_CLOSED_FORM * points
    if model.dimension > MOST_SEARCHED_MODES:
        searched = SECONDS_LATTICE + SECONDS_MODE_CUBED * model.dimension**3
    else:
        size = (model.dimension / 2) ** 4
        searched = size * (SECONDS_SEARCHED + SECONDS_TIME_SEARCHED * len(times))
    evolved = [number for number in particles if number < CONDENSATE_FROM.get(model.dimension, inf)]
    components = [comb(number + model.dimension - 1, model.dimension - 1) for number in evolved]
    exact = SECONDS_COMPONENT_SQUARED * max((count**2 for count in components), default=0)
    condensed = SECONDS_CONDENSATE if len(evolved) < len(particles) else 0.0
    return max(searched, exact, condensed)


def members_of_block(seconds: float, members: int, parts: int) -> int:
    """How many members one job computes: a power of two, so that a few more times or members change no block.

    Parameters
    ----------
    seconds : float
        What one member takes: `member_seconds`.
    members : int
        Of one state of the study.
    parts : int
        Jobs that a block has.
    """
    fitting = max(SECONDS_OF_BLOCK / seconds, 1.0)
    by_cost = 1 << int(fitting).bit_length() - 1
    by_count = 1 << ceil(log2(max(members * parts / MOST_JOBS, 1.0)))
    return max(min(LARGEST_BLOCK, by_cost), by_count)
