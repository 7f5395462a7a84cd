"""From a fixed-point state with a proved error to doubles with proved errors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, nan, nextafter

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
        return float(max(self.marginals.error_bound, self.marginals.linear_entropy_error))


def enclose_marginals(
    vector: FixedPointVector,
    generator: Generator,
    occupations: NDArray[np.int64],
    state: ProductState,
    time: Fraction,
    centre: complex,
) -> Enclosure:
    """Marginal, entropy and norm rate of the exact state near `vector`, rounded to doubles.

    Parameters
    ----------
    vector : FixedPointVector
        State at `time`, evolved from ``φ^{⊗N}`` under ``A^(N) − N centre``.
    generator : Generator
        What it was evolved with.
    occupations : (D, d) integer array
        Basis (13).
    state : ProductState
        φ, whose norm as rounded is divided out of the norm rate.
    time : Fraction
        t.
    centre : complex
        One-particle energy that was subtracted.

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
        entry_error = max(_double_above(abs(acb(complex(entry)) - entry) + angle) for entry in marginal.entries())

        purity = sum((entry.real**2 + entry.imag**2 for entry in marginal.entries()), arb(0))
        entropy = max(0.0, float(1 - purity))
        entropy_error = _double_above(abs(arb(entropy) - (1 - purity)) + 2 * angle)

        parts = state.amplitudes.view(np.float64).tolist()
        initial = sum((arb(part) ** 2 for part in parts), arb(0)).log()
        growth = (squared.log() - 2 * vector.bits * arb.const_log2()) / particles
        growth += 2 * arb(centre.imag) * arb(time.numerator) / time.denominator - initial
        rate = float(growth)
        rate_error = _double_above(abs(arb(rate) - growth) - 2 * (-angle).log1p() / particles)
    return Enclosure(_pack(density, entropy, entropy_error, rate, max(entry_error, rate_error)), log_angle)


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


def _double_above(bound: arb) -> float:
    return nextafter(float(bound.upper()), inf)
