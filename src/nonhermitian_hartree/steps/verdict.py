"""The table of verdicts on Hartree: one row per state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from nonhermitian_hartree.compare.verdict import judge_hartree
from nonhermitian_hartree.limit.solve import limit_curve
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.steps.limit_columns import read_limits
from nonhermitian_hartree.storage.columns import Columns, read_vectors
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS


def tabulate_verdicts(
    model: Model,
    members: Mapping[str, Sequence[StateMember]],
    hartree: Columns,
    limit: Columns,
    threshold: float,
) -> dict[str, list[object]]:
    """Verdict on Hartree for every member of every state of a study; columns of `study_tables.CSV_COLUMNS`.

    Parameters
    ----------
    model : Model
    members : mapping of state name to its members
    hartree, limit : tables of the study, by column
        Their rows are in the order of the members.
    threshold : float
        Infidelity from which on Hartree counts as failing.

    Returns
    -------
    dict of lists
        ``failure_time`` is None where the threshold is not exceeded; ``transitions`` lists kind and time;
        ``verdict`` is one readable line.
    """
    table: dict[str, list[object]] = {name: [] for name in CSV_COLUMNS["verdict"]}
    everyone = [(name, member) for name, group in members.items() for member in group]
    solutions, found = _split_members(hartree), _split_members(limit)
    for (name, member), solution, rows in zip(everyone, solutions, found, strict=True):
        limits = read_limits(rows)
        curve = limit_curve(model, member.state, [limit.time for limit in limits])
        verdict = judge_hartree(model, member.state, limits, read_vectors(solution, "phi"), curve.at, threshold)
        row = {
            "state": name,
            "p0": member.p0,
            "tilt": member.tilt,
            "defect": verdict.defect,
            "threshold": threshold,
            "failure_time": verdict.failure_time,
            "largest_infidelity": verdict.largest_infidelity,
            "largest_infidelity_time": verdict.largest_infidelity_time,
            "last_time": verdict.last_time,
            "transitions": "; ".join(f"{change.kind} at {change.time:.7g}" for change in verdict.transitions),
            "confirmed": verdict.confirmed,
            "gaps": verdict.gaps,
            "verdict": verdict.line,
        }
        for column, value in row.items():
            table[column].append(value)
    return table


def name_member(state: str, p0: float) -> str:
    """Name of a state, with the p0 of the member if it has one (d = 2), for a log."""
    return state if np.isnan(p0) else f"{state} (p0 = {p0:g})"


def _split_members(columns: Columns) -> list[dict[str, np.ndarray]]:
    """Rows of each member: one ends where the state, p0 or tilt changes."""
    arrays = {name: np.asarray(columns[name]) for name in columns}
    changes = arrays["state"][1:] != arrays["state"][:-1]
    for name in ("p0", "tilt"):  # NaN for d > 2
        before, after = arrays[name][:-1], arrays[name][1:]
        changes |= (before != after) & ~(np.isnan(before) & np.isnan(after))
    starts = [0, *(np.flatnonzero(changes) + 1), len(changes) + 1]
    return [{name: values[first:last] for name, values in arrays.items()} for first, last in pairwise(starts)]
