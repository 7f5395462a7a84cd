"""The table of verdicts on Hartree: one row per state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nonhermitian_hartree.complex_columns import read_vectors
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit import limit_states
from nonhermitian_hartree.limit_table import read_limits
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.norm_rate import RateCheck
from nonhermitian_hartree.short_time_defect import short_time_defect
from nonhermitian_hartree.state_spec import StateMember
from nonhermitian_hartree.tables import STATE_KEYS
from nonhermitian_hartree.verdict import judge_hartree

COLUMNS = {
    "state": "str",
    "p0": "float64",
    "tilt": "float64",
    "defect": "float64",
    "threshold": "float64",
    "failure_time": "float64",
    "largest_infidelity": "float64",
    "largest_infidelity_time": "float64",
    "last_time": "float64",
    "transitions": "str",
    "checked_particles": "int64",
    "rate_difference": "float64",
    "verdict": "str",
}


def tabulate_verdicts(
    model: Model,
    members: Mapping[str, Sequence[StateMember]],
    hartree: pd.DataFrame,
    limit: pd.DataFrame,
    threshold: float,
) -> pd.DataFrame:
    """Verdict on Hartree for every member of every state of a study.

    Parameters
    ----------
    model : Model
    members : mapping of state name to its members
    hartree, limit : DataFrame
        Tables of the study.
    threshold : float
        Infidelity from which on Hartree counts as failing.

    Returns
    -------
    DataFrame
        ``failure_time`` is null where the threshold is not exceeded; ``transitions`` lists kind and time;
        ``verdict`` is one readable line.
    """
    keys = list(STATE_KEYS)
    solutions = dict(list(hartree.groupby(keys, sort=False, dropna=False)))
    limits = dict(list(limit.groupby(keys, sort=False, dropna=False)))
    rows = []
    for (name, member), (key, found) in zip(
        ((name, member) for name, group in members.items() for member in group), limits.items(), strict=True
    ):
        verdict = judge_hartree(
            read_limits(found),
            read_vectors(solutions[key].sort_values("time"), "phi"),
            lambda time, member=member: limit_states(model, member.state, [time])[0],  # type: ignore[misc]
            lambda time, member=member: hartree_wavefunctions(model, member.state, [time])[0],  # type: ignore[misc]
            short_time_defect(model, member.state),
            threshold,
            _read_check(found),
        )
        rows.append(
            {
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
                "checked_particles": found["checked_particles"].max(),
                "rate_difference": found["rate_difference"].max(),
                "verdict": verdict.line,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _read_check(limit: pd.DataFrame) -> RateCheck:
    """The check with the largest difference, as the limit step recorded it."""
    worst = limit.loc[limit["rate_difference"].idxmax()]
    return RateCheck(worst["rate"], worst["rate"] + worst["rate_difference"], 0.0, int(worst["checked_particles"]))
