"""Sums (19) whose terms oscillate, from a real ZZ coupling, against every term in balls and a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from flint import acb, arb, ctx

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from tests.references.diagonal_full_sum import BITS, DiagonalMarginal, binomial_phase, sum_every_site, tilt_of
from tests.systems import diagonal_model


def largest_ratio(ours: Marginals, reference: DiagonalMarginal) -> float:
    """Largest true error over stated error, of the entries of ρ̂, the norm rate and S_L; N and t are single."""
    with ctx.workprec(BITS):
        entries = (
            (complex(ours.density[0, 0, 0, 0]), reference.rho00),
            (complex(ours.density[0, 0, 1, 1]), reference.rho11),
            (complex(ours.density[0, 0, 0, 1]), reference.rho01),
            (complex(ours.log_norm_rate[0, 0]), reference.log_norm_rate),
        )
        errors = [float(abs(acb(value) - exact).upper()) for value, exact in entries]
        entropy_error = abs(arb(float(ours.linear_entropy[0, 0])) - reference.linear_entropy)
        of_entropy = float(entropy_error.upper()) / (float(ours.linear_entropy_error[0, 0]) + 1e-140)
        return max(max(errors) / float(ours.error_bound[0, 0]), of_entropy)


def zz_model(coupling: complex, one_body: list[complex] | None = None) -> Model:
    return diagonal_model(one_body or [0, 0], [coupling, -coupling, -coupling, coupling])


def draw_oscillating_model(rng: np.random.Generator, particles: int) -> tuple[Model, ProductState, arb, float]:
    """A diagonal model with phases, its state, the exact tilt, and t: resonances, criticality, two peaks."""
    time, others = float(10 ** rng.uniform(-1, 0.6)), particles - 1
    resonance = 2 * np.pi * rng.integers(0, 40) / rng.integers(1, 30) * others / (4 * time)
    twist = float(rng.choice([resonance * (1 + rng.choice([0, 1e-6])), 10 ** rng.uniform(-2, 6)]))
    near_critical = (0.5 + rng.normal() * 10 ** rng.uniform(-9, -1)) / time
    gain = float(rng.choice([0, near_critical, rng.uniform(0.5, 1.5) / time, -(10 ** rng.uniform(-2, 0.5))]))
    one_body = [complex(rng.normal(), rng.normal()) / 2 for _ in range(2)] if rng.random() < 0.4 else [0j, 0j]
    phase = float(rng.uniform(-3, 3))
    if rng.random() < 0.5:
        p0 = float(rng.choice([rng.uniform(0, 1), 10 ** rng.uniform(-12, -1), 1 - 10 ** rng.uniform(-12, -1)]))
        return zz_model(complex(twist, gain), one_body), ProductState.from_population(p0, phase), tilt_of(p0), time
    tilt = float(rng.choice([0, rng.normal(), rng.normal() / particles, 10 ** rng.uniform(-8, 0)]))
    return zz_model(complex(twist, gain), one_body), ProductState.from_tilt(tilt, phase), arb(tilt), time


@pytest.mark.parametrize("seed", range(4))
def test_oscillating_sums_within_their_bounds(seed: int) -> None:
    """Complex couplings and fields against every term in balls: no error above its bound, no bound above 1e-10."""
    rng = np.random.default_rng(seed)
    for _ in range(8):
        particles = int(10 ** rng.uniform(2, 3.2)) if rng.random() < 0.5 else int(rng.integers(2, 100))
        model, state, tilt, time = draw_oscillating_model(rng, particles)
        diagonals = [np.diag(matrix).tolist() for matrix in (model.one_body, model.two_body)]
        reference = sum_every_site(*diagonals, tilt, state.relative_phase, particles, time)
        ours = closed_form_marginals(model, state, [particles], [time])
        assert largest_ratio(ours, reference) <= 1, (particles, diagonals, float(tilt), time)
        assert ours.error_bound[0, 0] <= 1e-10


@pytest.mark.parametrize(
    ("particles", "coupling", "time"),
    [
        (1001, 1.0, 785.398),  # 4κt/M next to π
        (1001, 785.398, 1.0),
        (401, 1.0, 314.0),
        (2501, 1.0, 1309.0),  # 2π/3
        (10**9 + 1, 0.3, 4000.0),
        (10**9 + 1, 1e6, 1570.7963267),  # a revival: 4κt/M next to 2π
        (10**12 + 1, 1e9, 1570.796326795),
        (10**15, 12345.0, 1e3),
        (50_001, 1e6, 3.7),
    ],
)
@pytest.mark.parametrize("tilt", [0.0, -0.3])
def test_real_coupling_for_any_number_of_particles(
    particles: int, coupling: float, time: float, tilt: float
) -> None:
    """A real ZZ coupling: ρ01 = φ0 φ1* (p0 e^{−2iκt/M} + p1 e^{2iκt/M})^M, and populations that stay."""
    state = ProductState.from_tilt(tilt, 0.4)
    ours = closed_form_marginals(zz_model(coupling), state, [particles], [time])
    with ctx.workprec(BITS):
        h = arb(tilt)
        p0 = 1 / (1 + (-2 * h).exp())
        product = (p0 * (1 - p0)).sqrt() * acb(0, arb(state.relative_phase)).exp()
        coherence = product * binomial_phase(h, coupling, time, particles - 1)
        entropy = 2 * (p0 * (1 - p0) - coherence.real * coherence.real - coherence.imag * coherence.imag)
        assert largest_ratio(ours, DiagonalMarginal(p0, 1 - p0, coherence, entropy, arb(0))) <= 1
    assert ours.error_bound[0, 0] <= (1e-7 if particles == 10**15 else 1e-9)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_refuses_what_doubles_cannot_hold() -> None:
    with pytest.raises(AccuracyError, match=r"N = 10, t = 1e\+10"):
        closed_form_marginals(zz_model(1e300j), ProductState.from_population(0.6), [10], [1e10])
