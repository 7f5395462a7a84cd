"""Closed sets of branches and averages over orbits, against finite N and against sums over the group."""

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import unitary_group

from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.simplex import find_simplex_limit
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.symmetry.group import find_symmetries
from nonhermitian_hartree.limit.symmetry.orbit import (
    broken_directions,
    close_under_symmetries,
    orbit_average,
    softness_across_orbit,
)
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.limit.symmetric_models import PLUS, potts, rotate, spin_one
from tests.systems import TRANSVERSE_MIXING

SPIN_TIME = 2.0


def test_four_branches_of_a_rotated_potts_model_follow_from_one():
    model, state = potts(4)
    rotation = unitary_group.rvs(4, random_state=6)
    time = 2.5
    branches = find_simplex_limit(model, state, time).wavefunctions
    assert len(branches) == 4
    group = find_symmetries(*rotate(model, state, rotation))
    closed = close_under_symmetries([rotation @ branches[2]], group)
    assert len(closed) == 4
    for branch in branches:
        assert min(ray_distance(rotation @ branch, ket) for ket in closed) < 1e-12
    # the symmetric state has no other image
    assert len(close_under_symmetries([rotation @ state.amplitudes], group)) == 1


def test_closing_keeps_what_is_given_and_gives_each_ray_once():
    group = find_symmetries(TRANSVERSE_MIXING, PLUS)
    ket = np.array([0.6, 0.8j])
    closed = close_under_symmetries([ket, 1j * ket, ket[::-1] * np.exp(0.3j), PLUS.amplitudes], group)
    assert len(closed) == 3
    np.testing.assert_array_equal(closed[0], ket)
    assert ray_distance(closed[1], ket[::-1]) < 1e-12


def test_average_over_a_finite_group_is_the_mean_over_the_orbit():
    group = find_symmetries(*potts(4, hopping=0.3))
    ket = np.array([0.1, 0.5j, 0.7, -0.3]) / np.linalg.norm([0.1, 0.5, 0.7, 0.3])
    orbit = close_under_symmetries([ket], group)
    assert len(orbit) == 24
    mean = np.mean([np.outer(k, k.conj()) for k in orbit], axis=0)
    np.testing.assert_allclose(orbit_average(ket, group), mean, atol=1e-12)


def test_average_over_rotations_takes_the_coherences_away():
    group = find_symmetries(*spin_one())
    ket = np.array([0.2, 0.8 + 0.1j, 0.5j]) / np.linalg.norm([0.2, 0.8, 0.1, 0.5])
    (generator,) = group.generators
    angles = 2 * np.pi * np.sqrt(2) * np.arange(64) / 64
    turned = np.array([expm(1j * angle * generator) @ ket for angle in angles])
    # the rotations alone keep m = 1 and m = −1 apart; their exchange is a symmetry as well
    mean = np.einsum("ni,nj->ij", turned, turned.conj()) / 64
    mean = (mean + mean[::-1, ::-1]) / 2
    np.testing.assert_allclose(orbit_average(ket, group), mean, atol=1e-12)
    rotation = unitary_group.rvs(3, random_state=9)
    rotated = find_symmetries(*rotate(*spin_one(), rotation))
    np.testing.assert_allclose(
        orbit_average(rotation @ ket, rotated), rotation @ mean @ rotation.conj().T, atol=1e-11
    )


def test_average_over_a_group_that_does_not_commute():
    """U(2) of two species that are alike: what lies there becomes isotropic."""
    alike = Model(np.diag([0.3j, 0, 0]), np.diag([1j, 0.5, 0.5, 0.5, 0.2, 0.2, 0.5, 0.2, 0.2]).astype(complex))
    group = find_symmetries(alike, ProductState(np.array([1, 0, 0])))
    average = orbit_average(np.array([0.6, 0.48, 0.64j]), group)
    np.testing.assert_allclose(average, np.diag([0.36, 0.32, 0.32]), atol=1e-12)
    assert broken_directions(np.array([0.6, 0.48, 0.64j]), group).shape == (3, 3)
    assert broken_directions(np.array([0, 0.6, 0.8j]), group).shape == (3, 2)


@pytest.fixture(scope="module")
def spin_branch():
    """Dominant branch of spin-1 bosons after the rotations about z are broken, one of a continuous family."""
    branches = find_branches(*spin_one(), SPIN_TIME)
    return max(branches, key=lambda branch: branch.rate)


def test_broken_rotation_explains_the_soft_direction(spin_branch):
    group = find_symmetries(*spin_one())
    directions = broken_directions(spin_branch.wavefunction, group)
    singular = np.linalg.svd(spin_branch.squeezing, compute_uv=False)
    assert directions.shape == (3, 1)
    assert np.count_nonzero(np.abs(singular - 1) < 1e-6) == 1
    np.testing.assert_allclose(spin_branch.squeezing @ directions.conj(), directions, atol=1e-8)
    assert softness_across_orbit(spin_branch.squeezing, directions) == pytest.approx(singular[1], abs=1e-9)
    assert singular[1] < 0.8
    with pytest.raises(ConvergenceError, match="look for it again"):
        softness_across_orbit(0.9 * spin_branch.squeezing, directions)
    closed = close_under_symmetries([spin_branch.wavefunction], group)
    assert len(closed) == 1


def test_finite_n_tends_to_the_average_over_the_orbit(spin_branch):
    """N times the difference still falls at N = 120: the symmetric state has almost the same rate."""
    model, state = spin_one()
    average = orbit_average(spin_branch.wavefunction, find_symmetries(model, state))
    few, many = (marginals.density[0] for marginals in exact_marginals(model, state, [60, 120], [SPIN_TIME], 1e-8))
    assert np.abs(many - average).max() < 0.45 * np.abs(few - average).max() < 0.014
    assert np.abs(2 * many - few - average).max() < 0.01
