"""The effective Hamiltonian along the way and the velocity of the limit, eq. (42)."""

import numpy as np
import pytest

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.paper.effective_hamiltonian import effective_hamiltonian, limit_velocity, rate_velocity
from tests.systems import COUNTEREXAMPLE, Z, random_model, random_state


def traceless(matrix):
    return matrix - np.trace(matrix) / len(matrix) * np.eye(len(matrix))


@pytest.mark.parametrize(("population", "time"), [(0.6, 0.3), (0.6, 0.8), (0.2, 1.0), (0.5, 0.9)])
def test_paper_model_has_a_constant_field_that_depends_on_the_observation_time(population, time):
    # H(χ(s), p(s)) = i y(t) Z for all s ≤ t: the mean field knows the time of observation, not s.
    for branch in find_branches(COUNTEREXAMPLE, ProductState.from_population(population), time):
        y = abs(branch.wavefunction[0]) ** 2 - abs(branch.wavefunction[1]) ** 2
        field = effective_hamiltonian(COUNTEREXAMPLE, branch, np.linspace(0, time, 5))
        assert np.abs(field - 1j * y * Z).max() < 1e-10


@pytest.mark.parametrize(("population", "time"), [(0.6, 0.3), (0.6, 0.8), (0.2, 1.0), (0.5, 0.9)])
def test_paper_model_obeys_equation_42(population, time):
    for branch in find_branches(COUNTEREXAMPLE, ProductState.from_population(population), time):
        nu0, nu1 = branch.wavefunction
        z = abs(nu0) ** 2 - abs(nu1) ** 2
        slope = 1 / (1 - 8 * time * abs(nu0) ** 2 * abs(nu1) ** 2)
        expected = slope * np.array([(z - z**2) * nu0, (-z - z**2) * nu1])
        assert np.abs(limit_velocity(COUNTEREXAMPLE, branch) - expected).max() < 1e-9


@pytest.mark.parametrize("dimension", [2, 3])
def test_effective_hamiltonian_drives_the_initial_state_to_the_limit(dimension):
    model, state, time = random_model(dimension, 21), random_state(dimension, 22), 0.5
    branch = find_branches(model, state, time)[0]
    steps = 400
    # Fourth-order Magnus steps with the two Gauss points.
    offset = np.sqrt(3) / 6
    starts = np.arange(steps) * time / steps
    first = effective_hamiltonian(model, branch, starts + (0.5 - offset) * time / steps)
    second = effective_hamiltonian(model, branch, starts + (0.5 + offset) * time / steps)
    ket, step = state.amplitudes, time / steps
    for a, b in zip(first, second, strict=True):
        exponent = -0.5j * step * (a + b) - np.sqrt(3) / 12 * step**2 * (b @ a - a @ b)
        term, total = ket, ket
        for k in range(1, 12):
            term = exponent @ term / k
            total = total + term
        ket = total
    ket = ket / np.linalg.norm(ket)
    assert abs(abs(np.vdot(branch.wavefunction, ket)) - 1) < 1e-12
    assert np.linalg.norm(ket - branch.wavefunction * np.vdot(branch.wavefunction, ket)) < 1e-8


@pytest.mark.parametrize("dimension", [2, 3])
def test_velocities_are_the_derivatives_by_the_observation_time(dimension):
    model, state, time, step = random_model(dimension, 23), random_state(dimension, 24), 0.5, 1e-3
    before, here, after = (find_branches(model, state, time + k * step)[0] for k in (-1, 0, 1))
    ket = here.wavefunction
    aligned = [b.wavefunction * np.exp(1j * np.angle(np.vdot(b.wavefunction, ket))) for b in (before, after)]
    velocity = (aligned[1] - aligned[0]) / (2 * step)
    velocity = velocity - ket * np.vdot(ket, velocity)
    assert np.abs(velocity - limit_velocity(model, here)).max() < 1e-5
    assert (after.rate - before.rate) / (2 * step) == pytest.approx(rate_velocity(model, here), abs=1e-5)


def test_only_instants_on_the_way_are_allowed():
    branch = find_branches(COUNTEREXAMPLE, ProductState.from_population(0.6), 0.3)[0]
    with pytest.raises(ModelError, match=r"\[0, 0.3\]"):
        effective_hamiltonian(COUNTEREXAMPLE, branch, [0.1, 0.31])
