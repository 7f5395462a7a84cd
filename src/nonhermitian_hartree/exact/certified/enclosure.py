"""From a fixed-point state with a proved error to doubles with proved errors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, nan, nextafter

import numpy as np
from flint import acb, acb_mat, arb, ctx
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.fixed_point_taylor import FixedPointVector, Generator, squared_norm
from nonhermitian_hartree.bosons.integer_hamiltonian import exact_multinomials
from nonhermitian_hartree.bosons.subspace import find_occupations, list_occupations
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.state import ProductState

BALL_BITS = 160
LARGEST_ANGLE = 0.5


@dataclass(frozen=True, eq=False)
class Enclosure:
    """Marginals at one time with proved errors, and how close the computed state vector is to the exact one.

    Parameters
    ----------
    marginals : Marginals
        No leading axis; not a number, with infinite errors, where nothing is proved.
    log_angle : float
        Logarithm of a bound of the sine of the angle between the two vectors.
    """

    marginals: Marginals
    log_angle: float

    @property
    def largest_error(self) -> float:
        """Bound of the error of every number in here."""
        return _largest(float(self.marginals.error_bound), float(self.marginals.linear_entropy_error))


def enclose_marginals(
    vector: FixedPointVector,
    generator: Generator,
    occupations: NDArray[np.int64],
    state: ProductState,
    hidden_norm_rate: Fraction,
) -> Enclosure:
    """Marginal, entropy and norm rate of the exact state near `vector`, rounded to doubles.

    Parameters
    ----------
    vector : FixedPointVector
        State, evolved from ``φ^{⊗N}`` under A^(N) without a constant.
    generator : Generator
        What it was evolved with.
    occupations : (D, d) integer array
        Basis (13).
    state : ProductState
        φ, whose norm as rounded is divided out of the norm rate.
    hidden_norm_rate : Fraction
        What that constant adds to the norm rate.

    Returns
    -------
    Enclosure
        With ε = error/‖vector‖, the sine of the angle to the exact state: two normalised states differ by at
        most 2ε in trace norm, so do their marginals (7), and the difference has no trace. Hence no entry of ρ̂ is
        off by more than ε, ``Tr ρ̂²`` by 2ε, the norm rate by ``−(2/N) ln(1 − ε)``. The rest is ball arithmetic.
    """
    particles, dimension = int(occupations[0].sum()), occupations.shape[1]
    with ctx.workprec(BALL_BITS):
        squared = squared_norm(vector, generator)
        angle = (vector.error / squared.sqrt()).upper()
        log_angle = float(angle.log())
        if not angle < LARGEST_ANGLE:
            return Enclosure(_pack(np.full((dimension, dimension), nan + 0j), nan, inf, nan, inf), log_angle)
        marginal = _marginal_of_vector(vector, generator, occupations, squared)
        density = np.array([[complex(entry) for entry in row] for row in marginal.tolist()])
        entry_error = _largest(
            *(_double_above(abs(acb(complex(entry)) - entry) + angle) for entry in marginal.entries())
        )

        purity = sum((_square(entry.real) + _square(entry.imag) for entry in marginal.entries()), arb(0))
        entropy = float(1 - purity)
        if entropy < 0:
            entropy = 0.0
        entropy_error = _double_above(abs(arb(entropy) - (1 - purity)) + 2 * angle)

        parts = state.amplitudes.view(np.float64).tolist()
        initial = sum((_square(arb(part)) for part in parts), arb(0)).log()
        growth = (squared.log() - 2 * vector.bits * arb.const_log2()) / particles
        growth += arb(hidden_norm_rate.numerator) / hidden_norm_rate.denominator - initial
        rate = float(growth)
        rate_error = _double_above(abs(arb(rate) - growth) - 2 * (-angle).log1p() / particles)
    return Enclosure(_pack(density, entropy, entropy_error, rate, _largest(entry_error, rate_error)), log_angle)


def _pack(density: Complex, entropy: float, entropy_error: float, rate: float, error_bound: float) -> Marginals:
    return Marginals(
        density=density,
        linear_entropy=np.asarray(entropy),
        linear_entropy_error=np.asarray(entropy_error),
        log_norm_rate=np.asarray(rate),
        error_bound=np.asarray(error_bound),
        method="certified",
    )


def _marginal_of_vector(
    vector: FixedPointVector, generator: Generator, occupations: NDArray[np.int64], squared: arb
) -> acb_mat:
    """``⟨a_j† a_i⟩ / (N ‖Ψ‖²)`` of the fixed-point vector itself, as balls."""
    particles, dimension = int(occupations[0].sum()), occupations.shape[1]
    real, imag = (generator.hamiltonian.unpack(part) for part in (vector.real, vector.imag))
    fewer = list_occupations(dimension, particles - 1)
    weights = [1 / arb(multinomial * particles**2) for multinomial in exact_multinomials(fewer)]
    lowered = []
    for level in range(dimension):
        rows = find_occupations(fewer + np.eye(dimension, dtype=np.int64)[level], occupations)
        factors = (fewer[:, level] + 1).tolist()
        terms = zip(rows.tolist(), factors, strict=True)
        lowered.append([acb(real[row], imag[row]) * factor for row, factor in terms])
    weighted = [[value * weight for value, weight in zip(row, weights, strict=True)] for row in lowered]
    return acb_mat(lowered) * acb_mat(weighted).transpose().conjugate() / squared


def _square(ball: arb) -> arb:
    """``x²``; in this library the power operator turns a ball around zero into not-a-number."""
    return ball * ball


def _double_above(bound: arb) -> float:
    return nextafter(float(bound.upper()), inf)


def _largest(*bounds: float) -> float:
    """Largest of some error bounds; infinite where one is not a number, which ``max`` would pass over."""
    return max(bounds) if all(isfinite(bound) for bound in bounds) else inf
