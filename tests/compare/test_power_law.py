"""Power laws fitted to tails: known exponents, standard errors against scipy, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress

from nonhermitian_hartree.compare.power_law import fit_power_law, tail_length
from nonhermitian_hartree.errors import FitError

PARTICLES = np.unique(np.round(np.geomspace(10, 10**6, 60)).astype(int))
ZERO = np.zeros(len(PARTICLES))


@given(exponent=st.floats(-3, 3), prefactor=st.floats(1e-6, 1e6), fraction=st.floats(0.1, 1))
def test_recovers_exact_power_laws(exponent: float, prefactor: float, fraction: float) -> None:
    law = fit_power_law(PARTICLES, prefactor * PARTICLES.astype(float) ** exponent, ZERO, fraction)
    assert law.exponent == pytest.approx(exponent, abs=1e-11)
    assert law.prefactor == pytest.approx(prefactor, rel=1e-10)
    assert law.exponent_stderr < 1e-11
    assert law(law.particles_max) == pytest.approx(prefactor * float(law.particles_max) ** exponent, rel=1e-10)


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5, 1.0])
def test_standard_errors(fraction: float) -> None:
    """Slope, intercept and both standard errors are those of scipy.stats.linregress in log-log."""
    values = 3 * PARTICLES**-0.7 * np.exp(0.05 * np.random.default_rng(1).normal(size=len(PARTICLES)))
    law = fit_power_law(PARTICLES, values, ZERO, fraction)
    tail = slice(len(PARTICLES) - law.points, None)
    fit = linregress(np.log(PARTICLES[tail]), np.log(values[tail]))
    assert law.exponent == pytest.approx(fit.slope, rel=1e-12)
    assert law.exponent_stderr == pytest.approx(fit.stderr, rel=1e-10)
    assert law.prefactor == pytest.approx(np.exp(fit.intercept), rel=1e-10)
    assert law.prefactor_stderr == pytest.approx(np.exp(fit.intercept) * fit.intercept_stderr, rel=1e-10)
    assert (law.particles_min, law.particles_max) == (PARTICLES[tail][0], PARTICLES[-1])


@pytest.mark.parametrize(
    ("points", "fraction", "expected"), [(60, 0.2, 12), (58, 0.2, 12), (10, 0.3, 3), (7, 1.0, 7), (100, 0.29, 29)]
)
def test_tail_length(points: int, fraction: float, expected: int) -> None:
    """The last 20 % of 58 points are 12; 0.29·100 is 29 although the double 0.29·100 is 28.999…96."""
    assert tail_length(points, fraction) == expected


def test_only_the_tail_counts() -> None:
    """Anything before the tail, non-positive values too, leaves the fit unchanged."""
    values = PARTICLES.astype(float) ** -1.0
    values[:40] = -1
    assert fit_power_law(PARTICLES, values, ZERO, 0.2).exponent == pytest.approx(-1, abs=1e-12)


def test_refuses_points_at_their_rounding_floor() -> None:
    """A point whose error exceeds 1 % of it says nothing about the exponent; its size does not matter."""
    values = 1e-3 * PARTICLES**-2.0
    fit_power_law(PARTICLES, values, 0.009 * values)
    errors = ZERO.copy()
    errors[-1] = 0.011 * values[-1]
    with pytest.raises(FitError, match=f"N = {PARTICLES[-1]} is at the rounding floor"):
        fit_power_law(PARTICLES, values, errors)


@pytest.mark.parametrize("bad", [0.0, -1e-18, np.nan])
def test_refuses_values_that_are_not_positive(bad: float) -> None:
    values = 1.0 / PARTICLES
    values[-2] = bad
    with pytest.raises(FitError, match="not positive"):
        fit_power_law(PARTICLES, values, ZERO)


def test_refuses_unknown_errors() -> None:
    with pytest.raises(FitError, match="rounding floor"):
        fit_power_law(PARTICLES, 1.0 / PARTICLES, np.full(len(PARTICLES), np.nan))


def test_refuses_short_tails() -> None:
    with pytest.raises(FitError, match="has 2 points, a fit needs 3"):
        fit_power_law([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], np.ones(10), np.zeros(10), 0.2)
