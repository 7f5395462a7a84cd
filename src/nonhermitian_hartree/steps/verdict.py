"""The table of verdicts on Hartree: one row per member of each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isclose, nan

import numpy as np

from nonhermitian_hartree.compare.verdict import AtParticles, Verdict, describe_verdict
from nonhermitian_hartree.model.state import population_of_tilt
from nonhermitian_hartree.steps.assessment import Assessment
from nonhermitian_hartree.storage.columns import Columns
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS


def tabulate_verdicts(
    model: str, assessments: Mapping[str, Sequence[Assessment]], comparison: Columns | None
) -> dict[str, list[object]]:
    """Verdict on Hartree for every member of every state of a study; columns of `study_tables.CSV_COLUMNS`.

    Parameters
    ----------
    model : str
        Its name in the configuration.
    assessments : mapping of state name to those of its members
    comparison : table of the study, by column, or None
        Where there is one, what it says about the largest N replaces the prediction to order 1/N.
    """
    table: dict[str, list[object]] = {name: [] for name in CSV_COLUMNS["verdict"]}
    for state, members in assessments.items():
        for member in members:
            verdict = member.verdict
            if comparison is not None:
                exact = _at_largest_particles(comparison, state, member)
                verdict = verdict if exact is None else replace(verdict, at_particles=exact)
            start = name_member(state, member.p0, member.tilt)
            row = _row(verdict, describe_verdict(verdict, model.replace("_", " "), start))
            row |= {"state": state, "p0": member.p0, "tilt": member.tilt}
            for column, values in table.items():
                values.append(row[column])
    return table


def name_member(state: str, p0: float | None, tilt: float | None) -> str:
    """Name of a state with the p0 of the member, or its tilt where six digits of p0 are not the state."""
    name = state.replace("_", " ")
    if p0 is None or tilt is None:
        return name
    rounded = float(f"{p0:.6g}")
    is_resolved = rounded in (0, 1) or isclose(0.5 * (np.log(rounded) - np.log1p(-rounded)), tilt, abs_tol=1e-12)
    is_resolved &= isclose(population_of_tilt(tilt), rounded, rel_tol=1e-9)
    return f"{name} (p0 = {rounded:g})" if is_resolved else f"{name} (h = {tilt:.6g})"


def _row(verdict: Verdict, sentence: str) -> dict[str, object]:
    at = verdict.at_particles
    return {
        "judgement": verdict.judgement,
        "threshold": verdict.threshold,
        "failure_intervals": " ".join(f"{start!r}:{stop!r}" for start, stop in verdict.failure_intervals),
        "largest_infidelity": verdict.largest_infidelity,
        "largest_infidelity_time": verdict.largest_infidelity_time,
        "last_time": verdict.last_time,
        "transitions": "; ".join(f"{change.kind} at {change.time:.7g}" for change in verdict.transitions),
        "at_particles": f"{at.particles}:{at.hartree_infidelity!r}:{at.limit_infidelity!r}" if at else "",
        "at_particles_from": ("exact states" if at.is_exact else "prediction") if at else "",
        "particles_needed": verdict.particles_needed,
        "defect": verdict.defect,
        "confirmed": verdict.confirmed,
        "verdict": sentence,
    }


def _at_largest_particles(comparison: Columns, state: str, member: Assessment) -> AtParticles | None:
    """Largest infidelities over the times, from exact rows of the largest N; None if there are none."""
    p0, tilt = (nan if value is None else value for value in (member.p0, member.tilt))
    chosen = np.asarray(comparison["state"]) == state
    for name, value in (("p0", p0), ("tilt", tilt)):
        column = np.asarray(comparison[name])
        chosen &= (column == value) | (np.isnan(column) & np.isnan(value))
    particles = np.asarray(comparison["particles"])[chosen]
    if not particles.size:
        return None
    largest = int(particles.max())
    hartree, limit = (
        np.asarray(comparison[name], dtype=float)[chosen][particles == largest]
        for name in ("hartree_infidelity", "limit_infidelity")
    )
    if np.isnan(hartree).all() or np.isnan(limit).all():
        return None
    return AtParticles(largest, float(np.nanmax(hartree)), float(np.nanmax(limit)), is_exact=True)
