"""Two-particle marginals at finite N with proved errors, and the correlations that they hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.subspace import normalised_marginal
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.marginals import TOLERANCE, Marginals
from nonhermitian_hartree.model.arguments import read_number, read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

LARGEST_DIMENSION = 4
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class PairMarginals:
    """Normalised two-particle marginals ρ̂^(2), eq. (7), of one N with their errors; leading axis t.

    Parameters
    ----------
    particles : int
        N.
    times : (T,) array
        In inverse units of the couplings.
    one_body : Marginals
        ρ̂^(1) at the same times, method ``"certified"``.
    density : (T, d*d, d*d) complex array
        ρ̂^(2), trace one; element ``[i*d + j, k*d + l]`` is ``⟨ij|ρ̂^(2)|kl⟩``.
    error_bound : (T,) array
        Absolute error bound of every entry of ``density``.
    """

    particles: int
    times: Real
    one_body: Marginals
    density: Complex
    error_bound: Real

    def __repr__(self) -> str:
        """N, how many times, and how far they can be trusted."""
        return (
            f"PairMarginals: N = {self.particles}, {len(self.times)} times, errors ≤ {self.error_bound.max():.1e}"
        )

    @property
    def correlation(self) -> Complex:
        """Connected part ``ρ̂^(2) − ρ̂^(1) ⊗ ρ̂^(1)``, (T, d*d, d*d); zero in a product state."""
        return np.stack(
            [pair - np.kron(one, one) for pair, one in zip(self.density, self.one_body.density, strict=True)]
        )

    @property
    def correlation_error(self) -> Real:
        """Absolute error bound of every entry of ``correlation``, (T,)."""
        single = self.one_body.error_bound
        return np.asarray(self.error_bound + 2 * single + single**2 + 4 * EPSILON)


def pair_marginals(
    model: Model, state: ProductState, particles: ArrayLike, times: ArrayLike, tolerance: float = TOLERANCE
) -> list[PairMarginals]:
    """Two-particle marginals (7) of the solution of eq. (2), with proved errors.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d ≤ 4.
    particles : sequence of int, or one number
        Values of N ≥ 2.
    times : (T,) sequence of float, or one number
        Finite times ≥ 0, in inverse units of the couplings.
    tolerance : float
        Largest allowed ``error_bound``, > 0.

    Returns
    -------
    list of PairMarginals
        One per N, each with leading axis t.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, if dimensions differ, or for d > 4.
    AccuracyError
        If the tolerance cannot be reached, or the evolution would take longer than about ten minutes.

    Notes
    -----
    From the certified state: where that is off by η in norm, no entry of ρ̂^(2) is off by more than 2η. What is
    summed in doubles after that adds at most 2 (D + 16) 2⁻⁵², D = C(N + d − 1, d − 1). Cost as that of the
    certified method, ∝ N³ t² for d = 2.
    """
    from nonhermitian_hartree.exact.certified.state_vector import certify_states  # only who needs it waits for it

    require_pair(model, state)
    counts, instants = read_particles(particles), read_times(times)
    tolerance = read_number("tolerance", tolerance, "numbers > 0")
    if not tolerance > 0:
        raise refuse("tolerance", tolerance, "numbers > 0")
    if model.dimension > LARGEST_DIMENSION:
        raise refuse("model", f"{model.dimension} levels", f"at most {LARGEST_DIMENSION}", quote=False)
    results = []
    for number in counts:
        found = certify_states(model, state, number, instants, tolerance)
        vectors = [each.vector for each in found]
        density = np.stack([normalised_marginal(vector, model.dimension, number, 2) for vector in vectors])
        rounding = 2 * (len(vectors[0]) + 16) * EPSILON
        errors = np.array([2 * each.vector_error + rounding for each in found])
        if not errors.max() <= tolerance:
            raise AccuracyError(
                f"pair marginals at N = {number}: error bound {errors.max():.1e} exceeds the tolerance "
                f"{tolerance:g}; raise the tolerance, or lower N"
            )
        one_body = Marginals.stack([each.marginals for each in found])
        results.append(PairMarginals(number, np.array(instants), one_body, density, errors))
    return results
