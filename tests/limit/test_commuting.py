"""Models that are diagonal in another basis: recognised in any rotation and gauge, and only those."""

import numpy as np
import pytest

from nonhermitian_hartree.limit.commuting import find_commuting_limit
from nonhermitian_hartree.limit.solve import bound_limit_error, limit_states
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import BALANCED, COUNTEREXAMPLE, diagonal_part, random_model, random_state, rotate

SHIFT = 2 - 1j


@pytest.mark.parametrize("dimension", [2, 3, 4, 5])
def test_a_rotation_changes_no_answer(dimension):
    """Against the limit of the unrotated model, by its own closed form or on the simplex."""
    for seed in range(6):
        model, state = diagonal_part(random_model(dimension, seed)), random_state(dimension, seed)
        rotated, turned, frame = rotate(model, state, seed)
        for time in (0.3, 2.0):
            (expected,), (found,) = limit_states(model, state, [time]), limit_states(rotated, turned, [time])
            assert found.confirmed == "closed_form"
            difference = np.abs(found.density - frame @ expected.density @ frame.conj().T).max()
            assert difference <= bound_limit_error(rotated, found)
            assert found.rate == pytest.approx(expected.rate, abs=1e-11)


def test_shifts_and_gauges_change_no_answer():
    model, state = diagonal_part(random_model(3, 4)), random_state(3, 4)
    rotated, turned, _ = rotate(model, state, 4)
    (expected,) = limit_states(rotated, turned, [1.0])
    part, unit = rotated.one_body, np.eye(3)
    gauged = Model(
        (1 - 2) * part, rotated.two_body + 2 * (np.kron(part, unit) + np.kron(unit, part)) + SHIFT * np.eye(9)
    )
    (found,) = limit_states(gauged, turned, [1.0])
    assert found.confirmed == expected.confirmed == "closed_form"
    np.testing.assert_allclose(found.density, expected.density, atol=1e-10)


def test_a_tie_stays_a_tie_in_any_basis():
    """p0 = ½ of the counterexample after its splitting: roundings of the rotation choose no branch."""
    for seed in range(10):
        model, state, _ = rotate(COUNTEREXAMPLE, BALANCED, seed)
        (found,) = limit_states(model, state, [0.9])
        assert found.weights == pytest.approx([0.5, 0.5], abs=1e-9)


def test_what_does_not_commute_is_left_to_the_others():
    assert find_commuting_limit(random_model(3, 1), random_state(3, 1)) is None
    model, state, _ = rotate(diagonal_part(random_model(2, 1)), random_state(2, 1), 1)
    perturbed = Model(model.one_body + 1e-9 * np.array([[0, 1], [1, 0]]), model.two_body)
    assert find_commuting_limit(model, state) is not None
    assert find_commuting_limit(perturbed, state) is None


def test_an_eigenvector_is_not_left_to_rounding():
    model, _, frame = rotate(diagonal_part(random_model(2, 5)), random_state(2, 5), 5)
    assert find_commuting_limit(model, ProductState(frame[:, 0])) is None
