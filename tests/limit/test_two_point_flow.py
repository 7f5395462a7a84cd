"""The two-point flow and the boundary-value problem: conservation laws, derivatives, meshes, gauges."""

import numpy as np
import pytest

from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.two_point.continuation import follow, start_path
from nonhermitian_hartree.limit.two_point.describe import describe_path
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow, complete_basis, mean_field_energy
from nonhermitian_hartree.limit.two_point.husimi import spread_states
from nonhermitian_hartree.limit.two_point.newton import (
    TwoPointPath,
    balance,
    sample_path,
    solve_path,
    solve_real_linear,
)
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian
from tests.systems import random_model, random_state


def solved(dimension, seed, time):
    model, initial = random_model(dimension, seed), random_state(dimension, seed + 1).amplitudes
    flow = TwoPointFlow(model)
    return model, initial, flow, solve_path(flow, initial, start_path(initial, time))


@pytest.mark.parametrize("dimension", [2, 3, 4])
def test_mean_field_hamiltonian_is_the_partial_contraction(dimension):
    model = random_model(dimension, 1)
    bra, ket = random_state(dimension, 2).amplitudes, random_state(dimension, 3).amplitudes
    identity = np.eye(dimension)
    expected = model.one_body + np.kron(identity, bra[None]) @ model.two_body @ np.kron(identity, ket[:, None])
    assert np.allclose(mean_field_hamiltonian(model, bra, ket), expected, atol=1e-14)


@pytest.mark.parametrize("dimension", [2, 3])
def test_variation_is_the_derivative_of_the_step(dimension):
    model, rng = random_model(dimension, 8), np.random.default_rng(11)
    nodes = rng.normal(size=(3, 2 * dimension)) + 1j * rng.normal(size=(3, 2 * dimension))
    move = rng.normal(size=nodes.shape) + 1j * rng.normal(size=nodes.shape)
    lengths = np.array([0.05, 0.1, 0.1 + 0.05j])
    flow, small = TwoPointFlow(model), 1e-5
    ends = flow.step(nodes, lengths)
    ahead, behind = (
        flow.step(nodes + sign * small * move, lengths, variations=False, energies=ends.energies).nodes
        for sign in (1, -1)
    )
    expected = (ahead - behind) / (2 * small)
    assert np.allclose(np.einsum("kij,kj->ki", ends.variation, move), expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("dimension", [2, 3])
def test_path_obeys_its_boundary_conditions_and_conserves_energy(dimension):
    model, initial, flow, linear = solved(dimension, 4, 0.6)
    path = linear.path
    first = path.nodes[0, :dimension]
    assert np.linalg.norm(first - initial * np.vdot(initial, first)) < 1e-14
    ket, bra = path.nodes[-1, :dimension], path.nodes[-1, dimension:]
    assert np.allclose(bra, ket.conj() / np.vdot(ket, ket).real, atol=1e-12)
    kets, bras = sample_path(flow, path, np.linspace(0, 0.6, 7))
    energy = mean_field_energy(model, bras, kets)
    assert np.allclose(energy, energy[-1], atol=1e-11)


@pytest.mark.parametrize("dimension", [2, 3])
def test_path_solves_the_equations(dimension):
    model, _, flow, linear = solved(dimension, 6, 0.6)
    step, middle = 1e-3, 0.3
    kets, bras = sample_path(flow, linear.path, middle + step * np.arange(-2, 3))
    # the same gauge everywhere: what changes the common factor of p shifts H by a multiple of 1
    factors = kets @ kets[2].conj()
    kets, bras = kets / factors[:, None], bras * factors[:, None]
    stencil = np.array([1, -8, 0, 8, -1]) / (12 * step)
    hamiltonian = mean_field_hamiltonian(model, bras[2], kets[2])
    ket_residual = 1j * stencil @ kets - hamiltonian @ kets[2]
    bra_residual = 1j * stencil @ bras + bras[2] @ hamiltonian
    shift = np.vdot(kets[2], ket_residual) / np.vdot(kets[2], kets[2])
    assert np.abs(ket_residual - shift * kets[2]).max() < 1e-9
    assert np.abs(bra_residual + shift * bras[2]).max() < 1e-9


def test_mesh_gauge_and_detour_change_nothing():
    _, initial, flow, linear = solved(3, 14, 0.8)
    plain, path = describe_path(linear), linear.path
    scales = np.exp(np.random.default_rng(3).normal(size=(len(path.instants), 2)) @ [[1], [1j]])
    nodes = np.concatenate([path.nodes[:, :3] * scales, path.nodes[:, 3:] / scales], axis=1)
    bent = path.instants + 0.1j * path.instants * (0.8 - path.instants)
    other = describe_path(solve_path(flow, initial, balance(TwoPointPath(bent, nodes), initial)))
    assert abs(other.rate - plain.rate) < 1e-12
    assert abs(other.log_prefactor - plain.log_prefactor) < 1e-11
    assert np.allclose(np.abs(np.vdot(other.wavefunction, plain.wavefunction)), 1, atol=1e-14)


def test_following_forth_and_back_returns():
    _, _, flow, linear = solved(2, 16, 0.3)
    there = follow(flow, linear, 1.1)
    back = follow(flow, there, 0.3)
    assert there.path.time == 1.1
    assert abs(describe_path(back).rate - describe_path(linear).rate) < 1e-13


def test_a_guess_without_a_path_is_refused():
    model, initial = random_model(2, 8, 3.0), random_state(2, 9).amplitudes
    nodes = np.tile(np.array([1, 1e3, 1e3, -1]) + 0j, (9, 1))
    with pytest.raises(ConvergenceError):
        solve_path(TwoPointFlow(model), initial, TwoPointPath(np.linspace(0, 8, 9) + 0j, nodes))


def test_real_linear_system():
    rng = np.random.default_rng(13)
    direct, conjugate = rng.normal(size=(2, 3, 3)) + 1j * rng.normal(size=(2, 3, 3))
    solution = rng.normal(size=3) + 1j * rng.normal(size=3)
    right = direct @ solution + conjugate @ solution.conj()
    assert np.allclose(solve_real_linear(direct, conjugate, right), solution, atol=1e-12)


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_spread_states_and_bases_are_orthonormal(dimension):
    states = spread_states(dimension, 50)
    frames = np.concatenate([states[:, :, None], complete_basis(states)], axis=2)
    assert np.allclose(frames.conj().swapaxes(1, 2) @ frames, np.eye(dimension), atol=1e-13)
    # Evenly spread: the mean projector is 1/d to a few times 1/√count at worst.
    assert np.abs(np.einsum("ni,nj->ij", states, states.conj()) / 50 - np.eye(dimension) / dimension).max() < 0.1
