"""The rate function f_t and its maximisers, eq. (28)–(36), against finite differences, mpmath and dense grids."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from nonhermitian_hartree.limit.rate_function import (
    dominant_field,
    field_excess,
    find_maximisers,
    inflection_points,
    maximiser_velocity,
    metastable_field,
    rate_function,
    rate_function_curvature,
    rate_function_slope,
    rate_maximum,
)
from nonhermitian_hartree.model.state import tilt_of_population
from nonhermitian_hartree.numerics.special import log_cosh, population_of_one

CASES = [(0.55, 0.25), (0.55, 0.75), (0.5, 0.3), (0.5, 1.0), (0.3, 0.6), (0.9, 2.0)]


def printed_rate_function(x: mpf, p0: float, time: float) -> mpf:
    """Eq. (28), as printed."""
    p, x = mpf(p0), mpf(x)
    return x * mpmath.log((1 - p) * (1 - x) / (p * x)) + mpmath.log(p / (1 - x)) + mpf(time) * (1 - 2 * x) ** 2


def reference_field(tilt: float, gain: float) -> mpf:
    """Largest root of a = h + 2τ tanh a for h ≥ 0, at 60 digits, by Newton's method from above."""
    with mp.workdps(60):
        h, g = mpf(tilt), mpf(gain)
        if g <= 0:
            return mpmath.findroot(
                lambda a: a - 2 * g * mpmath.tanh(a) - h, (mpf(0), h), solver="anderson", tol=1e-100
            )
        a = h + 2 * g
        for _ in range(5000):
            a, before = a - (a - 2 * g * mpmath.tanh(a) - h) / (1 - 2 * g * mpmath.sech(a) ** 2), a
            if abs(a - before) <= mpf(10) ** -45 * abs(a):
                return a
        raise AssertionError("the reference did not converge")


@pytest.mark.parametrize(("p0", "time"), CASES)
def test_values_and_derivatives(p0: float, time: float) -> None:
    """Eq. (28) as printed; (29) and (30) are its derivatives."""
    tilt, x = tilt_of_population(p0), np.array([1e-6, 0.1, 0.37, 0.5, 0.8, 1 - 1e-6])

    def derivative(order: int) -> list[float]:
        with mp.workdps(50):
            return [float(mpmath.diff(lambda z: printed_rate_function(z, p0, time), mpf(at), order)) for at in x]

    np.testing.assert_allclose(rate_function(x, tilt, time), derivative(0), rtol=0, atol=1e-14)
    np.testing.assert_allclose(rate_function_slope(x, tilt, time), derivative(1), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(rate_function_curvature(x, time), derivative(2), rtol=1e-9)


@pytest.mark.parametrize(("p0", "time"), CASES)
def test_mirror_image(p0: float, time: float) -> None:
    """Eq. (34): f_t(1 − x) = f_t(x) + (1 − 2x) ln(p1/p0), so that a global maximiser obeys (35)."""
    tilt, x = tilt_of_population(p0), np.linspace(0.001, 0.999, 999)
    gain = rate_function(1 - x, tilt, time) - rate_function(x, tilt, time)
    assert gain == pytest.approx((1 - 2 * x) * np.log((1 - p0) / p0), abs=1e-14)
    highest = x[np.argmax(rate_function(x, tilt, time))]
    assert (1 - 2 * highest) * np.log((1 - p0) / p0) <= 0


def test_ends_of_the_interval() -> None:
    """x ln x → 0: f_t is continuous up to x = 0 and 1, with values ln p0 + t and ln p1 + t."""
    tilt = tilt_of_population(0.6)
    assert rate_function([0.0, 1.0], tilt, 0.7) == pytest.approx(np.log([0.6, 0.4]) + 0.7, rel=1e-14)


@pytest.mark.parametrize("time", [0.5 + 1e-12, 0.51, 1.0, 40.0, 1e9])
def test_inflection_points(time: float) -> None:
    """Eq. (33): f_t'' changes sign at r₋ and r₊ = 1 − r₋, and nowhere for t ≤ ½."""
    points = inflection_points(time)
    assert points is not None
    with mp.workdps(50):
        expected = (1 - mpmath.sqrt(1 - 1 / (2 * mpf(time)))) / 2
        assert abs(mpf(points[0]) - expected) <= expected * mpf(4e-16) / mpmath.sqrt(1 - 1 / (2 * mpf(time)))
    assert sum(points) == pytest.approx(1, abs=1e-15)
    assert inflection_points(0.5) is inflection_points(0.2) is None


@pytest.mark.parametrize("p0", [0.05, 0.3, 0.45, 0.499, 0.5, 0.501, 0.55, 0.6, 0.9])
def test_all_local_maximisers_against_a_dense_grid(p0: float) -> None:
    """Every local maximum of f_t on 20 001 points is found, no other; the global ones are as (34)–(35) say."""
    grid = (np.arange(20_001) + 0.5) / 20_001
    tilt = tilt_of_population(p0)
    for time in np.concatenate([np.linspace(0, 2, 40), [0.4999, 0.503, 0.52, 5.0]]):
        values = rate_function(grid, tilt, time)
        peaks = grid[1:-1][(values[1:-1] >= values[:-2]) & (values[1:-1] > values[2:])]
        peaks = np.concatenate([grid[:1][values[:1] > values[1]], peaks, grid[-1:][values[-1:] > values[-2]]])
        found = find_maximisers(tilt, time)
        assert len(found.x) == len(peaks), (p0, time)
        width = 3e-5 + 1e-4 * (abs(time - 0.5) < 0.01)
        assert np.abs(np.array(found.x) - np.sort(peaks)).max() < width, (p0, time)
        heights = rate_function(np.array(found.x), tilt, time)
        expected = np.isclose(heights, heights.max(), rtol=0, atol=1e-13)
        assert found.is_global == tuple(expected), (p0, time)
        assert sum(found.is_global) == (2 if p0 == 0.5 and time > 0.5 else 1)
        assert heights.max() == pytest.approx(float(rate_maximum(tilt, time)), abs=1e-14)
        assert heights.max() >= values.max() - 1e-14


@pytest.mark.parametrize("tilt", [0.0, 1e-30, 1e-15, 1e-9, 1e-5, 0.02, 0.2, 3.0, 18.0])
def test_accuracy_of_the_maximiser(tilt: float) -> None:
    """1 − 2x* = tanh a to 1e-15 relative, and x* = 1/(1 + e^{2a}) to 1e-15·(1 + 2a), for t → ½ and h → 0 too."""
    around_half = (0.5 - 1e-9, 0.5 - 2.0**-54, 0.5, 0.5 + 2.0**-53, 0.5 + 1e-9, 0.5 + 1e-4)
    for gain in (0.1, 0.49, *around_half, 0.51, 0.8, 10.0):
        field = float(dominant_field(tilt, gain))
        if tilt == 0 and gain <= 0.5:
            assert field == 0, gain
            continue
        exact = reference_field(tilt, gain)
        with mp.workdps(60):
            imbalance, x = mpmath.tanh(exact), 1 / (1 + mpmath.exp(2 * exact))
            assert abs(mpf(float(np.tanh(field))) - imbalance) <= mpf(1e-15) * imbalance, gain
            assert abs(mpf(float(population_of_one(field))) - x) <= mpf(1e-15) * (1 + 2 * exact) * x, gain
        assert dominant_field(-tilt, gain) == -field or tilt == 0, gain


@pytest.mark.parametrize("gain", [-0.1, -3.0, -1e6])
def test_negative_gain(gain: float) -> None:
    """Attraction to ½: one maximiser, to 1e-15 relative."""
    for tilt in (1e-9, 0.3, 30.0):
        exact = reference_field(tilt, gain)
        assert abs(mpf(float(dominant_field(tilt, gain))) - exact) <= mpf(1e-15) * exact, tilt
        assert np.isnan(metastable_field(tilt, gain)), tilt


@given(tilt=st.floats(-3, 3), gain=st.floats(0.5, 5, exclude_min=True))
def test_maximisers_lie_outside_the_inflection_points(tilt: float, gain: float) -> None:
    """§3.1: for t > ½, x* < r₋ for p0 > p1 and x* > r₊ for p0 < p1; a metastable one lies on the other side."""
    lower, upper = inflection_points(gain) or (0.5, 0.5)
    found = find_maximisers(tilt, gain)
    margin = 1e-9
    for x, field, is_global in zip(found.x, found.fields, found.is_global, strict=True):
        assert x <= lower + margin or x >= upper - margin
        assert is_global == (np.sign(field) == np.sign(tilt) or tilt == 0)
    assert list(found.x) == sorted(found.x)


@given(tilt=st.floats(1e-6, 3), time=st.floats(0, 3))
def test_trajectory_is_continuous(tilt: float, time: float) -> None:
    """§3.1: x*_t has no jump; |∂_t x*| of (36) stays below 2.2 h^{−2/3} even at the critical time."""
    step = 1e-9
    before, after = (float(population_of_one(dominant_field(tilt, s))) for s in (time, time + step))
    assert abs(after - before) <= step * 2.2 * max(tilt ** (-2 / 3), 1) + 1e-15


@pytest.mark.parametrize(("p0", "time"), [(0.55, 0.2), (0.55, 0.5), (0.6, 0.8), (0.3, 1.3), (0.501, 0.52)])
def test_velocity_of_the_maximiser(p0: float, time: float) -> None:
    """Eq. (36) is the time derivative of the maximiser."""
    tilt, step = tilt_of_population(p0), 1e-5
    x = [float(population_of_one(dominant_field(tilt, time + k * step))) for k in (-2, -1, 0, 1, 2)]
    slope = (x[0] - 8 * x[1] + 8 * x[3] - x[4]) / (12 * step)
    assert float(maximiser_velocity(x[2], time)) == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize(("tilt", "gain"), [(0.0, 0.7), (0.01, 0.6), (0.05, 0.8), (-0.2, 1.5)])
def test_metastable_field(tilt: float, gain: float) -> None:
    """The other local maximiser solves a = h + 2τ tanh a with the sign opposite to h, to 1e-14."""
    field = mpf(float(metastable_field(tilt, gain)))
    with mp.workdps(40):
        exact = mpmath.findroot(lambda a: a - 2 * mpf(gain) * mpmath.tanh(a) - mpf(tilt), field)
        assert abs(field - exact) <= mpf(1e-14) * abs(exact)
    assert field * tilt <= 0
    assert float(rate_function_curvature(population_of_one(float(field)), gain)) < 0


def test_metastable_field_ends_at_the_spinodal() -> None:
    """It exists exactly as long as h is below the barrier's end √(1 − 1/2τ) 2τ − arccosh √2τ."""
    gain = 0.8
    spinodal = 2 * gain * np.sqrt(1 - 1 / (2 * gain)) - np.arccosh(np.sqrt(2 * gain))
    assert np.isfinite(metastable_field(spinodal * (1 - 1e-9), gain))
    assert np.isnan(metastable_field(spinodal * (1 + 1e-9), gain))


@pytest.mark.parametrize("a", [0.0, 1e-200, 1e-8, 1e-3, 0.3, 0.999, 1.0, 1.001, 5.0, 400.0])
def test_small_functions_against_mpmath(a: float) -> None:
    with mp.workdps(60 if a > 1e-100 else 700):
        excess, cosh = mpf(a) - mpmath.tanh(mpf(a)), mpmath.log(mpmath.cosh(mpf(a)))
        assert abs(mpf(float(field_excess(a))) - excess) <= mpf(1e-15) * excess + mpf(10) ** -320
        assert abs(mpf(float(log_cosh(-a))) - cosh) <= mpf(3e-16) * max(1, a)
