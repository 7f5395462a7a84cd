"""Exact marginals, eq. (13)–(19), against full sums, the full 2^N space, symmetries and asymptotic laws."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from counterexample import COUNTEREXAMPLE, PARTICLES, POPULATIONS, TIMES, diagonal_model, exact
from full_space import evolve_in_full_space, marginal_of
from full_sum import full_sum
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact_closed_form import closed_form_marginals
from nonhermitian_hartree.model import ProductState

ACCURACY = 1e-12


def distance(value: float, reference: mpf) -> float:
    """Relative error; absolute where the reference vanishes to 100 digits."""
    return float(abs(mpf(float(value)) - reference) / (abs(reference) if abs(reference) > mpf(10) ** -90 else 1))


def test_full_sum_is_eq_19_as_printed() -> None:
    """The recursive terms of the reference are those of eq. (14) and (19), each written out on its own."""
    particles, p, t = 12, mpf(0.6), mpf(0.8)
    eigenvalue = lambda n: mpf((particles - 2 * n) ** 2 - particles) / (2 * (particles - 1))  # noqa: E731 (14)
    with mpmath.workdps(60):
        q = 1 - p
        binomials = [mpmath.binomial(particles - 1, s) for s in range(particles)]
        twice = [mpmath.exp(2 * eigenvalue(s) * t) for s in range(particles)]
        mixed = [mpmath.exp((eigenvalue(s + 1) + eigenvalue(s)) * t) for s in range(particles)]
        forward = [p ** (particles - 1 - s) * q**s * binomials[s] for s in range(particles)]
        backward = [q ** (particles - 1 - s) * p**s * binomials[s] for s in range(particles)]
        rho00 = p * mpmath.fdot(forward, twice)
        rho11 = q * mpmath.fdot(backward, twice)
        rho01 = mpmath.sqrt(p * q) * mpmath.fdot(backward, mixed)
        reference = full_sum(particles, 0.6, 0.8)
        assert abs(reference.rho00 - rho00 / (rho00 + rho11)) < mpf(10) ** -50
        assert abs(reference.rho01 - rho01 / (rho00 + rho11)) < mpf(10) ** -50
        assert abs(reference.log_norm_rate - mpmath.log(rho00 + rho11) / particles) < mpf(10) ** -50


@pytest.mark.parametrize("p0", [*POPULATIONS, 0.3, 1e-6])
def test_agrees_with_full_sums(p0: float) -> None:
    """Eq. (19) term by term at 150 digits: every number to 1e-12 relative, and within its own error bound."""
    ours = exact(list(PARTICLES), p0, list(TIMES))
    for i, particles in enumerate(PARTICLES):
        for j, time in enumerate(TIMES):
            reference = full_sum(particles, p0, time)
            where = f"N = {particles}, t = {time}"
            entropy, density = ours.linear_entropy[i, j], ours.density[i, j]
            assert distance(entropy, reference.linear_entropy) <= ACCURACY, where
            assert abs(mpf(entropy) - reference.linear_entropy) <= ours.linear_entropy_error[i, j] + 1e-90, where
            for a, b in np.ndindex(2, 2):
                assert distance(density[a, b].real, reference.density[a][b]) <= ACCURACY, where
                assert abs(density[a, b] - complex(reference.density[a][b])) <= ours.error_bound[i, j], where
            assert abs(ours.log_norm_rate[i, j] - reference.log_norm_rate) <= ours.error_bound[i, j], where
