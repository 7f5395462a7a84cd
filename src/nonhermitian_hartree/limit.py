r"""The N → ∞ limit of the one-particle state, eq. (40)–(46): one pure branch or a mixture of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from nonhermitian_hartree.diagonal_qubit import reduce_diagonal_qubit
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.rate_function import dominant_field, log_cosh

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class LimitState:
    """Limit of ρ̂^(1) at one time: ``Σ_b weights[b] |ν_b⟩⟨ν_b|``.

    Attributes
    ----------
    weights : (B,) array
        Positive, sum one.
    wavefunctions : (B, d) array
        Unit vectors ν_b; eq. (41) when there is one branch.
    rate : float
        ``lim (1/N) ln⟨Ψ|Ψ⟩``.
    """

    weights: Array
    wavefunctions: Complex
    rate: float

    @property
    def density(self) -> Complex:
        """Limit of ρ̂^(1), eq. (40) or (45); (d, d)."""
        return np.asarray(np.einsum("b,bi,bj->ij", self.weights, self.wavefunctions, self.wavefunctions.conj()))

    @property
    def linear_entropy(self) -> float:
        """S_L of the limit, eq. (46), as ``Σ_{b≠c} w_b w_c (1 − |⟨ν_b|ν_c⟩|²)``: no cancellation."""
        total = 0.0
        for b, (weight, ket) in enumerate(zip(self.weights, self.wavefunctions, strict=True)):
            for other_weight, other in zip(self.weights[:b], self.wavefunctions[:b], strict=True):
                total += 2 * weight * other_weight * pure_infidelity(ket, other)
        return float(total)

    def infidelity_to(self, wavefunction: Complex) -> float:
        """``1 − ⟨φ|ρ̂|φ⟩``, eq. (12), with a unit vector φ."""
        distances = [pure_infidelity(ket, wavefunction) for ket in self.wavefunctions]
        return float(self.weights @ np.array(distances))


def pure_infidelity(ket: Complex, other: Complex) -> float:
    """``1 − |⟨φ|ν⟩|²`` of two unit vectors, as the square of what is left of ν beside φ: no cancellation."""
    return float(np.linalg.norm(ket - np.vdot(other, ket) * other) ** 2)


def diagonal_qubit_limits(model: Model, state: ProductState, times: Sequence[float]) -> list[LimitState]:
    """Limit states of a diagonal qubit model, eq. (40) and (45), one for each time.

    The branches are the global maximisers of the rate function: ``|ν0|² − |ν1|² = y = tanh(h + 2 τ y)``
    with the relative phase ``θ − 2 κ y``. Two of weight ½ if h(t) = 0 exactly and τ > ½, otherwise one.
    """
    qubit = reduce_diagonal_qubit(model, state)
    limits = []
    for time in np.asarray(times, dtype=float):
        tilt, gain = float(qubit.tilt_at(time)), float(qubit.gain_at(time))
        phase, twist = float(qubit.phase_at(time)), float(qubit.twist_at(time))
        if np.isinf(tilt):
            growth = gain + 2 * np.sign(tilt) * qubit.field.imag * time + float(qubit.norm_rate_at(time))
            limits.append(LimitState(np.ones(1), state.amplitudes[None, :], float(growth)))
            continue
        field = float(dominant_field(tilt, gain))
        fields = [field, -field] if tilt == 0 and field != 0 else [field]
        growth = float(log_cosh(field) - log_cosh(qubit.tilt) - gain * np.tanh(field) ** 2)
        limits.append(
            LimitState(
                weights=np.full(len(fields), 1 / len(fields)),
                wavefunctions=np.array([field_wavefunction(a, phase - 2 * twist * np.tanh(a)) for a in fields]),
                rate=growth + float(qubit.norm_rate_at(time)),
            )
        )
    return limits


def field_wavefunction(field: float, phase: float) -> Complex:
    """ν of eq. (41): ``ν0 = e^{iθ} √((1 + tanh a)/2)``, ``ν1 = √((1 − tanh a)/2)``; (2,)."""
    up, down = np.exp(-np.logaddexp(0, [-2 * field, 2 * field]) / 2)
    return np.array([up * np.exp(1j * phase), down])


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
    instants = np.asarray(times, dtype=float)

    def velocity(time: float, y: Array) -> Array:
        return limit_velocity(y.view(np.complex128), time).view(np.float64)

    solution = solve_ivp(
        velocity,
        (instants[0], instants[-1]),
        np.array(wavefunction, dtype=complex).view(np.float64),
        method="DOP853",
        t_eval=instants,
        rtol=1e-12,
        atol=1e-14,
    )
    if not solution.success:
        raise ConvergenceError(f"eq. (42) could not be integrated to t = {instants[-1]:g}: {solution.message}")
    return np.ascontiguousarray(solution.y.T).view(np.complex128)
