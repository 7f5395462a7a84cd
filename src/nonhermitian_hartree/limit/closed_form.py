r"""The N → ∞ limit of diagonal qubit models, eq. (40)–(42), (45), (46): one pure branch or a mixture of two."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.fluctuations import SOFTEST
from nonhermitian_hartree.limit.rate_function import find_maximisers_of_each
from nonhermitian_hartree.limit.state import LimitBranch, LimitState
from nonhermitian_hartree.model.diagonal_qubit import DiagonalQubit, reduce_diagonal_qubit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.integrate import integrate
from nonhermitian_hartree.numerics.special import log_cosh

ROUNDING = 2.0**-53


def diagonal_qubit_limits(model: Model, state: ProductState, times: Sequence[float] | Real) -> list[LimitState]:
    """Limit states of a diagonal qubit model, eq. (40) and (45), one for each time.

    The branches are the global maximisers of the rate function: ``|ν0|² − |ν1|² = y = tanh(h + 2 τ y)``
    with the relative phase ``θ − 2 κ y``. Two of weight ½ if h(t) = 0 exactly and τ > ½, otherwise one; the
    other local maximiser, where there is one, is listed as subdominant.
    """
    qubit = reduce_diagonal_qubit(model, state)
    instants = np.asarray(times, dtype=float)
    tilts = qubit.tilt_at(instants)
    found = find_maximisers_of_each(np.where(np.isinf(tilts), 0.0, tilts), qubit.gain_at(instants))
    counts = [len(maximisers.fields) for maximisers in found]
    fields = np.array([field for maximisers in found for field in maximisers.fields])
    branches = iter(_branches_of_fields(qubit, np.repeat(instants, counts), fields))
    limits = []
    for time, tilt, maximisers in zip(instants, tilts, found, strict=True):
        both: dict[bool, list[LimitBranch]] = {True: [], False: []}
        for is_global in maximisers.is_global:
            both[is_global].append(next(branches))
        if np.isinf(tilt):
            both = {True: [_branch_at_pole(qubit, state, float(time), float(tilt))], False: []}
        count = len(both[True])
        limits.append(LimitState(float(time), tuple(both[True]), np.full(count, 1 / count), tuple(both[False])))
    return limits


def _branch_at_pole(qubit: DiagonalQubit, state: ProductState, time: float, tilt: float) -> LimitBranch:
    growth = qubit.gain_at(time) + np.sign(tilt) * qubit.drive_at(time) + qubit.norm_rate_at(time)
    return LimitBranch(time, state.amplitudes, float(growth), 0.0, 0.0, entropy_coefficient=0.0)


def _branches_of_fields(qubit: DiagonalQubit, times: Real, fields: Real) -> list[LimitBranch]:
    """Branches with fields a; Laplace's method gives ``⟨Ψ|Ψ⟩ ≈ e^{N g} e^{−τ(1−y²)} / √(1 − 2τ(1 − y²))``."""
    gains, y = qubit.gain_at(times), np.tanh(fields)
    variances = 1 / np.cosh(np.minimum(np.abs(fields), 350.0)) ** 2  # 1 − y²
    stiffnesses = 1 - 2 * gains * variances
    with np.errstate(divide="ignore", invalid="ignore"):
        log_prefactors = -gains * variances - 0.5 * np.log(np.maximum(stiffnesses, 0.0))
        # `limit.fluctuations.diagonal_squeezing` with the single value t·B = w, where Im w ≤ ½ at a maximum
        w = (qubit.twist_at(times) + 1j * gains) * variances
        softnesses = np.abs(w / (1 + 1j * w))
        coefficients = np.where(softnesses <= SOFTEST, 2 * np.abs(w) ** 2 / stiffnesses, nan)
    phases = [qubit.phase_at(time, mean) for time, mean in zip(times.tolist(), y.tolist(), strict=True)]
    rates = log_cosh(fields) - log_cosh(qubit.tilt) - gains * y * y + qubit.norm_rate_at(times)
    kets = field_wavefunction(fields, np.array(phases))
    numbers = np.array([times, rates, log_prefactors, softnesses, coefficients]).T.tolist()
    return [
        LimitBranch(time, ket, rate, prefactor, softness, entropy_coefficient=coefficient)
        for ket, (time, rate, prefactor, softness, coefficient) in zip(kets, numbers, strict=True)
    ]


def bound_closed_form_error(model: Model, limit: LimitState) -> float:
    """Error of every entry of the density of a limit of `diagonal_qubit_limits`.

    The field a of a branch is good to a few roundings, and moves by ``(δh + 2|y| δτ)/(1 − 2τ(1 − y²))`` when h
    and τ are rounded; at a critical point, where that diverges, by at most ``∛(3 δh) + √(6 δτ)``. Where the
    product of a coefficient and t is a double, δτ = 0. The imbalance y follows with ``δy = (1 − y²) δa``, the
    relative phase with ``2 κ δy``: long phases know no more digits than y has.
    """
    qubit = reduce_diagonal_qubit(model, ProductState(limit.branches[0].wavefunction))
    gain, twist = (abs(float(values)) for values in (qubit.gain_at(limit.time), qubit.twist_at(limit.time)))
    drive, gain_rounding = abs(float(qubit.drive_at(limit.time))), qubit.gain_rounding_at(limit.time)
    errors = []
    for branch in limit.branches:
        up, down = (float(p) for p in np.abs(branch.wavefunction) ** 2)
        if min(up, down) == 0:
            errors.append(16 * ROUNDING)
            continue
        width, y, field = 4 * up * down, up - down, abs(float(np.log(up / down))) / 2
        tilt_rounding = 0.0 if y == 0 and drive == 0 else 2 * ROUNDING * (field + 2 * gain * abs(y) + drive)
        push = tilt_rounding + 2 * abs(y) * gain_rounding
        softening = float(np.cbrt(3 * tilt_rounding) + np.sqrt(6 * gain_rounding))
        stiffness = 1 - 2 * float(qubit.gain_at(limit.time)) * width - 8 * ROUNDING
        shift = 8 * ROUNDING * field + (min(push / stiffness, softening) if stiffness > 0 else softening)
        y_error = width * shift + 2 * ROUNDING * abs(y)
        amplitude_error = (abs(y) * shift / 2 + twist * y_error) * np.sqrt(width)
        errors.append(16 * ROUNDING + y_error / 2 + amplitude_error)
    return float(np.max(errors))  # nan if one is


def field_wavefunction(field: ArrayLike, phase: ArrayLike) -> Complex:
    """ν of eq. (41): ``ν0 = e^{iθ} √((1 + tanh a)/2)``, ``ν1 = √((1 − tanh a)/2)``; (…, 2) for fields (…)."""
    field = np.asarray(field, dtype=float)
    up, down = (np.exp(-np.logaddexp(0, sign * 2 * field) / 2) for sign in (-1, 1))
    return np.stack([up * np.exp(1j * np.asarray(phase)), down + 0j], axis=-1)


def limit_velocity(wavefunction: Complex, time: float) -> Complex:
    """∂_t ν of eq. (42) for the counterexample, ν (2,)."""
    up, down = np.abs(wavefunction) ** 2
    imbalance = up - down
    signs = np.array([1.0, -1.0])
    return np.asarray((signs * imbalance - imbalance**2) / (1 - 8 * time * up * down) * wavefunction)


def integrate_limit(wavefunction: Complex, times: Sequence[float]) -> Complex:
    """Solution of eq. (42) by DOP853 from ν(times[0]); (T, 2).

    Valid on one branch: away from |ν0|² = ½ at t ≥ ½, where the denominator of eq. (42) vanishes.
    """

    def velocity(time: float, y: Real) -> Real:
        return limit_velocity(y.view(np.complex128), time).view(np.float64)

    path = integrate(
        velocity,
        np.array(wavefunction, dtype=complex).view(np.float64),
        times,
        start=times[0],
        relative=1e-12,
        absolute=1e-14,
        what="eq. (42) could not be integrated",
    )
    return path.view(np.complex128)
