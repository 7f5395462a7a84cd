"""Measurements of the claims about families of models: what is known on the edges of a map, or at short times."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.claims.measures.beyond import splitting_differences
from nonhermitian_hartree.claims.rows import farthest
from nonhermitian_hartree.compare.short_time_defect import predicted_infidelity
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity
from nonhermitian_hartree.storage.columns import MEMBER, read_vectors

if TYPE_CHECKING:
    import pandas as pd

SHORT_TIMES = 3


def infidelity_starts_from_defect(limit: pd.DataFrame, verdict: pd.DataFrame) -> float:
    """I of the limit over ``(t⁴/4) defect²``, at t → 0: ratio farthest from 1; NaN if a defect is zero.

    The extrapolation is the polynomial in t through the three shortest times.
    """
    rows = limit[limit["time"] > 0].merge(verdict[[MEMBER, "defect"]], on=MEMBER, how="outer")
    ratios: list[float] = []
    for _, member in rows.groupby(MEMBER):
        first = member.sort_values("time").drop_duplicates("time").iloc[:SHORT_TIMES]
        defect, times = float(member["defect"].iloc[0]), first["time"].to_numpy()
        if len(first) < SHORT_TIMES or not defect > 0:
            return nan
        ratio = first["hartree_infidelity"].to_numpy() / predicted_infidelity(defect, times)
        ratios.append(float(weights_at_infinity(1 / times) @ ratio))
    return farthest(ratios, 1)


def lossy_dimer_is_known_on_its_axes(hartree: pd.DataFrame, limit: pd.DataFrame) -> float:
    """Imbalance |φ0|² − |φ1|² of Hartree and limit from |0⟩ less the closed form: difference farthest from 0.

    NaN unless there are rows on both axes of the parameters ``gamma`` and ``u``, and if a limit is mixed.
    """
    differences: list[float] = []
    for table, prefix in ((hartree, "phi"), (limit, "nu")):
        if not {"gamma", "u"} <= set(table.columns) or not (table["p0"] == 1).all():
            return nan
        kets, time = read_vectors(table, prefix), table["time"].to_numpy()
        imbalance = np.abs(kets[:, 0]) ** 2 - np.abs(kets[:, 1]) ** 2
        gamma, u = table["gamma"].to_numpy(), table["u"].to_numpy()
        if not np.isfinite(gamma + u).all():
            return nan
        axes = (
            (gamma == 0, imbalance_without_loss(u, time), u),
            (u == 0, imbalance_without_interaction(gamma, time), gamma),
        )
        for on_axis, expected, along in axes:
            if not (along[on_axis] * time[on_axis] > 0).any():
                return nan
            differences.extend((imbalance - expected)[on_axis])
        if prefix == "nu" and (table["branch"][(gamma == 0) | (u == 0)] > 0).any():
            return nan
    return farthest(differences, 0)


def imbalance_without_loss(u: Real, time: Real) -> Real:
    """|φ0|² − |φ1|² from |0⟩ for A1 = −X, A2 = (u/2)(1 + Z⊗Z): ``cn(2t, k)``, k = u/4.

    [V. M. Kenkre, D. K. Campbell, Phys. Rev. B 34, 4959 (1986)] From k = 1 on it no longer changes its sign;
    ``cn(x, k) = dn(kx, 1/k)`` there.
    """
    from scipy.special import ellipj  # here, because its import takes longer than reading a configuration

    modulus = np.asarray(u, dtype=float) / 4
    larger = np.maximum(modulus, 1)
    _, oscillating, _, _ = ellipj(2 * time, np.minimum(modulus, 1) ** 2)
    _, _, trapped, _ = ellipj(2 * time * larger, larger**-2)
    return np.asarray(np.where(modulus <= 1, oscillating, trapped), dtype=float)


def imbalance_without_interaction(gamma: Real, time: Real) -> Real:
    """|φ0|² − |φ1|² from |0⟩ for A1 = −X − i(γ/4)(1 + Z), A2 = 0, any phase and norm left out.

    The amplitudes are ``cos Ωt − (γ/4Ω) sin Ωt`` and ``i sin(Ωt)/Ω``, with ``Ω² = 1 − (γ/4)²``.
    """
    quarter = np.asarray(gamma, dtype=float) / 4
    squared = 1 - quarter.astype(complex) ** 2
    frequency = np.sqrt(np.where(squared == 0, 1e-30, squared))  # at the exceptional point sin(Ωt)/Ω is t
    sine = np.sin(frequency * time) / frequency
    first, second = np.abs(np.cos(frequency * time) - quarter * sine) ** 2, np.abs(sine) ** 2
    return np.asarray((first - second) / (first + second))


def splitting_time_over_field(hartree: pd.DataFrame, verdict: pd.DataFrame) -> float:
    """First splitting of each member less `symmetric_splitting_time` of its ``field``: difference farthest from 0.

    NaN unless the field has two values at least, and every member starts, and under Hartree stays, at (1, 1)/√2,
    and splits.
    """
    if "field" not in verdict or verdict["field"].nunique() < 2:
        return nan
    return farthest(splitting_differences(hartree, verdict, verdict["field"].to_numpy()), 0)
