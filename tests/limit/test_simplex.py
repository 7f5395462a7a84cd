"""Diagonal models of any d: the simplex route against the two-point route and against exact sums."""

from itertools import product
from math import lgamma

import numpy as np
import pytest

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.limit.simplex import find_simplex_limit, find_simplex_maxima
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.systems import BALANCED, COUNTEREXAMPLE, NO_PAIRS, X


def random_diagonal(dimension, seed):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    quadratic = rng.normal(size=(dimension, dimension)) + 1j * rng.normal(size=(dimension, dimension))
    phi = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    model = Model(np.diag(linear), np.diag((quadratic + quadratic.T).ravel()))
    return model, ProductState(phi / np.linalg.norm(phi))


@pytest.mark.parametrize(
    ("dimension", "seed", "time"), [(2, 0, 0.4), (2, 1, 1.0), (3, 0, 1.0), (3, 3, 0.7), (4, 1, 0.4)]
)
def test_agrees_with_the_two_point_equations(dimension, seed, time):
    model, state = random_diagonal(dimension, seed)
    simplex, two_point = find_simplex_maxima(model, state, time), find_branches(model, state, time)
    assert len(simplex) == len(two_point)
    for maximum, branch in zip(simplex, two_point, strict=True):
        assert ray_distance(maximum.wavefunction, branch.wavefunction) < 1e-10
        assert maximum.rate == pytest.approx(branch.rate, abs=1e-10)
        # Two independent derivations of the fluctuation determinant.
        assert maximum.log_prefactor == pytest.approx(branch.log_prefactor, abs=1e-9)


def exact_log_norm(model, state, particles, time):
    """ln⟨Ψ|Ψ⟩ of a diagonal model, eq. (1), as the multinomial sum it is."""
    d = model.dimension
    linear, quadratic = np.diag(model.one_body).imag, np.diag(model.two_body).reshape(d, d).imag
    log_p = 2 * np.log(np.abs(state.amplitudes))
    logs = []
    for head in product(range(particles + 1), repeat=d - 1):
        if sum(head) > particles:
            continue
        n = np.array([*head, particles - sum(head)])
        energy = linear @ n + (n @ quadratic @ n - np.diag(quadratic) @ n) / (2 * (particles - 1))
        count = lgamma(particles + 1) - sum(lgamma(k + 1) for k in n)
        logs.append(count + n @ log_p + 2 * time * energy)
    return np.logaddexp.reduce(logs)


@pytest.mark.parametrize("dimension", [2, 3])
def test_rate_and_prefactor_against_the_exact_sum(dimension):
    model, state = random_diagonal(dimension, 5)
    time = 0.5
    maximum = find_simplex_maxima(model, state, time)[0]
    errors = [
        abs(exact_log_norm(model, state, n, time) - n * maximum.rate - maximum.log_prefactor) for n in (40, 80)
    ]
    # ln⟨Ψ|Ψ⟩ = N g + ln C + O(1/N).
    assert errors[0] < 0.1
    assert errors[1] / errors[0] == pytest.approx(0.5, abs=0.1)


def test_paper_model_and_its_mixture():
    limit = find_simplex_limit(COUNTEREXAMPLE, BALANCED, 0.8)
    heights = sorted(abs(limit.wavefunctions[:, 0]) ** 2 - abs(limit.wavefunctions[:, 1]) ** 2)
    for y in heights:
        assert y == pytest.approx(np.tanh(1.6 * y), abs=1e-12)
    assert heights == pytest.approx([-heights[1], heights[1]], abs=1e-12)
    assert limit.weights == pytest.approx([0.5, 0.5], abs=1e-12)
    assert limit.linear_entropy == pytest.approx(heights[1] ** 2 / 2, abs=1e-12)  # eq. (46)


def test_empty_level_stays_empty():
    model, _ = random_diagonal(3, 6)
    maximum = find_simplex_maxima(model, ProductState(np.array([0.6, 0, 0.8])), 0.7)[0]
    assert maximum.populations[1] == 0
    assert maximum.populations.sum() == pytest.approx(1, abs=1e-14)


def test_tiny_populations_keep_their_relative_accuracy():
    # A1 = diag(0, −20i), A2 = 0: x1 = p1 e^{−40 t} / (p0 + p1 e^{−40 t}).
    model = Model(np.diag([0, -20j]), NO_PAIRS)
    maximum = find_simplex_maxima(model, ProductState.from_population(0.5), 2.0)[0]
    assert maximum.populations[1] == pytest.approx(np.exp(-80) / (1 + np.exp(-80)), rel=1e-12)


def test_refuses_what_is_not_diagonal():
    with pytest.raises(ModelError, match="diagonal"):
        find_simplex_maxima(Model(X, NO_PAIRS), ProductState.from_population(0.5), 1.0)
