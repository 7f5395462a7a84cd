"""Exact marginals of any qubit model from the limit N → ∞ downward, at a cost that does not depend on N.

Where an evolution of all N + 1 amplitudes ends (N ≈ 10³), the state is already a condensate with few excitations
around each branch of the limit. In a frame that moves with the branch these few are all there is to compute.
Derivation and error estimate: docs/theory_condensate.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import compress

import numpy as np

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.expansion import CondensateExpansion, expand_condensate
from nonhermitian_hartree.exact.condensate.marginals import reconstruct_marginals
from nonhermitian_hartree.exact.condensate.mixture import (
    PATH_ERROR,
    BranchEstimate,
    CondensateMarginal,
    mix_branches,
)
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.limit.two_point.branches import find_branches_over_times
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

logger = logging.getLogger(__name__)

DEGREES = ((28, 40), (40, 64), (64, 96))
"""Degrees K that are compared, in the order in which they are tried."""
FEWEST_PARTICLES = DEGREES[-1][-1]
HOPELESS = 1.0
"""From this estimate on the truncated evolution has blown up, and higher degrees do not help."""
CHECKED_PARTICLES = (100, 200, 400, 800)
"""At the first of these N where the estimate is useful, the result is compared with a certified one."""
USEFUL_ESTIMATE = 1e-3
SOFTEST_BRANCH = 0.999
"""Closer to criticality the series of excitations does not end."""
NEGLIGIBLE_LOG_WEIGHT = -80.0
"""Branches of smaller e^{−NΔg} are left out."""
METHOD = "condensate"


def condensate_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[Marginals]:
    """One-particle marginals (7) of the solution of eq. (2) for any qubit model, by the condensate expansion.

    Parameters
    ----------
    model, state : Model, ProductState
        d = 2.
    particles : sequence of int
        Values of N from :data:`FEWEST_PARTICLES` on; a longer list costs hardly more.
    times : (T,) sequence of float
        Times ≥ 0, in inverse units of the couplings.
    tolerance : float
        The degree is raised until the error estimate is below this. Where that fails, ``error_bound`` says so.

    Returns
    -------
    list of Marginals
        One per N, each with leading axis t; method ``"condensate"``. ``error_bound`` is an *estimate*, see
        `solve_condensate`, tested never to fall below the true error.

    Raises
    ------
    ModelError
        If the model is not a qubit or an N is too small.
    AccuracyError
        If a branch is nearly critical, a path is singular, or the result disagrees with a certified one at few
        particles, so that no estimate of the error would be honest.
    """
    if model.dimension != 2:
        raise ModelError(f"the condensate expansion is for qubits, found dimension {model.dimension}")
    if min(particles, default=FEWEST_PARTICLES) < FEWEST_PARTICLES:
        raise ModelError(
            f"the condensate expansion needs N ≥ {FEWEST_PARTICLES}, found {min(particles)}; use another method"
        )
    found = find_branches_over_times(model, state, times)
    verify_branches(model, state, found)
    solved = [solve_condensate(model, state, branches, particles, tolerance) for branches in found]
    return [_stack_times([at_time[n] for at_time in solved]) for n in range(len(particles))]


def solve_condensate(
    model: Model, state: ProductState, branches: Sequence[Branch], particles: Sequence[int], tolerance: float
) -> list[CondensateMarginal]:
    """Marginals at the time of ``branches``, one per N, each with the parts of its error estimate.

    The parts: thrice the difference between two degrees K; ten times the smallest weight, where the asymptotic
    series of the amplitudes is cut; overlap of the branches and error of their weights; error of the path. A
    branch that is missing from ``branches`` shows in none of them: see `verify_branches`.

    Raises
    ------
    AccuracyError
        If a branch that carries weight is softer than :data:`SOFTEST_BRANCH`, or its path singular.
    """
    best: dict[int, CondensateMarginal] = {}
    unfinished = list(particles)
    for degrees in DEGREES:
        for number, marginal in zip(unfinished, _expand(model, state, branches, unfinished, degrees), strict=True):
            if number not in best or marginal.error_bound < best[number].error_bound:
                best[number] = marginal
        unfinished = [number for number in unfinished if tolerance < best[number].error_bound < HOPELESS]
        if not unfinished:
            break
    for number, marginal in best.items():
        logger.info("condensate N = %d, t = %g: %s", number, branches[0].time, marginal.errors)
    return [best[number] for number in particles]


def verify_branches(model: Model, state: ProductState, found: Sequence[Sequence[Branch]]) -> None:
    """Compare with certified marginals at the first of :data:`CHECKED_PARTICLES` where the estimate is useful.

    No internal estimate can see a missing branch; at few particles it shows. ``found`` has the branches of every
    time; one certified evolution serves all times that are checked at the same N.

    Raises
    ------
    AccuracyError
        If at some time they differ by more than the estimate, or no estimate is below :data:`USEFUL_ESTIMATE`.
    """
    unchecked = list(found)
    for number in CHECKED_PARTICLES:
        expanded = [
            solve_condensate(model, state, branches, [number], USEFUL_ESTIMATE)[0] for branches in unchecked
        ]
        useful = [marginal.error_bound <= USEFUL_ESTIMATE for marginal in expanded]
        checked = [branches[0].time for branches in compress(unchecked, useful)]
        if checked:
            proved = certify_marginals(model, state, number, checked, 1e-12)
            for n, marginal in enumerate(compress(expanded, useful)):
                _require_agreement(marginal, proved[n], number, checked[n])
        poor = [not is_useful for is_useful in useful]
        unchecked, expanded = list(compress(unchecked, poor)), list(compress(expanded, poor))
        if not unchecked:
            return
    branches, marginal = unchecked[0], expanded[0]
    raise AccuracyError(
        f"condensate expansion at t = {branches[0].time:g}: it cannot be checked, for at N = "
        f"{CHECKED_PARTICLES[-1]} its error estimate is {marginal.error_bound:.1e} ({marginal.errors}); the "
        f"softest branch has softness {max(branch.softness for branch in branches):.3f}, where 1 is critical. Use "
        "the certified method"
    )


def _require_agreement(expanded: CondensateMarginal, proved: Marginals, particles: int, time: float) -> None:
    error = float(np.abs(expanded.density - proved.density).max())
    if error > expanded.error_bound + float(proved.error_bound):
        raise AccuracyError(
            f"condensate expansion at N = {particles}, t = {time:g}: it differs from the certified marginal by "
            f"{error:.1e}, but its estimate is {expanded.error_bound:.1e}: a branch of the limit is missing, or "
            "the expansion fails; use the certified method for this time"
        )


def _expand(
    model: Model,
    state: ProductState,
    branches: Sequence[Branch],
    particles: Sequence[int],
    degrees: tuple[int, int],
) -> list[CondensateMarginal]:
    """Expand around every branch that matters at some N, and mix them at each N."""
    suppression = [min(particles) * (branch.rate - branches[0].rate) for branch in branches]
    heavy = [b for b, log_weight in zip(branches, suppression, strict=True) if log_weight > NEGLIGIBLE_LOG_WEIGHT]
    softest = max(branch.softness for branch in heavy)
    if softest > SOFTEST_BRANCH:
        raise AccuracyError(
            f"a branch of the limit is critical or nearly so at t = {branches[0].time:g}: softness {softest:.9f}, "
            f"allowed is at most {SOFTEST_BRANCH}, for there is no Gaussian to expand around; move the time, or "
            "use the certified method"
        )
    estimates: list[list[BranchEstimate]] = [[] for _ in particles]
    # What has overflowed gets an infinite estimate.
    with np.errstate(all="ignore"):
        for branch in heavy:
            expansion = expand_condensate(model, state, branch, particles, degrees)
            path_error = _path_error(branch, expansion)
            for column, (coarse, fine) in enumerate(reconstruct_marginals(expansion, particles)):
                estimates[column].append(BranchEstimate(branch, coarse, fine, path_error))
        return [
            mix_branches(model, state, parts, number) for number, parts in zip(particles, estimates, strict=True)
        ]


def _path_error(branch: Branch, expansion: CondensateExpansion) -> float:
    """Error of ρ̂ from the path: the end condition q ⊥ p is missed, or forward and backward rates differ."""
    condensate, outside = expansion.frame.columns.T
    lengths = np.linalg.norm(condensate), np.linalg.norm(outside)
    tilt = float(np.abs(np.vdot(condensate, outside)) / (lengths[0] * lengths[1]))
    rate = 2 * float(expansion.frame.action.real + np.log(lengths[0]))
    return PATH_ERROR + (10 * tilt + abs(rate - branch.rate)) / (1 - branch.softness)


def _stack_times(marginals: Sequence[CondensateMarginal]) -> Marginals:
    return Marginals(
        density=np.array([m.density for m in marginals]),
        linear_entropy=np.array([m.linear_entropy for m in marginals]),
        linear_entropy_error=np.array([m.linear_entropy_error for m in marginals]),
        log_norm_rate=np.array([m.log_norm_rate for m in marginals]),
        error_bound=np.array([m.error_bound for m in marginals]),
        method=METHOD,
    )
