r"""Exact one-particle marginal of diagonal qubit models, eq. (13)–(19), at a cost independent of N.

Eq. (19) is a Curie–Weiss average: with the conditional states v_s of `diagonal_qubit`, their fields a_s and
relative phases ϑ_s, and the weights G_s of `lattice_sum`, ``ρ^(1) = Σ_s G_s v_s v_s†``:

    ρ̂_00 = Σ G e^a / D,   ρ̂_11 = Σ G e^{−a} / D,   ρ̂_01 = Σ G e^{iϑ} / D,   D = Σ G 2 cosh a

Where S_L is small it is not taken from there but from a double sum of positive terms,

    S_L = Σ_{s,s'} G_s G_s' |sinh(z_s − z_s')|² / (Σ G cosh a)²,      z_s = (a_s + iϑ_s)/2

(half the difference of two fields, of two phases). For any origin of z it is ``2 (A B − |C|²) / (Σ G cosh a)²``
with

    A = Σ G |sinh z|² = Σ G (sinh² u + sin² v),    B = Σ G |cosh z|² = Σ G (sinh² u + cos² v),      z = u + iv
    C = Σ G sinh z cosh z̄ = ½ Σ G (sinh 2u + i sin 2v)

and the origin is put where C vanishes, so that nothing cancels: `_centre_fields` for u, `_centre_phases` for v.

*Phases.* Where the phase turns by more than half a turn between the points of a thinned lattice, ``e^{iϑ}``
averages to zero, sin² v and cos² v to ½ (`lattice_phase`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.lattice_phase import LatticePhase, find_phases
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
    AccuracyError
        If a coefficient times t exceeds the range of doubles.
    """
    qubit = reduce_diagonal_qubit(model, state)
    counts, instants = np.asarray(particles, dtype=np.int64), np.asarray(times, dtype=float)
    if counts.size and not (counts.min() >= 2 and counts.max() <= LARGEST_PARTICLES):
        raise ModelError(f"particles must lie between 2 and {LARGEST_PARTICLES:.0e}, found {particles!r}")
    if not (np.isfinite(instants).all() and (instants >= 0).all()):
        raise ModelError(f"times must be finite and ≥ 0, found {times!r}")
    grid_n, grid_t = (a.ravel() for a in np.meshgrid(counts.astype(float), instants, indexing="ij"))
    batches = [
        _marginals_of_batch(qubit, state, grid_n[start : start + BATCH], grid_t[start : start + BATCH])
        for start in range(0, max(grid_n.size, 1), BATCH)
    ]
    result = _join_batches(batches, (counts.size, instants.size))
    numbers = (result.density.sum(axis=(2, 3)), result.linear_entropy_error, result.error_bound)
    unknown = ~np.isfinite(numbers).all(axis=0).ravel()
    if unknown.any():
        raise AccuracyError(
            f"closed form at N = {grid_n[unknown][0]:.0f}, t = {grid_t[unknown][0]:g}: a coefficient times t is "
            "beyond what double precision holds; lower t or the coefficients"
        )
    return result


def _join_batches(batches: Sequence[Marginals], shape: tuple[int, int]) -> Marginals:
    return Marginals(
        density=np.concatenate([part.density for part in batches]).reshape(*shape, 2, 2),
        linear_entropy=np.concatenate([part.linear_entropy for part in batches]).reshape(shape),
        linear_entropy_error=np.concatenate([part.linear_entropy_error for part in batches]).reshape(shape),
        log_norm_rate=np.concatenate([part.log_norm_rate for part in batches]).reshape(shape),
        error_bound=np.concatenate([part.error_bound for part in batches]).reshape(shape),
        method=METHOD,
    )


@dataclass(frozen=True, eq=False)
class _Sums:
    """Results for B pairs (N, t)."""

    populations: Real  # (B, 2)
    coherence: Complex  # (B,), with the phase θ(t) left out
    linear_entropy: Real
    log_half_trace: Real  # ln Σ G cosh a
    phase_jitter: Real  # see `_phase_jitter`
    has_two_peaks: NDArray[np.bool_]


def _marginals_of_batch(qubit: DiagonalQubit, state: ProductState, particles: Real, times: Real) -> Marginals:
    tilt, gain = qubit.tilt_at(times), qubit.gain_at(times)
    is_pole = np.isinf(tilt)
    finite_tilt = np.where(is_pole, 0.0, tilt)
    sums = _sum_lattice(qubit, particles - 1, times, np.abs(finite_tilt), gain)
    flipped = finite_tilt < 0
    populations = np.where(flipped[:, None], sums.populations[:, ::-1], sums.populations)
    phases = np.array([qubit.phase_at(time) for time in times.tolist()])
    coherence = np.where(flipped, sums.coherence.conj(), sums.coherence) * np.exp(1j * phases)

    initial = np.outer(state.amplitudes, state.amplitudes.conj())
    np.fill_diagonal(initial, population_of_one(np.array([-qubit.tilt, qubit.tilt])))
    unchanged = is_pole | (times == 0)
    density = np.empty((len(times), 2, 2), dtype=complex)
    density[:, 0, 0], density[:, 1, 1] = populations.T
    density[:, 0, 1], density[:, 1, 0] = coherence, coherence.conj()
    density[unchanged] = initial
    entropy = np.where(unchanged, 0.0, sums.linear_entropy)

    initial_norm = log_cosh(0.0 if np.isinf(qubit.tilt) else qubit.tilt)
    total = sums.log_half_trace - gain + (particles - 1) * log_cosh(finite_tilt) - particles * initial_norm
    # |0⟩^N or |1⟩^N is an eigenstate: pairs give N(N−1)/2 · βzz/(N−1), the field ±1 each
    pole_growth = gain + np.sign(np.where(is_pole, tilt, 0.0)) * qubit.drive_at(times)
    growth = np.where(is_pole, pole_growth, total / particles) + qubit.norm_rate_at(times)
    growth = np.where(times == 0, 0.0, growth)

    relative = _relative_error(qubit, particles, times)
    entropy_relative = relative + np.where(sums.has_two_peaks, sums.phase_jitter, 0.0)
    return Marginals(
        density=density,
        linear_entropy=entropy,
        linear_entropy_error=entropy_relative * entropy,
        log_norm_rate=growth,
        error_bound=relative * np.maximum(1.0, np.abs(growth)) + sums.phase_jitter,
        method=METHOD,
    )


def _relative_error(qubit: DiagonalQubit, particles: Real, times: Real) -> Real:
    """Bound of the relative error of S_L and of the absolute one of ρ̂ (and of the norm rate, where it is below 1).

    Two thousand roundings for the log-weights and their sums (the worst seen was 300 against full sums in balls
    and 800 between thinned and complete sums), some for each unit in an exponent, and the roundings of h(t) and
    τ(t) times what they can do: near the coexistence line ρ̂ changes on the scale h ~ 1/N, near the critical
    point on the scale 2τ − 1 ~ N^{−1/2}. What they do to phases comes on top: `_phase_jitter`.
    """
    tilt, gain = np.abs(qubit.tilt_at(times)), np.abs(qubit.gain_at(times))
    turned = _largest_tilt(qubit, times)
    exponent = turned + 2 * gain + np.abs(qubit.norm_rate_at(times))
    with np.errstate(divide="ignore", over="ignore"):
        coexistence = turned * np.minimum(particles, 32 / tilt)
        criticality = gain * np.minimum(np.sqrt(particles), 1 / np.abs(1 - 2 * gain))
    return np.asarray(ROUNDING * (2048 + 16 * exponent + 4 * coexistence + 8 * criticality))


def _largest_tilt(qubit: DiagonalQubit, times: Real) -> Real:
    """|h(0)| + |h(t) − h(0)|, without the infinite tilts of |0⟩ and |1⟩."""
    return np.asarray((abs(qubit.tilt) if np.isfinite(qubit.tilt) else 0.0) + np.abs(qubit.drive_at(times)))


def _sum_lattice(qubit: DiagonalQubit, others: Real, times: Real, tilt: Real, gain: Real) -> _Sums:
    """Sums over the lattice for M = ``others``, ``tilt`` ≥ 0 and θ = 0; all arrays (B,)."""
    lattice = weigh_lattice(others, tilt, gain)
    phase = find_phases(qubit, others, times, lattice)
    log_weight = lattice.log_weight
    others, tilt, gain = others[:, None], tilt[:, None], gain[:, None]
    # e^{±a} without its common, possibly huge, factor e^{2τ|d*|/M}
    pull = np.maximum(gain, 0.0)
    log_factor = (2 * pull * np.abs(lattice.reference) / others)[:, 0]
    scaled = log_weight + 2 * pull * (np.abs(lattice.imbalance) - np.abs(lattice.reference)) / others
    swing = 2 * (gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    back_swing = 2 * (-gain * lattice.imbalance - pull * np.abs(lattice.imbalance)) / others
    log_up = _log_sum_exp(scaled + swing + tilt)
    log_down = _log_sum_exp(scaled + back_swing - tilt)
    log_trace = np.logaddexp(log_up, log_down)
    populations = np.stack([np.exp(log_up - log_trace), np.exp(log_down - log_trace)], axis=1)

    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    coherent_weight = np.where(phase.is_coherent, weight, 0.0)
    scale = np.exp(top[:, 0] - log_trace - log_factor)
    total = (coherent_weight * np.exp(1j * phase.from_peak)).sum(axis=1)
    coherence = total * np.exp(1j * phase.at_peak) * scale

    log_half_trace = log_trace - np.log(2) + log_factor
    offset = lattice.imbalance - lattice.reference
    u = _centre_fields(gain * (offset / others), log_weight)
    v = _centre_phases(phase.from_peak / 2, coherent_weight)
    determinant = 2 * (populations.prod(axis=1) - np.abs(coherence) ** 2)
    pair_sum = _pair_entropy(log_weight, u, v, phase.is_coherent, log_half_trace)
    return _Sums(
        populations=populations,
        coherence=coherence,
        linear_entropy=np.where(determinant > DIRECT_ENTROPY_ABOVE, determinant, pair_sum),
        log_half_trace=log_half_trace + lattice.log_scale,
        phase_jitter=_phase_jitter(
            lattice, phase, coherent_weight, others[:, 0], _largest_tilt(qubit, times), gain[:, 0]
        ),
        has_two_peaks=lattice.has_two_peaks,
    )


def _pair_entropy(
    log_weight: Real, u: Real, v: Real, is_coherent: NDArray[np.bool_], log_half_trace: Real
) -> Real:
    """S_L as ``2 A B / (Σ G cosh a)²`` for centred u and v (B, P); see the module's docstring."""
    size = np.abs(u)
    with np.errstate(divide="ignore"):
        log_sinh_square = 2 * (size + np.log(-np.expm1(-2 * size) / 2))
        log_sine_square = np.log(np.where(is_coherent, np.sin(v) ** 2, 0.5))
        log_cosine_square = np.log(np.where(is_coherent, np.cos(v) ** 2, 0.5))
    log_a = _log_sum_exp(log_weight + np.logaddexp(log_sinh_square, log_sine_square))
    log_b = _log_sum_exp(log_weight + np.logaddexp(log_sinh_square, log_cosine_square))
    return np.asarray(2 * np.exp(log_a + log_b - 2 * log_half_trace))


def _centre_fields(u: Real, log_weight: Real) -> Real:
    """Shift u (B, P) so that ``Σ G sinh 2u = 0``, for exponents of any size.

    The shift is ``¼ ln(Σ G e^{2u} / Σ G e^{−2u})``, a difference of logarithms, which are rounded. A second shift,
    ``½ artanh(Σ G sinh 2u / Σ G cosh 2u)``, small by then, takes what is left away to relative rounding.
    """
    u = u - (_log_sum_exp(log_weight + 2 * u) - _log_sum_exp(log_weight - 2 * u))[:, None] / 4
    size = np.abs(u)
    scaled = log_weight + 2 * size  # G e^{2|u|}/2 is common to sinh and cosh
    weight = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    sinh, cosh = weight * np.copysign(np.expm1(-4 * size), u), weight * (1 + np.exp(-4 * size))
    return np.asarray(u - np.arctanh(sinh.sum(axis=1) / cosh.sum(axis=1))[:, None] / 2)


def _centre_phases(v: Real, weight: Real) -> Real:
    """Shift v (B, P) so that ``Σ G sin 2v = 0`` and ``Σ G cos 2v ≥ 0``: by half the phase of ``Σ G e^{2iv}``."""
    return np.asarray(v - np.angle((weight * np.exp(2j * v)).sum(axis=1))[:, None] / 2)


def _phase_jitter(
    lattice: WeightedLattice, phase: LatticePhase, weight: Real, others: Real, tilt: Real, gain: Real
) -> Real:
    """Bound of the error of ``Σ G e^{iϑ} / Σ G`` that comes from roundings which shift the peaks; (B,).

    They change the field ``h + 2 τ μ`` near a peak by ``δ = 4 · 2^{−53} (|h| + 2|τ μ|)``, and the place of the
    peak by that of M(1 − y)/2, if the weights are measured from there. This changes ln G by ``δ (|d| − |d*|)``.
    With the standard deviation σ of d from its peak, the covariance of that with ``e^{iϑ}``, which changes by φ/2
    for a unit of d, is at most ``δ σ min(1, |φ| σ/2)``. It moves the phase of the coherence, and the interference
    of two peaks.
    """
    distance = np.abs(lattice.imbalance) - np.abs(lattice.reference)
    total = np.maximum(weight.sum(axis=1), np.finfo(float).tiny)
    spread = np.sqrt((weight * distance**2).sum(axis=1) / total)
    magnetisation = (np.abs(lattice.reference[:, 0]) + spread) / others
    field = tilt + 2 * np.abs(gain) * magnetisation + np.where(lattice.is_central, 0.0, 1.0)
    return np.asarray(4 * ROUNDING * field * spread * np.minimum(1.0, np.abs(phase.per_site[:, 0]) * spread / 2))


def _log_sum_exp(exponents: Real) -> Real:
    """``ln Σ_p e^{exponents[:, p]}``; (B, P) in, (B,) out; −inf for a row of −inf."""
    top = np.maximum(exponents.max(axis=1), np.finfo(float).min)
    with np.errstate(divide="ignore"):
        return np.asarray(top + np.log(np.exp(exponents - top[:, None]).sum(axis=1)))
