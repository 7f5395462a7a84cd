"""Measurements of the claims about whole classes of models: what exact finite N tend to."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.claims.measures.finite import hartree_holds_before_transition
from nonhermitian_hartree.claims.rows import farthest, farthest_exponent, largest_particles
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity
from nonhermitian_hartree.storage.columns import ROW_KEYS, density_columns, read_density, read_vectors

if TYPE_CHECKING:
    import pandas as pd

EXTRAPOLATION_POINTS = 3
LARGEST_ERROR = 1e-10
CLOSE_TO_LIMIT = 10**9
"""Number of particles from which a difference of order 1/N is below the tolerance of 1e-8."""


def hartree_holds_if_hermitian(comparison: pd.DataFrame, power_law: pd.DataFrame) -> float:
    """Fitted exponent of I, eq. (12), farthest from −1; NaN if I itself is not small at the largest N."""
    return hartree_holds_before_transition(comparison, power_law)


def hartree_holds_while_symmetric(comparison: pd.DataFrame, power_law: pd.DataFrame) -> float:
    """Fitted exponent of I, eq. (12), farthest from −1; NaN if I itself is not small at the largest N."""
    return hartree_holds_before_transition(comparison, power_law)


def hartree_infidelity_stays(power_law: pd.DataFrame) -> float:
    """Fitted exponent of I, eq. (12), farthest from 0."""
    return farthest_exponent(power_law, "hartree_infidelity", 0)


def entropy_stays_if_mixed(power_law: pd.DataFrame) -> float:
    """Fitted exponent of S_L, eq. (11), farthest from 0."""
    return farthest_exponent(power_law, "linear_entropy", 0)


def hartree_is_exact_without_interaction(comparison: pd.DataFrame) -> float:
    """Largest S_L or I of all rows in units of its numerical error; NaN unless these are below 1e-10."""
    values = comparison[["linear_entropy", "hartree_infidelity"]].to_numpy()
    errors = comparison[["linear_entropy_error", "hartree_infidelity_error"]].to_numpy()
    if not (errors <= LARGEST_ERROR).all():
        return nan
    return farthest((values / np.maximum(errors, 1e-300)).ravel(), 0)


def hartree_infidelity_tends_to_limit(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """I for N → ∞ over that of the limit, t > 0: ratio farthest from 1."""
    return _extrapolated_over_limit("hartree_infidelity", comparison, limit)


def entropy_tends_to_mixture(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """S_L for N → ∞ over that of the mixture, t > 0: ratio farthest from 1; NaN if the limit is pure."""
    return _extrapolated_over_limit("linear_entropy", comparison, limit)


def entropy_tends_to_its_coefficient(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """N·S_L for N → ∞ over ``entropy_coefficient`` of a pure limit, t > 0: ratio farthest from 1; NaN if mixed."""
    scaled = comparison.assign(entropy_coefficient=comparison["particles"] * comparison["linear_entropy"])
    return _extrapolated_over_limit("entropy_coefficient", scaled, limit)


def limit_infidelity_tends_to_half_the_coefficient(comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """N times (47) for N → ∞ over half of ``entropy_coefficient``, t > 0: ratio farthest from 1; NaN if mixed."""
    scaled = comparison.assign(entropy_coefficient=2 * comparison["particles"] * comparison["limit_infidelity"])
    return _extrapolated_over_limit("entropy_coefficient", scaled, limit)


def exact_reaches_limit(exact: pd.DataFrame, limit: pd.DataFrame) -> float:
    """Largest difference of an entry of ρ̂^(1) at the largest N from the limit's; NaN for N below 1e9."""
    rows = largest_particles(exact)
    if not (rows["particles"] >= CLOSE_TO_LIMIT).all():
        return nan
    kets = read_vectors(limit, "nu")
    branches = np.einsum("b,bi,bj->bij", limit["weight"].to_numpy(), kets, kets.conj())
    mixtures = limit[ROW_KEYS].assign(**density_columns(branches)).groupby(ROW_KEYS).sum().reset_index()
    matched = rows[ROW_KEYS].merge(mixtures, on=ROW_KEYS, how="left")
    return farthest(np.abs(read_density(rows) - read_density(matched)).ravel(), 0)


def _extrapolated_over_limit(quantity: str, comparison: pd.DataFrame, limit: pd.DataFrame) -> float:
    """Ratio, farthest from 1, of a quantity extrapolated to N → ∞ and that of the limit; NaN where that is zero.

    The extrapolation is the polynomial in 1/N through the three largest N.
    """
    ratios: list[float] = []
    mixtures = limit.drop_duplicates(ROW_KEYS)
    rows = comparison[comparison["time"] > 0].merge(mixtures, on=ROW_KEYS, how="left", suffixes=("", "_limit"))
    for _, group in rows.groupby(ROW_KEYS):
        tail = group.sort_values("particles").iloc[-EXTRAPOLATION_POINTS:]
        target = float(tail[f"{quantity}_limit"].iloc[0])
        if len(tail) < EXTRAPOLATION_POINTS or not target > 0:
            return nan
        ratios.append(float(weights_at_infinity(tail["particles"]) @ tail[quantity]) / target)
    return farthest(ratios, 1)
