"""The check of a rate against exact norms."""

import numpy as np
import pytest

from nonhermitian_hartree.compare.norm_rate import check_limit, check_rate, extrapolate_rate
from nonhermitian_hartree.errors import ConvergenceError, FitError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.limit.two_point.solve import find_limit
from nonhermitian_hartree.model.state import ProductState
from tests.systems import COUNTEREXAMPLE, FIRST_ORDER, FIRST_ORDER_STATE

PARTICLES = (50, 100, 200, 400)


def rates(coefficients):
    inverse = 1 / np.array(PARTICLES)
    return sum(c * inverse**k for k, c in enumerate(coefficients))


def test_polynomials_in_one_over_n_are_extrapolated_exactly():
    value, error = extrapolate_rate(PARTICLES, rates([0.3, -2, 5]), np.zeros(4))
    assert value == pytest.approx(0.3, abs=1e-14)
    assert error < 1e-13


def test_error_covers_the_next_order_and_the_given_bounds():
    value, error = extrapolate_rate(PARTICLES, rates([0.3, -2, 5, 40, 300]), np.zeros(4))
    assert abs(value - 0.3) < error < 1e-4
    assert extrapolate_rate(PARTICLES, rates([0.3]), np.full(4, 1e-6))[1] > 1e-6


def test_order_of_the_particle_numbers_does_not_matter():
    values = rates([0.3, -2, 5, 40])
    forward = extrapolate_rate(PARTICLES, values, np.zeros(4))
    assert extrapolate_rate(PARTICLES[::-1], values[::-1], np.zeros(4)) == pytest.approx(forward, abs=1e-14)


def test_paper_model_passes_and_a_wrong_rate_is_refused():
    model, state = COUNTEREXAMPLE, ProductState.from_population(0.6)
    exact = [certify_marginals(model, state, n, [0.8], 1e-10) for n in (100, 200, 400)]
    norms, bounds = [m.log_norm_rate[0] for m in exact], [m.error_bound[0] for m in exact]
    limit = find_limit(model, state, 0.8)
    check = check_rate(limit.rate, (100, 200, 400), norms, bounds)
    assert check.largest_particles == 400
    assert check.error < 1e-5
    with pytest.raises(ConvergenceError, match="increase starts"):
        check_rate(limit.subdominant[0].rate, (100, 200, 400), norms, bounds)
    with pytest.raises(ConvergenceError, match="spurious"):
        check_rate(limit.rate + 1e-3, (100, 200, 400), norms, bounds)


def test_known_competitors_are_taken_off_before_the_extrapolation():
    # Close to a first-order transition the runner-up still has a tenth of the weight at these N.
    model, state = FIRST_ORDER, FIRST_ORDER_STATE
    time, particles = 0.9, (30, 60, 120)
    limit = find_limit(model, state, time)
    assert limit.rate - limit.subdominant[0].rate < 0.03
    exact = [certify_marginals(model, state, n, [time], 1e-11) for n in particles]
    norms, bounds = [m.log_norm_rate[0] for m in exact], [m.error_bound[0] for m in exact]
    check = check_limit(limit, particles, norms, bounds)
    plain, plain_error = extrapolate_rate(particles, norms, bounds)
    assert check.error < plain_error / 20
    assert abs(check.extrapolated - limit.rate) < abs(plain - limit.rate) / 20
    with pytest.raises(ConvergenceError):
        check_rate(limit.subdominant[0].rate, particles, norms, bounds)


@pytest.mark.parametrize("particles", [(100, 200), (100, 100, 200)])
def test_too_few_particle_numbers(particles):
    with pytest.raises(FitError, match="three different N"):
        extrapolate_rate(particles, np.zeros(len(particles)), np.zeros(len(particles)))
