"""Measurements of the claims about the Hartree solution and the limit N → ∞."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nonhermitian_hartree.complex_columns import read_vectors
from nonhermitian_hartree.hartree import integrate_wavefunction
from nonhermitian_hartree.limit import integrate_limit
from nonhermitian_hartree.measurement import Measurement, farthest
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.rate_function import inflection_points, rate_function
from nonhermitian_hartree.tables import STATE_KEYS

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

COUNTEREXAMPLE = Model(np.zeros((2, 2)), 1j * np.diag([1, -1, -1, 1]))
ROW = [*STATE_KEYS, "time"]


def late_state_is_maximally_mixed(limit: pd.DataFrame) -> Measurement:
    """S_L of the limit at the last time; NaN unless it grows with t."""
    curve = limit.drop_duplicates(ROW).sort_values("time")["linear_entropy"].to_numpy()
    return Measurement(float(curve[-1]) if (np.diff(curve) >= 0).all() else nan, 0.5, 1e-6)


def mixture_is_mirror_symmetric(limit: pd.DataFrame) -> Measurement:
    """Largest deviation of two branches from weights ½, ½ and swapped populations with equal coherence."""
    deviations = []
    for _, branches in limit.groupby(ROW, sort=False, dropna=False):
        if len(branches) != 2:
            return Measurement(nan, 0, 1e-12)
        kets = read_vectors(branches, "nu")
        populations, coherences = np.abs(kets) ** 2, kets[:, 0] * kets[:, 1].conj()
        deviations.extend(np.abs(populations[0] - populations[1, ::-1]))
        deviations.append(abs(coherences[0] - coherences[1]))
        deviations.extend(branches["weight"] - 0.5)
    return farthest(deviations, 0, 1e-12)


def balanced_state_is_unstable(hartree: pd.DataFrame) -> Measurement:
    """Imbalance |φ0|² − |φ1|² over h e^{2t}: ratio farthest from 1."""
    return farthest(_imbalance(hartree, "phi") / (hartree["tilt"] * np.exp(2 * hartree["time"])), 1, 1e-6)


def poles_attract(hartree: pd.DataFrame) -> Measurement:
    """Smallest imbalance towards the nearer pole at the last time, for all p0 ≠ ½; NaN unless it grows with t."""
    ends = []
    for _, curve in hartree.groupby(list(STATE_KEYS), sort=False, dropna=False):
        tilt = curve["tilt"].iloc[0]
        if tilt == 0:
            continue
        imbalance = np.sign(tilt) * _imbalance(curve.sort_values("time"), "phi")
        ends.append(imbalance[-1] if (np.diff(imbalance) >= -1e-15).all() else nan)
    return farthest(ends, 1, 1e-4)


def maximiser_is_unique(limit: pd.DataFrame) -> Measurement:
    """How many (state, t) have another number of maximisers, or another place of them, than f_t on a dense grid."""
    x = np.linspace(0, 1, 20001)
    violations = 0
    for (_, _, tilt, time), branches in limit.groupby(ROW, sort=False, dropna=False):
        found = np.abs(read_vectors(branches, "nu")[:, 1]) ** 2
        expected_count = 2 if tilt == 0 and time > 0.5 else 1
        values = rate_function(x, tilt, time) if np.isfinite(tilt) else -np.abs(x - (tilt < 0))
        # the grid's best point on each side of ½ that reaches the maximum
        best = {x[half][np.argmax(values[half])] for half in (x <= 0.5, x >= 0.5) if _reaches(values, half)}
        places_agree = all(min(abs(found - place)) <= 1e-3 for place in best)
        violations += len(branches) != expected_count or not places_agree
    return Measurement(float(violations) if len(limit) else nan, 0, 0)


def maximiser_avoids_convex_part(limit: pd.DataFrame) -> Measurement:
    """How many rows at t > ½ have x* in [r₋, r₊], or jump from one time to the next; p0 = ½ left out.

    A jump is a step larger than twice what eq. (36) allows at either end of the time step.
    """
    violations = 0
    for _, curve in limit[limit["tilt"] != 0].groupby(list(STATE_KEYS), sort=False, dropna=False):
        ordered = curve.sort_values("time")
        x = np.abs(read_vectors(ordered, "nu")[:, 1]) ** 2
        times = ordered["time"].to_numpy()
        for place, time in zip(x, times, strict=True):
            bounds = inflection_points(time)
            violations += bounds is not None and bounds[0] <= place <= bounds[1]
        with np.errstate(divide="ignore"):
            speed = np.abs(4 * (1 - 2 * x) / (8 * times - 1 / (x * (1 - x))))
        allowed = 2 * np.maximum(speed[1:], speed[:-1]) * np.diff(times) + 1e-12
        violations += int((np.abs(np.diff(x)) > allowed).sum())
    return Measurement(float(violations) if len(limit) else nan, 0, 0)


def hartree_solves_its_equation(hartree: pd.DataFrame) -> Measurement:
    """Largest difference of the projectors on φ from eq. (20) integrated from the first row of each state."""
    return _largest_departure(
        hartree, "phi", lambda first, times: integrate_wavefunction(COUNTEREXAMPLE, ProductState(first), times)
    )


def limit_solves_its_equation(limit: pd.DataFrame) -> Measurement:
    """Largest difference of the projectors on ν from eq. (42) integrated from the first row of each state."""
    return _largest_departure(limit, "nu", integrate_limit)


def limit_is_hartree_only_at_start(limit: pd.DataFrame) -> Measurement:
    """How many (state, t) have a zero infidelity of limit and Hartree where it is not expected, or the reverse."""
    rows = limit.drop_duplicates(ROW)
    fixed = np.isinf(rows["tilt"]) | ((rows["tilt"] == 0) & (rows["time"] <= 0.5))
    expected_zero = (rows["time"] == 0) | fixed
    is_zero = rows["hartree_infidelity"] <= 1e-30
    return Measurement(float((expected_zero != is_zero).sum()) if len(rows) else nan, 0, 0)


def _largest_departure(
    table: pd.DataFrame, prefix: str, integrate: Callable[[Complex, Array], Complex]
) -> Measurement:
    departures = []
    for _, curve in table.groupby(list(STATE_KEYS), sort=False, dropna=False):
        ordered = curve.sort_values("time")
        kets = read_vectors(ordered, prefix)
        solution = integrate(kets[0], ordered["time"].to_numpy())
        departures.append(np.abs(_projectors(kets) - _projectors(solution)).max())
    return farthest(departures, 0, 1e-9)


def _projectors(kets: Complex) -> Complex:
    return np.einsum("ti,tj->tij", kets, kets.conj()) / np.linalg.norm(kets, axis=1)[:, None, None] ** 2


def _imbalance(table: pd.DataFrame, prefix: str) -> Array:
    kets = np.abs(read_vectors(table, prefix)) ** 2
    return np.asarray(kets[:, 0] - kets[:, 1])


def _reaches(values: Array, half: NDArray[np.bool_]) -> bool:
    return bool(values[half].max() >= values.max() - 1e-12)
