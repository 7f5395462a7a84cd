"""Exact many-body evolution in double precision, with an error estimate that knows when it has failed.

In the basis (13) the exponentially small tails of a product state carry rounding noise, and a non-Hermitian A^(N)
amplifies it exponentially in N. In a one-particle frame whose first vector is φ the initial state is one basis
vector with exact zeros elsewhere, and the tails are built up to relative accuracy: double precision reaches far
higher N there, though not any N. Three runs, with twisted phases of the excited levels, with different steps and
with operators that differ by a few units of the last place, go wrong differently; how far apart they end tells how
wrong they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, comb, exp, inf, log

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.irreducible_couplings import ExtendedArray, IrreducibleCouplings, reduce_couplings
from nonhermitian_hartree.bosons.log_norm import bound_operator
from nonhermitian_hartree.bosons.subspace import annihilation_operator, list_occupations, many_body_hamiltonian
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.marginals import Marginals, linear_entropy
from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.progress import show_progress

logger = logging.getLogger(__name__)

Vectors = Complex

TWISTS = (0.0, 1.234, 2.345)
"""Phase per excitation, in radians, of each run."""
LARGEST_THETA = 3.0
"""``h ‖A^(N)‖`` of the longest step."""
TAYLOR_ORDER = 32
"""Terms of a step: the remainder is below 3³³/33! = 7e-22 of the state."""
STEP_VARIATION = 0.15
"""How much longer than the others some steps of the reruns are."""
LARGEST_VECTOR_SPREAD = 0.1
"""Above this the runs may be all noise, and their marginals agree by accident."""
LARGEST_DIMENSION = 200_000
"""Largest dimension of Sym^N C^d, for memory: N = 630 for d = 3."""
LARGEST_WORK = 1e9
"""Largest (vector elements) × (steps): about ten minutes on one core for d = 2."""
SMALLEST_AMPLITUDE = 1e-300
"""Amplitudes near the smallest double are lost; this is more than a step can lose (relative norm)."""
EPSILON = float(np.finfo(np.float64).eps)
EXTENDED_EPSILON = float(np.finfo(np.clongdouble).eps)
PERTURBATION = 4.0
"""By how many times their own rounding error the operators of the reruns differ."""
SEED = 20260113


def evolve_float64(
    model: Model, state: ProductState, particles: int, times: Sequence[float], tolerance: float
) -> Marginals:
    """One-particle marginals (7) of the solution of eq. (2) in double precision.

    Parameters
    ----------
    model, state : Model, ProductState
        Any d.
    particles : int
        N ≥ 2.
    times : (T,) sequence of float
        Times ≥ 0 in any order, in inverse units of the couplings.
    tolerance : float
        Largest allowed error estimate; ``inf`` lets every estimate pass, even an infinite one.

    Returns
    -------
    Marginals
        Leading axis t; method ``"float64"``. ``error_bound`` is an *estimate*, ``10 m + 4 v² + 4 ε ‖A^(N)‖ t +
        1e-15 N`` from the spread m of the marginals and the relative distance v of the state vectors of three
        runs, plus the rounding of the norm rate; it is ``inf`` where v > 0.1. It is no proof, but tested never to
        fall below the true error.

    Raises
    ------
    AccuracyError
        If an estimate exceeds `tolerance`, or the evolution is beyond :data:`LARGEST_WORK`.

    Notes
    -----
    Taylor steps of order 32 on the sparse matrix (14) in a frame with φ = |0⟩; cost ∝ N² t for d = 2. The
    operators are reduced exactly (`reduce_couplings`), so that no large shift is rounded. Those of the reruns are
    changed by a few times their rounding error: what such an error becomes in this evolution shows in the spread.
    """
    instants = sorted({float(time) for time in times})
    results: dict[float, Marginals] = {}
    for time, result in estimate_over_times(model, state, particles, instants):
        if not result.error_bound <= tolerance:
            raise AccuracyError(
                f"float64 evolution at N = {particles}, t = {time:g}: error estimate {result.error_bound:.1e} "
                f"exceeds the tolerance {tolerance:g}; use the certified method, or lower N or t"
            )
        results[time] = result
    return Marginals.stack([results[float(time)] for time in times])


def estimate_over_times(
    model: Model, state: ProductState, particles: int, instants: Sequence[float]
) -> Iterator[tuple[float, Marginals]]:
    """Marginals of `evolve_float64` at increasing `instants`, one by one, whatever their error estimate.

    Raises
    ------
    AccuracyError
        If the evolution is beyond :data:`LARGEST_WORK`.
    """
    couplings = reduce_couplings(model, particles)
    for time, result in march_float64(couplings, state, particles, instants):
        yield time, _restore_constant(result, couplings, time)


def _restore_constant(result: Marginals, couplings: IrreducibleCouplings, time: float) -> Marginals:
    """Add the growth of the norm that the reduction of the couplings hides, with the rounding error of that."""
    hidden = float(couplings.hidden_norm_rate(Fraction(time)))
    rate = result.log_norm_rate + hidden
    bound = result.error_bound + EPSILON * (abs(hidden) + abs(rate))
    return replace(result, log_norm_rate=rate, error_bound=bound)


def rotation_to_frame(amplitudes: NDArray[np.complex128]) -> ExtendedArray:
    """Unitary (d, d) matrix, in extended precision, whose first column is φ (a Householder reflection)."""
    phi = amplitudes.astype(np.clongdouble)
    phi = phi / np.sqrt((phi.real**2 + phi.imag**2).sum())
    size = np.abs(phi[0])
    phase = phi[0] / size if size > 0 else np.clongdouble(1)
    mirror = phi.copy()
    mirror[0] += phase
    weight = (mirror.real**2 + mirror.imag**2).sum()
    reflection = np.eye(len(phi), dtype=np.clongdouble) - 2 * np.outer(mirror, mirror.conj()) / weight
    frame: ExtendedArray = reflection * np.append(-phase, np.ones(len(phi) - 1))
    return frame


def rotate_operators(couplings: IrreducibleCouplings, frame: ExtendedArray) -> tuple[ExtendedArray, ExtendedArray]:
    """A1 and A2 in the one-particle basis of the columns of `frame`."""
    pair_frame = np.kron(frame, frame)
    one_body = frame.conj().T @ couplings.one_body @ frame
    two_body = pair_frame.conj().T @ couplings.two_body @ pair_frame
    return one_body, two_body


def march_float64(
    couplings: IrreducibleCouplings, state: ProductState, particles: int, instants: Sequence[float]
) -> Iterator[tuple[float, Marginals]]:
    """March all runs through the increasing `instants`; marginals with error estimates at each.

    The norm is that under the couplings as they are, without the constant that their reduction took away.

    Raises
    ------
    AccuracyError
        If the evolution is beyond :data:`LARGEST_WORK`.
    """
    dimension = state.dimension
    bounds = bound_operator(couplings.exact, particles)
    norm, log_norm = float(bounds.norm) * particles, float(bounds.log_norm) * particles
    _require_feasible(dimension, particles, norm, instants[0])
    frame = rotation_to_frame(state.amplitudes)
    excitations = list_occupations(dimension, particles)[:, 1:] @ np.arange(1, dimension)
    twists = np.exp(1j * np.outer(TWISTS, excitations))
    generator = sp.csr_array(
        sp.block_diag(
            [
                sp.diags_array(twist.conj()) @ hamiltonian @ sp.diags_array(twist)
                for twist, hamiltonian in zip(twists, vary_operators(couplings, frame, particles), strict=True)
            ]
        )
    )
    lower = [annihilation_operator(dimension, particles, level) for level in range(dimension)]
    laboratory = frame.astype(np.complex128)

    vectors = np.zeros_like(twists)
    vectors[:, -1] = 1  # the last occupation is (N, 0, …): all particles in φ
    log_norms, log_lost, now = np.zeros(len(TWISTS)), -inf, 0.0
    for instant in show_progress(instants, len(instants), f"float64 N = {particles}"):
        _require_feasible(dimension, particles, norm, instant)  # later times may be out of reach, this one not
        for step in _vary_steps(instant - now, norm).T:
            vectors = _take_taylor_step(generator, vectors, step)
            lengths = np.linalg.norm(vectors, axis=1)
            vectors /= lengths[:, None]
            log_norms = log_norms + np.log(lengths)
            log_lost = max(log_lost + log_norm * step.max(), log(SMALLEST_AMPLITUDE)) - log(lengths.min())
        now = instant
        floor = 1e-15 * particles + 4 * EPSILON * norm * instant + 2 * exp(min(log_lost, 0.0))
        result = _compare_runs(vectors * twists, log_norms, lower, floor)
        logger.info("float64 N = %d: t = %g, error estimate %.1e", particles, instant, result.error_bound)
        yield instant, replace(result, density=laboratory @ result.density @ laboratory.conj().T)


def vary_operators(
    couplings: IrreducibleCouplings, frame: ExtendedArray, particles: int
) -> Iterator[sp.csr_array]:
    """A^(N) in the frame, rounded for the first run, and for each rerun changed by :data:`PERTURBATION` roundings.

    What is rounded are A1 and A2, which the rotation to the frame leaves with an error of extended precision, and
    then each element of A^(N): the reruns change both, by random signs.
    """
    random = np.random.default_rng(SEED)

    def draw(array: ExtendedArray | Vectors) -> Vectors:
        signs = random.choice([-1.0, 1.0], size=(2, *array.shape))
        return np.asarray(signs[0] + 1j * signs[1])

    rotated = rotate_operators(couplings, frame)
    for amount in (0.0, PERTURBATION, PERTURBATION):
        relative, absolute = amount * EPSILON / 2, amount * len(frame) ** 2 * EXTENDED_EPSILON
        one_body, two_body = (
            (array * (1 + relative * draw(array)) + absolute * np.abs(array).max() * draw(array)).astype(
                np.complex128
            )
            for array in rotated
        )
        hamiltonian = many_body_hamiltonian(Model(one_body, (two_body + swap_particles(two_body)) / 2), particles)
        hamiltonian.data = hamiltonian.data * (1 + relative * draw(hamiltonian.data))
        yield hamiltonian


def _require_feasible(dimension: int, particles: int, norm: float, time: float) -> None:
    size, steps = comb(particles + dimension - 1, dimension - 1), time * norm / LARGEST_THETA
    if size > LARGEST_DIMENSION or size * steps > LARGEST_WORK:
        raise AccuracyError(
            f"float64 evolution at N = {particles}, t = {time:g} needs {steps:.0f} steps of {size} elements, "
            f"beyond the limits ({LARGEST_DIMENSION} elements, {LARGEST_WORK:.0e} in all); lower N or t"
        )


def _vary_steps(duration: float, norm: float) -> Real:
    """Choose steps, shape (3, steps), that add up to `duration` in each run; all equal in the first run only."""
    if duration == 0:
        return np.zeros((len(TWISTS), 0))
    count = max(3, ceil(duration * norm / LARGEST_THETA * (1 + 2 * STEP_VARIATION)))
    run = np.arange(len(TWISTS))[:, None]
    lengths = 1 + STEP_VARIATION * np.sign(run) * np.cos((1 + run) * np.arange(count))
    steps: Real = duration * lengths / lengths.sum(axis=1, keepdims=True)
    return steps


def _take_taylor_step(generator: sp.csr_array, vectors: Vectors, steps: Real) -> Vectors:
    total, term = vectors.copy(), vectors
    factors = -1j * steps[:, None]
    for k in range(1, TAYLOR_ORDER + 1):
        term = np.asarray(generator @ term.ravel()).reshape(vectors.shape)
        term *= factors / k
        total += term
    return total


def _compare_runs(
    vectors: Vectors, log_norms: NDArray[np.float64], lower: Sequence[sp.csr_array], floor: float
) -> Marginals:
    """Take the result of the first run, with the error estimate of :func:`evolve_float64`, in the rotated frame.

    `vectors` (3, D) are untwisted and of unit norm, `log_norms` (3,) the logarithms of their norms, `lower` the
    annihilation operators, `floor` the part of the estimate that does not come from the runs.
    """
    lowered = np.stack([np.asarray(operator @ vectors.T).T for operator in lower])
    densities = np.einsum("irm,jrm->rij", lowered, lowered.conj())
    particles = np.trace(densities, axis1=1, axis2=2).real
    densities = densities / particles[:, None, None]
    rates = 2 * log_norms / particles.round()
    entropies = linear_entropy(densities)

    scaled = vectors * np.exp(log_norms - log_norms.max())[:, None]
    shortest = np.linalg.norm(scaled, axis=1).min()
    distance = np.linalg.norm(scaled - scaled[0], axis=1).max()
    vector_spread = distance / shortest if shortest > 0 else inf
    common = 4 * vector_spread**2 + floor if vector_spread <= LARGEST_VECTOR_SPREAD else inf
    spread = np.abs(densities - densities[0]).max() + np.abs(rates - rates[0]).max()
    return Marginals(
        density=densities[0],
        linear_entropy=np.maximum(entropies[0], 0.0),
        linear_entropy_error=2 * (10 * np.abs(entropies - entropies[0]).max() + common),
        log_norm_rate=rates[0],
        error_bound=10 * spread + common,
        method="float64",
    )
