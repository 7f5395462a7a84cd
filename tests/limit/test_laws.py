"""The laws of S_L for N → ∞ against the exact marginals of eq. (19): they agree, as fast in N as they say."""

import mpmath
import numpy as np
import pytest

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.limit.laws import coexistence_entropy, critical_entropy, leading_entropy
from nonhermitian_hartree.model.state import ProductState
from tests.systems import COUNTEREXAMPLE


def exact_entropy(tilt, particles, time):
    marginals = closed_form_marginals(COUNTEREXAMPLE, ProductState.from_tilt(tilt), [particles], [time])
    return marginals.linear_entropy.item()


def assert_error_falls(errors, power):
    """Each N is 100 times the one before; ``errors`` must fall like N^power."""
    np.testing.assert_allclose(np.divide(errors[1:], errors[:-1]), 100.0**power, rtol=0.1)


@pytest.mark.parametrize(
    ("tilt", "time"), [(0.2, 0.3), (0.2, 0.5), (-0.2, 0.8), (0.01, 0.45), (1.5, 2.0), (0.0, 0.3), (0.0, 0.45)]
)
def test_one_peak(tilt, time):
    particles = [10**6, 10**8]
    errors = [abs(exact_entropy(tilt, n, time) / leading_entropy(n, tilt, time) - 1) for n in particles]
    assert errors[0] < 0.02
    assert_error_falls(errors, -1)


def test_one_peak_to_eleven_digits():
    assert leading_entropy(10**12, 0.2, 0.3) == pytest.approx(exact_entropy(0.2, 10**12, 0.3), rel=3e-11)


def test_law_of_one_peak_is_not_given_where_it_does_not_hold():
    assert np.isnan(leading_entropy(100, 0.0, [0.5, 0.8])).all()
    np.testing.assert_array_equal(leading_entropy(100, [0.2, 0.0, np.inf], [0.0, 0.0, 1.0]), 0)


def test_critical_point():
    errors = [abs(exact_entropy(0.0, n, 0.5) / critical_entropy(n) - 1) for n in (10**8, 10**10, 10**12)]
    assert errors[-1] < 3e-6
    assert_error_falls(errors, -0.5)


def test_critical_prefactor_is_half_the_mean_square_of_the_quartic_weights():
    second, zeroth = (mpmath.quad(lambda x, k=k: x**k * mpmath.exp(-(x**4) / 12), [0, 8]) for k in (2, 0))
    assert critical_entropy(1) == pytest.approx(float(second / zeroth / 2), rel=1e-14)


@pytest.mark.parametrize("time", [0.6, 0.8, 1.5])
@pytest.mark.parametrize("u", [0.0, 0.4, -1.3, 5.0])
def test_coexistence(u, time):
    particles = [10**4, 10**6]
    errors = [abs(exact_entropy(u / n, n, time) - coexistence_entropy(u, time)) for n in particles]
    assert errors[-1] < 1e-5
    assert_error_falls(errors, -1)


def test_coexistence_ends_where_the_peaks_merge_and_far_from_balance():
    np.testing.assert_array_equal(coexistence_entropy([0.0, 3.0], 0.5), 0)
    assert coexistence_entropy(1e300, 0.8) == 0
