r"""Diagonal qubit models: how A1 and A2 enter the exact state, the Hartree state and the limit.

Write ``A1 = α0 + αz Z`` and ``A2 = β0 + βz (Z⊗1 + 1⊗Z) + βzz Z⊗Z`` (any diagonal qubit model has this
form). All terms of eq. (1) commute, and the N-particle state is known in closed form: with M = N − 1 and
``d = 2s − M``, the one-particle state conditioned on s of the other M particles being in |0⟩ is

    v_s ∝ (e^{a_s/2} e^{iϑ_s/2}, e^{−a_s/2} e^{−iϑ_s/2}),   a_s = h + 2 τ d/M,   ϑ_s = θ − 2 κ d/M

with weights ``C(M, s) e^{h d + τ d²/M}``. The four numbers h, τ, θ, κ are linear in t. The counterexample
of the paper is βzz = i: h and θ stay what they are at t = 0, τ = t and κ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState


@dataclass(frozen=True)
class DiagonalQubit:
    """Coefficients of a diagonal qubit model and its initial state.

    Attributes
    ----------
    tilt, phase : float
        h and θ at t = 0.
    field : complex
        ``αz + βz``: drives the tilt (imaginary part) and the phase (real part).
    coupling : complex
        ``βzz``: its imaginary part is the gain per time, its real part the twist per time.
    constant : complex
        ``α0 + β0/2``: changes the norm only.
    """

    tilt: float
    phase: float
    field: complex
    coupling: complex
    constant: complex

    def tilt_at(self, times: ArrayLike) -> Real:
        """h(t), in the weights and in a_s."""
        return np.asarray(self.tilt + 2 * self.field.imag * np.asarray(times, dtype=float))

    def phase_at(self, times: ArrayLike) -> Real:
        """θ(t) for d = 0."""
        return np.asarray(self.phase - 2 * self.field.real * np.asarray(times, dtype=float))

    def gain_at(self, times: ArrayLike) -> Real:
        """τ(t)."""
        return np.asarray(self.coupling.imag * np.asarray(times, dtype=float))

    def twist_at(self, times: ArrayLike) -> Real:
        """κ(t)."""
        return np.asarray(self.coupling.real * np.asarray(times, dtype=float))

    def norm_rate_at(self, times: ArrayLike) -> Real:
        """Growth of (1/N) ln⟨Ψ|Ψ⟩ that comes from ``constant``."""
        return np.asarray(2 * self.constant.imag * np.asarray(times, dtype=float))


def reduce_diagonal_qubit(model: Model, state: ProductState) -> DiagonalQubit:
    """Coefficients of a diagonal qubit model.

    Raises
    ------
    ModelError
        If the model is not diagonal or not a qubit model.
    """
    if not (model.is_diagonal and model.dimension == 2):
        raise ModelError("closed forms exist here for diagonal A1 and A2 of a qubit (dimension 2) only")
    if state.dimension != 2 or state.tilt is None:
        raise ModelError(f"a qubit model needs a state of 2 amplitudes, found {state.dimension}")
    up, down = (complex(c) for c in np.diag(model.one_body))
    both_up, mixed, _, both_down = (complex(c) for c in np.diag(model.two_body))
    return DiagonalQubit(
        tilt=state.tilt,
        phase=state.relative_phase,
        field=(up - down) / 2 + (both_up - both_down) / 4,
        coupling=(both_up + both_down - 2 * mixed) / 4,
        constant=(up + down) / 2 + (both_up + both_down + 2 * mixed) / 8,
    )
