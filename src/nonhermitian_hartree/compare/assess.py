"""Hartree assessed for one model and state: followed against the limit at all times, and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.compare.infidelity_curve import Sample, SampledCurve
from nonhermitian_hartree.compare.judge import judge_curve, judge_known
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.compare.short_time_defect import short_time_defect
from nonhermitian_hartree.compare.verdict import Theorem, Verdict
from nonhermitian_hartree.hartree import HartreeCurve
from nonhermitian_hartree.limit.solve import ClosedFormCurve, LimitCurve, limit_curve
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_number, read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import DENSE_STORE, Model
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.mean_field import initial_speed
from nonhermitian_hartree.model.state import ProductState, require_pair
from nonhermitian_hartree.numerics.progress import show_progress

if TYPE_CHECKING:
    from nonhermitian_hartree.limit.two_point.newton import TwoPointPath

CONFIRMED_PER_TIME_SCALE = 0.5
FEWEST_CONFIRMED, MOST_CONFIRMED = 5, 17
"""Times at which branches are searched for and confirmed; between them they are followed."""
ROUNDING = 1e-12
"""Relative size of an anti-Hermitian part or an interaction that is taken for rounding."""
LATE = "the budget ran out; a larger one settles it"


def assess_hartree(
    model: Model,
    state: ProductState,
    times: ArrayLike,
    threshold: float = HARTREE_THRESHOLD,
    particles: int | None = None,
    budget: float = inf,
) -> Verdict:
    """Say whether, when and by how much Hartree fails for N → ∞, at all times from 0 to the last.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        ≥ 0, in inverse units of the couplings. Only the last matters: the infidelity is followed from 0 to there.
    threshold : float
        Infidelity that counts as failure, in (0, 1).
    particles : int, optional
        N for which the verdict also says, to order 1/N, how far Hartree and the limit are from the exact state.
    budget : float
        Seconds after which what is left is ``unknown``.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    """
    require_pair(model, state)
    last = max(read_times(times))
    threshold = read_threshold(threshold)
    if particles is not None:
        (particles,) = read_particles([particles])
    return assess_beside(model, state, last, threshold, particles, budget, {})[0]


def assess_beside(
    model: Model,
    state: ProductState,
    last: float,
    threshold: float,
    particles: int | None,
    budget: float,
    seeds: Mapping[float, Sequence[TwoPointPath]],
) -> tuple[Verdict, Mapping[float, Sequence[TwoPointPath]]]:
    """`assess_hartree`, and the paths of the branches at its confirmed times, which may be seeds for a neighbour.

    Parameters
    ----------
    model, state, last, threshold, particles, budget
        As for `assess_hartree`; ``last`` is the end of the times.
    seeds : mapping
        What this returned for a model and state nearby; a guess that needs the same confirmation as any other.
    """
    deadline = monotonic() + budget
    theorem = recognise_theorem(model)
    if theorem == "no interaction":
        return judge_known(theorem, last, threshold, particles=particles), {}
    time_scale = _time_scale(model, state)
    count = int(np.clip(np.ceil(CONFIRMED_PER_TIME_SCALE * last / time_scale), FEWEST_CONFIRMED, MOST_CONFIRMED))
    confirmed_times = np.linspace(0, last, count + 1)
    limit = limit_curve(model, state, list(confirmed_times), seeds)
    curve = SampledCurve(_sampler(limit, HartreeCurve(model, state, last), deadline), deadline)
    rounds = [confirmed_times] if isinstance(limit, ClosedFormCurve) else list(confirmed_times[:, None])
    for times in show_progress(rounds, len(rounds), "limit"):
        curve.add(times)
    if theorem:
        coefficients = [sample.limit.entropy_coefficient for sample in curve.sorted()]
        largest = float(np.max(coefficients))
        verdict = judge_known(theorem, last, threshold, largest if isfinite(largest) else None, particles)
    else:
        verdict = judge_curve(curve, last, time_scale, threshold, short_time_defect(model, state), particles)
    return verdict, limit.paths()


def read_threshold(value: float) -> float:
    """Infidelity that counts as failure.

    Raises
    ------
    ModelError
        If it is not in (0, 1).
    """
    threshold = read_number("threshold", value, "a number in (0, 1)")
    if not 0 < threshold < 1:
        raise refuse("threshold", threshold, "a number in (0, 1)")
    return threshold


def _time_scale(model: Model, state: ProductState) -> float:
    if model.dimension > DENSE_STORE:
        return 1 / max(initial_speed(model, state.amplitudes), 1e-300)
    return 1 / strength(irreducible_model(model)[0])


def recognise_theorem(model: Model) -> Theorem:
    """Whether Hartree is known to be right for N → ∞: a Hermitian model up to a constant, or no interaction.

    Beyond d = 8 a one-body part of A2 counts as an interaction, and only A1 is taken up to a constant.
    """
    if model.dimension > DENSE_STORE:
        pairs, shift = model.couplings.on_symmetric_pairs(), np.trace(model.one_body).imag / model.dimension
        one_body = model.one_body - 1j * shift * np.eye(model.dimension)
        anti_one = float(np.abs(one_body - one_body.conj().T).max())
        anti_two = float(np.abs((pairs + pairs.adjoint().scaled(-1)).values).max(initial=0.0))
        largest = float(max(np.abs(one_body).max(), np.abs(pairs.values).max(initial=0.0)))
        if not len(pairs.values):
            return "no interaction"
        return "hermitian" if max(anti_one, anti_two) <= ROUNDING * largest else ""
    reduced, _ = irreducible_model(model)
    if float(np.linalg.norm(reduced.two_body)) <= ROUNDING * float(np.linalg.norm(model.two_body)):
        return "no interaction"
    parts = (reduced.one_body, reduced.two_body)
    size = max(float(np.linalg.norm(part)) for part in parts)
    anti_hermitian = max(float(np.linalg.norm(part - part.conj().T)) for part in parts)
    return "hermitian" if anti_hermitian <= ROUNDING * size else ""


def _sampler(limit: LimitCurve, hartree: HartreeCurve, deadline: float) -> Callable[[Real], list[Sample]]:
    def limits_at(times: Real) -> list[LimitState]:
        if monotonic() > deadline:
            return [LimitState.unknown(float(time), LATE) for time in times]
        return limit.at(times)

    def sample_times(times: Real) -> list[Sample]:
        return [
            Sample(float(time), found, found.infidelity_to(wavefunction))
            for time, found, wavefunction in zip(times, limits_at(times), hartree.at(times), strict=True)
        ]

    return sample_times
