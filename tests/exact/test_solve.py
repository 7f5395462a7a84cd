"""The choice of the exact method, and what the paper claims for every Hamiltonian."""

import numpy as np
import pytest
from scipy.linalg import expm

from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian, normalised_marginal, product_state_vector
from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.state import ProductState
from tests.systems import (
    BALANCED,
    COUNTEREXAMPLE,
    TRANSVERSE_ISING,
    TRANSVERSE_MIXING,
    X,
    Z,
    diagonal_part,
    loss_with_hopping,
    random_model,
    random_state,
)


def test_diagonal_models_use_the_closed_form():
    state = ProductState.from_population(0.6, 0.2)
    (result,) = exact_marginals(COUNTEREXAMPLE, state, [80], [0.3, 0.8], 1e-8)
    truth = certify_marginals(COUNTEREXAMPLE, state, 80, [0.3, 0.8], 1e-13)
    assert result.method == "closed_form"
    np.testing.assert_allclose(result.density, truth.density, atol=1e-12)
    np.testing.assert_allclose(result.linear_entropy, truth.linear_entropy, rtol=1e-10)
    np.testing.assert_allclose(result.log_norm_rate, truth.log_norm_rate, atol=1e-12)


def test_diagonal_qutrits_use_the_closed_form():
    model = random_model(3, 3)
    diagonal = diagonal_part(model)
    few, many = exact_marginals(diagonal, random_state(3, 3), [5, 40], [0.5], 1e-8)
    assert few.method == many.method == "closed_form"
    with pytest.raises(
        AccuracyError, match=r"closed_form at N = 5, t = 0.5: error bound .* exceeds the tolerance 1e-18"
    ):
        exact_marginals(diagonal, random_state(3, 3), [5], [0.5], 1e-18)


def test_other_models_use_float64_where_it_suffices_and_proofs_elsewhere():
    model, state = loss_with_hopping()
    loose, strict = (exact_marginals(model, state, [100], [0.4], tolerance)[0] for tolerance in (1e-8, 1e-14))
    assert (loose.method, strict.method) == ("float64", "certified")
    assert loose.error_bound[0] <= 1e-8
    assert strict.error_bound[0] <= 1e-14
    assert np.abs(loose.density - strict.density).max() <= loose.error_bound[0] + strict.error_bound[0]


def test_many_particles_use_the_condensate_and_fall_back_to_proofs():
    model, state = loss_with_hopping()
    few, many = exact_marginals(model, state, [100, 10**8], [0.4], 1e-8)
    assert (few.method, many.method) == ("float64", "condensate")
    assert many.error_bound[0] <= 1e-8
    assert 1e8 * many.linear_entropy[0] == pytest.approx(100 * few.linear_entropy[0], rel=0.05)
    # Double precision gives up here, and the expansion has not converged to 1e-13 yet.
    (strict,) = exact_marginals(model, state, [110], [0.5], 1e-13)
    assert strict.method == "certified"


def test_a_refusal_names_every_reason():
    """At the splitting of a model without a closed form, at more particles than are evolved."""
    with pytest.raises(AccuracyError, match=r"N = 200000.*; .*critical"):
        exact_marginals(TRANSVERSE_MIXING, BALANCED, [2000, 200_000], [0.518372], 1e-8)


def test_a_time_that_one_method_refuses_goes_to_the_next_alone():
    """The condensate of the transverse model at 1000 particles, on both sides of its splitting at t = 0.518."""
    (result,) = exact_marginals(TRANSVERSE_MIXING, BALANCED, [1000], [0.4, 0.518, 0.8], 1e-8)
    assert result.method.tolist() == ["condensate", "certified", "condensate"]


def test_hermitian_models_approach_products_as_one_over_n():
    """N · S_L tends to a constant for a Hermitian model (§2 of the paper)."""
    results = exact_marginals(TRANSVERSE_ISING, ProductState.from_population(0.6), [100, 200, 400], [0.5], 1e-10)
    scaled = [n * result.linear_entropy[0] for n, result in zip((100, 200, 400), results, strict=True)]
    assert scaled[0] == pytest.approx(scaled[2], rel=0.02)
    assert abs(scaled[2] - scaled[1]) < abs(scaled[1] - scaled[0])


def pair_marginals(amplitudes, time, particles):
    """ρ̂^(1) and ρ̂^(2) of the counterexample, whose A^(N) is diagonal, eq. (16)."""
    growth = (-1j * many_body_hamiltonian(COUNTEREXAMPLE, particles).diagonal()).real
    vector = product_state_vector(amplitudes, particles) * np.exp(time * (growth - growth.max()))
    return (normalised_marginal(vector, 2, particles, order) for order in (1, 2))


def test_pairs_factorise_where_the_marginal_is_pure():
    """S_L → 0 implies ρ̂^(2) → ρ̂^(1)⊗ρ̂^(1) (§2 of the paper): the distance falls as 1/N."""
    amplitudes = ProductState.from_population(0.6).amplitudes
    distances = []
    for particles in (200, 800):
        one, two = pair_marginals(amplitudes, 0.3, particles)
        distances.append(np.abs(two - np.kron(one, one)).max())
    assert distances[1] == pytest.approx(distances[0] / 4, rel=0.1)


def test_pairs_are_a_mixture_of_two_products_after_the_transition():
    """p0 = ½, t > ½: ρ̂^(2) → ½ Σ_± ν_±⊗ν_± with r_z = ±y, y = tanh(2ty): eqs. (40), (45)."""
    time, particles, y = 0.9, 800, 0.9
    for _ in range(200):
        y = np.tanh(2 * time * y)
    branches = [(np.eye(2) + np.sqrt(1 - y**2) * X + sign * y * Z) / 2 for sign in (1, -1)]
    mixture = sum(np.kron(branch, branch) for branch in branches) / 2
    one, two = pair_marginals(np.array([1, 1]) / np.sqrt(2), time, particles)
    assert np.abs(two - np.kron(one, one)).max() > 0.1
    assert np.abs(two - mixture).max() < 3e-3
    assert np.abs(one - sum(branches) / 2).max() < 3e-3


@pytest.mark.parametrize("dimension", [2, 3])
def test_all_models_agree_with_a_dense_exponential_at_two_particles(dimension):
    """Eq. (2), solved by e^{−iAt}."""
    model, state = random_model(dimension, 6), random_state(dimension, 6)
    (result,) = exact_marginals(model, state, [2], [1.1], 1e-10)
    propagator = expm(-1.1j * many_body_hamiltonian(model, 2).toarray())
    expected = normalised_marginal(propagator @ product_state_vector(state.amplitudes, 2), dimension, 2, 1)
    np.testing.assert_allclose(result.density[0], expected, atol=1e-12)


def test_senseless_requests_are_refused():
    model, state = loss_with_hopping()
    with pytest.raises(ModelError, match="dimension 2, the state 3"):
        exact_marginals(model, random_state(3, 0), [10], [1.0], 1e-8)
    with pytest.raises(ModelError, match=r"times: found -1\.0; allowed: finite numbers ≥ 0"):
        exact_marginals(model, state, [10], [-1.0], 1e-8)
    with pytest.raises(ModelError, match="particles: found 1; allowed: whole numbers from 2"):
        exact_marginals(model, state, [1], [1.0], 1e-8)
