"""Limits at long times, on other sheets, beside singularities and of symmetric models; and what confirms them."""

from dataclasses import replace

import numpy as np
import pytest

from nonhermitian_hartree.bosons.evolved_states import EvolvedStates, overlap_rates
from nonhermitian_hartree.bosons.weak_values import weak_values
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.limit.solve import limit_curve, limit_states
from nonhermitian_hartree.limit.two_point import confirmation, paths
from nonhermitian_hartree.limit.two_point.branches import find_branches, search_branches
from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState
from tests.systems import X, Z

ZZ = np.kron(Z, Z)
ONE = np.eye(2)
PLUS = ProductState(np.array([1, 1]) / np.sqrt(2))
UP = ProductState(np.array([1, 0]))
TRANSVERSE = Model(0.5 * X, 1j * ZZ)
LOSSY_DIMER = Model(X - 0.1j * (ONE + Z), 2 * ZZ)


def limit_of(model, state, time):
    (limit,) = limit_states(model, state, [time])
    assert limit.is_known, limit.reason
    return limit


def rotate(model, state, seed):
    """The same model in a random basis, and the unitary."""
    rng, d = np.random.default_rng(seed), model.dimension
    unitary = np.linalg.qr(rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d)))[0]
    both = np.kron(unitary, unitary)
    two_body = both @ model.two_body @ both.conj().T
    turned = Model(unitary @ model.one_body @ unitary.conj().T, (two_body + swap_particles(two_body)) / 2)
    return turned, ProductState(unitary @ state.amplitudes), unitary


@pytest.mark.parametrize(
    ("strength", "time", "rate"), [(0.5, 5.5, None), (0.5, 6.0, 3.992877), (0.8, 5.746, 2.545649)]
)
def test_both_branches_of_a_broken_symmetry_at_one_late_time(strength, time, rate):
    # Rates of the transverse model by following its branches from the splitting on; one other root lies on a
    # wrong sheet of the action at g = 3.0608.
    limit = limit_of(Model(strength * X, 1j * ZZ), PLUS, time)
    assert len(limit.branches) == 2
    assert limit.weights == pytest.approx([0.5, 0.5], abs=1e-9)
    assert limit.confirmed == "amplitudes"
    if rate is not None:
        assert limit.rate == pytest.approx(rate, abs=1e-6)


@pytest.mark.parametrize(("time", "population"), [(4.5, 0.025502), (5.0, 0.129356)])
def test_lossy_dimer_where_bra_and_ket_become_nearly_orthogonal(time, population):
    # Graefe, Korsch, Niederle, PRL 101, 150408; on the real axis ‖p‖‖χ‖/|χp| ≈ 580 at t = 5.
    limit = limit_of(LOSSY_DIMER, UP, time)
    assert limit.density[0, 0].real == pytest.approx(population, abs=1e-6)
    if time == 5.0:
        assert limit.rate == pytest.approx(-0.7566697, abs=1e-7)
        assert limit.softness == pytest.approx(0.8046, abs=1e-4)
        errors = [
            np.abs(certify_marginals(LOSSY_DIMER, UP, n, [time], 1e-9).density[0] - limit.density).max()
            for n in (100, 200)
        ]
        assert errors[1] < 0.6 * errors[0]


def test_four_branches_of_a_rotated_potts_model():
    # Diagonal in its own basis, where the simplex gives all; permutations map the branches onto each other.
    d, gain = 4, 2.2
    two_body = np.diag([1j * gain if i == j else 0 for i in range(d) for j in range(d)])
    plain, state = Model(np.zeros((d, d)), two_body), ProductState(np.full(d, 0.5))
    expected = limit_of(plain, state, 1.0)
    turned, moved, unitary = rotate(plain, state, 5)
    limit = limit_of(turned, moved, 1.0)
    assert len(limit.branches) == 4
    assert limit.linear_entropy == pytest.approx(expected.linear_entropy, abs=1e-9)
    assert np.abs(unitary.conj().T @ limit.density @ unitary - expected.density).max() < 1e-9


def test_spin_one_bosons_tend_to_the_average_over_the_broken_rotation():
    step = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / np.sqrt(2)
    spins = step, np.array([[0, -1j, 0], [1j, 0, -1j], [0, 1j, 0]]) / np.sqrt(2), np.diag([1, 0, -1])
    one_body = 0.2 * spins[2] @ spins[2] - 0.25j * np.diag([0, 1, 0])
    model = Model(one_body, -0.5 * sum(np.kron(f, f) for f in spins))
    state = ProductState(np.array([0, 1, 0]))
    before, after = limit_states(model, state, [0.5, 2.0])
    assert not before.is_mixed
    assert np.abs(after.density - np.diag(np.diag(after.density))).max() < 1e-10
    errors = [
        np.abs(certify_marginals(model, state, n, [2.0], 1e-9).density[0] - after.density).max() for n in (10, 20)
    ]
    assert errors[1] < 0.6 * errors[0]


@pytest.mark.parametrize(("dimension", "coupling", "seed"), [(2, 12.0, 1), (2, 12.0, 2), (3, 4.0, 3), (4, 2.0, 4)])
def test_rotated_diagonal_models_agree_with_their_closed_forms(dimension, coupling, seed):
    rng = np.random.default_rng(seed)
    one_body, two_body = (rng.normal(size=(2, n)) for n in (dimension, dimension**2))
    matrix = (two_body[0] + 1j * two_body[1]).reshape(dimension, dimension)
    matrix = (matrix + matrix.T) * (coupling / 2 / np.abs(matrix).max())
    plain = Model(np.diag(one_body[0] + 1j * one_body[1]), np.diag(matrix.ravel()))
    amplitudes = rng.normal(size=dimension) + 1j * rng.normal(size=dimension)
    state = ProductState(amplitudes / np.linalg.norm(amplitudes))
    expected = limit_of(plain, state, 1.0)
    turned, moved, unitary = rotate(plain, state, seed + 10)
    limit = limit_of(turned, moved, 1.0)
    assert np.abs(unitary.conj().T @ limit.density @ unitary - expected.density).max() < 1e-9
    assert limit.rate == pytest.approx(expected.rate, abs=1e-9)


@pytest.mark.parametrize(
    "model",
    [
        Model(X - 0.5j * Z, ZZ),  # PT-symmetric dimer
        Model(0.5 * X - 0.25j * (ONE + Z), -0.5j * (np.kron(X, X) - np.kron(Z @ X, Z @ X))),  # superradiance
    ],
)
def test_published_models_at_late_times(model):
    limit = limit_of(model, UP, 4.0)
    errors = [
        np.abs(certify_marginals(model, UP, n, [4.0], 1e-9).density[0] - limit.density).max() for n in (50, 100)
    ]
    assert errors[1] < 0.7 * errors[0] + 1e-9


def test_lossy_chain_of_eight_sites():
    d = 8
    hopping = -(np.eye(d, k=1) + np.eye(d, k=-1)).astype(complex)
    hopping[4, 4] = -1j
    contact = np.diag([2.0 if i == j else 0.0 for i in range(d) for j in range(d)])
    limit = limit_of(Model(hopping, contact), ProductState(np.full(d, d**-0.5)), 1.0)
    assert limit.confirmed == "amplitudes"
    assert max(limit.particles) > 8


@pytest.mark.parametrize("shift", [0.0, 1e6 + 2e5j])
def test_gauges_and_bases_decide_ties_alike(shift):
    # A field of 1e-11 against A2 = i Z⊗Z, in the x basis: the closed form knows one branch of the two.
    time, tilt = 0.9, 1e-11
    plain = Model(np.zeros((2, 2)), 1j * ZZ)
    assert not limit_of(plain, ProductState.from_tilt(tilt), time).is_mixed
    field = 0.5j * tilt / time  # leads from h = 0 to the same tilt at t
    turned = Model(field * 2 * X, 1j * np.kron(X, X) + shift * np.eye(4))
    assert not limit_of(turned, UP, time).is_mixed
    assert limit_of(Model(np.zeros((2, 2)), 1j * np.kron(X, X) + shift * np.eye(4)), UP, time).is_mixed


def test_a_missing_branch_and_a_wrong_sheet_show():
    branches = find_branches(TRANSVERSE, PLUS, 3.0)
    evolved = [EvolvedStates(TRANSVERSE, PLUS.amplitudes).at(n, 3.0) for n in (20, 40, 80)]
    assert confirmation.compare_sum(branches, evolved).passes
    missing = confirmation.compare_sum(branches[:1], evolved)
    assert not missing.passes
    assert missing.remainders == pytest.approx(np.log(2), abs=0.01)
    assert not confirmation.is_spurious(branches[0], evolved)
    assert confirmation.is_spurious(replace(branches[0], rate=branches[0].rate + 0.5), evolved)
    remainders = confirmation.amplitude_remainders(branches[0], evolved)
    assert abs(remainders[2]) < 0.01
    assert remainders[2] / remainders[1] == pytest.approx(0.5, abs=0.05)


def test_weak_values_tend_to_the_path():
    (branch,) = find_branches(LOSSY_DIMER, UP, 1.0)
    path, d = branch.path, 2
    expected = np.einsum("ki,kj->kij", path.nodes[:, d:], path.nodes[:, :d])
    errors = [
        np.abs(weak_values(LOSSY_DIMER, UP.amplitudes, branch.wavefunction, n, path.instants) - expected).max()
        for n in (20, 40)
    ]
    assert errors[1] < 0.05
    assert errors[1] / errors[0] == pytest.approx(0.5, abs=0.1)


def test_evolved_states_agree_with_certified_ones():
    state = EvolvedStates(LOSSY_DIMER, UP.amplitudes).at(30, 2.0)
    proved = certify_marginals(LOSSY_DIMER, UP, 30, [2.0], 1e-12)
    assert state.log_norm / 30 == pytest.approx(proved.log_norm_rate[0], abs=1e-12)
    assert state.error < 1e-9
    populations = np.abs(state.vector) ** 2 @ np.arange(31) / 30
    assert populations == pytest.approx(proved.density[0, 0, 0].real, abs=1e-12)
    largest = overlap_rates(np.array([[1, 0], [0, 1]], dtype=complex), state)
    assert largest[0] == pytest.approx((2 * np.log(np.abs(state.vector[30])) + state.log_norm) / 30, abs=1e-12)


def test_what_cannot_be_confirmed_is_refused_at_its_time_only(monkeypatch):
    solve, follow = paths.solve_path, paths.follow

    def refuse_guesses(flow, initial, guess):
        if guess.time > 0.5:
            raise ConvergenceError("for a test")
        return solve(flow, initial, guess)

    def refuse_following(flow, linear, time):
        if time > 0.5:
            raise ConvergenceError("for a test")
        return follow(flow, linear, time)

    monkeypatch.setattr(paths, "solve_path", refuse_guesses)
    monkeypatch.setattr(paths, "follow", refuse_following)
    early, late = search_branches(LOSSY_DIMER, UP, [0.3, 0.8])
    assert early.confirmed == "amplitudes"
    assert not late.confirmed
    assert "no two-point path to t = 0.8" in late.reason


def test_a_curve_follows_between_its_times():
    curve = limit_curve(LOSSY_DIMER, UP, [1.0, 2.0])
    curve.states()
    (between,) = curve.at([1.6])
    assert between.confirmed == "continuation"
    assert between.rate == pytest.approx(limit_of(LOSSY_DIMER, UP, 1.6).rate, abs=1e-12)
