"""Whether the branches around which a condensate is expanded are all there are: asked at few particles, of proofs.

No internal estimate can see a missing branch; at few particles it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.mixture import CondensateMarginal
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.parts import CHECKED_PARTICLES
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

USEFUL_ESTIMATE = 1e-3
PROVED = 1e-12

Expand = Callable[[Sequence[Branch], int], CondensateMarginal]
"""Marginal around given branches at one N, with an estimate of about :data:`USEFUL_ESTIMATE` or better."""


def compare_with_proofs(
    model: Model, state: ProductState, found: Sequence[Sequence[Branch]], expand: Expand
) -> list[ArithmeticError | None]:
    """Reasons, if any, why the branches of each time cannot be used.

    At the first of :data:`CHECKED_PARTICLES` where the estimate is useful there is a comparison with certified
    marginals; one certified evolution serves all times that are checked at the same N. What is refused differs
    there by more than the estimate, or has no estimate below :data:`USEFUL_ESTIMATE`, or cannot be expanded.
    """
    refusals: list[ArithmeticError | None] = [None] * len(found)
    unchecked = list(range(len(found)))
    for number in CHECKED_PARTICLES[model.dimension]:
        useful: dict[int, CondensateMarginal] = {}
        for index in unchecked:
            refusals[index] = None
            try:
                marginal = expand(found[index], number)
            except ArithmeticError as error:
                refusals[index] = error
                continue
            if marginal.error_bound <= USEFUL_ESTIMATE:
                useful[index] = marginal
            else:
                refusals[index] = _describe_failure(found[index], number, marginal)
        unchecked = [index for index in unchecked if index not in useful]
        for index, refusal in _compare_at(model, state, found, useful, number).items():
            refusals[index] = refusal
    return refusals


def _describe_failure(branches: Sequence[Branch], particles: int, marginal: CondensateMarginal) -> AccuracyError:
    return AccuracyError(
        f"condensate expansion at t = {branches[0].time:g}: it cannot be checked, for at N = "
        f"{particles} its error estimate is {marginal.error_bound:.1e} ({marginal.errors}); the "
        f"softest branch has softness {max(branch.softness for branch in branches):.3f}, where 1 is critical. Use "
        "the certified method"
    )


def _compare_at(
    model: Model,
    state: ProductState,
    found: Sequence[Sequence[Branch]],
    expanded: Mapping[int, CondensateMarginal],
    particles: int,
) -> dict[int, AccuracyError]:
    """Refusals, by position in `found`, of the times at which `expanded` differs from certified marginals."""
    refusals: dict[int, AccuracyError] = {}
    ascending = sorted(expanded, key=lambda index: found[index][0].time)
    while ascending:
        try:
            checked = [found[index][0].time for index in ascending]
            proved = certify_marginals(model, state, particles, checked, PROVED)
        except AccuracyError as error:
            # The latest time is the hardest: without it the others may be within reach.
            refusals[ascending.pop()] = error
            continue
        for position, index in enumerate(ascending):
            disagreement = _find_disagreement(expanded[index], proved[position], particles, found[index][0].time)
            if disagreement:
                refusals[index] = disagreement
        break
    return refusals


def _find_disagreement(
    expanded: CondensateMarginal, proved: Marginals, particles: int, time: float
) -> AccuracyError | None:
    error = float(np.abs(expanded.density - proved.density).max())
    if error <= expanded.error_bound + float(proved.error_bound):
        return None
    return AccuracyError(
        f"condensate expansion at N = {particles}, t = {time:g}: it differs from the certified marginal by "
        f"{error:.1e}, but its estimate is {expanded.error_bound:.1e}: a branch of the limit is missing, or "
        "the expansion fails; use the certified method for this time"
    )
