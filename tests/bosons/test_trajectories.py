"""Trajectories against the Lindblad equation on the Fock space, and without jumps against the exact engine."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from nonhermitian_hartree.bosons.trajectories import sample_trajectories
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.two_mode_fock_space import annihilation_operators, evolve_lindblad, second_quantised
from tests.systems import LOSS_WITH_HOPPING, X, Z, hermitian_part, random_model, random_state

TIMES = [0.3, 0.8, 1.5]
JUMPS = np.array([[1.0, 0.0], [0.3, -0.4j]])
"""ℓ of two jump operators; loss from both modes, one of them with an interference."""


def lossy_case(particles):
    """H with a random pair interaction, and a state without symmetry."""
    return hermitian_part(random_model(2, particles)), random_state(2, particles)


@pytest.fixture(scope="module", params=[2, 3, 4])
def sampled(request):
    model, state = lossy_case(request.param)
    return model, state, sample_trajectories(model, JUMPS, state, request.param, TIMES, runs=1500, seed=7)


def lindblad_correlations(model, state, particles, time):
    """Tr(ρ a_j† a_i), Tr(ρ n) and the distribution of n = 0 … N, from the superoperator on n_0, n_1 ≤ N."""
    lowering = annihilation_operators(particles)
    creation = sum(phi * a.conj().T for phi, a in zip(state.amplitudes, lowering, strict=True))
    psi = np.linalg.matrix_power(creation, particles)[:, 0] / np.sqrt(factorial(particles))
    pair = model.two_body.reshape(2, 2, 2, 2) / (particles - 1)
    hamiltonian = second_quantised(model.one_body, pair, lowering)
    jumps = [row[0] * lowering[0] + row[1] * lowering[1] for row in JUMPS]
    density = evolve_lindblad(hamiltonian, jumps, np.outer(psi, psi.conj()), time)
    correlations = np.array([[np.trace(a @ density @ b.conj().T) for b in lowering] for a in lowering])
    total = np.add.outer(np.arange(particles + 1), np.arange(particles + 1)).reshape(-1)
    return correlations, np.bincount(total, weights=np.diag(density).real)[: particles + 1]


def test_average_of_the_runs_is_the_solution_of_the_lindblad_equation(sampled):
    model, state, runs = sampled
    average, error = runs.ensemble
    for index, time in enumerate(TIMES):
        expected, shares = lindblad_correlations(model, state, runs.particles, time)
        assert (abs(average[index] - expected) <= 5 * error[index]).all()
        assert 5 * error[index].max() < 0.1 * runs.particles
        counted = np.bincount(runs.remaining[:, index], minlength=runs.particles + 1) / len(runs.remaining)
        assert (abs(counted - shares) <= 5 * np.sqrt(shares * (1 - shares) / len(runs.remaining)) + 1e-12).all()


def test_runs_without_loss_are_the_postselected_state(sampled):
    model, state, runs = sampled
    no_jump = Model(model.one_body - 0.5j * JUMPS.conj().T @ JUMPS, model.two_body)
    (exact,) = exact_marginals(no_jump, state, runs.particles, TIMES, 1e-11)
    assert runs.no_jump_density == pytest.approx(exact.density, abs=1e-10)
    assert runs.no_jump_probability == pytest.approx(np.exp(runs.particles * exact.log_norm_rate), abs=1e-10)
    share, error = runs.no_jump_fraction
    assert (abs(share - runs.no_jump_probability) <= 5 * error).all()
    for index in range(len(TIMES)):
        kept = runs.correlations[runs.remaining[:, index] == runs.particles, index]
        assert kept == pytest.approx(np.broadcast_to(runs.particles * exact.density[index], kept.shape), abs=1e-10)


def test_remaining_bosons_are_the_trace_and_never_come_back(sampled):
    _, _, runs = sampled
    traces = np.trace(runs.correlations, axis1=2, axis2=3)
    assert traces == pytest.approx(runs.remaining, abs=1e-12)
    assert (np.diff(runs.remaining, axis=1) <= 0).all()
    assert runs.remaining.min() == 0


def test_equal_loss_from_all_levels_is_a_death_process():
    """L_k = √γ a_k for all k: every boson has gone after t with probability 1 − e^{−γt}, whatever H does."""
    gamma, particles = 0.9, 5
    runs = sample_trajectories(
        Model(X, np.kron(Z, Z)),
        np.sqrt(gamma) * np.eye(2),
        ProductState.from_population(0.3),
        particles,
        [0, 0.7],
        2000,
    )
    survival = np.exp(-gamma * 0.7)
    spread = np.sqrt(particles * survival * (1 - survival) / 2000)
    assert abs(runs.remaining[:, 1].mean() - particles * survival) <= 5 * spread
    assert runs.no_jump_probability == pytest.approx([1, survival**particles], rel=1e-12)
    assert (runs.remaining[:, 0] == particles).all()
    assert runs.no_jump_fraction[1][0] == pytest.approx(0, abs=1e-8)


def test_a_seed_gives_the_same_runs_and_another_others():
    model, state = lossy_case(3)
    first, again, other = (sample_trajectories(model, JUMPS, state, 3, TIMES, 20, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.correlations, again.correlations)
    assert not np.array_equal(first.remaining, other.remaining)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hamiltonian": LOSS_WITH_HOPPING}, "not Hermitian; allowed: H without the loss"),
        ({"jumps": [[1, 2, 3]]}, "shape"),
        ({"particles": 600}, "601 states"),
        ({"runs": 1}, "whole number ≥ 2"),
        ({"times": [1, 1]}, "ascending"),
    ],
)
def test_what_is_refused(change, message):
    model, state = lossy_case(2)
    arguments = {"hamiltonian": model, "jumps": JUMPS, "state": state, "particles": 2, "times": [1.0]} | change
    with pytest.raises(ModelError, match=message):
        sample_trajectories(**arguments)
