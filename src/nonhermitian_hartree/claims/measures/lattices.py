"""Measurements of the claims about many modes: conservation laws, symmetries and closed forms on lattices.

The lattices are chains or rings with the hopping −1 between neighbours. No reference here solves what it checks in
the way in which the tables were made.
"""

from __future__ import annotations

from cmath import exp, sqrt
from collections.abc import Callable
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.claims.rows import farthest
from nonhermitian_hartree.model.lattice.classes import (
    EDGE_SITES,
    EDGE_STRENGTH,
    INTERACTION,
    STAGGERED_GAIN,
    VISCOSITY,
)
from nonhermitian_hartree.storage.columns import MEMBER, ROW_KEYS, read_vectors

if TYPE_CHECKING:
    import pandas as pd

FEWEST_TIMES = 9
"""Of a curve from which a time integral is taken."""


def lossy_ring_obeys_continuity(hartree: pd.DataFrame) -> float:
    """Largest violation of the continuity equation of |φ_i|² with the loss 2γ at site d/2 (column ``gamma``)."""
    if "gamma" not in hartree:
        return nan

    def losses(rows: pd.DataFrame, modes: int) -> Real:
        return np.asarray(2 * float(rows["gamma"].iloc[0]) * np.eye(1, modes, modes // 2)[0])

    return _largest_leak(hartree, losses, is_ring=True)


def absorbing_edge_obeys_continuity(hartree: pd.DataFrame) -> float:
    """Largest violation of the continuity equation of |φ_i|² with the losses of an edge that absorbs."""
    return _largest_leak(hartree, lambda _, modes: 2 * edge_losses(modes), is_ring=False)


def edge_losses(modes: int) -> Real:
    """``−Im ⟨i|A1|i⟩`` of the edge: W (k/w)² on the last w sites, k = 1 … w; shape (d,)."""
    depth = np.arange(modes) - (modes - 1 - EDGE_SITES)
    return EDGE_STRENGTH * np.maximum(depth, 0) ** 2 / EDGE_SITES**2


def density_is_mirror_symmetric(hartree: pd.DataFrame, limit: pd.DataFrame) -> float:
    """Largest difference of a density at the sites i and −i of a ring, in Hartree and in the limit.

    NaN where no density differs from site to site: a flat one is symmetric whatever is wrong.
    """
    densities = [np.abs(read_vectors(hartree, "phi")) ** 2, np.abs(read_vectors(limit, "nu")) ** 2]
    if not all(np.ptp(density, axis=1).max() > 1e-3 for density in densities):
        return nan
    mirrored = [np.roll(density[:, ::-1], 1, axis=1) for density in densities]
    return farthest(
        [np.max(np.abs(density - image)) for density, image in zip(densities, mirrored, strict=True)], 0
    )


def limit_is_hartree_without_interaction(limit: pd.DataFrame) -> float:
    """Infidelity of Hartree in the limit, or lim N·S_L, the one farthest from zero, t > 0; NaN without any."""
    rows = limit[limit["time"] > 0]
    return farthest([*rows["hartree_infidelity"], *rows["entropy_coefficient"]], 0)


def staggered_ring_beats(hartree: pd.DataFrame) -> float:
    """Largest difference of the density on even sites from that of two levels with gain and loss γ.

    From the uniform state the even and the odd sites are each alike, with amplitudes a and b: ``i ȧ = iγa − 2b``,
    ``i ḃ = −2a − iγb``, so that a = cos Et + (γ + 2i) sin(Et)/E, b = cos Et + (−γ + 2i) sin(Et)/E, E² = 4 − γ².
    """
    densities = np.abs(read_vectors(hartree, "phi")) ** 2
    energy = np.sqrt(4 - STAGGERED_GAIN**2)
    angle = energy * hartree["time"].to_numpy()
    even, odd = (
        np.abs(np.cos(angle) + (sign * STAGGERED_GAIN + 2j) * np.sin(angle) / energy) ** 2 for sign in (1, -1)
    )
    expected = np.stack([even, odd], axis=1) / (even + odd)[:, None] / (densities.shape[1] / 2)
    return farthest(np.abs(densities - np.tile(expected, densities.shape[1] // 2)).ravel(), 0)


def uniform_ring_entropy_coefficient(limit: pd.DataFrame) -> float:
    """``entropy_coefficient`` over the sum of the closed forms of all momenta, t > 0: ratio farthest from 1."""
    rows = limit.drop_duplicates(ROW_KEYS).query("time > 0")
    modes = read_vectors(limit, "nu").shape[1]
    return farthest(
        [
            found / uniform_ring_coefficient(modes, time)
            for found, time in zip(rows["entropy_coefficient"], rows["time"], strict=True)
        ],
        1,
    )


def uniform_ring_coefficient(modes: int, time: float) -> float:
    """Return lim N·S_L on a uniform ring of d sites with the contact interaction ``d·g``, from the uniform state.

    The momenta k and −k are squeezed together, ``i ż = g + 2(e_k + g) z + g z²`` with ``e_k = 2 − 2 cos k`` above
    the condensate. With the zeros a, b of the right-hand side, ``z = a (1 − e)/(1 − (a/b) e)``,
    ``e = exp(−ig (a − b) t)``; then N·S_L → 2 Σ_k |z|²/(1 − |z|²) over all k ≠ 0.
    """
    total = 0.0
    for number in range(1, modes):
        half = -(2 - 2 * np.cos(2 * np.pi * number / modes) + INTERACTION) / INTERACTION
        root = sqrt(half * half - 1)
        a, b = half + root, half - root
        growth = exp(-1j * INTERACTION * (a - b) * time)
        square = abs(a * (1 - growth) / (1 - a / b * growth)) ** 2
        total += 2 * square / (1 - square)
    return total


def hartree_solves_embedded_burgers(hartree: pd.DataFrame) -> float:
    """Largest difference of u_i = φ_i/φ_0 from Burgers' equation integrated on its grid, in units of max |u|.

    ``u̇ = ν D²u − (λ/2) |φ_0|² (u u_x)``, |φ_0|² = 1/(1 + Σ u²), in real numbers; see config/operators.
    """
    from scipy.integrate import solve_ivp

    kets = read_vectors(hartree, "phi")
    if not (kets == kets).all():
        return nan
    times, found = hartree["time"].to_numpy(), kets[:, 1:] / kets[:, :1]
    points = found.shape[1]
    step = 2 * np.pi / points
    strength = 4 / np.sqrt(step / np.pi)

    def velocity(_: float, u: Real) -> Real:
        after, before = np.roll(u, -1), np.roll(u, 1)
        advection = (after**2 + u * after - u * before - before**2) / (6 * step)
        weight = strength / 2 / (1 + u @ u)
        return np.asarray(VISCOSITY * (after - 2 * u + before) / step**2 - weight * advection)

    if not len(times) > 1 or times[0] != 0:
        return nan
    path = solve_ivp(
        velocity, (0, times[-1]), found[0].real, t_eval=times, method="DOP853", rtol=1e-11, atol=1e-13
    )
    return farthest(np.abs(found - path.y.T).ravel() / np.abs(found[0]).max(), 0)


def _largest_leak(hartree: pd.DataFrame, losses: Callable[[pd.DataFrame, int], Real], *, is_ring: bool) -> float:
    """Largest violation of ``n_i(t) = n_i(0) + ∫ (j_{i−1} − j_i − Γ_i n_i + Σ_k Γ_k n_k n_i) ds``, n normalised.

    j_i = 2 Im(φ_i* φ_{i+1}) flows from i to i + 1; Γ is what a density decays with. The integrals are those of a
    cubic spline through the times of the table.
    """
    from scipy.interpolate import CubicSpline

    worst: list[float] = []
    for _, rows in hartree.groupby(MEMBER):
        times, kets = rows["time"].to_numpy(), read_vectors(rows, "phi")
        if len(times) < FEWEST_TIMES or times[0] != 0 or not (kets == kets).all():
            return nan
        density, rate = np.abs(kets) ** 2, losses(rows, kets.shape[1])
        current = 2 * np.imag(kets.conj() * np.roll(kets, -1, axis=1))
        if not is_ring:
            current[:, -1] = 0
        change = np.roll(current, 1, axis=1) - current - rate * density + (density @ rate)[:, None] * density
        spline = CubicSpline(times, change, axis=0)
        integrals = np.array([spline.integrate(0, time) for time in times])
        worst.append(float(np.max(np.abs(density - density[0] - integrals))))
    return farthest(worst, 0)
