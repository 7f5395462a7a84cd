"""What changes no state changes no digit: constants, gauges and exchange in A1 and A2, at any size."""

from fractions import Fraction

import numpy as np
import pytest

from nonhermitian_hartree.bosons.irreducible_couplings import reduce_couplings
from nonhermitian_hartree.bosons.subspace import many_body_hamiltonian
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.solve import condensate_marginals
from nonhermitian_hartree.exact.float64 import evolve_float64
from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.state import ProductState
from tests.systems import loss_with_hopping, random_model, random_state

SWAP = {d: np.eye(d * d).reshape(d, d, d, d).transpose(1, 0, 2, 3).reshape(d * d, d * d) for d in (2, 3)}


def coarse_model(dimension, seed):
    """Couplings with few binary digits: sums with large dyadic numbers are then exact."""
    model = random_model(dimension, seed)
    return Model(*(np.round(256 * operator) / 256 for operator in (model.one_body, model.two_body)))


def change_gauge(model, one_body):
    """A1 + b, A2 − b⊗1 − 1⊗b: the same A^(N) at every N."""
    unit = np.eye(model.dimension)
    return Model(model.one_body + one_body, model.two_body - np.kron(one_body, unit) - np.kron(unit, one_body))


def shifted_models(model, seed):
    """Models with the same states, and what (1/N) ln⟨Ψ|Ψ⟩ gains per time."""
    d = model.dimension
    large = 2.0**18 * coarse_model(d, seed).one_body
    unit = np.eye(d * d)
    return {
        "constant in A1": (Model(model.one_body + 2.0**30 * np.eye(d), model.two_body), 0),
        "constant in A2": (Model(model.one_body, model.two_body + 2.0**30 * unit), 0),
        "gain in A2": (Model(model.one_body, model.two_body + 64j * unit), 64),
        "gauge": (change_gauge(model, large), 0),
        "exchange": (Model(model.one_body, model.two_body + 2.0**20 * SWAP[d]), 0),
        "antisymmetric pairs": (Model(model.one_body, model.two_body + 2.0**20 * (unit - SWAP[d])), 0),
    }


@pytest.mark.parametrize("dimension", [2, 3])
def test_reduction_is_exact(dimension):
    """All gauges have one and the same irreducible part, to the last digit, and A^(N) = A'^(N) + N c."""
    model = coarse_model(dimension, 1)
    plain = reduce_couplings(model, 3)
    for name, (other, gain) in shifted_models(model, 2).items():
        reduced = reduce_couplings(other, 3)
        assert reduced.exact == plain.exact, name
        assert reduced.constant[1] - plain.constant[1] == Fraction(gain, 2), name
    reduced, constant = irreducible_model(model)
    difference = many_body_hamiltonian(model, 3) - many_body_hamiltonian(reduced, 3)
    np.testing.assert_allclose(difference.toarray(), 3 * constant * np.eye(difference.shape[0]), atol=1e-14)
    partial_trace = np.trace(reduced.two_body_tensor, axis1=1, axis2=3)
    assert np.abs(partial_trace).max() < 1e-15
    assert abs(np.trace(reduced.one_body)) < 1e-15


def test_a_model_without_interaction_is_recognised():
    """A2 = b⊗1 + 1⊗b is no interaction: nothing is left of it, and the state stays pure."""
    free = Model(random_model(3, 4).one_body, np.zeros((9, 9)))
    hidden = change_gauge(free, np.round(64 * random_model(3, 5).one_body))
    assert not reduce_couplings(hidden, 5).exact.two_body
    (result,) = exact_marginals(hidden, random_state(3, 4), [5], [0.8], 1e-10)
    assert abs(result.linear_entropy[0]) <= result.linear_entropy_error[0] <= 1e-12


@pytest.mark.parametrize("evolve", [evolve_float64, certify_marginals])
def test_no_gauge_touches_an_evolution(evolve):
    """Rounded once, A2 + 10⁹ would be wrong by 1e-8 after t = 1, and every run with it."""
    model, state = coarse_model(2, 3), random_state(2, 3)
    plain = evolve(model, state, 10, [1.0], 1e-10)
    for name, (other, gain) in shifted_models(model, 4).items():
        result = evolve(other, state, 10, [1.0], 1e-10)
        np.testing.assert_array_equal(result.density, plain.density, err_msg=name)
        np.testing.assert_array_equal(result.linear_entropy, plain.linear_entropy, err_msg=name)
        bound = result.error_bound + plain.error_bound
        assert abs(result.log_norm_rate - plain.log_norm_rate - gain) <= bound, name


def test_no_gauge_touches_the_condensate():
    model, state = loss_with_hopping()
    (plain,) = condensate_marginals(model, state, [10**6], [0.4], 1e-9)
    gained, _ = shifted_models(change_gauge(model, 2.0**18 * coarse_model(2, 6).one_body), 6)["gain in A2"]
    (result,) = condensate_marginals(gained, state, [10**6], [0.4], 1e-9)
    np.testing.assert_array_equal(result.density, plain.density)
    bound = result.error_bound + plain.error_bound
    assert abs(result.log_norm_rate - plain.log_norm_rate - 0.4 * 64) <= bound


def test_no_gauge_touches_the_sum_over_occupations():
    diagonal = np.diag(np.arange(3) - 0.25j * np.arange(3) ** 2)
    pairs = np.array([[1, 2j, 0.5], [2j, -1, 1], [0.5, 1, 0.25j]])
    model, state = Model(diagonal, np.diag(pairs.ravel())), random_state(3, 0)
    plain = sum_diagonal_marginals(model, state, 12, [0.7])
    field = np.diag(2.0**20 * np.array([1, 2j, -3]))
    result = sum_diagonal_marginals(change_gauge(model, field), state, 12, [0.7])
    np.testing.assert_array_equal(result.density, plain.density)
    assert abs(result.log_norm_rate - plain.log_norm_rate) <= result.error_bound + plain.error_bound
    assert result.error_bound <= 1e-11


def test_a_sum_over_occupations_survives_loss_that_no_double_can_hold():
    """From |0⟩ + |1⟩ with a loss of 2000 in level 1 only |0⟩ is left, though level 2, empty, would gain."""
    model = Model(np.diag([0, -2000j, 2000j]), np.zeros((9, 9)))
    state = ProductState(np.array([0.6, 0.8, 0]))
    result = sum_diagonal_marginals(model, state, 4, [1.0])
    np.testing.assert_allclose(result.density[0], np.diag([1, 0, 0]), atol=1e-10)
    assert abs(result.log_norm_rate[0] - 2 * np.log(0.6)) <= result.error_bound[0] < 1e-8


@pytest.mark.parametrize("dimension", [2, 3])
def test_cost_does_not_depend_on_the_gauge(dimension):
    """The strength sets the steps of the search for branches."""
    model = coarse_model(dimension, 7)
    for name, (other, _) in shifted_models(model, 8).items():
        found, expected = (strength(irreducible_model(m)[0]) for m in (other, model))
        assert found == pytest.approx(expected, rel=1e-6), name


@pytest.mark.parametrize("exponent", [-900, -30, 30, 900])
@pytest.mark.parametrize("evolve", [evolve_float64, certify_marginals])
def test_units_of_time_do_not_matter(evolve, exponent):
    """A c at t / c is the same evolution; couplings near both ends of the doubles."""
    model, state = loss_with_hopping()
    scale = 2.0**exponent
    plain = evolve(model, state, 10, [1.0], 1e-10)
    result = evolve(Model(scale * model.one_body, scale * model.two_body), state, 10, [1 / scale], 1e-10)
    assert np.abs(result.density - plain.density).max() <= 1e-13
    assert abs(result.log_norm_rate - plain.log_norm_rate) <= result.error_bound + plain.error_bound
