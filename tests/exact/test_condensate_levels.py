"""The condensate expansion for three and four levels: against proved values, closed forms, and the limit."""

import numpy as np
import pytest

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.expansion import expand_condensate
from nonhermitian_hartree.exact.condensate.frame import factorise_symmetric
from nonhermitian_hartree.exact.condensate.polynomials import monomial_basis
from nonhermitian_hartree.exact.condensate.solve import condensate_marginals, solve_condensate, verify_branches
from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.squared_charge import solve_squared_charge
from tests.systems import (
    LOSSY_SPIN_1,
    LOSSY_SPIN_1_STATE,
    LOSSY_TRIMER,
    SPIN_1_EXCHANGE,
    SPIN_X,
    SPIN_Z,
    diagonal_part,
    loss_with_hopping,
    random_model,
    random_state,
    rotate,
)

FIRST_WELL = ProductState(np.array([1, 0, 0]))
CASES = {
    "trimer": (LOSSY_TRIMER, FIRST_WELL, 1.0, 40),
    "soft_trimer": (LOSSY_TRIMER, FIRST_WELL, 1.5, 60),
    "spin_1": (LOSSY_SPIN_1, LOSSY_SPIN_1_STATE, 1.0, 40),
    "three_levels": (random_model(3, 5, 0.6), random_state(3, 5), 0.7, 40),
    "strong": (random_model(3, 2, 1.0), random_state(3, 2), 0.6, 40),
    "four_levels": (random_model(4, 1, 0.5), random_state(4, 1), 0.5, 18),
}


@pytest.mark.parametrize("case", CASES)
def test_estimate_is_never_below_the_true_error(case):
    model, state, time, size = CASES[case]
    (result,) = solve_condensate(model, state, find_branches(model, state, time), [size], 1e-9)
    truth = certify_marginals(model, state, size, [time], 1e-13)[0]
    error = np.abs(result.density - truth.density).max()
    assert error <= result.errors.total + truth.error_bound
    assert abs(result.log_norm_rate - truth.log_norm_rate) <= result.log_norm_rate_error + truth.error_bound
    entropy_error = result.linear_entropy_error + truth.linear_entropy_error
    assert abs(result.linear_entropy - truth.linear_entropy) <= entropy_error
    assert error <= 1e-9
    assert result.error_bound <= 1e-6


CHARGE, COUPLING = [1.0, 0.25, -1.0], 0.5 + 0.75j
ENERGIES = [0.5 - 0.25j, 0.0, -0.25 + 0.125j]


def test_closed_forms_are_met_up_to_a_thousand_million_particles():
    """A diagonal model of three levels in a random basis; S_L ~ 1/N to 1e-9 relative."""
    state = random_state(3, 11)
    plain = Model(np.diag(ENERGIES), np.diag(COUPLING * np.multiply.outer(CHARGE, CHARGE).ravel()))
    model, turned, frame = rotate(plain, state, 1)
    sizes, time = [10**3, 10**6, 10**9], 0.6
    results = condensate_marginals(model, turned, sizes, [time], 1e-10)
    for number, result in zip(sizes, results, strict=True):
        density, entropy = solve_squared_charge(ENERGIES, COUPLING, CHARGE, state.amplitudes, number, time)
        error = np.abs(result.density[0] - frame @ density @ frame.conj().T).max()
        assert error <= result.error_bound[0] <= 1e-10
        assert abs(result.linear_entropy[0] - entropy) <= result.linear_entropy_error[0]
        assert result.linear_entropy[0] == pytest.approx(entropy, rel=1e-9)


def test_the_integral_agrees_with_the_sum():
    """The reference of the test above against the closed form of the package."""
    state = random_state(3, 11)
    plain = Model(np.diag(ENERGIES), np.diag(COUPLING * np.multiply.outer(CHARGE, CHARGE).ravel()))
    density, entropy = solve_squared_charge(ENERGIES, COUPLING, CHARGE, state.amplitudes, 50, 0.6)
    summed = sum_diagonal_marginals(plain, state, 50, [0.6])
    np.testing.assert_allclose(density, summed.density[0], atol=1e-13)
    assert entropy == pytest.approx(summed.linear_entropy[0], rel=1e-10)


@pytest.mark.parametrize("case", ["soft_trimer", "spin_1", "four_levels"])
def test_entropy_tends_to_its_coefficient(case):
    """N S_L → 2 Σ σ²/(1 − σ²) with Z of the limit step."""
    model, state, time, _ = CASES[case]
    branches = find_branches(model, state, time)
    (result,) = solve_condensate(model, state, branches, [10**8], 1e-9)
    assert 1e8 * result.linear_entropy == pytest.approx(branches[0].entropy_coefficient, rel=1e-6)
    assert abs(np.trace(result.density) - 1) < 1e-12


@pytest.mark.parametrize("case", ["trimer", "strong", "four_levels"])
def test_the_riccati_equation_of_the_frame_gives_the_squeezing_of_the_limit(case):
    model, state, time, _ = CASES[case]
    (branch, *_) = find_branches(model, state, time)
    frame = expand_condensate(model, state, branch, [100], (2, 4)).frame
    columns = frame.columns / np.linalg.norm(frame.columns[:, 0])
    np.testing.assert_allclose(columns.conj().T @ columns, np.eye(len(columns)), atol=1e-10)
    beside = columns[:, 1:]
    np.testing.assert_allclose(frame.squeezing, np.diag(np.diag(frame.squeezing)), atol=1e-10)
    phase = np.vdot(branch.wavefunction, columns[:, 0])
    np.testing.assert_allclose(beside @ frame.squeezing @ beside.T, phase**2 * branch.squeezing, atol=1e-9)


def test_a_level_that_stays_empty_changes_nothing():
    """A qubit model among three levels gives the results of the qubit."""
    qubit, state = loss_with_hopping()
    one_body, two_body = np.diag([0, 0, 0.3 - 0.2j]), np.zeros((3, 3, 3, 3), dtype=complex)
    one_body[:2, :2] = qubit.one_body
    two_body[:2, :2, :2, :2] = qubit.two_body_tensor
    model, larger = Model(one_body, two_body.reshape(9, 9)), ProductState(np.append(state.amplitudes, 0))
    (small,) = condensate_marginals(qubit, state, [10**4], [0.4], 1e-10)
    (large,) = condensate_marginals(model, larger, [10**4], [0.4], 1e-10)
    np.testing.assert_allclose(large.density[0, :2, :2], small.density[0], atol=1e-11)
    assert large.linear_entropy[0] == pytest.approx(small.linear_entropy[0], rel=1e-8)


def test_mirror_images_share_the_weight_at_any_particle_number():
    """Spin 1 with A1 = F_x/2, A2 = i F_z⊗F_z, all in m_x = 1: two branches, for F_z → −F_z is a symmetry."""
    model = Model(SPIN_X / 2, 1j * np.kron(SPIN_Z, SPIN_Z))
    state = ProductState(np.array([0.5, np.sqrt(0.5), 0.5]))
    branches = find_branches(model, state, 2.2)
    assert len([b for b in branches if branches[0].rate - b.rate < 1e-9]) == 2
    few, many = solve_condensate(model, state, branches, [60, 10**9], 1e-9)
    (truth,) = exact_marginals(model, state, [60], [2.2], 1e-9)
    assert truth.method == "float64"
    assert np.abs(few.density - truth.density[0]).max() <= few.error_bound + truth.error_bound[0]
    for result in (few, many):
        assert result.error_bound <= 1e-6
        assert abs(np.trace(SPIN_Z @ result.density)) < 1e-9
    with pytest.raises(AccuracyError, match="a branch of the limit is missing"):
        verify_branches(model, state, [branches[:1]])


def test_a_broken_continuous_symmetry_is_refused():
    """Spin-1 bosons from m = 0: rotations about z map branches onto each other."""
    model = Model(LOSSY_SPIN_1.one_body, -0.5 * SPIN_1_EXCHANGE)
    with pytest.raises(AccuracyError, match="a continuous symmetry is broken at t = 2"):
        condensate_marginals(model, ProductState(np.array([0, 1, 0])), [1000], [2.0], 1e-8)


@pytest.mark.parametrize("dimension", [3, 4])
def test_many_particles_use_the_condensate(dimension):
    """Also for diagonal models, where the closed form has too many terms; a rotation changes no method."""
    plain, state = diagonal_part(random_model(dimension, 4, 0.5)), random_state(dimension, 4)
    turned = rotate(plain, state, 2)
    sizes = [20, 10**6]
    results = [exact_marginals(model, start, sizes, [0.5], 1e-8) for model, start in ((plain, state), turned[:2])]
    for few, many in results:
        assert (few.method, many.method) == ("closed_form", "condensate")
    for one, other in zip(*results, strict=True):
        rotated = turned[2] @ one.density[0] @ turned[2].conj().T
        assert np.abs(rotated - other.density[0]).max() <= one.error_bound[0] + other.error_bound[0]


@pytest.mark.parametrize("matrix", ["full", "degenerate", "deficient", "zero"])
def test_a_symmetric_matrix_is_factorised(matrix):
    rng = np.random.default_rng(3)
    unitary = np.linalg.qr(rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)))[0]
    singular = {
        "full": [0.9, 0.5, 0.1],
        "degenerate": [0.5, 0.5, 0.2],
        "deficient": [0.5, 0, 0],
        "zero": [0, 0, 0],
    }
    symmetric = unitary @ np.diag(singular[matrix]) @ unitary.T
    modes = factorise_symmetric(symmetric)
    np.testing.assert_allclose(modes.conj().T @ modes, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(modes.conj().T @ symmetric @ modes.conj(), np.diag(singular[matrix]), atol=1e-14)


def test_polynomials_are_differentiated_and_multiplied():
    """(x∂ − y∂) and ∂x − x∂ = 1 below the highest degree, on random polynomials in two variables."""
    basis = monomial_basis(2, 5)
    rng = np.random.default_rng(1)
    polynomial = rng.normal(size=(len(basis), 2)) + 0j
    polynomial[basis.degrees == 5] = 0
    number = basis.contract(basis.differentiate(polynomial))
    np.testing.assert_allclose(number, basis.degrees[:, None] * polynomial, atol=1e-13)
    there, back = basis.multiply(polynomial), basis.differentiate(polynomial)
    for a in range(2):
        for b in range(2):
            commutator = basis.differentiate(there[b])[a] - basis.multiply(back[a])[b]
            np.testing.assert_allclose(commutator, (a == b) * polynomial, atol=1e-13)
