"""Stirling's and Laplace's steps, eq. (23)–(27), (31)–(32), (37)–(39) and (43)–(44), in logarithms."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy.special import gammaln, logsumexp

from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits
from nonhermitian_hartree.limit.laplace import log_laplace_marginal
from nonhermitian_hartree.limit.rate_function import find_maximisers
from nonhermitian_hartree.model.state import ProductState, tilt_of_population
from nonhermitian_hartree.numerics.special import log_factorial_excess
from nonhermitian_hartree.paper.stirling import (
    eigenvalue,
    large_eigenvalue,
    log_integral,
    stirling_log_binomial,
    stirling_log_factorial,
)
from tests.systems import COUNTEREXAMPLE, exact


def log_exact_marginal(particles: int, p0: float, time: float) -> np.ndarray:
    """Logarithms of ρ00, ρ11, |ρ01| of eq. (19), from the exact marginal and its norm."""
    ours = exact([particles], p0, [time])[0]
    density = np.abs(ours.density[0])
    return np.log([density[0, 0], density[1, 1], density[0, 1]]) + particles * ours.log_norm_rate[0]


def test_stirling() -> None:
    """Eq. (23): the error is 1/(12 M), falling as 1/M."""
    counts = np.array([10, 100, 1000, 10_000])
    errors = gammaln(counts + 1.0) - stirling_log_factorial(counts)
    assert errors == pytest.approx(1 / (12 * counts), rel=1e-3, abs=1e-11)


@pytest.mark.parametrize("n", [0, 1, 2, 15, 16, 17, 1000, 10**6, 10**15])
def test_log_factorial_excess(n: int) -> None:
    """ln n! − (n ln n − n) to 4e-16 relative: the table below 16 and the series above meet."""
    with mpmath.workdps(60):
        exact_value = mpmath.loggamma(n + 1) - (n * mpmath.log(n) - n if n else 0)
        assert abs(mpf(float(log_factorial_excess(n))) - exact_value) <= mpf(4e-16) * max(exact_value, mpf(1e-300))


def test_binomial_weight() -> None:
    """Eq. (24) at x = n/M fixed: the error falls as 1/M."""
    errors = []
    for count in (100, 1000, 10_000):
        n = np.array([0.1, 0.4, 0.7]) * count
        direct = (
            gammaln(count + 1)
            - gammaln(n + 1)
            - gammaln(count - n + 1)
            + n * np.log(0.6)
            + (count - n) * np.log(0.4)
        )
        errors.append(np.abs(direct - stirling_log_binomial(n, count, 0.6)))
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.02)
    assert errors[2] == pytest.approx(errors[1] / 10, rel=0.02)


def test_eigenvalues() -> None:
    """λ_{N,n} of (14) counts pairs, (Σ_i<j z_i z_j)/(N − 1); (25) misses it by O(1/N)."""
    for n in range(6):
        z = [1] * n + [-1] * (5 - n)
        pairs = sum(z[i] * z[j] for i in range(5) for j in range(i))
        assert eigenvalue(5, n) == pytest.approx(pairs / 4, abs=1e-15)
    x = np.array([0.1, 0.5, 0.8])
    errors = [np.abs(eigenvalue(count, count * x) - large_eigenvalue(count, x)) for count in (10**3, 10**4)]
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.01)


@pytest.mark.parametrize(("p0", "time"), [(0.6, 0.4), (0.55, 1.0), (0.5, 0.3), (0.5, 0.8)])
def test_integral(p0: float, time: float) -> None:
    """(26) is ρ00 of (19) exactly; the integral (27) approaches it as 1/N."""
    errors = []
    for count in (200, 2000):
        s = np.arange(count + 1)
        weights = (
            gammaln(count + 1)
            - gammaln(s + 1)
            - gammaln(count - s + 1)
            + s * np.log(1 - p0)
            + (count - s) * np.log(p0)
        )
        with np.errstate(divide="ignore"):
            printed = logsumexp(weights + np.log((count - s) / count) + 2 * time * eigenvalue(count, s))
        exact_value = log_exact_marginal(count, p0, time)[0]
        assert printed == pytest.approx(exact_value, abs=1e-9)
        errors.append(abs(log_integral(count, tilt_of_population(p0), time) - exact_value))
    assert errors[0] < 0.05
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.2)


@pytest.mark.parametrize(
    ("p0", "time"),
    [(0.6, 0.25), (0.6, 1.0), (0.51, 0.5), (0.2, 0.7), (0.5, 0.3), (0.5, 0.8), (0.5, 2.0)],
)
def test_laplace_converges_as_one_over_particles(p0: float, time: float) -> None:
    """(32), (37)–(39) for one maximiser and (43)–(44) for two, against the exact sums (19)."""
    tilt = tilt_of_population(p0)
    counts = [10**5, 10**6, 10**7]
    errors = np.array([log_laplace_marginal(n, tilt, time) - log_exact_marginal(n, p0, time) for n in counts])
    scaled = errors * np.array(counts)[:, None]
    assert np.abs(errors[0]).max() < 2e-2
    # N ln ρ carries 1e-16 N of rounding, which is 1e-9 N² · 1e-16 in the scaled error
    assert scaled[1] == pytest.approx(scaled[0], rel=0.05, abs=1e-3)
    assert np.abs(scaled[2] - scaled[0]).max() <= 0.05 * np.abs(scaled[0]).max() + 0.2


@pytest.mark.parametrize(("p0", "time"), [(0.6, 0.4), (0.2, 0.7), (0.5, 0.3), (0.5, 0.8)])
def test_coherence_as_printed(p0: float, time: float) -> None:
    """Phase and size of (39) over (37) for one maximiser, of (44) over (43) for two, against (19)."""
    phi = ProductState.from_population(p0, 0.9).amplitudes
    x = find_maximisers(tilt_of_population(p0), time).x[0 if p0 >= 0.5 else -1]
    printed = (phi[0] / phi[1]).conj() * x / (1 - x) * np.exp(2 * time * (1 - 2 * x))
    if p0 == 0.5 and time > 0.5:
        odds = np.sqrt(x / (1 - x))
        printed = 2 * np.exp(0.9j) / (odds + 1 / odds)  # θ = −0.9
    density = exact([10**7], p0, [time], phase=0.9).density[0, 0]
    assert density[1, 0] / density[0, 0] == pytest.approx(printed, abs=1e-5)


@pytest.mark.parametrize(("tilt", "time"), [(0.2, 0.3), (0.2, 0.5), (-0.05, 1.5), (0.0, 0.3), (0.0, 0.9)])
def test_normalised_laplace_forms_are_the_limit(tilt: float, time: float) -> None:
    """(37)–(39) over their trace are (40), (43)–(44) over theirs are (45): N drops out."""
    limit = diagonal_qubit_limits(COUNTEREXAMPLE, ProductState.from_tilt(tilt), [time])[0].density
    for particles in (10, 10**5):
        logs = log_laplace_marginal(particles, tilt, time)
        up, down, coherence = np.exp(logs - np.logaddexp(logs[0], logs[1]))
        assert np.array([[up, coherence], [coherence, down]]) == pytest.approx(limit, abs=1e-10)


def test_laplace_fails_at_the_critical_point() -> None:
    """|φ0|² = t = ½: f_t'' = 0, so (37)–(39) diverge, while the sums (19) do not."""
    with np.errstate(divide="ignore"):
        assert np.isinf(log_laplace_marginal(1000, 0.0, 0.5)).all()
    assert np.isfinite(log_exact_marginal(1000, 0.5, 0.5)).all()
