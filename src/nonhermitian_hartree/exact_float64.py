"""Exact many-body evolution in double precision, with an error estimate that knows when it has failed.

In the basis (13) the exponentially small tails of a product state carry rounding noise, and a non-Hermitian A^(N)
amplifies it exponentially in N. In a one-particle frame whose first vector is φ the initial state is one basis
vector with exact zeros elsewhere, and the tails are built up to relative accuracy: double precision reaches far
higher N there, though not any N. Three runs, with twisted phases of the excited levels and with different steps,
round differently; how far apart they end tells how wrong they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nonhermitian_hartree.entropy import linear_entropy
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.integer_hamiltonian import exact_couplings
from nonhermitian_hartree.log_norm import bound_operator, choose_centre
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState, swap_particles
from nonhermitian_hartree.symmetric_subspace import (
    annihilation_operator,
    list_occupations,
    many_body_hamiltonian,
)

logger = logging.getLogger(__name__)

Vectors = NDArray[np.complex128]

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
SMALLEST_AMPLITUDE = 1e-300
"""Amplitudes near the smallest double are lost; this is more than a step can lose (relative norm)."""


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
        Leading axis t; method ``"float64"``. ``error_bound`` is an *estimate*, ``10 m + 4 v² + 1e-15 N`` from the
        spread m of the marginals and the relative distance v of the state vectors of three runs; it is
        ``inf`` where v > 0.1. It is no proof, but tested never to fall below the true error.

    Raises
    ------
    AccuracyError
        If an estimate exceeds `tolerance`.

    Notes
    -----
    Taylor steps of order 32 on the sparse matrix (14) in a frame with φ = |0⟩; cost ∝ N² t for d = 2.
    """
    order = np.argsort(times, kind="stable")
    results: list[_Estimate] = []
    for time, runs in _evolve_runs(model, state, particles, [float(times[index]) for index in order]):
        estimate = _compare_runs(runs)
        if not estimate.error_bound <= tolerance:
            raise AccuracyError(
                f"float64 evolution at N = {particles}, t = {time:g}: error estimate {estimate.error_bound:.1e} "
                f"exceeds the tolerance {tolerance:g}; use the certified method, or lower N or t"
            )
        results.append(estimate)
    ranks = np.argsort(order)
    return Marginals(
        density=np.array([results[rank].density for rank in ranks]),
        linear_entropy=np.array([results[rank].linear_entropy for rank in ranks]),
        linear_entropy_error=np.array([results[rank].linear_entropy_error for rank in ranks]),
        log_norm_rate=np.array([results[rank].log_norm_rate for rank in ranks]),
        error_bound=np.array([results[rank].error_bound for rank in ranks]),
        method="float64",
    )


def rotation_to_frame(amplitudes: NDArray[np.complex128]) -> NDArray[np.clongdouble]:
    """Unitary (d, d) matrix, in extended precision, whose first column is φ (a Householder reflection)."""
    phi = amplitudes.astype(np.clongdouble)
    phi = phi / np.sqrt((phi.real**2 + phi.imag**2).sum())
    size = np.abs(phi[0])
    phase = phi[0] / size if size > 0 else np.clongdouble(1)
    mirror = phi.copy()
    mirror[0] += phase
    weight = (mirror.real**2 + mirror.imag**2).sum()
    reflection = np.eye(len(phi), dtype=np.clongdouble) - 2 * np.outer(mirror, mirror.conj()) / weight
    frame: NDArray[np.clongdouble] = reflection * np.append(-phase, np.ones(len(phi) - 1))
    return frame


def rotate_model(model: Model, frame: NDArray[np.clongdouble]) -> Model:
    """A1 and A2 in the one-particle basis of the columns of `frame`, rounded once."""
    pair_frame = np.kron(frame, frame)
    one_body = (frame.conj().T @ model.one_body @ frame).astype(np.complex128)
    two_body = (pair_frame.conj().T @ model.two_body @ pair_frame).astype(np.complex128)
    return Model(one_body, (two_body + swap_particles(two_body)) / 2)


@dataclass(frozen=True, eq=False)
class _Runs:
    """The three runs at one time.

    ``vectors`` (3, D) have unit norm and no twist, ``log_norms`` (3,) are logarithms of the norms,
    ``densities`` (3, d, d) are marginals in the frame, and ``lost`` is a bound of the relative norm lost to
    underflow. ``frame`` (d, d) and ``norm_rate``, which the centre adds, lead back to the laboratory.
    """

    vectors: Vectors
    log_norms: NDArray[np.float64]
    densities: NDArray[np.complex128]
    lost: float
    frame: NDArray[np.complex128]
    norm_rate: float
    particles: int


@dataclass(frozen=True, eq=False)
class _Estimate:
    density: NDArray[np.complex128]
    linear_entropy: float
    linear_entropy_error: float
    log_norm_rate: float
    error_bound: float


def _evolve_runs(
    model: Model, state: ProductState, particles: int, times: Sequence[float]
) -> Iterator[tuple[float, _Runs]]:
    """March all runs through the increasing `times`."""
    centre = choose_centre(model, particles)
    bounds = bound_operator(exact_couplings(model, centre), particles)
    norm, log_norm = float(bounds.norm) * particles, float(bounds.log_norm) * particles
    frame = rotation_to_frame(state.amplitudes)
    centred = Model(model.one_body - centre * np.eye(model.dimension), model.two_body)
    hamiltonian = many_body_hamiltonian(rotate_model(centred, frame), particles)
    excitations = list_occupations(model.dimension, particles)[:, 1:] @ np.arange(1, model.dimension)
    twists = np.exp(1j * np.outer(TWISTS, excitations))
    generator = sp.csr_array(
        sp.block_diag([sp.diags_array(twist.conj()) @ hamiltonian @ sp.diags_array(twist) for twist in twists])
    )
    lower = [annihilation_operator(model.dimension, particles, level) for level in range(model.dimension)]

    vectors = np.zeros((len(TWISTS), hamiltonian.shape[0]), dtype=np.complex128)
    vectors[:, -1] = 1  # the last occupation is (N, 0, …): all particles in φ
    log_norms, log_lost, now = np.zeros(len(TWISTS)), -inf, 0.0
    for time in times:
        steps = _vary_steps(time - now, norm)
        for step in steps.T:
            vectors = _take_taylor_step(generator, vectors, step)
            lengths = np.linalg.norm(vectors, axis=1)
            vectors /= lengths[:, None]
            log_norms += np.log(lengths)
            log_lost = max(log_lost + log_norm * step.max(), log(SMALLEST_AMPLITUDE)) - log(lengths.min())
        now = time
        logger.info("float64 N = %d: reached t = %g after %d steps", particles, time, steps.shape[1])
        untwisted = vectors * twists
        lowered = np.stack([np.asarray(operator @ untwisted.T).T for operator in lower])
        densities = np.einsum("irm,jrm->rij", lowered, lowered.conj()) / particles
        norm_rate = 2 * centre.imag * time
        yield (
            time,
            _Runs(
                untwisted,
                log_norms.copy(),
                densities,
                exp(min(log_lost, 0.0)),
                frame.astype(np.complex128),
                norm_rate,
                particles,
            ),
        )


def _vary_steps(duration: float, norm: float) -> NDArray[np.float64]:
    """Choose steps, shape (3, steps), that add up to `duration` in each run; all equal in the first run only."""
    if duration == 0:
        return np.zeros((len(TWISTS), 0))
    count = max(3, ceil(duration * norm / LARGEST_THETA * (1 + 2 * STEP_VARIATION)))
    run = np.arange(len(TWISTS))[:, None]
    lengths = 1 + STEP_VARIATION * np.sign(run) * np.cos((1 + run) * np.arange(count))
    steps: NDArray[np.float64] = duration * lengths / lengths.sum(axis=1, keepdims=True)
    return steps


def _take_taylor_step(generator: sp.csr_array, vectors: Vectors, steps: NDArray[np.float64]) -> Vectors:
    total, term = vectors.copy(), vectors
    factors = -1j * steps[:, None]
    for k in range(1, TAYLOR_ORDER + 1):
        term = np.asarray(generator @ term.ravel()).reshape(vectors.shape)
        term *= factors / k
        total += term
    return total


def _compare_runs(runs: _Runs) -> _Estimate:
    """Take the result of the first run, with the error estimate of :func:`evolve_float64`."""
    densities = runs.densities / np.trace(runs.densities, axis1=1, axis2=2)[:, None, None].real
    rates = 2 * runs.log_norms / runs.particles + runs.norm_rate
    entropies = np.array([linear_entropy(density) for density in densities])
    scaled = runs.vectors * np.exp(runs.log_norms - runs.log_norms.max())[:, None]
    lengths = np.linalg.norm(scaled, axis=1)
    distances = np.linalg.norm(scaled - scaled[0], axis=1)
    vector_spread = float(distances.max() / lengths.min()) if lengths.min() > 0 else inf
    vector_spread += runs.lost
    floor = 4 * vector_spread**2 + 1e-15 * runs.particles if vector_spread <= LARGEST_VECTOR_SPREAD else inf
    spread = max(np.abs(densities - densities[0]).max(), np.abs(rates - rates[0]).max())
    return _Estimate(
        density=runs.frame @ densities[0] @ runs.frame.conj().T,
        linear_entropy=max(0.0, entropies[0]),
        linear_entropy_error=float(10 * np.abs(entropies - entropies[0]).max() + 2 * floor),
        log_norm_rate=float(rates[0]),
        error_bound=float(10 * spread + floor),
    )
