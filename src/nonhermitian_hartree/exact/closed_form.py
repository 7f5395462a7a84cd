r"""Exact one-particle marginal of diagonal qubit models, eq. (13)–(19), at a cost independent of N.

Eq. (19) is a Curie–Weiss average: with the conditional states v_s of `diagonal_qubit` and the weights G
of `lattice_sum`, ``ρ^(1) = Σ_s G_s v_s v_s†``. Every quantity is a sum of positive terms:

    ρ̂_00 = Σ G e^a / D,   ρ̂_11 = Σ G e^{−a} / D,   |ρ̂_01| = Σ G / D,   D = Σ G 2 cosh a     (κ = 0)
    S_L  = Σ_{s,s'} G_s G_s' |sinh z_ss'|² / (Σ G cosh a)²,   z_ss' = (τ − iκ)(d_s − d_s')/M

and the double sum is ``2 (A B − |C|²)`` with A = Σ G |sinh z|², B = Σ G |cosh z|², C = Σ G sinh z cosh z̄, where
z = u − iv is measured from the point that makes C = ½ Σ G (sinh 2u − i sin 2v) vanish, so that nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.lattice_sum import WeightedLattice, weigh_lattice
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.diagonal_qubit import DiagonalQubit, reduce_diagonal_qubit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.special import log_cosh, population_of_one

METHOD = "closed_form"
BATCH = 128
LARGEST_PARTICLES = 10**15
ROUNDING = 2.0**-53
DIRECT_ENTROPY_ABOVE = 0.01  # 2 det ρ̂ loses less than two digits from here on, and none to huge exponents


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
        Leading axes (N, t). For the counterexample the relative error of S_L and of every entry of ρ̂ is
        below 1e-12 (tested against sums of 150 digits); in general it is what the error fields say.

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
    relative = _relative_error(qubit, grid_n, grid_t)
    return Marginals(
        density=density.reshape(*shape, 2, 2),
        linear_entropy=linear_entropy.reshape(shape),
        linear_entropy_error=(relative * linear_entropy).reshape(shape),
        log_norm_rate=log_norm_rate.reshape(shape),
        error_bound=(relative * np.maximum(1.0, np.abs(log_norm_rate))).reshape(shape),
        method=METHOD,
    )


def _relative_error(qubit: DiagonalQubit, particles: Real, times: Real) -> Real:
    """Bound of the relative error of S_L and of the absolute one of ρ̂ (and of the norm rate, where it is below 1).

    Two thousand roundings for the log-weights and their sums (the worst seen was 300 against full sums in balls
    and 800 between thinned and complete sums), some for each unit in an exponent, and the roundings of h(t) and
    τ(t) times what they can do: near the coexistence line ρ̂ changes on the scale h ~ 1/N, near the critical
    point on the scale 2τ − 1 ~ N^{−1/2}.
    """
    tilt, gain = np.abs(qubit.tilt_at(times)), np.abs(qubit.gain_at(times))
    initial = abs(qubit.tilt) if np.isfinite(qubit.tilt) else 0.0
    turned = initial + 2 * abs(qubit.field) * times
    exponent = turned + 2 * abs(qubit.coupling) * times + 2 * abs(qubit.constant) * times
    with np.errstate(divide="ignore", over="ignore"):
        coexistence = turned * np.minimum(particles, 32 / tilt)
        criticality = gain * np.minimum(np.sqrt(particles), 1 / np.abs(1 - 2 * gain))
    return np.asarray(ROUNDING * (2048 + 16 * exponent + 4 * coexistence + 8 * criticality))


def _marginals_of_batch(
    qubit: DiagonalQubit, state: ProductState, particles: Real, times: Real
) -> tuple[Complex, Real, Real]:
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
    np.fill_diagonal(initial, population_of_one(np.array([-qubit.tilt, qubit.tilt])))
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
    lattice: WeightedLattice, others: Real, tilt: Real, gain: Real, twist: Real
) -> tuple[Real, Complex, Real, Real]:
    """Return populations (B, 2), coherence, S_L and ln Σ G cosh a (B,), for h ≥ 0 and θ = 0."""
    log_weight = lattice.log_weight
    # e^{±a} without its common, possibly huge, factor e^{2τ|d*|/M}
    pull = np.maximum(gain, 0.0)
    log_factor = 2 * pull * np.abs(lattice.reference) / others
    scaled = log_weight + 2 * pull * (np.abs(lattice.imbalance) - np.abs(lattice.reference)) / others
    swing = 2 * (gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    back_swing = 2 * (-gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    log_up = _log_sum_exp(scaled + swing + tilt)
    log_down = _log_sum_exp(scaled + back_swing - tilt)
    log_trace = np.logaddexp(log_up, log_down)
    populations = np.stack([np.exp(log_up - log_trace), np.exp(log_down - log_trace)], axis=1)

    angle = -2 * twist * lattice.imbalance / others
    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    total = (weight * np.exp(1j * angle)).sum(axis=1)
    coherence = total * np.exp(top[:, 0] - log_trace - log_factor[:, 0])

    log_half_trace = log_trace - np.log(2) + log_factor[:, 0]
    determinant = 2 * (populations.prod(axis=1) - np.abs(coherence) ** 2)
    separate = _pair_entropy(lattice, others, gain, twist, log_half_trace)
    entropy = np.where(determinant > DIRECT_ENTROPY_ABOVE, determinant, separate)
    return populations, coherence, entropy, log_half_trace + lattice.log_scale


def _pair_entropy(lattice: WeightedLattice, others: Real, gain: Real, twist: Real, log_half_trace: Real) -> Real:
    """S_L as ``2 A B / (Σ G cosh a)²``; see the module's docstring."""
    log_weight = lattice.log_weight
    u = gain * (lattice.offset / others)
    v = twist * (lattice.offset / others)
    # the origins for which Σ G sinh 2u and Σ G sin 2v vanish; the one of u without overflow, then to rounding
    u = u - (_log_sum_exp(log_weight + 2 * u) - _log_sum_exp(log_weight - 2 * u))[:, None] / 4
    size = np.abs(u)
    scaled = log_weight + 2 * size
    weight = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    odd, even = weight * np.copysign(np.expm1(-4 * size), u), weight * (1 + np.exp(-4 * size))
    u = u - np.arctanh(odd.sum(axis=1) / even.sum(axis=1))[:, None] / 2
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    v = v - np.angle((weight * np.exp(2j * v)).sum(axis=1))[:, None] / 2
    size = np.abs(u)
    with np.errstate(divide="ignore"):
        log_sinh = size + np.log(-np.expm1(-2 * size) / 2)
        log_sine, log_cosine = np.log(np.abs(np.sin(v))), np.log(np.abs(np.cos(v)))
    log_a = _log_sum_exp(log_weight + np.logaddexp(2 * log_sinh, 2 * log_sine))
    log_b = _log_sum_exp(log_weight + np.logaddexp(2 * log_sinh, 2 * log_cosine))
    return np.asarray(2 * np.exp(log_a + log_b - 2 * log_half_trace))


def _log_sum_exp(exponents: Real) -> Real:
    """``ln Σ_p e^{exponents[:, p]}``; (B, P) in, (B,) out; −inf for a row of −inf."""
    top = np.maximum(exponents.max(axis=1), np.finfo(float).min)
    with np.errstate(divide="ignore"):
        return np.asarray(top + np.log(np.exp(exponents - top[:, None]).sum(axis=1)))
