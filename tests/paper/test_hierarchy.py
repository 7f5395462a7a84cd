"""Equations (6) and (8): both sides from the exact state, and the misprint in (8) as a number."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm

from nonhermitian_hartree.bosons.subspace import (
    many_body_hamiltonian,
    normalised_marginal,
    product_state_vector,
    unnormalised_marginal,
)
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.paper.hierarchy import (
    normalised_sides,
    reduce_hierarchy,
    trace_out_last,
    unnormalised_sides,
)
from tests.references.full_space import full_hamiltonian
from tests.systems import TRANSVERSE_MIXING, random_model, random_state

CASES = [(2, 3), (2, 4), (2, 6), (3, 3), (3, 4)]
TIME = 0.5


def evolve(model, particles, time, state=None):
    state = state or random_state(model.dimension, particles)
    start = product_state_vector(state.amplitudes, particles)
    return expm(-1j * time * many_body_hamiltonian(model, particles).toarray()) @ start


def evolved_hierarchy(dimension, particles):
    model = random_model(dimension, particles)
    return model, reduce_hierarchy(model, evolve(model, particles, TIME), particles)


@pytest.mark.parametrize(("dimension", "particles"), CASES)
def test_unnormalised_equation_holds(dimension, particles):
    """Eq. (6) as printed."""
    left, right = unnormalised_sides(*evolved_hierarchy(dimension, particles))
    np.testing.assert_allclose(left, right, atol=1e-12 * np.abs(left).max())
    assert np.abs(left).max() > 0.1


@pytest.mark.parametrize(("dimension", "particles"), CASES)
def test_corrected_normalised_equation_holds(dimension, particles):
    """Eq. (8) with ρ̂^(1) ⊗ ρ̂^(2) in its last term."""
    left, right = normalised_sides(*evolved_hierarchy(dimension, particles))
    np.testing.assert_allclose(left, right, atol=1e-12 * np.abs(left).max())
    assert np.abs(left).max() > 0.1


def miss_of_printed_equation_8(model, hierarchy):
    """Largest entry of left minus right side with ρ̂^(2)⊗ρ̂^(1) instead of ρ̂^(1)⊗ρ̂^(2) in the last term."""
    dimension, particles = model.dimension, hierarchy.particles
    left, right = normalised_sides(model, hierarchy)
    norm = np.trace(hierarchy.one).real
    one, two = hierarchy.one / norm, hierarchy.two / norm
    loss = np.kron(np.eye(dimension), model.two_body - model.two_body.conj().T)
    exchanged = trace_out_last(loss @ (np.kron(two, one) - np.kron(one, two)), dimension)
    return np.abs(left - (right - (particles - 2) / 2 * exchanged)).max()


@pytest.mark.parametrize(("dimension", "particles"), CASES)
def test_equation_8_as_printed_does_not_hold(dimension, particles):
    """Eq. (8) with ρ̂^(2) ⊗ ρ̂^(1) in its last term."""
    assert miss_of_printed_equation_8(*evolved_hierarchy(dimension, particles)) > 1e-2


def test_documented_miss_of_equation_8():
    """The table of docs/paper_notes.md: A1 = 0.5 X, A2 = i Z⊗Z."""
    notes = (Path(__file__).parents[2] / "docs" / "paper_notes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| < 1e-14 \| ([\d.]+) \| ([\d.]+) \|$", notes, flags=re.MULTILINE)
    assert [int(particles) for particles, _, _ in rows] == [3, 4, 6]
    for particles, miss, size in rows:
        vector = evolve(TRANSVERSE_MIXING, int(particles), TIME, ProductState.from_population(0.7, 0.4))
        hierarchy = reduce_hierarchy(TRANSVERSE_MIXING, vector, int(particles))
        left, right = normalised_sides(TRANSVERSE_MIXING, hierarchy)
        assert np.abs(left - right).max() < 1e-14
        assert f"{miss_of_printed_equation_8(TRANSVERSE_MIXING, hierarchy):.4f}" == miss
        assert f"{np.abs(left).max():.3f}" == size


def test_density_matrix_obeys_its_linear_equation():
    """Eq. (3) for all entries of ρ^(3) in the full space, traced to one particle: ρ^(1) and i ∂_t ρ^(1)."""
    model, state = random_model(2, 5), random_state(2, 5)
    hamiltonian = full_hamiltonian(model, 3)
    identity = np.eye(len(hamiltonian))
    generator = np.kron(hamiltonian, identity) - np.kron(identity, hamiltonian.conj())
    start = np.kron(np.kron(state.amplitudes, state.amplitudes), state.amplitudes)
    density = expm(-1j * TIME * generator) @ np.outer(start, start.conj()).ravel()
    hierarchy = reduce_hierarchy(model, evolve(model, 3, TIME, state), 3)
    np.testing.assert_allclose(trace_out_last(density.reshape(8, 8), 2), hierarchy.one, atol=1e-12)
    velocity = trace_out_last((generator @ density).reshape(8, 8), 2)
    np.testing.assert_allclose(velocity, hierarchy.velocity, atol=1e-12)


@pytest.mark.parametrize("particles", [3, 6])
def test_velocity_is_the_time_derivative(particles):
    """The left sides, against central differences of the marginals themselves."""
    model = random_model(2, particles)
    hierarchy = reduce_hierarchy(model, evolve(model, particles, TIME), particles)
    step = 1e-5
    sides = {
        unnormalised_marginal: hierarchy.velocity,
        normalised_marginal: normalised_sides(model, hierarchy)[0],
    }
    for marginal, velocity in sides.items():
        after, before = (marginal(evolve(model, particles, TIME + s), 2, particles, 1) for s in (step, -step))
        np.testing.assert_allclose(1j * (after - before) / (2 * step), velocity, atol=1e-8)
