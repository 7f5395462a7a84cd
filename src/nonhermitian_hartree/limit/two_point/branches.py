"""All solutions of the two-point equations that can carry weight at given times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.state import LimitBranch, ray_distance
from nonhermitian_hartree.limit.two_point.flow import BackwardEnd, complete_basis, deviation, flow_backward
from nonhermitian_hartree.limit.two_point.search import find_coarse_roots, newton_step, retract, squeezing_in_basis
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

RESIDUAL_TOLERANCE = 1e-10
SAME_BRANCH = 1e-6
FLOW_ERROR = 1e-14
LARGEST_MERGER = 1e-3
MARGINAL = 1e-7
STEP_TARGET = 1e-12
LARGEST_RESIDUAL = 0.1
POLISHING_STEPS = 12
STACK_SIZE = 64


@dataclass(frozen=True, eq=False)
class Branch(LimitBranch):
    """One solution of the two-point equations; ν determines its whole path (`two_point.sample_path`).

    ``rate`` is ``2 Re S + ln(‖p(t)‖²/‖p(0)‖²)`` and ``softness`` the largest singular value of Z.

    Parameters
    ----------
    initial_bra : (d,) complex array
        χ(0) in the gauge p(0) = φ; Hartree's choice is φ†.
    squeezing : (d, d) complex array
        Z, symmetric, acting across ν: ``δp(t) = Z δχ(t)`` for all paths with p(0) ∝ φ. Near ν the many-body state
        is a condensate times ``exp(½ x·Z x)`` in the excitations x.
    residual : float
        Sine of the angle between p(0) and φ; at most 1e-10.
    """

    initial_bra: Complex
    squeezing: Complex
    residual: float


def find_branches(model: Model, state: ProductState, time: float, starts: int = 400) -> list[Branch]:
    """Find the two-point solutions that can carry weight at one time, largest rate first.

    See `find_branches_over_times`, which this calls for a single time.
    """
    return find_branches_over_times(model, state, [time], starts)[0]


def find_branches_over_times(
    model: Model, state: ProductState, times: Sequence[float] | Real, starts: int = 400
) -> list[list[Branch]]:
    """Find the two-point solutions that can carry weight, at every time, each list with the largest rate first.

    Algorithm: ``starts`` quasi-random ν per time go backward; those that miss φ by less than all their
    neighbours start a damped Newton iteration with the analytic Jacobian, and so do some scattered ones, φ at the
    first time, the solutions at neighbouring times (extra times fill the gaps) and points beside every saddle.
    Roots are polished on DOP853 paths.

    A root is kept if it passes three tests. (1) Its residual is ≤ 1e-10. (2) ``‖Z‖ < 1``: at ``‖Z‖ > 1`` the
    weight of final states near ν has a saddle there. (3) Its rate respects the exact bounds of `rate_bounds`: a
    safety net against far-away roots of absurd rate (none was met in this bounded chart). Roots with
    1 ≤ ‖Z‖ ≤ 1 + 1e-7 (the critical point itself) are kept only where nothing else remains.

    The search is no proof of completeness: compare the dominant rate with exact norms (`norm_rate.check_limit`).

    Parameters
    ----------
    times : sequence of floats
        Observation times ≥ 0; the order does not matter.
    starts : int
        Grid points on CP^{d-1} per time.

    Raises
    ------
    ModelError
        If dimensions differ or a time is negative or not finite.
    ConvergenceError
        If some time is left without a branch.
    """
    require_pair(model, state)
    instants = np.array(read_times(times))
    order = np.argsort(instants, kind="stable")
    coarse = find_coarse_roots(model, state.amplitudes, instants[order], starts)
    roots = _polish(model, state.amplitudes, instants[order], coarse)
    result: list[list[Branch]] = [[] for _ in instants]
    for index, found in zip(order, roots, strict=True):
        result[index] = _select(model, found)
        if not result[index]:
            raise ConvergenceError(
                f"no two-point solution that can carry weight was found at t = {instants[index]:.9g} among "
                f"{len(found)} roots from {starts} starts; increase starts or look at an earlier time"
            )
    return result


def rate_bounds(model: Model) -> tuple[float, float]:
    """Numbers with ``λ_min ≤ d/dt (1/N) ln⟨Ψ|Ψ⟩ ≤ λ_max`` for every N and every symmetric Ψ (energy units).

    A^(N) is N/2 times the mean over pairs of ``K = A1⊗1 + 1⊗A1 + A2``, and d⟨Ψ|Ψ⟩/dt = ⟨Ψ|(A − A†)/i|Ψ⟩, so the
    bounds are the extreme eigenvalues of ``(K − K†)/2i`` on symmetric pairs.
    """
    d = model.dimension
    identity = np.eye(d)
    pair = np.kron(model.one_body, identity) + np.kron(identity, model.one_body) + model.two_body
    first, second = np.triu_indices(d)
    symmetric = np.zeros((d * d, len(first)))
    symmetric[first * d + second, np.arange(len(first))] = 1
    symmetric[second * d + first, np.arange(len(first))] = 1
    symmetric /= np.linalg.norm(symmetric, axis=0)
    eigenvalues = np.linalg.eigvalsh(symmetric.T @ ((pair - pair.conj().T) / 2j) @ symmetric)
    return float(eigenvalues[0]), float(eigenvalues[-1])


def _select(model: Model, roots: list[Branch]) -> list[Branch]:
    """Keep the roots that can carry weight (tests 2 and 3 of `find_branches_over_times`), largest rate first."""
    lower, upper = rate_bounds(model)

    def is_possible(branch: Branch) -> bool:
        slack = 1e-9 * (1 + branch.time * max(abs(lower), abs(upper)))
        return branch.time * lower - slack <= branch.rate <= branch.time * upper + slack

    inside = [b for b in roots if is_possible(b)]
    maxima = [b for b in inside if b.softness < 1]
    kept = maxima or [b for b in inside if b.softness <= 1 + MARGINAL]
    return sorted(kept, key=lambda branch: -branch.rate)


def _polish(model: Model, initial: Complex, times: Real, coarse: list[Complex]) -> list[list[Branch]]:
    """Turn coarse roots into distinct branches with residual ≤ 1e-10, per time."""
    owner = np.repeat(np.arange(len(times)), [len(group) for group in coarse])
    everything = np.concatenate(coarse)
    branches: list[list[Branch]] = [[] for _ in times]
    for first in range(0, len(owner), STACK_SIZE):
        stack = slice(first, first + STACK_SIZE)
        for k, branch in _polish_stack(model, initial, everything[stack], times[owner[stack]]):
            found = branches[owner[stack][k]]
            if not any(_is_same(branch, other) for other in found):
                found.append(branch)
    return branches


def _polish_stack(model: Model, initial: Complex, states: Complex, times: Real) -> list[tuple[int, Branch]]:
    """Full Newton steps on DOP853 paths until they are shorter than 1e-12, twelve at most."""
    states, members = _fix_phase(states), np.arange(len(states))
    end = flow_backward(model, states, times)
    _, residual = deviation(end, initial)
    for _ in range(POLISHING_STEPS):
        step = newton_step(end, initial)
        # What goes astray would only slow down the integration of the others.
        alive = residual < LARGEST_RESIDUAL
        if np.linalg.norm(step[alive], axis=1).max(initial=0.0) <= STEP_TARGET:
            break
        states = _fix_phase(retract(states, end.basis, step))[alive]
        members = members[alive]
        end = flow_backward(model, states, times[members])
        _, residual = deviation(end, initial)
    solved = np.flatnonzero(residual <= RESIDUAL_TOLERANCE)
    return [
        (int(members[k]), _describe(initial, float(times[members[k]]), states[k], end, int(k))) for k in solved
    ]


def _is_same(first: Branch, second: Branch) -> bool:
    """Whether two roots coincide within their errors, residual / (1 − ‖Z‖), which grow near a critical point.

    Solutions of a continuous family, where ‖Z‖ = 1 as well, are further apart.
    """
    error = sum(max(b.residual, FLOW_ERROR) / max(abs(1 - b.softness), 1e-300) for b in (first, second))
    return ray_distance(first.wavefunction, second.wavefunction) <= float(
        np.clip(10 * error, SAME_BRANCH, LARGEST_MERGER)
    )


def _fix_phase(states: Complex) -> Complex:
    largest = np.take_along_axis(states, np.abs(states).argmax(axis=1)[:, None], axis=1)
    return np.asarray(states * (largest.conj() / np.abs(largest)))


def _describe(initial: Complex, time: float, wavefunction: Complex, end: BackwardEnd, k: int) -> Branch:
    """Rate, squeezing and prefactor of the k-th solution of a stack (docs/theory_limit.md derives all three)."""
    scale = np.vdot(initial, end.ket[k])
    log_norm = np.log(np.abs(scale))
    basis = end.basis[k]
    inner = squeezing_in_basis(end, initial)[k]
    singular = np.linalg.svd(inner, compute_uv=False)
    # δχ(0) of the paths with p(0) ∝ φ, for unit δχ(t), in the frame q that χ(0) annihilates.
    across = complete_basis(initial[None])[0]
    half = len(inner)
    bra_variation = end.bra_variation[k][:, :half] @ inner + end.bra_variation[k][:, half:]
    frame = across - np.outer(initial, end.bra[k] @ across) / (end.bra[k] @ initial)
    _, log_frame = np.linalg.slogdet(bra_variation.T @ frame)
    stretched = -np.inf if singular[0] >= 1 else float(np.log1p(-(singular**2)).sum())
    log_prefactor = log_frame - end.log_trace[k] - end.log_action[k] - log_norm - stretched / 2
    return Branch(
        time=time,
        wavefunction=wavefunction,
        initial_bra=end.bra[k] * scale,
        rate=float(end.log_action[k] + end.log_shift[k] - 2 * log_norm),
        squeezing=basis @ inner @ basis.T,
        softness=float(singular[0]),
        log_prefactor=float(log_prefactor),
        residual=float(deviation(end, initial)[1][k]),
    )
