"""The table of verdicts on Hartree: one row per member of each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isclose

import numpy as np

from nonhermitian_hartree.compare.verdict import AtParticles, Verdict, describe_verdict
from nonhermitian_hartree.fields.numbers import show_complex
from nonhermitian_hartree.model.state import population_of_tilt
from nonhermitian_hartree.steps.assessment_file import Assessment
from nonhermitian_hartree.storage.columns import MEMBER, STATE_COLUMNS, Columns, join_complex
from nonhermitian_hartree.storage.study_tables import csv_columns


def tabulate_verdicts(
    model: str, assessments: Sequence[Assessment], comparison: Columns | None
) -> dict[str, list[object]]:
    """Verdict on Hartree for every member of a study; columns of `study_tables.csv_columns`.

    Parameters
    ----------
    model : str
        Its name in the configuration.
    assessments : sequence of Assessment
        Of the members in order.
    comparison : table of the study, by column, or None
        Where there is one, what it says about the largest N replaces the prediction to order 1/N.
    """
    parameters = [name for name in assessments[0].columns if name not in STATE_COLUMNS]
    table: dict[str, list[object]] = {name: [] for name in csv_columns("verdict", parameters)}
    largest = {} if comparison is None else _at_largest_particles(comparison)
    for index, member in enumerate(assessments):
        verdict = member.verdict
        verdict = replace(verdict, at_particles=largest.get(index, verdict.at_particles))
        row = _row(verdict, describe_verdict(verdict, model.replace("_", " "), name_member(member.columns)))
        row |= {MEMBER: index, **member.columns}
        for column, values in table.items():
            values.append(row[column])
    return table


def name_member(columns: Mapping[str, str | float | None]) -> str:
    """Name of a state with the p0 of the member, or its tilt where six digits of p0 are not it; parameters."""
    name, p0, tilt = str(columns["state"]).replace("_", " "), columns["p0"], columns["tilt"]
    parameters = {
        key: float(value) for key, value in columns.items() if key not in STATE_COLUMNS and value is not None
    }
    told = [f"{key.replace('_', ' ')} = {show_complex(value)}" for key, value in join_complex(parameters).items()]
    if isinstance(p0, float) and isinstance(tilt, float):
        told.insert(0, _tell_state(p0, tilt))
    return f"{name} ({', '.join(told)})" if told else name


def _tell_state(p0: float, tilt: float) -> str:
    rounded = float(f"{p0:.6g}")
    is_resolved = rounded in (0, 1) or isclose(0.5 * (np.log(rounded) - np.log1p(-rounded)), tilt, abs_tol=1e-12)
    is_resolved &= isclose(population_of_tilt(tilt), rounded, rel_tol=1e-9)
    return f"p0 = {rounded:g}" if is_resolved else f"h = {tilt:.6g}"


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


def _at_largest_particles(comparison: Columns) -> dict[int, AtParticles]:
    """Largest infidelities over the times by member, from exact rows of the largest N, where there are any."""
    names = (MEMBER, "particles", "hartree_infidelity", "limit_infidelity")
    member, particles, hartree, limit = (np.asarray(comparison[name], dtype=float) for name in names)
    is_largest = particles == particles.max(initial=0)
    is_known = is_largest & ~np.isnan(hartree)
    found = {}
    order = np.argsort(member[is_known], kind="stable")
    numbers, starts = np.unique(member[is_known][order], return_index=True)
    for number, rows in zip(numbers, np.split(np.flatnonzero(is_known)[order], starts[1:]), strict=True):
        if np.isfinite(limit[rows]).any():
            largest = float(np.max(hartree[rows])), float(np.nanmax(limit[rows]))
            found[int(number)] = AtParticles(int(particles[rows[0]]), *largest, is_exact=True)
    return found
