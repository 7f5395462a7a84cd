"""Operators and states on lattices, against their definitions written out and against what must be refused."""

from __future__ import annotations

import numpy as np
import pytest

import nonhermitian_hartree as nh
from nonhermitian_hartree.model.lattice.operators import (
    contact,
    density,
    entries,
    hopping,
    onsite,
    read_shape,
    terms,
)
from nonhermitian_hartree.model.lattice.states import gaussian, plane_wave, site, uniform


@pytest.mark.parametrize(("shape", "boundary"), [([7], "open"), ([3, 4], "open"), ([3, 4, 3], "periodic")])
def test_hopping_joins_neighbours(shape, boundary):
    coordinates = np.array(list(np.ndindex(*shape)))
    difference = np.abs(coordinates[:, None] - coordinates[None])
    if boundary == "periodic":
        difference = np.minimum(difference, np.array(shape) - difference)
    expected = np.where(difference.sum(axis=-1) == 1, 2 - 0.5j, 0)
    assert np.array_equal(hopping(2 - 0.5j, shape, boundary).toarray(), expected)


def test_plane_waves_diagonalise_the_torus():
    shape, numbers = [4, 5], [1, -2]
    wave = plane_wave(numbers, shape).amplitudes
    energy = 2 * sum(np.cos(2 * np.pi * k / length) for k, length in zip(numbers, shape, strict=True))
    assert hopping(1, shape, "periodic") @ wave == pytest.approx(energy * wave)


def test_a_packet_has_its_width_and_momentum():
    length = 200
    x, packet = np.arange(length), gaussian([90.3], 7.5, [0.4], [length]).amplitudes
    weight = np.abs(packet) ** 2
    assert weight @ x == pytest.approx(90.3)
    assert np.sqrt(weight @ (x - 90.3) ** 2) == pytest.approx(7.5)
    assert np.angle(packet[1:] / packet[:-1]) == pytest.approx(0.4)
    both = gaussian([3, 40], [2, 5], [0, 0.1], [8, 80]).amplitudes.reshape(8, 80)
    assert np.linalg.matrix_rank(both, tol=1e-12) == 1


def test_simple_states_and_energies():
    assert uniform(6).amplitudes == pytest.approx(6**-0.5)
    assert site(2, 6).amplitudes.tolist() == [0, 0, 1, 0, 0, 0]
    same = [onsite(values, 3).toarray() for values in ([0, 2j, 0], {1: 2j}, [(1, 2j)], np.array([0, 2j, 0]))]
    assert all(np.array_equal(matrix, np.diag([0, 2j, 0])) for matrix in same)
    assert np.array_equal(onsite(1.5, 3).toarray(), 1.5 * np.eye(3))
    assert np.array_equal(entries([(0, 2, 1j)], 3).toarray()[0], [0, 0, 1j])


def test_interactions_are_what_the_dense_array_says():
    modes = 3
    expected = np.zeros((modes,) * 4, dtype=complex)
    for i, strength in enumerate([1.0, 2j, 0.0]):
        expected[i, i, i, i] += strength
    expected[0, 2, 0, 2] += 0.5
    expected[2, 0, 2, 0] += 0.5
    expected[0, 1, 2, 2] += 0.25j
    expected[1, 0, 2, 2] += 0.25j
    pairs = contact([1.0, 2j, 0], modes) + density([(0, 2, 1.0)], modes) + terms([(0, 1, 2, 2, 0.5j)], modes)
    model = nh.Model(np.eye(modes), pairs)
    assert np.array_equal(model.two_body_tensor, expected)


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: hopping(-1, [2], "periodic"), r"shape: found \[2\]; allowed: at least 3 sites"),
        (lambda: hopping(-1, [4], "closed"), "boundary: found 'closed'; allowed: open or periodic"),
        (lambda: hopping(-1, [4, 0]), "shape: found a list; allowed: a list of whole numbers > 0"),
        (lambda: hopping(np.inf, [4]), "amplitude: found inf; allowed: finite numbers"),
        (lambda: onsite({9: 1}, 8), "onsite: found site 9; allowed: a whole number from 0 to 7"),
        (lambda: onsite({True: 1}, 8), "onsite: found site True"),
        (lambda: onsite([(3, 1), (3, 2)], 8), "onsite: found site 3 twice"),
        (lambda: onsite([1, 2, 3], 8), "onsite: found 3 numbers; allowed: a number, 8 numbers"),
        (lambda: contact("a", 8), "contact: found 'a'"),
        (lambda: contact(np.nan, 8), "contact: found a number that is not finite"),
        (lambda: density([(0, 9, 1)], 4), "density: found sites 0, 9; allowed: 2 whole numbers from 0 to 3"),
        (lambda: entries([(0, 1, 1), (0, 1, 2)], 4), "entries: found sites 0, 1 twice"),
        (lambda: terms([(0, 1, -1, 2, 1)], 4), "terms: found sites 0, 1, -1, 2; allowed: 4 whole numbers"),
        (lambda: read_shape([3, 4], 13), r"shape: found \[3, 4\], which has 12 sites; allowed: a product of 13"),
        (lambda: site(64, 64), "site: found site 64"),
        (lambda: plane_wave([0.5], [8]), "plane_wave: .*allowed: 1 whole number"),
        (lambda: plane_wave([1], [8, 8]), "plane_wave: found 1 numbers; allowed: 2, one a direction"),
        (lambda: gaussian([3], 0, 0, [8]), "width: found 0.0; allowed: numbers > 0"),
        (lambda: gaussian([900], 1, 0, [8]), "gaussian: no site is near"),
    ],
)
def test_what_is_refused(build, text):
    with pytest.raises(nh.ModelError, match=text):
        build()
