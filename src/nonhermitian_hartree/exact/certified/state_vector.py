"""The many-particle state itself in doubles, with a proved distance to the exact one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, nan

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.fixed_point_taylor import FixedPointVector, Generator, squared_norm
from nonhermitian_hartree.exact.certified.enclosure import BALL_BITS, Enclosure, enclose_marginals
from nonhermitian_hartree.exact.certified.evolve import certify
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState


@dataclass(frozen=True, eq=False)
class StateEnclosure(Enclosure):
    """One-particle marginals and the whole state at one time, with proved errors.

    Parameters
    ----------
    vector : (C(N + d − 1, d − 1),) complex array
        ``Ψ/‖Ψ‖`` in the basis (13), up to a common phase.
    vector_error : float
        Bound of its distance, in norm, to the exact one.
    """

    vector: Complex
    vector_error: float

    @property
    def largest_error(self) -> float:
        """Bound of the error of every number in here."""
        return max(super().largest_error, self.vector_error if isfinite(self.vector_error) else inf)


def certify_states(
    model: Model, state: ProductState, particles: int, times: Sequence[float], tolerance: float
) -> list[StateEnclosure]:
    """Normalised solutions of eq. (2) at each time; arguments and errors as `certify_marginals`."""
    return certify(model, state, particles, times, tolerance, enclose_state)


def enclose_state(
    vector: FixedPointVector,
    generator: Generator,
    occupations: NDArray[np.int64],
    state: ProductState,
    hidden_norm_rate: Fraction,
) -> StateEnclosure:
    """Marginals as `enclose_marginals`, and the normalised state near `vector` rounded to doubles.

    With ε = error/‖vector‖ the normalised vectors are at most 2ε apart; the rest is ball arithmetic.
    """
    enclosure = enclose_marginals(vector, generator, occupations, state, hidden_norm_rate)
    if not isfinite(enclosure.largest_error):
        lost = np.full(len(occupations), complex(nan, nan))
        return StateEnclosure(enclosure.marginals, enclosure.log_angle, lost, inf)
    with ctx.workprec(BALL_BITS):
        length = squared_norm(vector, generator).sqrt()
        real, imag = (generator.hamiltonian.unpack(part) for part in (vector.real, vector.imag))
        components = [
            acb(re, im) * weight.sqrt() / length
            for re, im, weight in zip(real, imag, generator.weights, strict=True)
        ]
        rounded = [complex(component) for component in components]
        distances = [abs(acb(value) - component) for value, component in zip(rounded, components, strict=True)]
        rounding = sum((distance * distance for distance in distances), arb(0)).sqrt()
        error = float((2 * vector.error / length + rounding).upper()) * (1 + 1e-15)
    return StateEnclosure(enclosure.marginals, enclosure.log_angle, np.array(rounded), error)
