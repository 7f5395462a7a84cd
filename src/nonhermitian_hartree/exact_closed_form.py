r"""Exact one-particle marginal of diagonal qubit models, eq. (13)–(19), at a cost independent of N.

Eq. (19) is a Curie–Weiss average: with the conditional states v_s of `diagonal_qubit` and the weights G
of `lattice_sum`, ``ρ^(1) = Σ_s G_s v_s v_s†``. Every quantity is a sum of positive terms:

    ρ̂_00 = Σ G e^a / D,   ρ̂_11 = Σ G e^{−a} / D,   |ρ̂_01| = Σ G / D,   D = Σ G 2 cosh a     (κ = 0)
    S_L  = Σ_{s,s'} G_s G_s' |sinh z_ss'|² / (Σ G cosh a)²,   z_ss' = (τ − iκ)(d_s − d_s')/M

and the double sum is ``2 (A B − |C|²)`` with A = Σ G |sinh z|², B = Σ G |cosh z|², C = Σ G sinh z cosh z̄,
where z is measured from the point that makes the real part of C vanish, so that nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from nonhermitian_hartree.diagonal_qubit import DiagonalQubit, reduce_diagonal_qubit
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.lattice_sum import WeightedLattice, weigh_lattice
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.rate_function import log_cosh

Array = NDArray[np.float64]

METHOD = "closed_form"
BATCH = 128
LARGEST_PARTICLES = 10**15
ROUNDING = 2.0**-53
DIRECT_ENTROPY_ABOVE = 0.01  # from here on the determinant loses less than two digits


def closed_form_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float]
) -> Marginals:
    """Exact marginals of a diagonal qubit model, eq. (19), for every N and t.

    Parameters
    ----------
    model : Model
        Diagonal A1 and A2, d = 2, any complex coefficients.
    state : ProductState
        Initial state; its ``tilt`` is taken as exact.
    particles : sequence of int
        N from 2 to 10¹⁵.
    times : sequence of float
        Finite, ≥ 0, in inverse units of the coupling.

    Returns
    -------
    Marginals
        Leading axes (N, t). Relative error of S_L and of the entries of ρ̂ ≤ 1e-12 for real gain
        (tested against 120-digit sums).

    Raises
    ------
    ModelError
        If the model is not a diagonal qubit model, or N or t is out of range.
    """
    qubit = reduce_diagonal_qubit(model, state)
    counts, instants = np.asarray(particles, dtype=np.int64), np.asarray(times, dtype=float)
    if counts.size and not (counts.min() >= 2 and counts.max() <= LARGEST_PARTICLES):
        raise ModelError(f"particles must lie between 2 and {LARGEST_PARTICLES:.0e}, found {particles!r}")
    if not (np.isfinite(instants).all() and (instants >= 0).all()):
        raise ModelError(f"times must be finite and ≥ 0, found {times!r}")
    shape = (counts.size, instants.size)
    grid_n, grid_t = (a.ravel() for a in np.meshgrid(counts.astype(float), instants, indexing="ij"))
    density = np.empty((grid_n.size, 2, 2), dtype=complex)
    linear_entropy, log_norm_rate = np.empty(grid_n.size), np.empty(grid_n.size)
    for start in range(0, grid_n.size, BATCH):
        part = slice(start, start + BATCH)
        density[part], linear_entropy[part], log_norm_rate[part] = _marginals_of_batch(
            qubit, state, grid_n[part], grid_t[part]
        )
    exponent = 2 * np.abs(qubit.coupling) * grid_t  # the largest number whose rounding is exponentiated
    relative = ROUNDING * (256 + 8 * exponent)
    return Marginals(
        density=density.reshape(*shape, 2, 2),
        linear_entropy=linear_entropy.reshape(shape),
        linear_entropy_error=(relative * linear_entropy).reshape(shape),
        log_norm_rate=log_norm_rate.reshape(shape),
        error_bound=(relative * np.maximum(1.0, np.abs(log_norm_rate))).reshape(shape),
        method=METHOD,
    )


def _marginals_of_batch(
    qubit: DiagonalQubit, state: ProductState, particles: Array, times: Array
) -> tuple[NDArray[np.complex128], Array, Array]:
    tilt, gain, twist = qubit.tilt_at(times), qubit.gain_at(times), qubit.twist_at(times)
    is_pole = np.isinf(tilt)
    finite_tilt = np.where(is_pole, 0.0, tilt)
    lattice = weigh_lattice(particles - 1, np.abs(finite_tilt), gain)
    populations, coherence, entropy, log_trace = _sum_lattice(
        lattice, particles[:, None] - 1, np.abs(finite_tilt)[:, None], gain[:, None], twist[:, None]
    )
    flipped = finite_tilt < 0
    populations = np.where(flipped[:, None], populations[:, ::-1], populations)
    coherence = np.where(flipped, coherence.conj(), coherence) * np.exp(1j * qubit.phase_at(times))

    initial = np.outer(state.amplitudes, state.amplitudes.conj())
    unchanged = is_pole | (times == 0)
    density = np.empty((len(times), 2, 2), dtype=complex)
    density[:, 0, 0], density[:, 1, 1] = populations.T
    density[:, 0, 1], density[:, 1, 0] = coherence, coherence.conj()
    density[unchanged] = initial

    initial_norm = log_cosh(0.0 if np.isinf(qubit.tilt) else qubit.tilt)
    growth = (log_trace - gain + (particles - 1) * log_cosh(finite_tilt) - particles * initial_norm) / particles
    # |0⟩^N or |1⟩^N is an eigenstate: pairs give N(N−1)/2 · βzz/(N−1), the field ±1 each
    pole_growth = gain + np.sign(np.where(is_pole, tilt, 0.0)) * 2 * qubit.field.imag * times
    growth = np.where(is_pole, pole_growth, growth) + qubit.norm_rate_at(times)
    return density, np.where(unchanged, 0.0, entropy), np.where(times == 0, 0.0, growth)


def _sum_lattice(
    lattice: WeightedLattice, others: Array, tilt: Array, gain: Array, twist: Array
) -> tuple[Array, NDArray[np.complex128], Array, Array]:
    """Populations (B, 2), coherence (B,), S_L (B,) and ln Σ G cosh a (B,), for h ≥ 0 and θ = 0."""
    log_weight = lattice.log_weight
    # e^{±a} without its common, possibly huge, factor e^{2τ|d*|/M}
    pull = np.maximum(gain, 0.0)
    log_factor = 2 * pull * np.abs(lattice.reference) / others
    scaled = log_weight + 2 * pull * (np.abs(lattice.imbalance) - np.abs(lattice.reference)) / others
    swing = 2 * (gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    back_swing = 2 * (-gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    log_up = logsumexp(scaled + swing + tilt, axis=1)
    log_down = logsumexp(scaled + back_swing - tilt, axis=1)
    log_trace = np.logaddexp(log_up, log_down)
    populations = np.stack([np.exp(log_up - log_trace), np.exp(log_down - log_trace)], axis=1)

    angle = -2 * twist * lattice.imbalance / others
    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    total = (weight * np.exp(1j * angle)).sum(axis=1)
    coherence = total * np.exp(top[:, 0] - log_trace - log_factor[:, 0])

    log_half_trace = log_trace - np.log(2) + log_factor[:, 0]
    separate = _pair_entropy(lattice, others, gain, twist, log_half_trace)
    determinant = 2 * (populations.prod(axis=1) - np.abs(coherence) ** 2)
    entropy = np.where(determinant > DIRECT_ENTROPY_ABOVE, determinant, separate)
    return populations, coherence, entropy, log_half_trace + lattice.log_scale


def _pair_entropy(
    lattice: WeightedLattice, others: Array, gain: Array, twist: Array, log_half_trace: Array
) -> Array:
    """S_L from ``2 (A B − |C|²) / (Σ G cosh a)²``; see the module's docstring."""
    log_weight = lattice.log_weight
    u = gain * (lattice.offset / others)
    v = twist * (lattice.offset / others)
    # the origin for which Σ G sinh 2u vanishes, and the phase for which Σ G sin 2v does
    u = u - (logsumexp(log_weight + 2 * u, axis=1) - logsumexp(log_weight - 2 * u, axis=1))[:, None] / 4
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    v = v - np.angle((weight * np.exp(2j * v)).sum(axis=1))[:, None] / 2
    size = np.abs(u)
    with np.errstate(divide="ignore"):
        log_sinh = size + np.log(-np.expm1(-2 * size) / 2)
        log_sine, log_cosine = np.log(np.abs(np.sin(v))), np.log(np.abs(np.cos(v)))
    log_a = logsumexp(log_weight + np.logaddexp(2 * log_sinh, 2 * log_sine), axis=1)
    log_b = logsumexp(log_weight + np.logaddexp(2 * log_sinh, 2 * log_cosine), axis=1)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # |C|²/(AB), each factor scaled by e^{−(ln A + ln B)/2}; sinh 2u written so that it cannot overflow
        scale = (log_weight - (log_a + log_b)[:, None] / 2) + 2 * size
        real = (np.exp(scale) * np.sign(u) * -np.expm1(-4 * size)).sum(axis=1) / 4
        imaginary = (np.exp(scale - 2 * size) * np.sin(2 * v)).sum(axis=1) / 2
        ratio = np.nan_to_num(real**2 + imaginary**2)
        return 2 * np.exp(log_a + log_b - 2 * log_half_trace) * (1 - ratio)
