"""The formulas of docs/tutorial.md, with the Hamiltonians of its own YAML."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from nonhermitian_hartree.bosons.subspace import list_occupations, many_body_hamiltonian, product_state_vector
from nonhermitian_hartree.bosons.trajectories import sample_trajectories
from nonhermitian_hartree.compare.short_time_defect import short_time_defect
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.model.hamiltonian import Model
from tests.docs.fenced_blocks import TUTORIAL, read_configurations
from tests.references.full_space import evolve_in_full_space, full_hamiltonian, marginal_of
from tests.references.two_mode_fock_space import (
    annihilation_operators,
    evolve_lindblad,
    no_jump_hamiltonian,
    second_quantised,
    sector,
)
from tests.systems import ZZ, X, random_model

CONFIGS = read_configurations(TUTORIAL)
MODELS = {name: spec.build() for config in CONFIGS.values() for name, spec in config.models.items()}
STATES = {
    name: spec.on(next(iter(config.models.values())).shape).members()[0].state
    for config in CONFIGS.values()
    for name, spec in config.states.items()
}
EMBEDDINGS = {
    "one_body": Model(np.diag([0.5j, 0]), np.zeros((4, 4))),
    **{name: MODELS[name] for name in ("hermitian_pair", "growing_pair", "same_field")},
}
"""All that the tutorial says to follow ẏ = y(1 − y); the first stands in its table only."""
TUNNELLING, COUPLING, LOSS = 1.0, 2.0, 1.0
"""J, u and γ of part A."""


def lossy_modes(particles: int, largest: int):
    """H and the jump operators of part A, written with a_0 and a_1; U = u/(N − 1)."""
    a0, a1 = lowering = annihilation_operators(largest)
    hopping = a0.conj().T @ a1 + a1.conj().T @ a0
    numbers = [a.conj().T @ a for a in lowering]
    repulsion = sum(number @ (number - np.eye(len(number))) for number in numbers)
    hamiltonian = -TUNNELLING * hopping + COUPLING / (particles - 1) / 2 * repulsion
    return hamiltonian, [np.sqrt(LOSS) * a0]


@pytest.mark.parametrize("particles", [2, 3, 4, 5, 8])
def test_model_of_the_yaml_is_the_no_jump_hamiltonian_on_n_bosons(particles):
    block = np.ix_(*[sector(particles, particles)] * 2)
    no_jump = no_jump_hamiltonian(*lossy_modes(particles, particles))[block]
    assert_array_is_a_n(MODELS["lossy_dimer"], particles, no_jump)


@pytest.mark.parametrize("particles", [2, 3, 5])
def test_rule_from_jump_operators_to_a1_and_a2(particles):
    """A1 = h − (i/2)Γ and A2 = (N − 1)V for any h, V and one-body jumps, and pair loss in A2."""
    rng = np.random.default_rng(particles)
    lowering = annihilation_operators(particles)
    model = random_model(2, particles)
    h = model.one_body + model.one_body.conj().T
    pair = (model.two_body + model.two_body.conj().T).reshape(2, 2, 2, 2)
    coefficients = rng.normal(size=(3, 2)) + 1j * rng.normal(size=(3, 2))
    kappa = rng.uniform(0.5, 2)
    jumps = [row[0] * lowering[0] + row[1] * lowering[1] for row in coefficients]
    jumps.append(np.sqrt(kappa) * lowering[0] @ lowering[0])
    block = np.ix_(*[sector(particles, particles)] * 2)
    no_jump = no_jump_hamiltonian(second_quantised(h, pair, lowering), jumps)[block]

    gamma = np.einsum("ki,kj->ij", coefficients.conj(), coefficients)
    two_body = (particles - 1) * pair
    two_body[0, 0, 0, 0] -= 1j * kappa * (particles - 1)
    assert_array_is_a_n(Model(h - 0.5j * gamma, two_body.reshape(4, 4)), particles, no_jump)


def test_postselected_block_of_the_lindblad_equation_is_what_the_exact_method_gives():
    """Master equation with its jump term, N = 3: the block of three bosons, its marginal, its probability."""
    particles, time = 3, 0.7
    state = STATES["symmetric"]
    inside = sector(particles, particles)
    lowering = annihilation_operators(particles)
    creation = sum(phi * a.conj().T for phi, a in zip(state.amplitudes, lowering, strict=True))
    psi = np.linalg.matrix_power(creation, particles)[:, 0] / np.sqrt(factorial(particles))
    evolved = evolve_lindblad(*lossy_modes(particles, particles), density=np.outer(psi, psi.conj()), time=time)
    assert np.trace(evolved) == pytest.approx(1, abs=1e-12)
    kept = np.zeros_like(evolved)
    kept[np.ix_(inside, inside)] = evolved[np.ix_(inside, inside)]
    survival = np.trace(kept).real
    marginal = [[np.trace(a @ kept @ b.conj().T) for b in lowering] for a in lowering]

    exact = exact_marginals(MODELS["lossy_dimer"], state, [particles], [time], 1e-11)[0]
    assert 0.1 < survival < 0.5
    assert np.exp(particles * exact.log_norm_rate[0]) == pytest.approx(survival, rel=1e-10)
    assert exact.density[0] == pytest.approx(np.array(marginal) / (particles * survival), abs=1e-11)


def test_runs_of_the_tutorial_average_to_the_lindblad_equation_and_are_kept_in_the_postselected_state():
    particles, times = 4, [0.5, 1]
    hamiltonian = Model(-TUNNELLING * X, COUPLING / 2 * (np.eye(4) + ZZ))
    runs = sample_trajectories(hamiltonian, [[1, 0]], STATES["symmetric"], particles, times, 4000, seed=1)
    lowering = annihilation_operators(particles)
    creation = sum(phi * a.conj().T for phi, a in zip(STATES["symmetric"].amplitudes, lowering, strict=True))
    psi = np.linalg.matrix_power(creation, particles)[:, 0] / np.sqrt(factorial(particles))
    average, error = runs.ensemble
    for index, time in enumerate(times):
        density = evolve_lindblad(*lossy_modes(particles, particles), np.outer(psi, psi.conj()), time)
        expected = np.array([[np.trace(a @ density @ b.conj().T) for b in lowering] for a in lowering])
        assert (abs(average[index] - expected) <= 5 * error[index]).all()
        assert runs.no_jump_density[index, 0, 0].real > expected[0, 0].real / np.trace(expected).real + 0.03
    exact = exact_marginals(MODELS["lossy_dimer"], STATES["symmetric"], particles, times, 1e-11)[0]
    assert runs.no_jump_density == pytest.approx(exact.density, abs=1e-10)
    assert runs.no_jump_probability == pytest.approx(np.exp(particles * exact.log_norm_rate), abs=1e-10)


def test_share_of_runs_without_loss():
    few, many = exact_marginals(MODELS["lossy_dimer"], STATES["symmetric"], [10, 100], [1.0], 1e-8)
    assert f"{np.exp(10 * few.log_norm_rate[0]):.1e}" == "9.1e-03"
    assert f"{np.exp(100 * many.log_norm_rate[0]):.1e}" == "4.4e-21"


def test_defect_of_part_a():
    assert short_time_defect(MODELS["lossy_dimer"], STATES["symmetric"]) == pytest.approx(COUPLING * LOSS / 4)


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_hartree_solves_the_logistic_equation(name):
    start = abs(STATES["small"].amplitudes[0]) ** 2
    times = np.linspace(0, 4, 9)
    logistic = solve_ivp(
        lambda _, y: y * (1 - y), (0, times[-1]), [start], t_eval=times, method="Radau", rtol=1e-11, atol=1e-12
    ).y[0]
    hartree = hartree_wavefunctions(EMBEDDINGS[name], STATES["small"], times)
    assert abs(hartree[:, 0]) ** 2 == pytest.approx(logistic, abs=1e-8)


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_field_of_an_embedding_meets_the_condition(name):
    """(1 − y) φ0 F0 − y φ1 F1 = ½ y (1 − y) on the circle, and the F of the tutorial's table everywhere."""
    angles = np.linspace(0.1, 6, 17)
    for phi in np.stack([np.cos(angles), np.sin(angles)], axis=1):
        y = phi[0] ** 2
        field = real_field(EMBEDDINGS[name], phi)
        assert (1 - y) * phi[0] * field[0] - y * phi[1] * field[1] == pytest.approx(y * (1 - y) / 2)
    for p, q in np.random.default_rng(1).normal(size=(5, 2)):
        tangential = (p * q**2 / 2, -q * p**2 / 2)
        table = {
            "one_body": (p / 2, 0),
            "hermitian_pair": tangential,
            "growing_pair": (p * (p**2 + q**2) / 2, 0),
            "same_field": tangential,
        }
        assert real_field(EMBEDDINGS[name], np.array([p, q])) == pytest.approx(table[name], abs=1e-14)


def test_kinds_of_embedding():
    assert {name for name, model in EMBEDDINGS.items() if model.is_hermitian} == {"hermitian_pair"}


@pytest.mark.parametrize("name", EMBEDDINGS)
def test_exact_copies_against_the_full_space(name):
    for time in (1.0, 3.0):
        vector = evolve_in_full_space(EMBEDDINGS[name], STATES["small"], 6, time)
        exact = exact_marginals(EMBEDDINGS[name], STATES["small"], [6], [time], 1e-10)[0]
        assert exact.density[0] == pytest.approx(marginal_of(vector, 2), abs=1e-10)


@pytest.mark.parametrize(("name", "share"), [("growing_pair", 0.51), ("hermitian_pair", 0.23)])
def test_norm_selects_histories(name, share):
    """Weak value of n_0/N at s = 1, given the state at t = 2; Hartree has 0.23."""
    particles, state = 40, STATES["small"]
    generator = many_body_hamiltonian(EMBEDDINGS[name], particles).toarray()
    step = expm(-1j * generator)
    early = step @ product_state_vector(state.amplitudes, particles)
    late = step @ early
    shares = list_occupations(2, particles)[:, 0] / particles
    weak = np.vdot(late, step @ (shares * early)) / np.vdot(late, late)
    assert weak == pytest.approx(share, abs=5e-3)
    assert abs(hartree_wavefunctions(EMBEDDINGS[name], state, [1.0])[0, 0]) ** 2 == pytest.approx(0.23, abs=5e-3)


def test_one_body_embedding_is_exact_at_every_n():
    times = [1.0, 2.0, 4.0]
    hartree = abs(hartree_wavefunctions(EMBEDDINGS["one_body"], STATES["small"], times)[:, 0]) ** 2
    for exact in exact_marginals(EMBEDDINGS["one_body"], STATES["small"], [2, 1000], times, 1e-11):
        assert exact.density[:, 0, 0].real == pytest.approx(hartree, abs=1e-11)


def test_hermitian_embedding_is_off_by_one_over_n():
    model, state, times = EMBEDDINGS["hermitian_pair"], STATES["small"], [1.0, 2.0]
    hartree = abs(hartree_wavefunctions(model, state, times)[:, 0]) ** 2
    few, many = exact_marginals(model, state, [100, 400], times, 1e-9)
    ratio = (few.density[:, 0, 0].real - hartree) / (many.density[:, 0, 0].real - hartree)
    assert ratio == pytest.approx([4, 4], rel=0.05)


def test_same_field_follows_hartree_until_its_limit_splits():
    times = [0.5, 1.0, 1.6, 1.7]
    model, state = MODELS["same_field"], STATES["small"]
    *before, after = limit_states(model, state, times)
    *followed, left = hartree_wavefunctions(model, state, times)
    for limit, hartree in zip(before, followed, strict=True):
        assert not limit.is_mixed
        assert limit.infidelity_to(hartree) < 1e-9
    assert after.is_mixed
    assert after.infidelity_to(left) > 1e-3
    late = [limit.density[0, 0].real for limit in limit_states(model, state, [1.7, 2.0, 3.0])]
    assert late == sorted(late, reverse=True)


def assert_array_is_a_n(model: Model, particles: int, matrix: np.ndarray) -> None:
    """The matrix, by descending n_0, is A^(N) of eq. (1): summed over particles and pairs, and in the package."""
    dicke = np.zeros((2**particles, particles + 1))
    for index in range(2**particles):
        dicke[index, index.bit_count()] = 1  # bit 1 is level 1, and column k has n_0 = N − k
    dicke /= np.linalg.norm(dicke, axis=0)
    assert dicke.T @ full_hamiltonian(model, particles) @ dicke == pytest.approx(matrix, abs=1e-12)
    order = np.argsort(-list_occupations(2, particles)[:, 0])
    sparse = many_body_hamiltonian(model, particles).toarray()[np.ix_(order, order)]
    assert sparse == pytest.approx(matrix, abs=1e-12)


def real_field(model: Model, phi: np.ndarray) -> np.ndarray:
    """F_i = Σ a_ij φ_j + Σ ⟨ij|B|kl⟩ φ_j φ_k φ_l with a = −iA1, B = −iA2, for real φ."""
    field = -1j * (model.one_body @ phi + np.einsum("ijkl,j,k,l->i", model.two_body_tensor, phi, phi, phi))
    assert not field.imag.any()
    return field.real
