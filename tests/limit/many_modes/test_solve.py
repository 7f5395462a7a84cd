"""The limit of many modes against the solver for few, the simplex, exact states, and free particles."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import nonhermitian_hartree as nh
from nonhermitian_hartree.bosons.few_particles import evolve_few_particles
from nonhermitian_hartree.limit.many_modes.confirmation import find_rival, weigh_evidence
from nonhermitian_hartree.limit.many_modes.follow import BranchFollower
from nonhermitian_hartree.limit.many_modes.solve import ManyModesCurve
from nonhermitian_hartree.limit.simplex import find_simplex_limit
from nonhermitian_hartree.limit.two_point.solve import TwoPointCurve
from nonhermitian_hartree.model.lattice.operators import contact, density, hopping, onsite
from nonhermitian_hartree.model.pair_couplings import PairCouplings
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity


def random_model(modes, seed, size=0.5):
    generator = np.random.default_rng(seed)

    def noise(*shape):
        return generator.normal(size=shape) + 1j * generator.normal(size=shape)

    pair = noise(modes * modes, modes * modes).reshape((modes,) * 4)
    pair = (pair + pair.transpose(1, 0, 3, 2)).reshape(modes * modes, -1)
    state = noise(modes)
    return (
        nh.Model(size * noise(modes, modes) / modes, size * pair / modes**2),
        nh.ProductState(state / np.linalg.norm(state)),
    )


def lossy_ring(sites):
    lattice = hopping(-1.0, [sites], "periodic") if sites > 2 else hopping(-1.0, [sites])
    state = np.exp(0.3j * np.arange(sites)) * np.linspace(1, 0.5, sites)
    return (
        nh.Model(lattice + onsite([(1, -0.5j)], sites), contact((1 - 0.2j) * np.arange(1, sites + 1), sites)),
        nh.ProductState(state / np.linalg.norm(state)),
    )


@pytest.mark.parametrize(
    ("model", "state"), [random_model(2, 5), random_model(3, 2), random_model(4, 1), lossy_ring(3)]
)
def test_few_modes_as_their_own_solver_has_them(model, state):
    times = [0.35, 0.7]
    expected = TwoPointCurve(model, state, times).states()
    for found, limit in zip(ManyModesCurve(model, state, times).states(), expected, strict=True):
        assert limit.confirmed == "amplitudes"
        assert len(limit.branches) == 1
        assert found.infidelity_to(limit.branches[0].wavefunction) < 1e-20
        assert found.rate == pytest.approx(limit.rate, abs=1e-11)
        assert found.branches[0].log_prefactor == pytest.approx(limit.branches[0].log_prefactor, abs=1e-10)
        assert found.softness == pytest.approx(limit.softness, abs=1e-10)
        assert found.entropy_coefficient == pytest.approx(limit.entropy_coefficient, rel=1e-10)


@pytest.mark.parametrize(("sites", "most"), [(3, 96), (4, 40), (5, 24)])
def test_a_ring_against_exact_states(sites, most):
    model, state = lossy_ring(sites)
    time, particles = 0.5, [most // 8, most // 4, most // 2, most]
    branch = BranchFollower(model, state.amplitudes).at(time)
    weights = weights_at_infinity(particles)
    entropy, norm, amplitude, rates = [], [], [], []
    for number in particles:
        (exact,) = evolve_few_particles(model, state.amplitudes, number, [time])
        marginal = exact.lowered @ exact.lowered.conj().T
        entropy.append(number * (1 - np.trace(marginal @ marginal).real))
        norm.append(exact.log_norm - number * branch.rate - branch.log_prefactor)
        rates.append(exact.log_norm / number)
        amplitude.append(number * (exact.rate_of(branch.wavefunction) - branch.rate) - branch.log_amplitude)
    # polynomials of degree 3 in 1/N: what they miss is of the size of the difference to degree 2
    shorter = weights_at_infinity(particles[1:])
    for values, limit in ((entropy, branch.entropy_coefficient), (norm, 0.0), (amplitude, 0.0)):
        miss = abs(weights @ values - shorter @ values[1:])
        assert miss < 5e-3 * max(1, abs(limit))
        assert weights @ values == pytest.approx(limit, abs=2 * miss + 1e-6)
    assert abs(norm[-1]) > 0  # and not because everything is zero


def test_diagonal_densities_as_on_the_simplex():
    sites = 9
    generator = np.random.default_rng(3)
    neighbours = [(i, i + 1, complex(*generator.normal(size=2))) for i in range(sites - 1)]
    pairs = density(neighbours, sites) + contact(2 + 1j * generator.normal(size=sites), sites)
    model = nh.Model(onsite(0.5j * generator.normal(size=sites), sites), pairs)
    state = nh.ProductState(np.sqrt(np.full(sites, 1 / sites)))
    for time in (0.3, 0.8):
        expected = find_simplex_limit(model, state, time)
        (found,) = ManyModesCurve(model, state, [time]).states()
        assert not expected.is_mixed
        assert found.infidelity_to(expected.branches[0].wavefunction) < 1e-22
        assert found.rate == pytest.approx(expected.rate, abs=1e-12)
        assert found.entropy_coefficient == pytest.approx(expected.entropy_coefficient, rel=1e-10)
        assert found.branches[0].log_prefactor == pytest.approx(expected.branches[0].log_prefactor, abs=1e-11)


def test_free_particles():
    sites, time = 40, 3.0
    model = nh.Model(hopping(-1.0, [5, 8]) + onsite([(17, -2j), (3, 0.4)], sites))
    state = nh.ProductState(np.full(sites, sites**-0.5))
    free = scipy.linalg.expm(-1j * time * model.one_body) @ state.amplitudes
    (limit,) = nh.limit_states(model, state, [time])
    assert limit.rate == pytest.approx(2 * np.log(np.linalg.norm(free)), abs=1e-11)
    assert limit.entropy_coefficient == pytest.approx(0, abs=1e-20)
    free /= np.linalg.norm(free)
    assert limit.infidelity_to(free) < 1e-20
    assert limit.infidelity_to(nh.hartree_wavefunctions(model, state, [time])[0]) < 1e-20
    verdict = nh.assess_hartree(model, state, [time])
    assert verdict.theorem == "no interaction"


def test_long_losses_are_no_obstacle():
    # the loss times t is 20: backward from t, kets would be amplified by e²⁰
    sites, time = 10, 4.0
    model = nh.Model(hopping(-1.0, [sites]) + onsite([(0, -5j)], sites), contact(0.3, sites))
    state = nh.ProductState(np.eye(sites)[sites - 2])
    early, late = ManyModesCurve(model, state, [time / 2, time]).states()
    assert early.is_known
    assert late.is_known
    assert late.rate < early.rate < 0
    assert 0 < late.infidelity_to(nh.hartree_wavefunctions(model, state, [time])[0]) < 0.1


@pytest.fixture(scope="module")
def chain_of_eight():
    sites = 8
    model = nh.Model(hopping(-1.0, [sites]) + onsite([(4, -1j)], sites), contact(float(sites), sites))
    return model, nh.ProductState(np.full(sites, sites**-0.5))


def test_what_is_called_confirmed(chain_of_eight):
    early, late = nh.limit_states(*chain_of_eight, [0.5, 2.0])
    assert early.confirmed == "amplitudes"
    assert len(early.particles) == 4
    assert max(early.particles) > 8
    assert late.confirmed == "continuation"  # softness 0.88: as many particles are not near N → ∞


def test_a_wrong_branch_is_not_confirmed(chain_of_eight):
    model, state = chain_of_eight
    branch = BranchFollower(model, state.amplitudes).at(0.5)
    exact = [evolve_few_particles(model, state.amplitudes, number, [0.5])[0] for number in (5, 6, 7)]
    assert weigh_evidence(branch, exact).confirms
    for fault in ({"rate": branch.rate + 0.02}, {"log_prefactor": branch.log_prefactor - np.log(2)}):
        assert not weigh_evidence(type(branch)(**{**vars(branch), **fault}), exact).confirms
    assert not weigh_evidence(branch, exact[:2]).confirms  # too few


def test_a_rival_is_found():
    # two maxima at ±y of the paper's model, the initial state on the side of the larger one
    model = nh.Model(np.zeros((2, 2)), 1j * np.diag([1.0, -1, -1, 1]))
    state = nh.ProductState.from_population(0.55)
    exact = [evolve_few_particles(model, state.amplitudes, number, [1.2])[0] for number in (8, 16)]
    (limit,) = nh.limit_states(model, state, [1.2])
    (dominant,), (minor,) = limit.branches, limit.subdominant
    assert find_rival(dominant.wavefunction, exact) is None
    rival = find_rival(minor.wavefunction, exact)
    assert rival is not None
    assert abs(np.vdot(rival, dominant.wavefunction)) ** 2 > 0.98


def test_dense_couplings_of_more_modes_than_are_searched():
    # a unitary hides that three of nine modes are coupled, so that the limit is known from those three
    modes, time = 9, 0.5
    model, state = random_model(3, 2)
    embedded = np.zeros((modes,) * 4, dtype=complex)
    embedded[:3, :3, :3, :3] = model.two_body_tensor
    unitary = scipy.linalg.expm(1j * (lambda a: a + a.T)(np.random.default_rng(1).normal(size=(modes, modes))))
    both = np.kron(unitary, unitary)
    hidden = nh.Model(
        unitary @ np.pad(model.one_body, (0, modes - 3)) @ unitary.conj().T,
        PairCouplings.from_matrix(both @ embedded.reshape(modes**2, -1) @ both.conj().T),
    )
    start = unitary[:, :3] @ state.amplitudes
    (found,) = nh.limit_states(hidden, nh.ProductState(start / np.linalg.norm(start)), [time])
    (expected,) = ManyModesCurve(model, state, [time]).states()
    assert found.infidelity_to(unitary[:, :3] @ expected.branches[0].wavefunction) < 1e-18
    assert found.entropy_coefficient == pytest.approx(expected.entropy_coefficient, rel=1e-9)
