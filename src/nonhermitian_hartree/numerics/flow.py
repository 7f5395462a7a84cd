r"""A flow of rays, φ̇ = f(φ) with f(cφ) = c f(φ): its numerical solution, and how far that is from the true one.

*Solution.* The Runge–Kutta method DOP853 of order 8 (Hairer, Nørsett, Wanner, "Solving Ordinary Differential
Equations I", II.5), which ends a step at every time asked for.

*Error.* Each step of the path is repeated from where it started by two steps of half the size, which are 2⁸ times
more accurate. The difference δ_k of the results, as a vector, is what the step did wrong. With the derivative F_k
of the flow over the step (from finite differences, in the same call) the error of the path obeys, to first order,

    e_{k+1} = F_k e_k + δ_k + r_k,      E_{k+1} = F_k E_k F_kᵀ + η_k² 1

with r_k the unknown rounding of the repeated step, |r_k| ≤ η_k. E collects it: |Σ_k Φ_k r_k| ≤ √(n ‖E‖) for n
steps, by Cauchy and Schwarz, Φ_k the derivative from step k to the end. So an instability along the path amplifies
the error as it does in truth, and no ratio between two tolerances is assumed. Components along φ and iφ, which
change the ray by nothing, are projected out. The sum is doubled for what is of second order; above 0.01 nothing is
claimed any more.

For many components (d > 32) neither F_k nor E is formed. F_k e_k is a difference along e_k, and E is sampled by
eight vectors v that get Gaussian noise of covariance η_k² 1 at every step: v is Gaussian with covariance E.
Then ‖E‖ > 100 max |v|² has a probability below 0.08⁸ ≈ 2e-9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError

Velocity = Callable[[Complex], Complex]
"""f on a batch of vectors: (C, d) to (C, d)."""

ROUNDING = 2.0**-53
DIFFERENCE = 1e-6
"""Size of the finite differences; the derivative is needed to a few per cent only."""
LARGEST_LINEAR_ERROR = 0.01
MOST_STEPS = 100_000
MOST_WITH_DERIVATIVE = 32
"""Components up to which the derivative of the flow is formed."""
SAMPLES, SAMPLE_FACTOR = 8, 10.0


@dataclass(frozen=True, eq=False)
class FlowPath:
    """A solution at every step: ``times`` (K,), ``values`` (K, d), and the steps that were asked for (T,)."""

    times: Real
    values: Complex
    requested: NDArray[np.intp]


def follow_flow(
    velocity: Velocity, initial: Complex, times: Sequence[float], relative: float, absolute: float
) -> FlowPath:
    """Solve φ̇ = f(φ) from the vector ``initial`` (d,) at time 0; ``times`` ascend from ≥ 0.

    ``relative`` and ``absolute`` are the tolerances of a step.

    Raises
    ------
    ConvergenceError
        If the steps become too small or too many.
    """
    from scipy.integrate import DOP853  # here, because its import takes longer than a closed form

    def rate(_: float, y: Complex) -> Complex:
        return np.asarray(velocity(y[None])[0])

    now, value = 0.0, np.array(initial, dtype=complex)
    step: float | None = None
    nodes, values, requested = [now], [value], []
    for end in map(float, times):
        while now < end:
            first = None if step is None else min(step, end - now)
            solver = DOP853(rate, now, value, end, rtol=relative, atol=absolute, first_step=first)
            while solver.status == "running":
                problem = solver.step()
                if problem or len(nodes) > MOST_STEPS:
                    raise ConvergenceError(
                        f"the flow could not be followed beyond t = {solver.t:g} of {end:g}: "
                        f"{problem or f'more than {MOST_STEPS} steps'}; lower t or the coefficients"
                    )
                nodes.append(float(solver.t))
                values.append(solver.y.copy())
                if solver.t < end:  # the last step is cut short by the end
                    step = nodes[-1] - nodes[-2]
            now, value = nodes[-1], values[-1]
        requested.append(len(nodes) - 1)
    return FlowPath(np.array(nodes), np.array(values), np.array(requested, dtype=np.intp))


def estimate_flow_error(velocity: Velocity, path: FlowPath, largest: float) -> Real:
    """Error of the unit vector φ beside the true ray at each time that was asked for; (T,), at most 1.

    ``largest`` bounds |f(φ)| for unit φ; a step of length h then rounds by less than ``4 · 2^{−53} (1 + h |f|)``.
    See the module's docstring.
    """
    dimension = path.values.shape[1]
    if dimension > MOST_WITH_DERIVATIVE:
        return _estimate_by_samples(velocity, path, largest)
    basis = np.concatenate([np.eye(dimension), 1j * np.eye(dimension)])
    error = np.zeros(2 * dimension)
    spread = (4 * ROUNDING) ** 2 * _transverse(path.values[0])  # of the initial vector
    errors = np.zeros(len(path.times))
    errors[0] = 2 * np.sqrt(np.linalg.norm(spread, 2))
    for k, step in enumerate(np.diff(path.times)):
        start, end = path.values[k], path.values[k + 1]
        batch = np.concatenate([start[None], start + DIFFERENCE * basis])
        repeated = take_step(velocity, take_step(velocity, batch, step / 2), step / 2)
        derivative = ((repeated[1:] - repeated[0]) / DIFFERENCE).view(np.float64).reshape(2 * dimension, -1)
        derivative = np.concatenate([derivative[:, ::2], derivative[:, 1::2]], axis=1).T
        across = _transverse(end)
        defect = end - repeated[0]
        error = across @ (derivative @ error + np.concatenate([defect.real, defect.imag]))
        rounding = 4 * ROUNDING * (1 + step * largest)
        spread = across @ (derivative @ spread @ derivative.T) @ across + rounding**2 * across
        if not np.isfinite(spread).all():
            errors[k + 1 :] = np.inf
            break
        errors[k + 1] = 2 * (np.linalg.norm(error) + np.sqrt((k + 2) * np.linalg.norm(spread, 2)))
    known = errors <= LARGEST_LINEAR_ERROR  # False for nan
    return np.asarray(np.where(known, errors, 1.0)[path.requested])


def _estimate_by_samples(velocity: Velocity, path: FlowPath, largest: float) -> Real:
    """`estimate_flow_error` with the derivative along a few vectors only."""
    generator = np.random.default_rng(20260113)
    shape = (SAMPLES, path.values.shape[1])

    def noise(size: float, ray: Complex) -> Complex:
        drawn = generator.normal(size=(2, *shape))
        return _across(size * (drawn[0] + 1j * drawn[1]), ray)

    vectors = np.concatenate([np.zeros((1, shape[1])), noise(4 * ROUNDING, path.values[0])])
    errors = np.full(len(path.times), np.inf)
    errors[0] = 2 * SAMPLE_FACTOR * np.linalg.norm(vectors[1:], axis=1).max() / np.sqrt(shape[1])
    for k, step in enumerate(np.diff(path.times)):
        start, end = path.values[k], path.values[k + 1]
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300)
        batch = np.concatenate([start[None], start + DIFFERENCE * vectors / lengths])
        repeated = take_step(velocity, take_step(velocity, batch, step / 2), step / 2)
        vectors = (repeated[1:] - repeated[0]) * (lengths / DIFFERENCE)
        vectors[0] += end - repeated[0]
        vectors = _across(vectors, end)
        vectors[1:] += noise(4 * ROUNDING * (1 + step * largest), end)
        if not np.isfinite(vectors).all():
            break
        spread = SAMPLE_FACTOR * np.linalg.norm(vectors[1:], axis=1).max()
        errors[k + 1] = 2 * (np.linalg.norm(vectors[0]) + np.sqrt(k + 2) * spread)
    known = errors <= LARGEST_LINEAR_ERROR  # False for nan
    return np.asarray(np.where(known, errors, 1.0)[path.requested])


def _across(vectors: Complex, ray: Complex) -> Complex:
    """Vectors (C, d) without their components along the ray."""
    unit = ray / np.linalg.norm(ray)
    return np.asarray(vectors - np.outer(vectors @ unit.conj(), unit))


def _transverse(vector: Complex) -> Real:
    """Projector beside φ and iφ, on (Re, Im): (2d, 2d)."""
    unit = vector / np.linalg.norm(vector)
    projector = np.eye(len(unit)) - np.outer(unit, unit.conj())
    return np.block([[projector.real, -projector.imag], [projector.imag, projector.real]])


def take_step(velocity: Velocity, start: Complex, step: float | Real) -> Complex:
    """One step of DOP853 from each of a batch of vectors (C, d), of one length or of lengths (C, 1)."""
    from scipy.integrate import DOP853

    slopes: list[Complex] = []
    for row in DOP853.A[: len(DOP853.B)]:
        inner = sum((a * slope for a, slope in zip(row, slopes, strict=False) if a), np.zeros_like(start))
        slopes.append(velocity(start + step * inner))
    return np.asarray(start + step * sum(b * slope for b, slope in zip(DOP853.B, slopes, strict=True) if b))
