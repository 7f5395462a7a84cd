"""The uniform ring, where everything is known: the path stays uniform, and each pair (k, −k) fluctuates by itself.

With φ uniform, contact interaction U = u d and a periodic ring, ``p_i χ_i = 1/d`` at all times. In the gauge of
the energy of p, the mode k has ``G_k = E_k − E_0 + u``, E_k = −2J cos k, and C = D = u. So
``ż = −i(u + 2 G z + u z²)``, of which ``z = X/Y`` with ``X = −i u sin(ωt)/ω`` and
``Y = cos ωt + i G sin(ωt)/ω``, ω² = G² − u².
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import nonhermitian_hartree as nh
from nonhermitian_hartree.limit.many_modes.follow import BranchFollower
from nonhermitian_hartree.limit.many_modes.solve import ManyModesCurve
from nonhermitian_hartree.model.lattice.operators import contact, hopping, onsite
from nonhermitian_hartree.model.lattice.states import plane_wave, uniform

LOSS = 0.2


def ring(sites, interaction):
    return nh.Model(
        hopping(-1.0, [sites], "periodic") + onsite(-1j * LOSS, sites), contact(interaction * sites, sites)
    )


def squeezing(sites, interaction, time, boost=0):
    """|z_k| for all k but that of the condensate, 2πm/d with m = ``boost``; k and −k are 2πm/d ± q."""
    wave = 2 * np.pi * np.arange(1, sites) / sites
    start = 2 * np.pi * boost / sites
    g = -(np.cos(start + wave) + np.cos(start - wave)) + 2 * np.cos(start) + interaction
    omega = np.sqrt(g**2 - interaction**2 + 0j)
    return np.abs(
        -1j * interaction * np.sin(omega * time) / (omega * np.cos(omega * time) + 1j * g * np.sin(omega * time))
    )


@pytest.mark.parametrize("sites", [7, 16, 96])
@pytest.mark.parametrize("interaction", [0.7, 0.8 - 0.3j, -0.2 + 0.1j])
def test_fluctuations_of_the_uniform_ring(sites, interaction):
    time = 0.9
    (limit,) = ManyModesCurve(ring(sites, interaction), uniform(sites), [time]).states()
    singular = squeezing(sites, interaction, time)
    assert singular.max() < 0.9
    assert limit.softness == pytest.approx(singular.max(), abs=1e-10)
    assert limit.entropy_coefficient == pytest.approx(2 * (singular**2 / (1 - singular**2)).sum(), rel=1e-9)
    assert limit.infidelity_to(uniform(sites).amplitudes) < 1e-24
    energy = -2 - 1j * LOSS + interaction / 2
    assert limit.rate == pytest.approx(2 * time * energy.imag, abs=1e-11)


def test_fluctuations_of_a_moving_condensate():
    sites, interaction, time = 12, 0.5 - 0.1j, 1.3
    state = plane_wave([2], [sites])
    (limit,) = ManyModesCurve(ring(sites, interaction), state, [time]).states()
    # the drift sin(k) of a pair cancels, as |z| is that of the mean of both
    singular = squeezing(sites, interaction, time, boost=2)
    assert limit.entropy_coefficient == pytest.approx(2 * (singular**2 / (1 - singular**2)).sum(), rel=1e-9)
    assert limit.infidelity_to(state.amplitudes) < 1e-24


# Gain in proportion to the density: the uniform state of 16 sites splits where the softest pair reaches |z| = 1.
# Long before, at t = ln 16/(U − u) = 0.31, all particles on one site have the larger rate U t − ln 16.
GAIN, GAINING = 0.6j, 16


def test_the_end_of_the_maximum_is_located():
    end = brentq(lambda time: squeezing(GAINING, GAIN, time).max() - 1, 0.1, 3)
    follower = BranchFollower(ring(GAINING, GAIN), uniform(GAINING).amplitudes)
    assert follower.at(0.9 * end).softness == pytest.approx(squeezing(GAINING, GAIN, 0.9 * end).max(), abs=1e-10)
    for time in (1.1 * end, 2 * end):
        with pytest.raises(nh.ConvergenceError, match="turns into a saddle at") as caught:
            follower.at(time)
        located = float(str(caught.value).split("at t = ")[1].split(":")[0])
        assert located == pytest.approx(end, rel=2e-6)


def test_another_branch_that_has_taken_over_is_seen():
    takeover = np.log(GAINING) / abs(GAINING * GAIN - GAIN)
    early, late, gone = ManyModesCurve(
        ring(GAINING, GAIN), uniform(GAINING), [0.5 * takeover, 2 * takeover, 4 * takeover]
    ).states()
    assert early.is_known
    assert not late.is_known
    assert "another one has taken over" in late.reason
    assert "turns into a saddle" in gone.reason


def test_both_ways_to_three_hundred_modes_agree():
    # what is known at every step in time below, is known only where it is asked for beyond
    sites, interaction, time = 300, 0.7, 0.8
    (limit,) = ManyModesCurve(ring(sites, interaction), uniform(sites), [time]).states()
    singular = squeezing(sites, interaction, time)
    assert limit.entropy_coefficient == pytest.approx(2 * (singular**2 / (1 - singular**2)).sum(), rel=1e-9)
