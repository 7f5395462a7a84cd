"""Log-weights against mpmath, and thinned sums against sums over every site."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from nonhermitian_hartree.exact import lattice_sum
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.model.state import ProductState
from tests.systems import COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("others", "tilt", "gain"),
    [
        (9, 0.2, 0.8),
        (9999, 0.2, 2.0),
        (2999, 1.1, 0.49),
        (2999, 0.0, 0.5),
        (10**6, 1e-4, 0.5),
        (10**12, 0.2, 0.8),
        (10**12, 1e-7, 0.5),
        (499, 0.3, -4.0),
    ],
)
def test_log_weights(others: int, tilt: float, gain: float) -> None:
    """ln C(M, s) + h d + τ d²/M, relative to the heaviest site, to 1e-12 where G is above e^{−60} of it.

    Beyond that only a change of the field a by its rounding is allowed: it moves the peak by less than one site.
    """
    lattice = lattice_sum.weigh_lattice(np.array([others]), np.array([tilt]), np.array([gain]))
    used = lattice.log_weight[0] > lattice.log_weight[0].max() - 60
    imbalance, ours = lattice.imbalance[0][used], lattice.log_weight[0][used]
    top = int(np.argmax(ours))

    def exact(d: int) -> mpf:
        s = (others + d) // 2
        log_binomial = mpmath.loggamma(others + 1) - mpmath.loggamma(s + 1) - mpmath.loggamma(others - s + 1)
        return log_binomial + mpf(tilt) * d + mpf(gain) * d * d / others

    with mp.workdps(50):
        for d, value in zip(imbalance, ours, strict=True):
            difference = exact(int(d)) - exact(int(imbalance[top]))
            tilted = 2.0**-51 * max(tilt, abs(d / others)) * abs(d - imbalance[top])
            assert abs(mpf(value) - mpf(ours[top]) - difference) < 1e-12 + tilted


def test_scale_of_the_weights() -> None:
    """Σ G e^{log_scale} is Σ C(M, s) p0^s p1^(M−s) e^{τ d²/M}: 1 for τ = 0."""
    others, tilt = np.array([1, 50, 5000, 10**9]), np.array([0.3, 0.0, 2.0, 0.2])
    lattice = lattice_sum.weigh_lattice(others, tilt, np.zeros(4))
    total = np.logaddexp.reduce(lattice.log_weight, axis=1) + lattice.log_scale
    assert total == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize("seed", range(4))
def test_thinning_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near-critical, coexistence, spinodal and Poisson-like weights: every k-th site gives what all sites give."""
    rng = np.random.default_rng(seed)
    for _ in range(8):
        particles = int(10 ** rng.uniform(2.4, 4))
        state = ProductState.from_tilt(float(rng.choice([0, 10 ** rng.uniform(-6, 0.5)])))
        times = np.concatenate([0.5 + 10 ** rng.uniform(-3, 1, 12), rng.uniform(0, 0.5, 4)])
        thinned = closed_form_marginals(COUNTEREXAMPLE, state, [particles], times.tolist())
        with monkeypatch.context() as patch:
            patch.setattr(lattice_sum, "SUMMED_FULLY", particles)
            complete = closed_form_marginals(COUNTEREXAMPLE, state, [particles], times.tolist())
        assert thinned.linear_entropy == pytest.approx(complete.linear_entropy, rel=1e-12, abs=0)
        assert np.abs(thinned.density / complete.density - 1).max() < 1e-12
        assert (
            np.abs(thinned.linear_entropy - complete.linear_entropy) <= 2 * complete.linear_entropy_error
        ).all()


def log_transform_bound(others: int, tilt: float, gain: float, mu: np.ndarray, angle: float) -> float:
    """ln of the bound of |Σ G e^{i angle s}| / Σ G from the mixture of binomials, x = τμ on a grid; τ > 0."""
    field = tilt + 2 * gain * mu
    square = np.sinh(np.clip(field, -300, 300)) ** 2

    def log_integral(angle: float, eta: float) -> float:
        turned = 2 * eta + angle / 2
        lost = np.minimum(np.sin(turned) ** 2 / (1 + square), 1 - 1e-15)
        size = np.abs(field)
        log_cosh = size + np.log1p(np.exp(-2 * size)) + np.log1p(-lost) / 2
        return float(np.logaddexp.reduce(others * (log_cosh - gain * mu * mu)) + others * eta * eta / gain)

    shifts = [0.0] + [eta for eta in angle * 3.0 ** np.arange(-2.0, 11.0) if abs(2 * eta + angle / 2) < 1.5]
    shifts += [-eta for eta in shifts if eta < angle / 4]
    whole = log_integral(0.0, 0.0)
    return min(log_integral(angle, eta) for eta in shifts) - whole


@pytest.mark.parametrize("seed", range(3))
def test_sites_between_thinned_points_average_out(seed: int) -> None:
    """|χ| < e^{−40} from π/k to π, by the mixture of binomials: near criticality, at the edges, for two peaks."""
    rng = np.random.default_rng(seed)
    thinned = 0
    for _ in range(60):
        others = int(10 ** rng.uniform(2.7, 12))
        tilt = float(abs(rng.choice([0, rng.normal(), 10 ** rng.uniform(-8, 0), rng.normal() / others])))
        near = float(rng.choice([10 ** rng.uniform(-9, -1), others**-0.5])) * rng.normal()
        gain = float(rng.choice([10 ** rng.uniform(-3, 1), 0.5 + near, rng.uniform(0.4, 0.7)]))
        lattice = lattice_sum.weigh_lattice(np.array([others]), np.array([tilt]), np.array([gain]))
        for points, stride in zip(
            np.split(lattice.imbalance[0], lattice.anchor.shape[1]),
            np.split(lattice.stride[0], lattice.anchor.shape[1]),
            strict=True,
        ):
            if stride.max() <= 1:
                continue
            thinned += 1
            lowest, highest = points[stride > 0].min() / others, points[stride > 0].max() / others
            room = (highest - lowest) / 2
            mu = np.linspace(lowest - room, highest + room, 8001)
            for angle in np.geomspace(np.pi / stride.max(), np.pi, 5):
                assert log_transform_bound(others, tilt, gain, mu, angle) < -40
    assert thinned > 30
