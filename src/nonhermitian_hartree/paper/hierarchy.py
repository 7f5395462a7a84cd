"""Both sides of the BBGKY equations (6) and (8), from the exact many-body state.

Both say how the one-particle marginal moves; the left sides come from the many-body equation (3), the right
sides from the marginals of one, two and three particles. Equation (8) is given in the corrected form, with
``ρ̂^(1) ⊗ ρ̂^(2)`` in its last term: the trace is over particles 2 and 3, the pair on which A2 acts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian, unnormalised_marginal
from nonhermitian_hartree.model.hamiltonian import Model

Matrix = Complex


@dataclass(frozen=True, eq=False)
class MarginalHierarchy:
    """Unnormalised marginals of one, two and three particles, eq. (4), and the velocity of the first.

    Parameters
    ----------
    one, two, three : (d, d), (d², d²), (d³, d³) complex arrays
        ρ^(1), ρ^(2), ρ^(3).
    velocity : (d, d) complex array
        ``i ∂_t ρ^(1)`` from eq. (3), exact: the marginal of ``A^(N)|Ψ⟩⟨Ψ| − |Ψ⟩⟨Ψ|A^(N)†``.
    particles : int
        N.
    """

    one: Matrix
    two: Matrix
    three: Matrix
    velocity: Matrix
    particles: int


def reduce_hierarchy(model: Model, vector: Matrix, particles: int) -> MarginalHierarchy:
    """Marginals (4) and the velocity from (3) for a vector of Sym^N C^d in the basis (13); N ≥ 3."""
    d = model.dimension
    moved = np.asarray(many_body_hamiltonian(model, particles) @ vector)
    one, two, three = (unnormalised_marginal(vector, d, particles, order) for order in (1, 2, 3))
    drift = unnormalised_marginal(moved, d, particles, 1, bra=vector)
    return MarginalHierarchy(one, two, three, drift - drift.conj().T, particles)


def unnormalised_sides(model: Model, hierarchy: MarginalHierarchy) -> tuple[Matrix, Matrix]:
    """Left and right side of eq. (6), each of shape (d, d)."""
    one, two, three, n = hierarchy.one, hierarchy.two, hierarchy.three, hierarchy.particles
    right = (
        _commute(model.one_body, one)
        + trace_out_last(_commute(model.two_body, two), model.dimension)
        + (n - 1) * _loss_of_last(model.one_body, two)
        + (n - 2) / 2 * _loss_of_last(model.two_body, three)
    )
    return hierarchy.velocity, right


def normalised_sides(model: Model, hierarchy: MarginalHierarchy) -> tuple[Matrix, Matrix]:
    """Left and right side of eq. (8), corrected, each of shape (d, d)."""
    norm = np.trace(hierarchy.one).real
    one, two, three = hierarchy.one / norm, hierarchy.two / norm, hierarchy.three / norm
    n, d = hierarchy.particles, model.dimension
    velocity = hierarchy.velocity / norm
    left = velocity - np.trace(velocity) * one
    right = (
        _commute(model.one_body, one)
        - np.trace(_anti_hermitian(model.one_body) @ one) * one
        + trace_out_last(_commute(model.two_body, two), d)
        - np.trace(_anti_hermitian(model.two_body) @ two) * one
        + (n - 1) * _loss_of_last(model.one_body, two - np.kron(one, one))
        + (n - 2) / 2 * _loss_of_last(model.two_body, three - np.kron(one, two))
    )
    return left, right


def trace_out_last(matrix: Matrix, kept: int) -> Matrix:
    """Trace over all but the first tensor factor, of size `kept`."""
    rest = len(matrix) // kept
    traced: Matrix = np.einsum("iaja->ij", matrix.reshape(kept, rest, kept, rest))
    return traced


def _commute(operator: Matrix, density: Matrix) -> Matrix:
    """Evaluate ``A ρ − ρ A†``."""
    return operator @ density - density @ operator.conj().T


def _anti_hermitian(operator: Matrix) -> Matrix:
    """Twice the anti-Hermitian part, ``A − A†``."""
    return operator - operator.conj().T


def _loss_of_last(operator: Matrix, density: Matrix) -> Matrix:
    """``Tr_{2…} ((1 ⊗ (A − A†)) ρ)`` for A on all particles of ρ but the first."""
    kept = len(density) // len(operator)
    loss = np.kron(np.eye(kept), _anti_hermitian(operator))
    return trace_out_last(loss @ density, kept)
