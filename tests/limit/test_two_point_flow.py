"""The two-point flow: conservation laws, analytic Jacobian, and the action against its closed form."""

import numpy as np
import pytest

from nonhermitian_hartree.limit.two_point.flow import (
    chart_derivatives,
    complete_basis,
    deviation,
    flow_backward,
    flow_backward_coarse,
    mean_field_energy,
    sample_path,
    solve_real_linear,
)
from nonhermitian_hartree.limit.two_point.search import retract, spread_states
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian
from tests.systems import random_model, random_state


@pytest.mark.parametrize("dimension", [2, 3, 4])
def test_mean_field_hamiltonian_is_the_partial_contraction(dimension):
    model = random_model(dimension, 1)
    bra, ket = random_state(dimension, 2).amplitudes, random_state(dimension, 3).amplitudes
    identity = np.eye(dimension)
    expected = model.one_body + np.kron(identity, bra[None]) @ model.two_body @ np.kron(identity, ket[:, None])
    assert np.allclose(mean_field_hamiltonian(model, bra, ket), expected, atol=1e-14)


@pytest.mark.parametrize("dimension", [2, 3])
def test_flow_conserves_overlap_and_energy(dimension):
    model, ket = random_model(dimension, 4), random_state(dimension, 5).amplitudes
    kets, bras = sample_path(model, ket, 0.6, np.linspace(0, 0.6, 7))
    assert np.allclose(np.einsum("ni,ni->n", bras, kets), 1, atol=1e-12)
    # The path is that of the shifted Hamiltonian, whose energy differs by the shift times χ·p = 1.
    energy = mean_field_energy(model, bras, kets)
    assert np.allclose(energy, energy[-1], atol=1e-11)


@pytest.mark.parametrize("dimension", [2, 3])
def test_path_solves_the_equations(dimension):
    model, ket = random_model(dimension, 6), random_state(dimension, 7).amplitudes
    step, middle = 1e-3, 0.3
    kets, bras = sample_path(model, ket, 0.6, middle + step * np.arange(-2, 3))
    stencil = np.array([1, -8, 0, 8, -1]) / (12 * step)
    hamiltonian = mean_field_hamiltonian(model, bras[2], kets[2])
    # Both hold up to the free common factor of p and χ: H is shifted by a multiple of 1.
    ket_residual = 1j * stencil @ kets - hamiltonian @ kets[2]
    bra_residual = 1j * stencil @ bras + bras[2] @ hamiltonian
    shift = np.vdot(kets[2], ket_residual) / np.vdot(kets[2], kets[2])
    assert np.abs(ket_residual - shift * kets[2]).max() < 1e-9
    assert np.abs(bra_residual + shift * bras[2]).max() < 1e-9


@pytest.mark.parametrize("dimension", [2, 3, 4])
def test_newton_matrix_is_the_derivative(dimension):
    model, initial = random_model(dimension, 8), random_state(dimension, 9).amplitudes
    final = random_state(dimension, 10).amplitudes[None]
    time = np.array([0.4])
    end = flow_backward(model, final, time)
    direct, conjugate = chart_derivatives(end, initial)
    rng = np.random.default_rng(11)
    move = rng.normal(size=(1, dimension - 1)) + 1j * rng.normal(size=(1, dimension - 1))
    step = 1e-5
    ahead, behind = (
        deviation(flow_backward(model, retract(final, end.basis, sign * step * move), time), initial)[0]
        for sign in (1, -1)
    )
    expected = (ahead - behind) / (2 * step)
    assert np.allclose(direct[0] @ move[0] + conjugate[0] @ move[0].conj(), expected[0], rtol=1e-7, atol=1e-7)


def test_coarse_paths_agree_with_accurate_ones():
    model = random_model(3, 12)
    finals, times = spread_states(3, 16), np.linspace(0.1, 0.6, 16)
    coarse, fine = flow_backward_coarse(model, finals, times), flow_backward(model, finals, times)
    for name in ("ket", "bra", "log_action", "log_trace", "ket_variation", "bra_variation"):
        assert np.allclose(getattr(coarse, name), getattr(fine, name), rtol=1e-3, atol=1e-3), name


def test_real_linear_system():
    rng = np.random.default_rng(13)
    direct, conjugate = rng.normal(size=(2, 5, 3, 3)) + 1j * rng.normal(size=(2, 5, 3, 3))
    solution = rng.normal(size=(5, 3)) + 1j * rng.normal(size=(5, 3))
    right = np.einsum("nij,nj->ni", direct, solution) + np.einsum("nij,nj->ni", conjugate, solution.conj())
    assert np.allclose(solve_real_linear(direct, conjugate, right), solution, atol=1e-12)


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_spread_states_and_bases_are_orthonormal(dimension):
    states = spread_states(dimension, 50)
    frames = np.concatenate([states[:, :, None], complete_basis(states)], axis=2)
    assert np.allclose(frames.conj().swapaxes(1, 2) @ frames, np.eye(dimension), atol=1e-13)
    # Evenly spread: the mean projector is 1/d to a few times 1/√count at worst.
    assert np.abs(np.einsum("ni,nj->ij", states, states.conj()) / 50 - np.eye(dimension) / dimension).max() < 0.1
