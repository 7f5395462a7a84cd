"""Exact marginals of models of few levels from the limit N → ∞ downward, at a cost that does not depend on N.

Where an evolution of all amplitudes ends (N ≈ 10³ for qubits), the state is already a condensate with few
excitations around each branch of the limit. In a frame that moves with the branch these few are all there is to
compute.
Derivation and error estimate: docs/theory_condensate.md.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.condensate.check import USEFUL_ESTIMATE, compare_with_proofs
from nonhermitian_hartree.exact.condensate.expansion import CondensateExpansion, expand_condensate
from nonhermitian_hartree.exact.condensate.marginals import reconstruct_marginals
from nonhermitian_hartree.exact.condensate.mixture import (
    PATH_ERROR,
    BranchEstimate,
    CondensateMarginal,
    find_mirror_images,
    mix_branches,
)
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.limit.two_point.branches import search_branches
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model
from nonhermitian_hartree.model.state import ProductState

logger = logging.getLogger(__name__)

DEGREES = {
    2: ((28, 40), (40, 64), (64, 96)),
    3: ((8, 12), (12, 18), (18, 26), (26, 38), (38, 54)),
    4: ((6, 9), (9, 13), (13, 18), (18, 24)),
}
"""By d: degrees K that are compared, in the order in which they are tried, none above N."""
FEWEST_PARTICLES = {2: 96, 3: 40, 4: 20}
"""By d: the N from which on there is enough to choose from."""
HOPELESS = 1.0
"""From this estimate on the truncated evolution has blown up, and higher degrees do not help."""
SOFTEST_BRANCH = 0.999
"""Closer to criticality the series of excitations does not end."""
NEGLIGIBLE_LOG_WEIGHT = -80.0
"""Branches of smaller e^{−NΔg} are left out."""
METHOD = "condensate"


def condensate_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[Marginals]:
    """One-particle marginals (7) of the solution of eq. (2) for d ≤ 4, by the condensate expansion.

    Parameters
    ----------
    model, state : Model, ProductState
        d = 2, 3 or 4.
    particles : sequence of int
        Values of N from :data:`FEWEST_PARTICLES` on; for qubits a longer list costs hardly more.
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
        If there are more than four levels or an N is too small.
    AccuracyError
        If the branches are not confirmed, one is nearly critical or on the orbit of a continuous symmetry, a path
        is singular, or the result disagrees with a certified one at few particles, so that no estimate of the
        error would be honest.
    """
    if model.dimension not in DEGREES:
        raise ModelError(f"the condensate expansion is for 2, 3 or 4 levels, found dimension {model.dimension}")
    fewest = FEWEST_PARTICLES[model.dimension]
    if min(particles, default=fewest) < fewest:
        raise ModelError(
            f"the condensate expansion of {model.dimension} levels needs N ≥ {fewest}, found {min(particles)}; "
            "use another method"
        )
    outcomes = condensate_at_times(model, state, dict.fromkeys(map(float, times), particles), tolerance)
    for outcome in outcomes.values():
        if isinstance(outcome, ArithmeticError):
            raise outcome
    solved = [outcomes[float(time)] for time in times]
    return [
        Marginals.stack([at_time[n] for at_time in solved if isinstance(at_time, list)])
        for n in range(len(particles))
    ]


def condensate_at_times(
    model: Model, state: ProductState, wanted: Mapping[float, Sequence[int]], tolerance: float
) -> dict[float, list[Marginals] | ArithmeticError]:
    """Marginals at each time, one per N, or the reason why there are none at that time.

    ``wanted`` has the N by the time at which they are wanted; all else is as in `condensate_marginals`, whose
    errors about a time are returned here.
    """
    times = list(wanted)
    reduced, constant = irreducible_model(model)
    searched = search_branches(reduced, state, times)
    outcomes: dict[float, list[Marginals] | ArithmeticError] = {
        result.time: AccuracyError(f"condensate expansion: branches are not confirmed: {result.reason}")
        for result in searched
    }
    found = [result.branches for result in searched if result.confirmed]
    for branches, refusal in zip(found, refuse_branches(reduced, state, found), strict=True):
        time = branches[0].time
        if refusal:
            outcomes[time] = refusal
            continue
        try:
            solved = solve_condensate(reduced, state, branches, wanted[time], tolerance)
        except ArithmeticError as error:
            outcomes[time] = error
        else:
            hidden = 2 * constant.imag * time
            outcomes[time] = [_pack(marginal, hidden) for marginal in solved]
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
        If a branch that carries weight is softer than :data:`SOFTEST_BRANCH`, or its path singular; or if an N is
        below the lowest degree.
    """
    heavy = _select_branches(branches, min(particles))
    mirrored = find_mirror_images(model, state, heavy)
    best: dict[int, CondensateMarginal] = {}
    unfinished = list(particles)
    for degrees in DEGREES[model.dimension]:
        unfinished = [number for number in unfinished if number >= degrees[1]]
        if not unfinished:
            break
        for number, estimates in _expand(model, state, heavy, unfinished, degrees).items():
            # What has overflowed gets an infinite estimate.
            with np.errstate(all="ignore"):
                marginal = mix_branches(estimates, number, mirrored)
            if number not in best or marginal.error_bound < best[number].error_bound:
                best[number] = marginal
        unfinished = [number for number in unfinished if tolerance < best[number].error_bound < HOPELESS]
    if missing := [number for number in particles if number not in best]:
        raise AccuracyError(f"there is no condensate expansion of so few particles as {min(missing)}")
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
    """Reasons, if any, why the branches of each time cannot be used, see `check.compare_with_proofs`."""

    def expand(branches: Sequence[Branch], number: int) -> CondensateMarginal:
        return solve_condensate(model, state, branches, [number], USEFUL_ESTIMATE)[0]

    return compare_with_proofs(model, state, found, expand)


def _select_branches(branches: Sequence[Branch], fewest: int) -> list[Branch]:
    """Branches that matter at N = ``fewest`` and above, if all can be expanded around."""
    heavy = [b for b in branches if fewest * (b.rate - branches[0].rate) > NEGLIGIBLE_LOG_WEIGHT]
    softest = max(branch.softness for branch in heavy)
    time = branches[0].time
    if not softest <= SOFTEST_BRANCH:
        raise AccuracyError(
            f"a branch of the limit is critical or nearly so at t = {time:g}: softness {softest:.9f}, "
            f"allowed is at most {SOFTEST_BRANCH}, for there is no Gaussian to expand around; move the time, or "
            "use the certified method"
        )
    if any(branch.orbit_dimension for branch in heavy):
        raise AccuracyError(
            f"a continuous symmetry is broken at t = {time:g}: branches form an orbit, along which there is no "
            "Gaussian to expand around; use the certified method"
        )
    return heavy


def _expand(
    model: Model,
    state: ProductState,
    branches: Sequence[Branch],
    particles: Sequence[int],
    degrees: tuple[int, int],
) -> dict[int, list[BranchEstimate]]:
    """Expand around every branch, for all N at once."""
    estimates: dict[int, list[BranchEstimate]] = {number: [] for number in particles}
    # What has overflowed gets an infinite estimate.
    with np.errstate(all="ignore"):
        for branch in branches:
            expansion = expand_condensate(model, state, branch, particles, degrees)
            path_error = _path_error(branch, expansion)
            for number, (coarse, fine) in zip(particles, reconstruct_marginals(expansion, particles), strict=True):
                estimates[number].append(BranchEstimate(branch, coarse, fine, path_error))
    return estimates


def _path_error(branch: Branch, expansion: CondensateExpansion) -> float:
    """Error of ρ̂ from the path: end conditions are missed, or forward and backward path differ in rate or Z.

    At the end the columns of G should be orthogonal and of equal length, and Z diagonal.
    """
    frame = expansion.frame
    length = np.linalg.norm(frame.columns[:, 0])
    columns = frame.columns / length
    tilt = float(np.abs(columns.conj().T @ columns - np.eye(len(columns))).max())
    rate = 2 * float(frame.action.real + np.log(length))
    mixed = float(np.abs(frame.squeezing - np.diag(np.diag(frame.squeezing))).max())
    return PATH_ERROR + (10 * tilt + abs(rate - branch.rate) + mixed) / (1 - branch.softness)


def _pack(marginal: CondensateMarginal, hidden_norm_rate: float) -> Marginals:
    """Result with the norm rate that the constant of the model adds, rounded three times."""
    rate = marginal.log_norm_rate + hidden_norm_rate
    rounding = float(np.finfo(np.float64).eps) * (abs(rate) + 2 * abs(hidden_norm_rate))
    bound = marginal.error_bound + rounding
    return Marginals(
        density=marginal.density,
        linear_entropy=np.asarray(marginal.linear_entropy),
        linear_entropy_error=np.asarray(marginal.linear_entropy_error),
        log_norm_rate=np.asarray(rate),
        error_bound=np.asarray(bound if np.isfinite(bound) else np.inf),
        method=METHOD,
    )
