"""Exact marginals of any qubit model from the limit N → ∞ downward, at a cost that does not depend on N.

Where an evolution of all N + 1 amplitudes ends (N ≈ 10³), the state is already a condensate with few excitations
around each branch of the limit. In a frame that moves with the branch these few are all there is to compute.
Derivation and error estimate: docs/theory_condensate.md.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

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
from nonhermitian_hartree.model.irreducible import irreducible_model
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
    solved = condensate_at_times(model, state, particles, times, tolerance)
    for outcome in solved:
        if isinstance(outcome, ArithmeticError):
            raise outcome
    return [
        Marginals.stack([at_time[n] for at_time in solved if isinstance(at_time, list)])
        for n in range(len(particles))
    ]


def condensate_at_times(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[list[Marginals] | ArithmeticError]:
    """Marginals at each time, one per N, or the reason why there are none at that time.

    Arguments, and all else, as `condensate_marginals`, whose errors about a time are returned here.

    Raises
    ------
    ConvergenceError
        If the search for branches fails, which is one for all times.
    """
    reduced, constant = irreducible_model(model)
    found = find_branches_over_times(reduced, state, times)
    outcomes: list[list[Marginals] | ArithmeticError] = []
    for branches, refusal in zip(found, refuse_branches(reduced, state, found), strict=True):
        if refusal:
            outcomes.append(refusal)
            continue
        try:
            solved = solve_condensate(reduced, state, branches, particles, tolerance)
        except ArithmeticError as error:
            outcomes.append(error)
        else:
            hidden = 2 * constant.imag * branches[0].time
            outcomes.append([_pack(marginal, hidden) for marginal in solved])
    return outcomes


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
    """Compare with certified marginals at every time, see `refuse_branches`.

    Raises
    ------
    AccuracyError
        The first refusal there is.
    """
    for refusal in refuse_branches(model, state, found):
        if refusal:
            raise refusal


def refuse_branches(
    model: Model, state: ProductState, found: Sequence[Sequence[Branch]]
) -> list[ArithmeticError | None]:
    """Reasons, if any, why the branches of each time cannot be used.

    No internal estimate can see a missing branch; at few particles it shows. So there is a comparison with
    certified marginals at the first of :data:`CHECKED_PARTICLES` where the estimate is useful; one certified
    evolution serves all times that are checked at the same N. What is refused differs there by more than the
    estimate, or has no estimate below :data:`USEFUL_ESTIMATE`, or cannot be expanded at all.
    """
    refusals: list[ArithmeticError | None] = [None] * len(found)
    unchecked = list(range(len(found)))
    for number in CHECKED_PARTICLES:
        useful: dict[int, CondensateMarginal] = {}
        for index in unchecked:
            refusals[index] = None
            try:
                (marginal,) = solve_condensate(model, state, found[index], [number], USEFUL_ESTIMATE)
            except ArithmeticError as error:
                refusals[index] = error
                continue
            if marginal.error_bound <= USEFUL_ESTIMATE:
                useful[index] = marginal
            else:
                refusals[index] = _describe_failure(found[index], number, marginal)
        unchecked = [index for index in unchecked if index not in useful]
        for index, refusal in _compare_with_proofs(model, state, found, useful, number).items():
            refusals[index] = refusal
    return refusals


def _describe_failure(branches: Sequence[Branch], particles: int, marginal: CondensateMarginal) -> AccuracyError:
    return AccuracyError(
        f"condensate expansion at t = {branches[0].time:g}: it cannot be checked, for at N = "
        f"{particles} its error estimate is {marginal.error_bound:.1e} ({marginal.errors}); the "
        f"softest branch has softness {max(branch.softness for branch in branches):.3f}, where 1 is critical. Use "
        "the certified method"
    )


def _compare_with_proofs(
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
            proved = certify_marginals(model, state, particles, checked, 1e-12)
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
    if not softest <= SOFTEST_BRANCH:
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


def _pack(marginal: CondensateMarginal, hidden_norm_rate: float) -> Marginals:
    """Result with the norm rate that the constant of the model adds, rounded three times."""
    rate = marginal.log_norm_rate + hidden_norm_rate
    rounding = float(np.finfo(np.float64).eps) * (abs(rate) + 2 * abs(hidden_norm_rate))
    return Marginals(
        density=marginal.density,
        linear_entropy=np.asarray(marginal.linear_entropy),
        linear_entropy_error=np.asarray(marginal.linear_entropy_error),
        log_norm_rate=np.asarray(rate),
        error_bound=np.asarray(marginal.error_bound + rounding),
        method=METHOD,
    )
