"""Verdicts on Hartree for many models and states: each member of a family starts from what its neighbours know.

Nothing is believed for that: the branches of a neighbour are guesses, which Newton's method corrects and exact
states have to confirm at every member anew. Where they do not, the member is searched as if it stood alone; where
that fails, the verdict is ``unknown``, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.compare.assess import assess_beside, read_threshold
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.compare.verdict import Verdict, judge_nothing
from nonhermitian_hartree.errors import AccuracyError, ConvergenceError
from nonhermitian_hartree.limit.neighbours import Neighbours
from nonhermitian_hartree.model.arguments import read_particles, read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair


def assess_family(
    members: Iterable[tuple[Model, ProductState]],
    times: ArrayLike,
    threshold: float = HARTREE_THRESHOLD,
    particles: int | None = None,
    budget: float = inf,
) -> Iterator[Verdict]:
    """Verdict for each member, in their order, as `assess_hartree` gives it for one; neighbours help each other.

    Parameters
    ----------
    members : iterable of (Model, ProductState)
        In an order in which most are near one of the two hundred before them, such as that of a grid.
    times : (T,) sequence of float, or one number
        ≥ 0, in inverse units of the couplings; only the last matters.
    threshold : float
        Infidelity that counts as failure, in (0, 1).
    particles : int, optional
        N for which the verdict also says, to order 1/N, how far Hartree and the limit are from the exact state.
    budget : float
        Seconds for a member after which what is left of it is ``unknown``.

    A member whose computation fails is ``unknown`` at all times, with the reason; it stops no other.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if the dimensions of a member differ.
    """
    last = max(read_times(times))
    threshold = read_threshold(threshold)
    if particles is not None:
        (particles,) = read_particles([particles])
    return _assess_each(members, last, threshold, particles, budget)


def _assess_each(
    members: Iterable[tuple[Model, ProductState]],
    last: float,
    threshold: float,
    particles: int | None,
    budget: float,
) -> Iterator[Verdict]:
    neighbours = Neighbours()
    for model, state in members:
        require_pair(model, state)
        seeds = neighbours.nearest_paths(model, state)
        try:
            verdict, paths = assess_beside(model, state, last, threshold, particles, budget, seeds)
        except (AccuracyError, ConvergenceError, np.linalg.LinAlgError) as error:
            yield judge_nothing(last, threshold, str(error))
            continue
        neighbours.remember(model, state, paths)
        yield verdict
