"""N·S_L and N times the limit infidelity for N → ∞: the coefficient from Z against exact finite N, any model."""

from math import isnan

import numpy as np
import pytest

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.fluctuations import entropy_coefficient
from nonhermitian_hartree.limit.laws import leading_entropy
from nonhermitian_hartree.limit.simplex import find_simplex_limit
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.two_point.solve import find_limit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import (
    COUNTEREXAMPLE,
    TRANSVERSE_MIXING,
    ZZ,
    Z,
    loss_with_hopping,
    random_model,
    random_state,
)


def lossy_trimer():
    """Bose–Hubbard trimer with loss from the first well, where all particles are at first."""
    hopping = np.diag([-1.0, -1.0], 1) + np.diag([-1.0, -1.0], -1)
    return Model(hopping - 0.5j * np.diag([1, 0, 0]), np.diag(2.0 * np.eye(3).ravel())), ProductState(np.eye(3)[0])


NOT_COMMUTING = {
    "loss with hopping": (*loss_with_hopping(), 0.5, (50, 100, 200)),
    "transverse mixing before it splits": (
        TRANSVERSE_MIXING,
        ProductState.from_population(0.5),
        0.3,
        (100, 200, 400),
    ),
    "random qubit": (random_model(2, 3), random_state(2, 4), 0.4, (50, 100, 200)),
    "random qutrit": (random_model(3, 5), random_state(3, 6), 0.4, (15, 30, 60)),
    "lossy trimer": (*lossy_trimer(), 0.5, (15, 30, 60)),
}


@pytest.mark.parametrize("name", NOT_COMMUTING)
def test_coefficient_against_exact_finite_n(name):
    """Richardson extrapolation of N·S_L in 1/N, from N that double; errors of the exact values are below 1e-12."""
    model, state, time, particles = NOT_COMMUTING[name]
    limit = find_limit(model, state, time)
    assert not limit.is_mixed
    ket = limit.wavefunctions[0]
    entropies, infidelities = [], []
    for exact, number in zip(exact_marginals(model, state, particles, [time], 1e-11), particles, strict=True):
        entropies.append(number * exact.linear_entropy[0])
        infidelities.append(number * (1 - (ket.conj() @ exact.density[0] @ ket).real))
    for scaled, expected in (
        (entropies, limit.entropy_coefficient),
        (infidelities, limit.entropy_coefficient / 2),
    ):
        first, second, third = scaled
        assert abs(third / expected - 1) > 2e-3  # what the extrapolation has to remove
        assert (first - 6 * second + 8 * third) / 3 == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize(("tilt", "time"), [(0.2, 0.3), (-0.2, 0.8), (0.0, 0.45), (1.5, 2.0), (np.inf, 1.0)])
def test_closed_form_of_the_counterexample(tilt, time):
    state = ProductState.from_tilt(tilt)
    law = leading_entropy(1, tilt, time)
    (limit,) = limit_states(COUNTEREXAMPLE, state, [time])
    assert limit.entropy_coefficient == pytest.approx(law, rel=1e-13)
    width = 1 - (abs(limit.wavefunctions[0]) ** 2 @ [1, -1]) ** 2
    assert limit.softness == pytest.approx(time * width / (1 - time * width), rel=1e-12)
    if np.isfinite(tilt):
        assert find_limit(COUNTEREXAMPLE, state, time).entropy_coefficient == pytest.approx(law, rel=1e-9)
        assert find_simplex_limit(COUNTEREXAMPLE, state, time).entropy_coefficient == pytest.approx(law, rel=1e-11)


def test_twist_of_a_diagonal_qubit_counts_as_well():
    model = Model(0.3j * Z, (1 + 0.4j) * ZZ)
    state = ProductState.from_population(0.3, 0.4)
    (limit,) = limit_states(model, state, [0.7])
    marginals = closed_form_marginals(model, state, [10**8], [0.7])
    assert limit.entropy_coefficient == pytest.approx(10**8 * marginals.linear_entropy.item(), rel=1e-6)
    assert limit.entropy_coefficient == pytest.approx(find_limit(model, state, 0.7).entropy_coefficient, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_diagonal_models_by_the_simplex_and_by_the_two_point_equations(seed):
    rng = np.random.default_rng(seed)
    quadratic = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    linear = rng.normal(size=3) + 1j * rng.normal(size=3)
    model, state = Model(np.diag(linear), np.diag((quadratic + quadratic.T).ravel())), random_state(3, seed)
    simplex, two_point = find_simplex_limit(model, state, 0.3), find_limit(model, state, 0.3)
    assert simplex.entropy_coefficient == pytest.approx(two_point.entropy_coefficient, rel=1e-9)
    assert simplex.softness == pytest.approx(two_point.softness, rel=1e-9)


def test_there_is_none_where_the_limit_is_mixed_or_critical():
    balanced = ProductState.from_population(0.5)
    critical, mixed = limit_states(COUNTEREXAMPLE, balanced, [0.5, 0.8])
    assert isnan(critical.entropy_coefficient)
    assert critical.softness == pytest.approx(1, abs=1e-9)
    assert isnan(mixed.entropy_coefficient)
    assert isnan(entropy_coefficient(np.diag([1.0, 0.3])))
    assert isnan(entropy_coefficient(np.diag([1.2, 0.3])))


def test_independent_modes_add_up():
    assert entropy_coefficient(np.diag([0.6, 0.8, 0])) == pytest.approx(2 * (0.36 / 0.64 + 0.64 / 0.36), rel=1e-14)
