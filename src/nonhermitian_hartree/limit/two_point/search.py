"""Candidates for two-point solutions: grids on CP^{d-1}, following in t, steps beside saddles, batch Newton."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.flow import (
    BackwardEnd,
    chart_derivatives,
    deviation,
    flow_backward_coarse,
    solve_real_linear,
    strength,
)
from nonhermitian_hartree.model.hamiltonian import Model

COARSE_TOLERANCE = 1e-9
"""Residual at which Newton's iteration on coarse paths stops; the DOP853 polish takes over from there."""
COARSE_DUPLICATE = 1e-4
NEIGHBOURS = 8
NEWTON_STEPS = 20
LARGEST_NEWTON_STEP = 0.5
SMALLEST_DAMPING = 1 / 8
STALLED_CLOSE = 1e-4
SADDLE_STEPS = (0.003, 0.03, 0.3)
SCATTERED, MOST_SCATTERED, LEAST_SCATTERED = 400, 32, 4
CLEAR_SADDLE = 1.01
MOST_ROOTS = 40
LADDER_STEP = 1.0


def spread_states(dimension: int, count: int) -> Complex:
    """``count`` unit vectors spread evenly over CP^{d-1}, shape (count, d), the same at every call.

    d = 2: Fibonacci lattice on the Bloch sphere. d > 2: normalised complex Gaussians from a Sobol' sequence.
    """
    if dimension == 2:
        index = np.arange(count) + 0.5
        height = 1 - 2 * index / count
        azimuth = np.pi * (1 + np.sqrt(5)) * index
        return np.stack([np.sqrt((1 + height) / 2), np.sqrt((1 - height) / 2) * np.exp(1j * azimuth)], axis=1)
    sequence = qmc.Sobol(2 * dimension, scramble=True, seed=20260113)
    uniform = sequence.random_base2(int(np.ceil(np.log2(count))))[:count]
    gaussian = ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
    states = gaussian[:, :dimension] + 1j * gaussian[:, dimension:]
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True))


def find_coarse_roots(model: Model, initial: Complex, times: Real, starts: int) -> list[Complex]:
    """Find coarse final states ν (distinct rows, on coarse paths) at each of the ascending ``times``.

    The search runs on a ladder of times from 0 on, without gaps above ‖A‖Δt = 1: every rung has a grid of its own,
    and every root found on one is tried on the two beside it, until nothing new appears. So each branch is
    followed in t both ways from wherever the grid meets it, the one out of ν = φ from the first rung.
    Clear saddles (‖Z‖ > 1.01) are used to look for the maxima beside them, but neither followed nor returned.
    """
    ladder = _fill_gaps(times, LADDER_STEP / strength(model))
    requested = np.isin(ladder, times)
    candidates = _choose_starts(model, initial, ladder, np.where(requested, starts, starts // 4))
    candidates[0] = np.concatenate([candidates[0], initial[None]])
    roots: list[Complex] = [np.empty((0, len(initial)), dtype=complex) for _ in ladder]
    maxima = list(roots)
    while any(len(group) for group in candidates):
        found = _run_newton(model, initial, ladder, candidates)
        fresh = [_without_duplicates(new, old) for new, old in zip(found, roots, strict=True)]
        roots = [np.concatenate([old, new]) for old, new in zip(roots, fresh, strict=True)]
        fresh_maxima, beside = _sort_by_squeezing(model, initial, ladder, fresh)
        maxima = [np.concatenate([old, new]) for old, new in zip(maxima, fresh_maxima, strict=True)]
        candidates = [
            np.concatenate([beside[k], *fresh_maxima[max(0, k - 1) : k], *fresh_maxima[k + 1 : k + 2]])[
                # A continuous family of solutions would go on for ever.
                : max(0, MOST_ROOTS - len(roots[k]))
            ]
            for k in range(len(ladder))
        ]
    found_at = dict(zip(ladder.tolist(), maxima, strict=True))
    return [found_at[time] for time in times.tolist()]


def _fill_gaps(times: Real, longest: float) -> Real:
    """Sorted distinct ``times`` with equidistant ones between, so that no gap from 0 on exceeds ``longest``."""
    rungs: list[float] = []
    previous = 0.0
    for time in times:
        pieces = max(1, int(np.ceil((time - previous) / longest)))
        rungs.extend(np.linspace(previous, time, pieces + 1)[1:])
        previous = time
    return np.unique(rungs)


def newton(model: Model, initial: Complex, states: Complex, times: Real) -> tuple[Complex, Real]:
    """Damped Newton iteration on coarse paths for a stack of final states; returns states (n, d) and residuals.

    The step is at most 0.5 on the unit sphere; it is halved until the residual falls, and given up at 1/8.
    """
    states = states.copy()
    end = flow_backward_coarse(model, states, times)
    residual = np.nan_to_num(deviation(end, initial)[1], nan=np.inf)
    step = _capped_step(end, initial)
    basis, damping = end.basis, np.ones(len(states))
    for _ in range(NEWTON_STEPS):
        unfinished = (residual > COARSE_TOLERANCE) & np.isfinite(residual)
        active = np.flatnonzero(unfinished & (damping > SMALLEST_DAMPING))
        if not len(active):
            break
        trial = retract(states[active], basis[active], damping[active, None] * step[active])
        end = flow_backward_coarse(model, trial, times[active])
        trial_residual = np.nan_to_num(deviation(end, initial)[1], nan=np.inf)
        better = trial_residual < residual[active]
        damping[active] = np.where(better, 1.0, damping[active] / 2)
        accepted = active[better]
        states[accepted], residual[accepted] = trial[better], trial_residual[better]
        step[accepted], basis[accepted] = _capped_step(end, initial)[better], end.basis[better]
    return states, residual


def retract(states: Complex, basis: Complex, components: Complex) -> Complex:
    """Move unit vectors by tangent ``components`` (n, d-1) along ``basis`` (n, d, d-1) and normalise again."""
    moved = states + np.einsum("nik,nk->ni", basis, components)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))


def squeezing_in_basis(end: BackwardEnd, initial: Complex) -> Complex:
    """Z, (n, d-1, d-1): ``δp(t) = Z δχ(t)`` across ν for all paths with p(0) ∝ φ; symmetric at a solution.

    From the derivatives P_p, P_χ of the chart at s = 0: ``Z = −P_p⁻¹ P_χ``, so that Newton's matrix, acting on
    tangent vectors a, is ``P_p (a − Z ā)``: it is singular exactly where a singular value of Z passes 1.
    """
    direct, conjugate = chart_derivatives(end, initial)
    return np.asarray(-np.linalg.solve(direct, conjugate))


def newton_step(end: BackwardEnd, initial: Complex) -> Complex:
    """Tangent components (n, d-1) of the full Newton step; zero where the trajectory blew up."""
    chart, _ = deviation(end, initial)
    direct, conjugate = chart_derivatives(end, initial)
    usable = np.isfinite(direct).all(axis=(1, 2)) & np.isfinite(conjugate).all(axis=(1, 2))
    step = np.zeros_like(chart)
    # A vanishing shift keeps exactly singular (critical) Jacobians solvable.
    ridge = 1e-13 * np.linalg.norm(direct[usable], axis=(1, 2))[:, None, None] * np.eye(chart.shape[1])
    step[usable] = solve_real_linear(direct[usable] + ridge, conjugate[usable], -chart[usable])
    return step


def _capped_step(end: BackwardEnd, initial: Complex) -> Complex:
    step = newton_step(end, initial)
    length = np.linalg.norm(step, axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1, LARGEST_NEWTON_STEP / np.maximum(length, 1e-300)))


def _choose_starts(model: Model, initial: Complex, times: Real, counts: NDArray[np.intp]) -> list[Complex]:
    """Grid states that miss φ by less than all their nearest neighbours, and some scattered ones, for every time.

    Newton's method may leave the valley of a minimum; the scattered states (other ones at every time, together
    400 (d-1), at least four per time) make up for that.
    """
    starts = []
    for k, (time, count) in enumerate(zip(times, counts, strict=True)):
        grid, nearest = _spread_with_neighbours(len(initial), int(count))
        end = flow_backward_coarse(model, grid, np.full(len(grid), time), variations=False)
        residual = np.nan_to_num(deviation(end, initial)[1], nan=np.inf)
        chosen = residual <= residual[nearest].min(axis=1)
        scattered = max(LEAST_SCATTERED, min(MOST_SCATTERED, SCATTERED // len(times)) * (len(initial) - 1))
        stride = max(1, int(count) // scattered)
        chosen[k % stride :: stride] = True
        starts.append(grid[chosen & np.isfinite(residual)])
    return starts


@lru_cache(maxsize=8)
def _spread_with_neighbours(dimension: int, count: int) -> tuple[Complex, NDArray[np.intp]]:
    grid = spread_states(dimension, count)
    return grid, np.argsort(-np.abs(grid.conj() @ grid.T), axis=1)[:, 1 : NEIGHBOURS + 1]


def _sort_by_squeezing(
    model: Model, initial: Complex, times: Real, roots: list[Complex]
) -> tuple[list[Complex], list[Complex]]:
    """Roots with ‖Z‖ ≤ 1.01; and points on both sides of those with ‖Z‖ > 1, along the way uphill."""
    states, instants, owner = _stack(roots, times)
    if not len(states):
        return roots, roots
    end = flow_backward_coarse(model, states, instants)
    squeezing = squeezing_in_basis(end, initial)
    left, singular, _ = np.linalg.svd(squeezing)
    # Z = U Σ Uᵀ (Takagi): a = u with Z ā = σ a; the SVD gives u only up to a phase, fixed by u†Z ū > 0.
    leading = left[:, :, 0]
    phase = np.einsum("na,nab,nb->n", leading.conj(), squeezing, leading.conj())
    direction = leading * np.exp(0.5j * np.angle(phase))[:, None]
    maxima, beside = [], []
    for k in range(len(times)):
        maxima.append(states[(singular[:, 0] <= CLEAR_SADDLE) & (owner == k)])
        saddle = (singular[:, 0] > 1) & (owner == k)
        sides = [
            retract(states[saddle], end.basis[saddle], sign * length * direction[saddle])
            for length in SADDLE_STEPS
            for sign in (1, -1)
        ]
        beside.append(np.concatenate(sides))
    return maxima, beside


def _run_newton(model: Model, initial: Complex, times: Real, candidates: list[Complex]) -> list[Complex]:
    states, instants, owner = _stack(candidates, times)
    states, residual = newton(model, initial, states, instants)
    # Critical roots converge only linearly, so that what stalled close by goes on to the polish.
    close = residual < STALLED_CLOSE
    return [states[close & (owner == k)] for k in range(len(times))]


def _stack(groups: list[Complex], times: Real) -> tuple[Complex, Real, NDArray[np.intp]]:
    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return np.concatenate(groups), np.asarray(times)[owner], owner


def _without_duplicates(new: Complex, old: Complex) -> Complex:
    kept = list(old)
    for state in new:
        if all(ray_distance(state, other) > COARSE_DUPLICATE for other in kept):
            kept.append(state)
    return np.array(kept[len(old) :], dtype=complex).reshape(-1, new.shape[1])
