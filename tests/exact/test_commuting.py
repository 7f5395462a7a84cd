"""Finite N of models that are diagonal in another basis: a rotation changes no answer and no method."""

import numpy as np
import pytest

from nonhermitian_hartree.exact.commuting import diagonal_marginals, rotated_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.diagonal_frame import find_diagonal_frame
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import (
    BALANCED,
    COUNTEREXAMPLE,
    TRANSVERSE_MIXING,
    X,
    diagonal_part,
    one_body_loss,
    random_model,
    random_state,
    rotate,
)

CASES = {
    # softness from 0.96 to 1, and two branches beyond
    "critical": (COUNTEREXAMPLE, BALANCED, [0.49, 0.4999, 0.5, 0.5001, 0.52, 0.9], [10**3, 10**6, 10**9]),
    "next_to_critical": (COUNTEREXAMPLE, ProductState.from_tilt(1e-3, 0.4), [0.499, 0.505, 0.52], [10**3, 10**5]),
    # h = 1/N: both branches carry weight
    "coexistence": (COUNTEREXAMPLE, ProductState.from_tilt(1e-5, 0.4), [0.8, 1.0], [10**5]),
    "loss": (one_body_loss(0.7), ProductState.from_population(0.6), [1.0, 3.0], [10, 10**9]),
    "long": (diagonal_part(random_model(2, 3)), random_state(2, 3), [0.3, 10.0], [100, 10**12]),
    "three_levels": (diagonal_part(random_model(3, 3)), random_state(3, 3), [0.5, 3.0], [2, 60]),
    "four_levels": (diagonal_part(random_model(4, 6)), random_state(4, 6), [1.0], [25]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rotation_changes_no_answer_and_no_method(case):
    """Against the closed form of the model as it stands, in six random bases."""
    model, state, times, sizes = CASES[case]
    expected = exact_marginals(model, state, sizes, times, 1e-8)
    for seed in range(6):
        rotated, turned, frame = rotate(model, state, seed)
        found = exact_marginals(rotated, turned, sizes, times, 1e-8)
        for one, other in zip(expected, found, strict=True):
            assert one.method == other.method == "closed_form"
            error = np.abs(frame @ one.density @ frame.conj().T - other.density).max(axis=(1, 2))
            assert (error <= one.error_bound + other.error_bound).all()
            rate_error = np.abs(one.log_norm_rate - other.log_norm_rate)
            assert (rate_error <= one.error_bound + other.error_bound).all()
            entropy_error = np.abs(one.linear_entropy - other.linear_entropy)
            assert (entropy_error <= one.linear_entropy_error + other.linear_entropy_error).all()


def test_what_a_rounding_does_next_to_a_coexistence_is_said():
    """h = 1e-9 after the transition: ρ̂ changes on the scale 1/N, and the new basis knows h to 1e-16 only."""
    tilted = ProductState.from_tilt(1e-9)
    errors = []
    for seed in range(20):
        model, state, frame = rotate(COUNTEREXAMPLE, tilted, seed)
        (found,) = rotated_marginals(find_diagonal_frame(model, state), [10**9], [0.9])
        (expected,) = diagonal_marginals(COUNTEREXAMPLE, tilted, [10**9], [0.9])
        error = np.abs(frame @ expected.density @ frame.conj().T - found.density).max()
        assert error <= found.error_bound[0] + expected.error_bound[0]
        errors.append(error)
    assert max(errors) > 1e-9


def test_shifts_and_gauges_change_no_answer():
    model, state, _ = rotate(diagonal_part(random_model(3, 4)), random_state(3, 4), 4)
    shift, part, unit = 100 - 10j, model.one_body, np.eye(3)
    gauged = Model(-part, model.two_body + 2 * (np.kron(part, unit) + np.kron(unit, part)) + shift * np.eye(9))
    (plain,), (found,) = (exact_marginals(one, state, [30], [1.0], 1e-8) for one in (model, gauged))
    assert plain.method == found.method == "closed_form"
    np.testing.assert_allclose(found.density, plain.density, atol=1e-11)
    assert found.log_norm_rate[0] == pytest.approx(plain.log_norm_rate[0] + shift.imag, abs=1e-10)


def test_what_does_not_commute_has_no_closed_form():
    assert find_diagonal_frame(TRANSVERSE_MIXING, BALANCED) is None
    model, state, _ = rotate(COUNTEREXAMPLE, BALANCED, 1)
    (result,) = exact_marginals(Model(model.one_body + 1e-9 * X, model.two_body), state, [50], [0.4], 1e-8)
    assert result.method == "float64"
