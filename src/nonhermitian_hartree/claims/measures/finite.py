"""Measurements of the claims about finite N: exponents, saturation, the transition, Laplace's method."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.claims.claim import CRITICAL_TIME_TOLERANCE
from nonhermitian_hartree.claims.rows import farthest, farthest_exponent, largest_particles
from nonhermitian_hartree.limit.laplace import log_laplace_marginal
from nonhermitian_hartree.limit.rate_function import rate_maximum
from nonhermitian_hartree.storage.columns import MEMBER, ROW_KEYS, read_density, read_vectors

if TYPE_CHECKING:
    import pandas as pd

SMALL_INFIDELITY = 1e-3
LAPLACE_PARTICLES = (1e3, 1e5)
"""Numbers of particles at which the error of Laplace's method is far above rounding and already follows 1/N."""


def entropy_scales_inversely(power_law: pd.DataFrame) -> float:
    """Fitted exponent of S_L, eq. (11), farthest from −1."""
    return farthest_exponent(power_law, "linear_entropy", -1)


def limit_infidelity_scales_inversely(power_law: pd.DataFrame) -> float:
    """Fitted exponent of ε, eq. (47), farthest from −1."""
    return farthest_exponent(power_law, "limit_infidelity", -1)


def limit_infidelity_scales_inverse_square(power_law: pd.DataFrame) -> float:
    """Fitted exponent of ε, eq. (47), farthest from −2."""
    return farthest_exponent(power_law, "limit_infidelity", -2)


def hartree_holds_before_transition(comparison: pd.DataFrame, power_law: pd.DataFrame) -> float:
    """Fitted exponent of I, eq. (12), farthest from −1; NaN if I itself is not small at the largest N."""
    if not (largest_particles(comparison)["hartree_infidelity"] < SMALL_INFIDELITY).all():
        return nan
    return farthest_exponent(power_law, "hartree_infidelity", -1)


def entropy_saturates(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """S_L at the largest N, and that of the limit, over ½ − 2x*(1−x*), eq. (46): ratio farthest from 1.

    x* is the population of |1⟩ in a branch. NaN if ½ − 2x*(1−x*) vanishes somewhere.
    """
    population = np.abs(read_vectors(limit, "nu")[:, 1]) ** 2
    rows = _beside_limit(comparison, limit.assign(saturation=0.5 - 2 * population * (1 - population)))
    if not (rows["saturation"] > 0).all():
        return nan
    entropies = rows[["linear_entropy", "linear_entropy_limit"]].to_numpy()
    return farthest((entropies / rows[["saturation"]].to_numpy()).ravel(), 1)


def hartree_fails(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """I at the largest N over that of the limit, eq. (40) against (21), t > 0: ratio farthest from 1.

    NaN if the infidelity of the limit vanishes at some t > 0.
    """
    rows = _beside_limit(comparison, limit).query("time > 0")
    if not (rows["hartree_infidelity_limit"] > 0).all():
        return nan
    return farthest(rows["hartree_infidelity"] / rows["hartree_infidelity_limit"], 1)


def poles_stay(comparison: pd.DataFrame) -> float:
    """Largest S_L or I of all rows; NaN unless they are of |0⟩ and |1⟩."""
    if set(comparison["p0"]) != {0, 1}:
        return nan
    return farthest(comparison[["linear_entropy", "hartree_infidelity"]].to_numpy().ravel(), 0)


def critical_time(comparison: pd.DataFrame) -> float:
    """Time at which √N S_L is the same for the two largest N; of several states, the one farthest from ½.

    At the transition S_L ∝ N^{−1/2}; before it √N S_L falls with N, after it √N S_L grows.
    """
    curves = comparison.groupby(MEMBER, sort=False)
    return farthest([_crossing_time(rows) for _, rows in curves], 0.5)


def laplace_converges(exact: pd.DataFrame) -> float:
    """Exponent in N of the relative error of Laplace's ρ00, ρ11 and |ρ01|: the one farthest from −1.

    From the smallest N of `LAPLACE_PARTICLES` to the largest, and from the one in the middle to the largest, so
    that a curve that bends does not pass; NaN for fewer than three N. Where the 1/N term of an entry happens to
    vanish, as that of ρ00 and ρ11 at p0 = ½, t = ¼, the exponent is −2.
    """
    exponents: list[float] = []
    for _, group in exact[exact["particles"].between(*LAPLACE_PARTICLES)].groupby(ROW_KEYS):
        if len(group) < 3:
            return nan
        rows = group.sort_values("particles").iloc[[0, len(group) // 2, -1]]
        with np.errstate(all="ignore"):  # at the transition the errors are infinite, and the exponents NaN
            points = rows[["particles", "tilt", "time"]].to_numpy()
            laplace = np.array([log_laplace_marginal(*point) for point in points])
            errors = np.abs(np.expm1(laplace - _log_marginal(rows)))
            exponents.extend(_exponents_of_tails(rows, np.log(errors)))
    return farthest(exponents, -1)


def laplace_fails_at_transition(exact: pd.DataFrame) -> float:
    """Exponent b of ρ00, ρ11, |ρ01| ∝ N^b e^{N f_t} at p0 = ½, t = ½, from the three largest N: farthest from ¼.

    From the first and from the second of them to the last; NaN if there are no such rows. f_t is quartic at its
    maximum there, and √N ∫ e^{−N c u⁴} du ∝ N^{1/4}.
    """
    exponents: list[float] = []
    critical = exact[(exact["tilt"] == 0) & (exact["time"] == 0.5)]
    for _, group in critical.groupby(ROW_KEYS):
        rows = group.sort_values("particles").iloc[-3:]
        if len(rows) < 3:
            return nan
        growth = rows["particles"].to_numpy() * rate_maximum(0, 0.5)
        exponents.extend(_exponents_of_tails(rows, _log_marginal(rows) - growth[:, None]))
    return farthest(exponents, 0.25)


def _exponents_of_tails(rows: pd.DataFrame, log_values: Real) -> list[float]:
    """Exponents of values (R, V) from each but the last N to the last one."""
    rise = log_values[-1] - log_values[:-1]
    length = np.log(rows["particles"].iloc[-1] / rows["particles"].to_numpy()[:-1])
    return list((rise / length[:, None]).ravel())


def _beside_limit(comparison: pd.DataFrame, limit: pd.DataFrame) -> pd.DataFrame:
    """Rows of the largest N with the columns ``…_limit`` of their state and time; NaN where there is no limit."""
    mixtures = limit.drop_duplicates(ROW_KEYS)
    return largest_particles(comparison).merge(mixtures, on=ROW_KEYS, how="left", suffixes=("", "_limit"))


def _crossing_time(rows: pd.DataFrame) -> float:
    """Time at which √N S_L of the two largest N cross, by linear interpolation between grid times.

    NaN unless they cross exactly once, upwards, between times no farther apart than the claim's tolerance.
    """
    scaled = rows.assign(scaled=np.sqrt(rows["particles"]) * rows["linear_entropy"])
    curves = scaled.pivot(index="time", columns="particles", values="scaled").sort_index(axis=1)
    if curves.shape[1] < 2:
        return nan
    times, gap = curves.index.to_numpy(), (curves.iloc[:, -1] - curves.iloc[:, -2]).to_numpy()
    is_after = gap >= 0
    changes = np.flatnonzero(is_after[1:] != is_after[:-1])
    if is_after[0] or len(changes) != 1 or not np.isfinite(gap).all():
        return nan
    before, after = changes[0], changes[0] + 1
    step = times[after] - times[before]
    if not step <= CRITICAL_TIME_TOLERANCE:
        return nan
    return float(times[before] - gap[before] * step / (gap[after] - gap[before]))


def _log_marginal(exact: pd.DataFrame) -> Real:
    """Logarithms of ρ00, ρ11 and |ρ01| of the unnormalised marginal, eq. (19); (R, 3)."""
    density = read_density(exact)
    entries = np.abs(density[:, [0, 1, 0], [0, 1, 1]])
    norms = (exact["particles"] * exact["log_norm_rate"]).to_numpy()
    return np.asarray(np.log(entries) + norms[:, None])
