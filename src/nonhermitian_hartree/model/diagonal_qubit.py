r"""Diagonal qubit models: how A1 and A2 enter the exact state, the Hartree state and the limit.

Write ``A1 = α0 + αz Z`` and ``A2 = β0 + βz (Z⊗1 + 1⊗Z) + βzz Z⊗Z`` (any diagonal qubit model has this
form). All terms of eq. (1) commute, and the N-particle state is known in closed form: with M = N − 1 and
``d = 2s − M``, the one-particle state conditioned on s of the other M particles being in |0⟩ is

    v_s ∝ (e^{a_s/2} e^{iϑ_s/2}, e^{−a_s/2} e^{−iϑ_s/2}),   a_s = h + 2 τ d/M,   ϑ_s = θ − 2 κ d/M

with weights ``C(M, s) e^{h d + τ d²/M}``. The four numbers h, τ, θ, κ are linear in t. The counterexample
of the paper is βzz = i: h and θ stay what they are at t = 0, τ = t and κ = 0.

The coefficients are sums of a few doubles, which are exact data, and are kept as rational numbers: h, τ, θ and κ
are rounded once, however large a coefficient or t is, and phases are reduced modulo 2π before they are rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf, isfinite

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.exact_angle import reduce_angle, round_rational


@dataclass(frozen=True)
class ExactComplex:
    """A complex number with rational real and imaginary part."""

    real: Fraction
    imag: Fraction

    @classmethod
    def combine(cls, weights: Sequence[Fraction], values: Sequence[complex]) -> ExactComplex:
        """``Σ w_i z_i`` of finite doubles z_i, without rounding."""
        real = sum((w * Fraction(z.real) for w, z in zip(weights, values, strict=True)), Fraction(0))
        imag = sum((w * Fraction(z.imag) for w, z in zip(weights, values, strict=True)), Fraction(0))
        return cls(real, imag)


@dataclass(frozen=True)
class DiagonalQubit:
    """Coefficients of a diagonal qubit model and its initial state.

    Attributes
    ----------
    tilt, phase : float
        h and θ at t = 0.
    field : ExactComplex
        ``αz + βz``: drives the tilt (imaginary part) and the phase (real part).
    coupling : ExactComplex
        ``βzz``: its imaginary part is the gain per time, its real part the twist per time.
    constant : ExactComplex
        ``α0 + β0/2``: changes the norm only.
    """

    tilt: float
    phase: float
    field: ExactComplex
    coupling: ExactComplex
    constant: ExactComplex

    def tilt_at(self, times: ArrayLike) -> Real:
        """h(t), in the weights and in a_s; rounded once."""
        if np.isinf(self.tilt):
            return np.full(np.shape(times), self.tilt)
        return _line(self.tilt, 2 * self.field.imag, times)

    def drive_at(self, times: ArrayLike) -> Real:
        """h(t) − h(0), rounded once."""
        return _line(0.0, 2 * self.field.imag, times)

    def gain_at(self, times: ArrayLike) -> Real:
        """τ(t), rounded once."""
        return _line(0.0, self.coupling.imag, times)

    def gain_rounding_at(self, time: float) -> float:
        """How far `gain_at` is from the exact product; 0 where that is a double."""
        exact = self.coupling.imag * Fraction(time)
        rounded = round_rational(exact)
        return round_rational(abs(exact - Fraction(rounded))) if isfinite(rounded) else inf

    def twist_at(self, times: ArrayLike) -> Real:
        """κ(t), rounded once."""
        return _line(0.0, self.coupling.real, times)

    def norm_rate_at(self, times: ArrayLike) -> Real:
        """Growth of (1/N) ln⟨Ψ|Ψ⟩ that comes from ``constant``, rounded once."""
        return _line(0.0, 2 * self.constant.imag, times)

    def phase_at(self, time: float, mean: float = 0.0) -> float:
        """θ(t) − 2 κ(t) μ for the imbalance μ = d/M = ``mean``, modulo 2π, to rounding."""
        speed = self.field.real + self.coupling.real * Fraction(mean)
        return reduce_angle(Fraction(self.phase) - 2 * speed * Fraction(time))

    def twist_between(self, time: float, others: float, first: float, second: float) -> float:
        """``ϑ_s − ϑ_s' = −2 κ(t) (d − d')/M`` modulo 2π, d = ``first``, d' = ``second``, to relative rounding."""
        distance = Fraction(first) - Fraction(second)
        return reduce_angle(-2 * self.coupling.real * Fraction(time) * distance / Fraction(others))


def _line(start: float, slope: Fraction, times: ArrayLike) -> Real:
    """``start + slope · t`` for finite doubles, rounded once; elementwise in t."""
    instants = np.asarray(times, dtype=float)
    if slope == 0:
        return np.full(instants.shape, start)
    values = [round_rational(Fraction(start) + slope * Fraction(t)) for t in instants.ravel().tolist()]
    return np.array(values).reshape(instants.shape)


def reduce_diagonal_qubit(model: Model, state: ProductState) -> DiagonalQubit:
    """Coefficients of a diagonal qubit model, exact for the entries of its matrices.

    Raises
    ------
    ModelError
        If the model is not diagonal or not a qubit model.
    """
    field, coupling, constant = _reduce_model(model)
    if state.dimension != 2 or state.tilt is None:
        raise ModelError(f"a qubit model needs a state of 2 amplitudes, found {state.dimension}")
    return DiagonalQubit(state.tilt, state.relative_phase, field, coupling, constant)


@lru_cache(maxsize=32)  # asked for once a time, where a curve is followed
def _reduce_model(model: Model) -> tuple[ExactComplex, ExactComplex, ExactComplex]:
    if not (model.is_diagonal and model.dimension == 2):
        raise ModelError("closed forms exist here for diagonal A1 and A2 of a qubit (dimension 2) only")
    # (A1)_00, (A1)_11, then ⟨00|A2|00⟩, ⟨01|A2|01⟩, ⟨10|A2|10⟩, ⟨11|A2|11⟩
    entries = [complex(c) for c in (*np.diag(model.one_body), *np.diag(model.two_body))]
    half, quarter, eighth = Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)
    zero = Fraction(0)
    return (
        ExactComplex.combine([half, -half, quarter, zero, zero, -quarter], entries),
        ExactComplex.combine([zero, zero, quarter, -quarter, -quarter, quarter], entries),
        ExactComplex.combine([half, half, eighth, eighth, eighth, eighth], entries),
    )
