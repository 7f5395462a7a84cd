"""The closed forms that claims about families rest on, against the equations that they solve."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from nonhermitian_hartree.claims.measures.families import imbalance_without_interaction, imbalance_without_loss
from tests.systems import X, Z

TIMES = np.linspace(0, 3, 13)


@pytest.mark.parametrize("u", [0.0, 1.0, 3.9, 4.0, 4.1, 9.0])
def test_imbalance_without_loss(u):
    """i ċ0 = −c1 + u |c0|² c0, i ċ1 = −c0 + u |c1|² c1: self-trapped from u = 4 on."""
    path = solve_ivp(
        lambda _, c: -1j * (-c[::-1] + u * np.abs(c) ** 2 * c), (0, 3), [1 + 0j, 0], t_eval=TIMES,
        method="DOP853", rtol=1e-12, atol=1e-12,
    )  # fmt: skip
    populations = np.abs(path.y) ** 2
    assert imbalance_without_loss(np.full(13, u), TIMES) == pytest.approx(
        populations[0] - populations[1], abs=1e-9
    )


@pytest.mark.parametrize("gamma", [0.0, 1.0, 4.0, 7.0])
def test_imbalance_without_interaction(gamma):
    """At γ = 4 the two eigenvectors of A1 are one."""
    generator = -X - 0.25j * gamma * (np.eye(2) + Z)
    kets = np.array([expm(-1j * time * generator)[:, 0] for time in TIMES])
    populations = np.abs(kets) ** 2 / np.sum(np.abs(kets) ** 2, axis=1, keepdims=True)
    found = imbalance_without_interaction(np.full(13, gamma), TIMES)
    assert found == pytest.approx(populations[:, 0] - populations[:, 1], abs=1e-12)
