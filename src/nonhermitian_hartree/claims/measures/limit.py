"""Measurements of the claims about the Hartree solution and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.claims.rows import farthest, largest_particles
from nonhermitian_hartree.hartree import integrate_wavefunction
from nonhermitian_hartree.limit.closed_form import integrate_limit
from nonhermitian_hartree.limit.rate_function import inflection_points, maximiser_velocity, rate_function
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.storage.columns import MEMBER, ROW_KEYS, read_vectors

if TYPE_CHECKING:
    import pandas as pd

COUNTEREXAMPLE = Model(np.zeros((2, 2), dtype=complex), np.diag([1j, -1j, -1j, 1j]))
ROUNDING = 1e-15
GRID = np.linspace(0, 1, 20001)
GRID_ERROR = 1e-3
"""How far the best point of the grid may be from the maximum of a function as flat as f_t near the transition."""
ZERO_INFIDELITY, NONZERO_INFIDELITY = 1e-30, 1e-12
"""An infidelity is a square: zero up to rounding is 1e-32, and what lies between the two is neither."""


def late_state_is_maximally_mixed(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """S_L at the last time, of the largest N and of the limit: farthest from ½; NaN unless it grows with t."""
    tables = (largest_particles(comparison), limit.drop_duplicates(ROW_KEYS))
    return farthest([_end_of_growth(rows["linear_entropy"]) for table in tables for rows in _curves(table)], 0.5)


def mixture_is_mirror_symmetric(limit: pd.DataFrame) -> float:
    """Largest deviation from weights ½, unit norms, swapped populations and equal coherence of two branches.

    NaN unless there are two, and they differ.
    """
    deviations: list[float] = []
    for _, branches in limit.groupby(ROW_KEYS, sort=False):
        kets = read_vectors(branches, "nu")
        populations, coherences = np.abs(kets) ** 2, kets[:, 0] * kets[:, 1].conj()
        if len(branches) != 2 or not abs(populations[0, 0] - populations[1, 0]) > GRID_ERROR:
            return nan
        deviations.extend(populations[0] - populations[1, ::-1])
        deviations.extend(populations.sum(axis=1) - 1)
        deviations.append(abs(coherences[0] - coherences[1]))
        deviations.extend(branches["weight"] - 0.5)
    return farthest(deviations, 0)


def balanced_state_is_unstable(hartree: pd.DataFrame) -> float:
    """Imbalance |φ0|² − |φ1|² over h e^{2t} at t > 0: ratio farthest from 1."""
    later = hartree[hartree["time"] > 0]
    with np.errstate(all="ignore"):  # h = 0 is no imbalance: the ratio is NaN
        return farthest(_imbalance(later) / (later["tilt"] * np.exp(2 * later["time"])), 1)


def poles_attract(hartree: pd.DataFrame) -> float:
    """Smallest imbalance towards the nearer pole at the last time; NaN unless it grows with t."""
    tilted = hartree[hartree["tilt"] != 0]
    return farthest([_end_of_growth(np.sign(curve["tilt"]) * _imbalance(curve)) for curve in _curves(tilted)], 1)


def maximiser_is_unique(limit: pd.DataFrame) -> float:
    """How many (state, t) have another number or another place of maximisers than f_t on a dense grid."""
    violations = 0
    for _, branches in limit.groupby(ROW_KEYS, sort=False):
        tilt, time = branches["tilt"].iloc[0], branches["time"].iloc[0]
        found = np.abs(read_vectors(branches, "nu")[:, 1]) ** 2
        expected_count = 2 if tilt == 0 and time > 0.5 else 1
        # at |0⟩ and |1⟩, where p1 or p0 is zero, f_t is −∞ but at one end
        values = rate_function(GRID, tilt, time) if np.isfinite(tilt) else -np.abs(GRID - (tilt < 0))
        # the grid's best point on each side of ½ that reaches the maximum
        best = [
            GRID[half][np.argmax(values[half])]
            for half in (GRID <= 0.5, GRID >= 0.5)
            if values[half].max() >= values.max() - 1e-12
        ]
        places_agree = all(np.min(np.abs(found - place)) <= GRID_ERROR for place in best)
        violations += len(branches) != expected_count or not places_agree
    return float(violations)


def maximiser_avoids_convex_part(limit: pd.DataFrame) -> float:
    """How many rows at t > ½ have x* in [r₋, r₊], or jump from one time to the next; p0 = ½ left out.

    A jump is a step larger than twice what eq. (36) allows at either end of the time step. NaN if no state
    with p0 ≠ ½ has times beyond ½.
    """
    tilted = limit[limit["tilt"] != 0]
    if not (tilted["time"] > 0.5).any():
        return nan
    violations = 0
    for curve in _curves(tilted):
        x = np.abs(read_vectors(curve, "nu")[:, 1]) ** 2
        times = curve["time"].to_numpy()
        for place, time in zip(x, times, strict=True):
            bounds = inflection_points(time)
            violations += bounds is not None and not (place < bounds[0] or place > bounds[1])
        with np.errstate(divide="ignore"):  # the speed at x = 0 and 1 is zero
            speed = np.abs(maximiser_velocity(x, times))
        allowed = 2 * np.maximum(speed[1:], speed[:-1]) * np.diff(times) + 1e-12
        violations += int(np.count_nonzero(~(np.abs(np.diff(x)) <= allowed)))
    return float(violations)


def hartree_solves_its_equation(hartree: pd.DataFrame) -> float:
    """Largest difference of the projectors on φ from eq. (20) integrated from the first row of each state."""
    return _largest_departure(
        hartree, "phi", lambda first, times: integrate_wavefunction(COUNTEREXAMPLE, ProductState(first), times)
    )


def limit_solves_its_equation(limit: pd.DataFrame) -> float:
    """Largest difference of the projectors on ν from eq. (42) integrated from the first row of each state."""
    return _largest_departure(limit, "nu", integrate_limit)


def limit_is_hartree_only_at_start(limit: pd.DataFrame) -> float:
    """How many (state, t) have no zero infidelity of limit and Hartree where one is expected, or the reverse."""
    rows = limit.drop_duplicates(ROW_KEYS)
    is_fixed = np.isinf(rows["tilt"]) | ((rows["tilt"] == 0) & (rows["time"] <= 0.5))
    is_zero = rows["hartree_infidelity"] <= ZERO_INFIDELITY
    is_nonzero = rows["hartree_infidelity"] >= NONZERO_INFIDELITY
    agrees = np.where((rows["time"] == 0) | is_fixed, is_zero, is_nonzero)
    return float(np.count_nonzero(~agrees))


def _largest_departure(
    table: pd.DataFrame, prefix: str, integrate: Callable[[Complex, Sequence[float]], Complex]
) -> float:
    """Largest difference of projectors from those of a solution that starts in the first row of each state.

    The first row must be the state itself: t = 0 and |φ0|² = p0. NaN for more than one branch.
    """
    departures: list[float] = []
    for curve in _curves(table):
        times, kets = curve["time"].to_numpy(), read_vectors(curve, prefix)
        if times[0] != 0 or len(times) < 2 or not (np.diff(times) > 0).all() or not np.isfinite(kets).all():
            return nan
        departures.append(abs(kets[0, 0]) ** 2 - curve["p0"].iloc[0])
        departures.append(np.abs(_projectors(kets) - _projectors(integrate(kets[0], times.tolist()))).max())
    return farthest(departures, 0)


def _curves(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Rows of each state in the order of their times."""
    for _, rows in table.groupby(MEMBER, sort=False):
        yield rows.sort_values("time")


def _end_of_growth(values: pd.Series) -> float:
    """Last of some values, or NaN unless they grow to rounding."""
    numbers = values.to_numpy()
    return float(numbers[-1]) if (np.diff(numbers) >= -ROUNDING).all() else nan


def _projectors(kets: Complex) -> Complex:
    return np.asarray(np.einsum("ti,tj->tij", kets, kets.conj()))


def _imbalance(hartree: pd.DataFrame) -> Real:
    populations = np.abs(read_vectors(hartree, "phi")) ** 2
    return np.asarray(populations[:, 0] - populations[:, 1])
