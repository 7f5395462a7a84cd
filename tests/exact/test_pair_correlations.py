"""Two-particle marginals for N → ∞: a product where S_L → 0 (§2), a mixture of products where the limit is mixed.

By quantum de Finetti's theorem the k-particle marginals tend to ``Σ_b w_b |ν_b⟩⟨ν_b|^{⊗k}`` with the same branches
and weights for every k; the distance falls as 1/N.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.linalg import expm_multiply

from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian, normalised_marginal, product_state_vector
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.model.state import ProductState
from tests.systems import BALANCED, COUNTEREXAMPLE, LOSS_WITH_HOPPING, TRANSVERSE_MIXING

PARTICLES = (24, 48, 96)  # rounding noise in the basis (13) is still small here, as it is not at 192
TILTED = ProductState.from_population(0.6, phase=0.3)


def marginals_at(model, state, time, particles):
    """ρ̂^(1) and ρ̂^(2) of the exact state, (d, d) and (d², d²)."""
    generator = -1j * time * many_body_hamiltonian(model, particles)
    ket = expm_multiply(generator, product_state_vector(state.amplitudes, particles))
    return [normalised_marginal(ket, model.dimension, particles, order) for order in (1, 2)]


def differences(model, state, time, expected_pair):
    """``ρ̂^(2) − expected`` for each N, and its extrapolation by the polynomial in 1/N through the three."""
    found = []
    for particles in PARTICLES:
        one, pair = marginals_at(model, state, time, particles)
        found.append(pair - expected_pair(one))
    extrapolated = found[0] / 3 - 2 * found[1] + 8 * found[2] / 3  # for N, 2N, 4N
    return [np.linalg.norm(difference) for difference in (*found, extrapolated)]


def vanishes(distances):
    """Whether a difference falls about as 1/N, and what an extrapolation leaves is of higher order."""
    small, middle, large, extrapolated = distances
    return large < 0.6 * middle < 0.36 * small and extrapolated < 0.2 * large


@pytest.mark.parametrize(
    ("model", "state", "time"),
    [(COUNTEREXAMPLE, TILTED, 0.3), (COUNTEREXAMPLE, BALANCED, 0.2), (LOSS_WITH_HOPPING, TILTED, 0.2)],
)
def test_pairs_are_a_product_where_the_limit_is_pure(model, state, time):
    assert vanishes(differences(model, state, time, lambda one: np.kron(one, one)))


@pytest.mark.parametrize(("model", "time"), [(COUNTEREXAMPLE, 1.2), (TRANSVERSE_MIXING, 1.0)])
def test_pairs_are_a_mixture_of_products_where_the_limit_is_mixed(model, time):
    (limit,) = limit_states(model, BALANCED, [time])
    assert limit.is_mixed
    projectors = [np.outer(ket, ket.conj()) for ket in limit.wavefunctions]
    mixture = sum(w * np.kron(p, p) for w, p in zip(limit.weights, projectors, strict=True))
    assert vanishes(differences(model, BALANCED, time, lambda _: mixture))
    # beside ρ̂^(1)⊗ρ̂^(1) it keeps the correlation w0 w1 (P0 − P1)⊗(P0 − P1), of norm w0 w1 ‖P0 − P1‖²
    correlation = np.prod(limit.weights) * np.linalg.norm(projectors[0] - projectors[1]) ** 2
    assert correlation == pytest.approx(limit.linear_entropy)
    far = differences(model, BALANCED, time, lambda one: np.kron(one, one))
    assert far[-1] == pytest.approx(correlation, rel=1e-3)
    assert not vanishes(far)
