"""Measurements of the claims about single models and regimes that the paper does not treat."""

from __future__ import annotations

import re
from cmath import exp, sqrt
from collections.abc import Callable
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.claims.rows import farthest, farthest_exponent, largest_particles
from nonhermitian_hartree.limit import laws
from nonhermitian_hartree.model.classes import FIELD, LOSS
from nonhermitian_hartree.numerics.special import log_cosh
from nonhermitian_hartree.storage.columns import MEMBER, read_vectors

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-12
MANY_PARTICLES = 10**10
"""From here on the corrections to the critical law, of relative order N^{−½}, are below the tolerance of 1e-4."""


def loss_limit_has_phase_of_final_imbalance(limit: pd.DataFrame) -> float:
    """Largest difference of |ν⟩⟨ν| from the closed form with the relative phase ``2 t tanh(h + 2γt)``."""
    return _largest_difference(limit, "nu", lambda tilt, time: 2 * time * np.tanh(tilt + 2 * LOSS * time))


def loss_hartree_has_phase_of_past_imbalance(hartree: pd.DataFrame) -> float:
    """Largest difference of |φ⟩⟨φ| from the closed form with the phase ``2∫z ds = ln(cosh(h + 2γt)/cosh h)/γ``."""
    return _largest_difference(
        hartree, "phi", lambda tilt, time: (log_cosh(tilt + 2 * LOSS * time) - log_cosh(tilt)) / LOSS
    )


def transverse_splitting_time(hartree: pd.DataFrame, verdict: pd.DataFrame) -> float:
    """First splitting of each state in the verdicts less `symmetric_splitting_time`: difference farthest from 0.

    NaN unless every state starts, and under Hartree stays, at (1, 1)/√2, and splits.
    """
    return farthest(splitting_differences(hartree, verdict, np.full(len(verdict), FIELD)), 0)


def splitting_differences(hartree: pd.DataFrame, verdict: pd.DataFrame, fields: Real) -> list[float]:
    """First splitting of each verdict less `symmetric_splitting_time` of its field.

    NaN unless every member starts, and under Hartree stays, at (1, 1)/√2, and splits.
    """
    kets = read_vectors(hartree, "phi")
    is_symmetric = np.abs(kets[:, 0] - kets[:, 1]) <= ROUNDING
    starts = hartree[hartree["time"] == 0]
    if len(starts) != len(verdict) or not is_symmetric.all():
        return [nan]
    differences: list[float] = []
    for transitions, field in zip(verdict["transitions"].fillna(""), fields, strict=True):
        times = [float(time) for time in re.findall(r"splitting at (\S+?)(?:;|$)", transitions)]
        differences.append(min(times, default=nan) - symmetric_splitting_time(float(field)))
    return differences


def symmetric_splitting_time(field: float) -> float:
    """Time at which the limit from (1, 1)/√2 splits, for A1 = ``field``·X and A2 = iZ⊗Z.

    The branch stays ``p = (1, 1)/√2`` with the energy ``field``; beside it is ``q = (1, −1)/√2`` with the energy
    ``−field``, and Z exchanges the two, so that all elements of A2 between pairs pp, pq, qp, qq that change both
    are i. For Gaussian fluctuations ``e^{z x²/2}``, x² standing for two particles in q,
    ``ż = −i (⟨qq|A2|pp⟩ + 2 (E_q − E_p + ⟨pq|A2|qp⟩) z + ⟨pp|A2|qq⟩ z²) = (1 + z)² + 4i·field·z``, z(0) = 0,
    and they diverge at |z| = 1. The equation is solved by ``z = a (1 − e)/(1 − (a/b) e)``, ``e = e^{(a−b) t}``,
    with a, b the zeros of its right-hand side.
    """
    if field == 0:  # a = b = −1, and z = t/(1 − t)
        return 0.5
    from scipy.optimize import brentq  # here, because its import takes longer than reading a configuration

    half = -(1 + 2j * field)
    root = sqrt(half * half - 1)
    a, b = half + root, half - root

    def excess(time: float) -> float:
        growth = exp((a - b) * time)
        return abs(a * (1 - growth) / (1 - a / b * growth)) - 1

    return float(brentq(excess, 0, 1, xtol=1e-14))


def critical_entropy_exponent(power_law: pd.DataFrame) -> float:
    """Fitted exponent of S_L at p0 = ½, t = ½ farthest from −½; NaN if other rows are there."""
    if not _is_critical(power_law):
        return nan
    return farthest_exponent(power_law, "linear_entropy", -0.5)


def critical_entropy_prefactor(comparison: pd.DataFrame) -> float:
    """√N S_L at the largest N; NaN for N below 1e10 or if rows other than p0 = ½, t = ½ are there."""
    rows = largest_particles(comparison)
    if not (_is_critical(rows) and len(rows) == 1 and (rows["particles"] >= MANY_PARTICLES).all()):
        return nan
    return float(np.sqrt(rows["particles"].iloc[0]) * rows["linear_entropy"].iloc[0])


def coexistence_entropy(comparison: pd.DataFrame) -> float:
    """Largest N times the difference of S_L and its law for N → ∞ at u = h N; NaN unless t > ½ and u changes."""
    if not ((comparison["time"] > 0.5).all() and comparison["tilt"].nunique() > 1):
        return nan
    particles = comparison["particles"]
    law = laws.coexistence_entropy(comparison["tilt"] * particles, comparison["time"])
    return farthest(particles * (comparison["linear_entropy"] - law), 0)


def entropy_prefactor(comparison: pd.DataFrame) -> float:
    """S_L at the largest N over its leading law, t > 0: ratio farthest from 1; NaN for p0 = ½, t ≥ ½."""
    rows = largest_particles(comparison).query("time > 0")
    return farthest(
        rows["linear_entropy"] / laws.leading_entropy(rows["particles"], rows["tilt"], rows["time"]), 1
    )


def _largest_difference(table: pd.DataFrame, prefix: str, advance: Callable[[Real, Real], Real]) -> float:
    """Largest difference of projectors from those with the imbalance tanh(h + 2γt) and a phase that advances.

    The phase of the second amplitude beside the first is that at t = 0 plus ``advance`` of h and t. NaN without a
    row at t = 0, and without a later one.
    """
    keys = [MEMBER]
    starts = table[table["time"] == 0]
    initial = read_vectors(starts, prefix)
    phases = starts[keys].assign(phase=np.angle(initial[:, 1] * initial[:, 0].conj()))
    rows = table.merge(phases, on=keys, how="left")
    tilt, time = rows["tilt"].to_numpy(), rows["time"].to_numpy()
    if rows["phase"].isna().any() or not (time > 0).any():
        return nan
    field, phase = tilt + 2 * LOSS * time, rows["phase"].to_numpy() + advance(tilt, time)
    kets = np.stack([np.exp(field / 2), np.exp(-field / 2 + 1j * phase)], axis=1)
    kets /= np.linalg.norm(kets, axis=1, keepdims=True)
    found = read_vectors(rows, prefix)
    projectors = [np.einsum("ti,tj->tij", states, states.conj()) for states in (found, kets)]
    return farthest(np.abs(projectors[0] - projectors[1]).ravel(), 0)


def _is_critical(table: pd.DataFrame) -> bool:
    return bool((table["tilt"] == 0).all() and (table["time"] == 0.5).all())
