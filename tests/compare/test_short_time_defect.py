"""The short-time defect: closed form, solver, and the cases in which it vanishes."""

import numpy as np
import pytest

from nonhermitian_hartree.compare.short_time_defect import defect_vector, predicted_infidelity, short_time_defect
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.limit.two_point.solve import find_limit
from nonhermitian_hartree.model.state import ProductState
from tests.references.hartree_reference import hartree_wavefunctions
from tests.systems import BALANCED, COUNTEREXAMPLE, hermitian_part, one_body_loss, random_model, random_state


@pytest.mark.parametrize(("gamma", "population"), [(0.7, 0.6), (-0.3, 0.9)])
def test_closed_form(gamma, population):
    # A1 = iγZ, A2 = Z⊗Z: the phases part by 2γ t² (1 − z²), which moves ν by half of that times √(1 − z²).
    z = 2 * population - 1
    model, state = one_body_loss(gamma), ProductState.from_population(population)
    assert short_time_defect(model, state) == pytest.approx(2 * abs(gamma) * (1 - z**2) ** 1.5, rel=1e-13)


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("seed", [71, 72])
def test_prediction_against_the_solver(dimension, seed):
    model, state = random_model(dimension, seed), random_state(dimension, seed)
    times = np.array([0.01, 0.02])
    hartree = hartree_wavefunctions(model, state, times)
    predicted = predicted_infidelity(short_time_defect(model, state), times)
    ratios = [
        find_limit(model, state, t).infidelity_to(phi) / p
        for t, phi, p in zip(times, hartree, predicted, strict=True)
    ]
    # The ratio is 1 + O(t): extrapolated linearly to t = 0.
    assert abs(ratios[0] - 1) < 0.1
    assert 2 * ratios[0] - ratios[1] == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("dimension", [2, 3])
def test_direction_of_the_defect(dimension):
    model, state, time = random_model(dimension, 73), random_state(dimension, 73), 1e-3
    phi = hartree_wavefunctions(model, state, [time])[0]
    ket = find_limit(model, state, time).wavefunctions[0]
    difference = ket * np.exp(1j * np.angle(np.vdot(ket, phi))) - phi
    # φ moves by O(t) and turns its phase by O(t): the direction is right to that order.
    expected = -(time**2) / 2 * defect_vector(model, state)
    assert np.linalg.norm(difference - expected) < 0.02 * np.linalg.norm(expected)


@pytest.mark.parametrize("dimension", [2, 3])
def test_hermitian_models_have_none(dimension):
    model = random_model(dimension, 74)
    assert short_time_defect(hermitian_part(model), random_state(dimension, 75)) < 1e-14


def test_zero_defect_does_not_save_the_paper_model():
    model, state = COUNTEREXAMPLE, BALANCED
    assert short_time_defect(model, state) < 1e-15
    assert find_limit(model, state, 0.8).infidelity_to(state.amplitudes) > 0.2


def test_dimensions_must_agree():
    with pytest.raises(ModelError, match="dimension"):
        short_time_defect(random_model(3, 1), random_state(2, 1))
