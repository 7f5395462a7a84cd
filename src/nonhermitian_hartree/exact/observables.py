"""What an experiment measures on N bosons, from their marginals: numbers together with bounds of their errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.display import show_number
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.pairs import PairMarginals
from nonhermitian_hartree.model.arguments import read_array, read_particles, refuse

EPSILON = float(np.finfo(np.float64).eps)
SMALLEST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Estimate:
    """Numbers and how far they can be from the truth.

    Parameters
    ----------
    value : (...) array
        Real, or complex for an operator that is not Hermitian; axes as those of what it comes from.
    error : (...) array
        Absolute bound of the error of each.
    """

    value: Real | Complex
    error: Real

    def __str__(self) -> str:
        """``value ± error`` of each, in a line."""
        pairs = zip(np.ravel(self.value).tolist(), np.ravel(self.error).tolist(), strict=True)
        return ", ".join(f"{show_number(value, 10)} ± {error:.1e}" for value, error in pairs)

    def __repr__(self) -> str:
        return f"Estimate: {self}"


def expectation(operator: ArrayLike, marginals: Marginals | PairMarginals) -> Estimate:
    """Expectation ``Tr(O ρ̂^(1))`` of a one-particle operator: that of ``Σ O_i`` per particle.

    Parameters
    ----------
    operator : (d, d) array
        O, in any unit. If it is not Hermitian, the value is complex.
    marginals : Marginals or PairMarginals
        With leading axes N and/or t, which the result has too.

    Raises
    ------
    ModelError
        If the operator is no (d, d) array of finite numbers.

    Notes
    -----
    Error: Σ|O_ij| times that of the entries of ρ̂^(1), proved or estimated as that is, and rounding.
    """
    one_body = marginals.one_body if isinstance(marginals, PairMarginals) else marginals
    matrix = _read_operator(operator, one_body.density.shape[-1])
    value = np.einsum("ij,...ji->...", matrix, one_body.density)
    error = np.abs(matrix).sum() * (one_body.error_bound + 2 * matrix.size * EPSILON)
    return Estimate(value.real if _is_hermitian(matrix) else value, np.asarray(error))


def collective_variance(operator: ArrayLike, pairs: PairMarginals) -> Estimate:
    """Variance of ``Σ O_i`` of all N particles, correlations included.

    Parameters
    ----------
    operator : (d, d) array
        O, Hermitian, in any unit; the variance is in its square.
    pairs : PairMarginals
        As from `pair_marginals`.

    Returns
    -------
    Estimate
        (T,). In a product state it is N times the variance of one particle.

    Raises
    ------
    ModelError
        If the operator is no Hermitian (d, d) array of finite numbers.

    Notes
    -----
    ``N Tr(ρ̂^(1) Q²) + N(N−1) Tr(ρ̂^(2) Q⊗Q) − N² Tr(ρ̂^(1) Q)²`` for Q = O − ⟨O⟩, which does not change it and
    keeps the terms small. The errors of ρ̂^(2) enter with N², so that the bound grows like that.
    """
    one, number, d = pairs.one_body, pairs.particles, pairs.one_body.density.shape[-1]
    matrix = _read_operator(operator, d)
    if not _is_hermitian(matrix):
        raise refuse("operator", "one that is not Hermitian", "a Hermitian matrix", quote=False)
    values, errors = [], []
    mean = np.einsum("ij,tji->t", matrix, one.density).real
    for index in range(len(pairs.times)):
        centred = matrix - mean[index] * np.eye(d)
        square, pair = centred @ centred, np.kron(centred, centred)
        left = np.trace(centred @ one.density[index]).real
        alone = np.trace(square @ one.density[index]).real
        together = np.trace(pair @ pairs.density[index]).real
        values.append(number * alone + number * (number - 1) * together - (number * left) ** 2)
        single = one.error_bound[index] + 2 * d**4 * EPSILON
        double = pairs.error_bound[index] + 2 * d**4 * EPSILON
        shift = np.abs(centred).sum() * single
        errors.append(
            number * np.abs(square).sum() * single
            + number * (number - 1) * np.abs(pair).sum() * double
            + number**2 * (2 * abs(left) * shift + shift**2)
        )
    return Estimate(np.array(values), np.array(errors))


def success_probability(marginals: Marginals | PairMarginals, particles: int | None = None) -> Estimate:
    """Norm ⟨Ψ|Ψ⟩ of eq. (3): with the no-jump Hamiltonian, the share of runs that the postselection keeps.

    Parameters
    ----------
    marginals : Marginals or PairMarginals
        Of one N.
    particles : int, optional
        That N; needed beside `Marginals`, which do not know it.

    Raises
    ------
    ModelError
        If N is missing, or the norm is above 1: a model with gain has no such probability.

    Notes
    -----
    ``exp(N r)`` with r = (1/N) ln⟨Ψ|Ψ⟩, whose error enters as ``N δ``. Multiples of the identity in A1 and A2
    count: leave them as they come out of the jump operators.
    """
    one_body = marginals
    if isinstance(marginals, PairMarginals):
        one_body, particles = marginals.one_body, marginals.particles
    assert isinstance(one_body, Marginals)
    if particles is None:
        raise refuse("particles", None, "the N of these marginals")
    (number,) = read_particles(particles)
    log_norm = number * one_body.log_norm_rate
    log_error = number * one_body.error_bound + 4 * EPSILON * np.abs(log_norm)
    if (log_norm > log_error).any():
        raise ModelError(
            f"the norm ⟨Ψ|Ψ⟩ grows to e^{np.max(log_norm):.3g}, so it is no probability; allowed: models whose "
            "anti-Hermitian part only loses, with the multiples of the identity that belong to it"
        )
    value = np.exp(np.minimum(log_norm, 0.0))
    return Estimate(value, value * np.expm1(log_error) + 4 * EPSILON * value + SMALLEST)


def _read_operator(operator: ArrayLike, dimension: int) -> Complex:
    allowed = f"an array of finite numbers of shape {(dimension, dimension)}"
    matrix = read_array("operator", operator, allowed)
    if matrix.shape != (dimension, dimension) or not np.isfinite(matrix).all():
        raise refuse("operator", matrix, allowed)
    return matrix


def _is_hermitian(matrix: Complex) -> bool:
    return bool(np.array_equal(matrix, matrix.conj().T))
