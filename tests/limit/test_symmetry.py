"""Symmetries of (A1, A2, φ): group orders that are known, in any basis and gauge, and none that is not there."""

import numpy as np
import pytest
from scipy.linalg import block_diag
from scipy.stats import unitary_group

from nonhermitian_hartree.limit.symmetry.group import Symmetry, find_symmetries
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.limit.symmetric_models import PLUS, lossy_ring, potts, rotate, spin_one
from tests.references.full_space import full_hamiltonian
from tests.systems import COUNTEREXAMPLE, TRANSVERSE_MIXING, Z, loss_with_hopping, random_model, random_state


def product(second, first):
    """Return the map that does ``first`` and then ``second``."""
    matrix = first.matrix.conj() if second.is_antiunitary else first.matrix
    return Symmetry(second.matrix @ matrix, second.is_antiunitary != first.is_antiunitary)


def is_among(element, members):
    return any(
        element.is_antiunitary == m.is_antiunitary and np.abs(element.matrix - m.matrix).max() < 1e-8
        for m in members
    )


def all_elements(elements, dimension):
    """All products of some elements of a finite group."""
    members = [Symmetry(np.eye(dimension, dtype=complex), is_antiunitary=False)]
    for member in members:
        for element in elements:
            image = product(element, member)
            if not is_among(image, members):
                members.append(image)
    return members


def order(model, state):
    """Numbers of unitary and of antiunitary symmetries; the group must be finite."""
    group = find_symmetries(model, state)
    assert not len(group.generators)
    kinds = [member.is_antiunitary for member in all_elements(group.elements, model.dimension)]
    return kinds.count(False), kinds.count(True)


def power(matrix, particles):
    """matrix ⊗ … ⊗ matrix."""
    result = np.ones((1, 1))
    for _ in range(particles):
        result = np.kron(result, matrix)
    return result


KNOWN_ORDERS = {
    "reflection about φ": (TRANSVERSE_MIXING, PLUS, (2, 0)),
    "conjugation": (COUNTEREXAMPLE, ProductState.from_population(0.6, 0.4), (1, 1)),
    "the paper's model at ½": (COUNTEREXAMPLE, PLUS, (2, 2)),
    "none": (*loss_with_hopping(), (1, 0)),
    "permutations of 3": (*potts(3, hopping=0.3), (6, 0)),
    "permutations of 4": (*potts(4, hopping=0.3), (24, 0)),
    "permutations of 5": (*potts(5, hopping=0.3), (120, 0)),
    "permutations and conjugation": (*potts(4), (24, 24)),
    "mirror of a ring with one lossy site": (*lossy_ring(6), (2, 0)),
    "dihedral group of a ring": (*lossy_ring(6, uniform=True), (12, 0)),
}


@pytest.mark.parametrize("name", KNOWN_ORDERS)
def test_orders_of_known_groups_in_any_basis(name):
    model, state, expected = KNOWN_ORDERS[name]
    assert order(model, state) == expected
    rotation = unitary_group.rvs(model.dimension, random_state=3)
    assert order(*rotate(model, state, rotation)) == expected


THIRD, QUARTER = (np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in (2 * np.pi / 3, np.pi / 2))
MIRROR, ONE = np.diag([1.0, -1.0]), np.eye(1)
IMAGINARY, ANTISYMMETRIC = np.diag([1j, -1j]), np.array([[0, 1], [-1, 0]])

PLANTED = {
    "triangle": [block_diag(ONE, THIRD), block_diag(ONE, MIRROR)],
    "square": [block_diag(ONE, QUARTER), block_diag(ONE, MIRROR)],
    "triangle, two copies": [block_diag(ONE, THIRD, THIRD), block_diag(ONE, MIRROR, MIRROR)],
    "quaternions, two copies": [block_diag(ONE, *2 * [m]) for m in (IMAGINARY, ANTISYMMETRIC)],
    "two signs": [np.diag([1, 1, -1, -1]), np.diag([1, -1, 1, -1])],
    "one sign, twice": [np.diag([1, 1, -1, -1])],
    "fifth roots of one": [np.diag(np.exp(2j * np.pi / 5 * np.arange(4)))],
    "even permutations": [np.eye(4)[[1, 2, 0, 3]], np.eye(4)[[1, 0, 3, 2]]],
    "cyclic permutations": [np.eye(4)[[1, 2, 3, 0]]],
}


@pytest.mark.parametrize("name", PLANTED)
def test_group_over_which_a_random_model_was_averaged(name):
    elements = [Symmetry(matrix.astype(complex), is_antiunitary=False) for matrix in PLANTED[name]]
    d = len(elements[0].matrix)
    members = [member.matrix for member in all_elements(elements, d)]
    model, state = random_model(d, 1), random_state(d, 2)
    pairs = [np.kron(matrix, matrix) for matrix in members]
    symmetric = Model(
        sum(m @ model.one_body @ m.conj().T for m in members) / len(members),
        sum(p @ model.two_body @ p.conj().T for p in pairs) / len(members),
    )
    phi = sum(matrix @ state.amplitudes for matrix in members)
    rotated = rotate(symmetric, ProductState(phi / np.linalg.norm(phi)), unitary_group.rvs(d, random_state=8))
    assert order(*rotated) == (len(members), 0)


@pytest.mark.parametrize("name", KNOWN_ORDERS)
def test_symmetries_commute_with_the_many_body_hamiltonian(name):
    model, state, _ = KNOWN_ORDERS[name]
    model, state = rotate(model, state, unitary_group.rvs(model.dimension, random_state=4))
    particles = 4 if model.dimension == 2 else 3
    hamiltonian = full_hamiltonian(model, particles)
    hamiltonian = hamiltonian - np.trace(hamiltonian) / len(hamiltonian) * np.eye(len(hamiltonian))
    for element in find_symmetries(model, state).elements:
        np.testing.assert_allclose(element.apply(state.amplitudes), state.amplitudes, atol=1e-12)
        image = power(element.matrix, particles)
        moved = -hamiltonian.conj() if element.is_antiunitary else hamiltonian
        np.testing.assert_allclose(image @ moved, hamiltonian @ image, atol=1e-11)


def test_what_a_gauge_moves_between_the_parts_does_not_matter():
    model, state = potts(3, hopping=0.3)
    rng = np.random.default_rng(5)
    field = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    both = np.kron(field, np.eye(3)) + np.kron(np.eye(3), field)
    swap = np.eye(9).reshape(3, 3, 3, 3).transpose(1, 0, 2, 3).reshape(9, 9)
    odd = (np.eye(9) - swap) @ np.diag(rng.normal(size=9)) @ (np.eye(9) - swap)  # never seen by bosons
    moved = Model(model.one_body + field + (2 - 3j) * np.eye(3), model.two_body - both + odd + 5 * np.eye(9))
    assert order(moved, state) == (6, 0)


@pytest.mark.parametrize("strength", [1e-2, 1e-4, 1e-6, 1e-8, 1e-11])
def test_a_nearly_symmetric_model_is_not_symmetric(strength):
    assert order(Model(TRANSVERSE_MIXING.one_body + strength * Z, TRANSVERSE_MIXING.two_body), PLUS) == (1, 0)
    assert order(
        Model(TRANSVERSE_MIXING.one_body, TRANSVERSE_MIXING.two_body), ProductState.from_tilt(strength)
    ) == (1, 0)
    model, state = potts(4, hopping=0.3)
    field = strength * np.diag([1, 0, 0, 0])
    assert order(Model(model.one_body + field, model.two_body), state) == (6, 0)


def test_one_parameter_groups():
    """Rotations of spins about z; all of SU(2) about a state that only A1 = 0 and a singlet would leave."""
    model, state = spin_one()
    generators = find_symmetries(*rotate(model, state, unitary_group.rvs(3, random_state=1))).generators
    assert len(generators) == 1
    np.testing.assert_allclose(np.linalg.eigvalsh(generators[0]), [-(0.5**0.5), 0, 0.5**0.5], atol=1e-12)
    # bosons of three species, of which two are alike: U(2)
    alike = Model(np.diag([0.3j, 0, 0]), np.diag([1j, 0.5, 0.5, 0.5, 0.2, 0.2, 0.5, 0.2, 0.2]).astype(complex))
    assert len(find_symmetries(alike, ProductState(np.array([1, 0, 0]))).generators) == 4


def test_generators_leave_the_many_body_problem_as_it_is():
    model, state = rotate(*spin_one(), unitary_group.rvs(3, random_state=2))
    (generator,) = find_symmetries(model, state).generators
    energies, vectors = np.linalg.eigh(generator)
    turn = power((vectors * np.exp(0.7j * energies)) @ vectors.conj().T, 3)
    hamiltonian = full_hamiltonian(model, 3)
    np.testing.assert_allclose(turn @ hamiltonian, hamiltonian @ turn, atol=1e-12)
    np.testing.assert_allclose(generator @ state.amplitudes, 0, atol=1e-12)


def test_without_dynamics_and_in_many_dimensions_nothing_is_said():
    for dimension in (2, 13):
        model = Model(0.3j * np.eye(dimension), np.zeros((dimension**2, dimension**2)))
        group = find_symmetries(model, ProductState(np.eye(dimension)[0]))
        assert not group.elements
        assert not len(group.generators)


@pytest.mark.parametrize("dimension", [2, 3, 4, 5])
def test_random_models_have_no_symmetry(dimension):
    assert order(random_model(dimension, 11), random_state(dimension, 12)) == (1, 0)
