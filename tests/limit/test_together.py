"""Many paths at once: the same solutions as one by one, or none."""

import numpy as np
import pytest

from nonhermitian_hartree.bosons.evolved_states import LARGEST_ERROR, EvolvedStates, overlap_rates
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.two_point.continuation import predict_path, start_path
from nonhermitian_hartree.limit.two_point.describe import describe_path
from nonhermitian_hartree.limit.two_point.flow import TwoPointFlow
from nonhermitian_hartree.limit.two_point.newton import TwoPointPath, correct_path, solve_path
from nonhermitian_hartree.limit.two_point.search import BranchSearch
from nonhermitian_hartree.limit.two_point.together import correct_paths, linearise_paths
from nonhermitian_hartree.model.hamiltonian import Model
from tests.systems import LOSS_WITH_HOPPING, random_model, random_state


@pytest.mark.parametrize("dimension", [2, 3])
def test_paths_corrected_together_are_those_corrected_alone(dimension):
    model, state = random_model(dimension, 5), random_state(dimension, 6)
    flow, initial = TwoPointFlow(model), state.amplitudes
    first = solve_path(flow, initial, start_path(initial, 0.1))
    guesses = [predict_path(first, time)[0] for time in (0.08, 0.1001, 0.12, 0.125)]
    for guess, found in zip(guesses, correct_paths(flow, initial, guesses), strict=True):
        alone = correct_path(flow, initial, guess)
        assert ray_distance(found.path.wavefunction, alone.path.wavefunction) < 1e-13
        one, other = describe_path(found), describe_path(alone)
        assert one.rate == pytest.approx(other.rate, abs=1e-13)
        assert one.log_prefactor == pytest.approx(other.log_prefactor, abs=1e-11)
        assert one.residual < 1e-12


def test_a_guess_that_is_no_path_leads_to_none_and_spoils_no_other():
    flow, initial = TwoPointFlow(LOSS_WITH_HOPPING), random_state(2, 6).amplitudes
    good = solve_path(flow, initial, start_path(initial, 0.1)).path
    noise = np.random.default_rng(0).normal(size=(*good.nodes.shape, 2)) @ [1, 1j]
    wild = TwoPointPath(good.instants, good.nodes + 3 * noise)
    broken = TwoPointPath(good.instants, good.nodes * np.nan)
    found = correct_paths(flow, initial, [wild, good, broken])
    assert found[0] is None
    assert found[2] is None
    assert ray_distance(found[1].path.wavefunction, good.wavefunction) < 1e-14
    assert correct_paths(flow, initial, []) == linearise_paths(flow, initial, []) == []


def test_following_many_times_at_once_is_following_each():
    """From both sides, between a transition-free pair of confirmed times, and out of t = 0."""
    state = random_state(2, 6)
    search = BranchSearch(LOSS_WITH_HOPPING, state)
    known = search.run([0.0, 0.3, 0.6])
    times, sources = [0.15, 0.35, 0.45], [known[:2], known[1:], known[1:]]
    for time, solved in zip(times, search.follow_from(sources, times), strict=True):
        (exact,) = BranchSearch(LOSS_WITH_HOPPING, state).run([time])
        assert len(solved.found.branches) == len(exact.found.branches) == 1
        assert solved.found.branches[0].rate == pytest.approx(exact.found.branches[0].rate, abs=1e-12)


def test_evolved_states_in_any_order_are_those_evolved_at_once():
    state, instants = random_state(2, 6), [0.7, 0.2, 0.5, 0.7, 0.0]
    kept = EvolvedStates(LOSS_WITH_HOPPING, state.amplitudes, horizon=0.5)
    kets = np.array([state.amplitudes, random_state(2, 7).amplitudes])
    for particles in (30, 12, 60):
        for time in instants:
            found = kept.at(particles, time)
            alone = EvolvedStates(LOSS_WITH_HOPPING, state.amplitudes, horizon=0.7).at(particles, time)
            assert found.error <= LARGEST_ERROR
            assert found.log_norm == pytest.approx(alone.log_norm, abs=1e-12)
            assert overlap_rates(kets, found) == pytest.approx(overlap_rates(kets, alone), abs=1e-12)


def test_a_decaying_state_gets_the_digits_that_it_needs():
    """Loss far from the slowest: ‖Ψ‖² falls by e^{−8N} below the bound, and digits are added until it shows."""
    model = Model(-1j * np.diag([0, 4.0]), np.zeros((4, 4)))
    evolved = EvolvedStates(model, np.array([0, 1])).at(40, 1.0)
    assert evolved.log_norm == pytest.approx(-2 * 4.0 * 40, rel=1e-12)
    assert evolved.error <= LARGEST_ERROR
