"""Measurements of the claims about finite N: exponents, saturation, the transition, Laplace's method."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd

from nonhermitian_hartree.complex_columns import read_density, read_vectors
from nonhermitian_hartree.laplace import log_laplace_marginal
from nonhermitian_hartree.measurement import Measurement, farthest
from nonhermitian_hartree.tables import STATE_KEYS

EXPONENT_TOLERANCE = 0.01
CRITICAL_TIME_TOLERANCE = 0.002
ROW = [*STATE_KEYS, "time"]


def entropy_scales_inversely(power_law: pd.DataFrame) -> Measurement:
    """Fitted exponent of S_L farthest from −1."""
    return _farthest_exponent(power_law, "linear_entropy", -1)


def limit_infidelity_scales_inversely(power_law: pd.DataFrame) -> Measurement:
    """Fitted exponent of ε, eq. (47), farthest from −1."""
    return _farthest_exponent(power_law, "limit_infidelity", -1)


def limit_infidelity_scales_inverse_square(power_law: pd.DataFrame) -> Measurement:
    """Fitted exponent of ε, eq. (47), farthest from −2."""
    return _farthest_exponent(power_law, "limit_infidelity", -2)


def hartree_holds_before_transition(comparison: pd.DataFrame, power_law: pd.DataFrame) -> Measurement:
    """Fitted exponent of I, eq. (12), farthest from −1; NaN if I itself is not small at the largest N."""
    if not largest_particles(comparison)["hartree_infidelity"].max() < 1e-3:
        return Measurement(nan, -1, EXPONENT_TOLERANCE)
    return _farthest_exponent(power_law, "hartree_infidelity", -1)


def entropy_saturates(comparison: pd.DataFrame, limit: pd.DataFrame) -> Measurement:
    """S_L at the largest N over ½ − 2x*(1−x*), eq. (46), with x* from the branches: ratio farthest from 1."""
    population = np.abs(read_vectors(limit, "nu")[:, 1]) ** 2
    expected = limit[ROW].assign(saturation=0.5 - 2 * population * (1 - population)).drop_duplicates(ROW)
    joined = largest_particles(comparison).merge(expected, on=ROW)
    if not (joined["saturation"] > 0).all():
        return Measurement(nan, 1, 1e-5)
    return farthest(joined["linear_entropy"] / joined["saturation"], 1, 1e-5)


def hartree_fails(comparison: pd.DataFrame, limit: pd.DataFrame) -> Measurement:
    """I at the largest N over that of the limit, eq. (40) against (21), t > 0: ratio farthest from 1.

    NaN if the infidelity of the limit vanishes at some t > 0.
    """
    expected = limit[[*ROW, "hartree_infidelity"]].drop_duplicates(ROW)
    joined = largest_particles(comparison).merge(expected, on=ROW, suffixes=("", "_limit")).query("time > 0")
    if not (joined["hartree_infidelity_limit"] > 0).all():
        return Measurement(nan, 1, 0.01)
    return farthest(joined["hartree_infidelity"] / joined["hartree_infidelity_limit"], 1, 0.01)


def poles_stay(comparison: pd.DataFrame) -> Measurement:
    """Largest S_L or I of all rows, expected to be zero to rounding."""
    return farthest(comparison[["linear_entropy", "hartree_infidelity"]].to_numpy().ravel(), 0, 1e-15)


def critical_time(comparison: pd.DataFrame) -> Measurement:
    """Time at which √N S_L is the same for the two largest N, by linear interpolation between grid times.

    At the transition S_L ∝ N^{−1/2}; before it √N S_L falls with N, after it √N S_L grows.
    """
    expected = (0.5, CRITICAL_TIME_TOLERANCE)
    smaller, larger = np.sort(comparison["particles"].unique())[-2:]
    wide = comparison.pivot_table(index="time", columns="particles", values="linear_entropy")
    gap = (np.sqrt(larger) * wide[larger] - np.sqrt(smaller) * wide[smaller]).to_numpy()
    times = wide.index.to_numpy()
    changes = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))
    if len(changes) != 1:
        return Measurement(nan, *expected)
    i = changes[0]
    crossing = times[i] - gap[i] * (times[i + 1] - times[i]) / (gap[i + 1] - gap[i])
    return Measurement(float(crossing), *expected)


def laplace_converges(exact: pd.DataFrame) -> Measurement:
    """Exponent in N of the relative error of Laplace's ρ00, ρ11 and |ρ01|: the one farthest from −1.

    From the smallest and the largest N between 10³ and 10⁵, where the error is far above rounding.
    """
    exponents = []
    for _, group in exact.groupby(ROW, sort=False, dropna=False):
        chosen = group[group["particles"].between(1e3, 1e5)].sort_values("particles").iloc[[0, -1]]
        density = read_density(chosen)
        errors = []
        for row, rho in zip(chosen.itertuples(), density, strict=True):
            entries = np.log(np.abs([rho[0, 0], rho[1, 1], rho[0, 1]])) + row.particles * row.log_norm_rate
            errors.append(np.abs(np.expm1(log_laplace_marginal(row.particles, row.tilt, row.time) - entries)))
        ratio = chosen["particles"].iloc[1] / chosen["particles"].iloc[0]
        exponents.extend(np.log(errors[1] / errors[0]) / np.log(ratio))
    return farthest(exponents, -1, EXPONENT_TOLERANCE)


def largest_particles(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the largest N."""
    return table[table["particles"] == table["particles"].max()]


def _farthest_exponent(power_law: pd.DataFrame, quantity: str, expected: float) -> Measurement:
    rows = power_law[power_law["quantity"] == quantity]
    return farthest(rows["exponent"], expected, EXPONENT_TOLERANCE)
