"""What a run found in a few words: its verdicts a study, its claims as counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import isnan
from typing import Any

from nonhermitian_hartree.fields.numbers import show_complex
from nonhermitian_hartree.storage.columns import join_complex, parameter_columns

Row = Mapping[str, Any]
"""One row of a table, by column."""

SHOWN_NAMES = 4


def summarise_study(study: str, verdicts: Sequence[Row]) -> str:
    """One line: the sentence where a study has one state, else how many states fail, and which."""
    if len(verdicts) == 1:
        return f"{study}: {verdicts[0]['verdict']}"
    parts = []
    what = "members" if parameter_columns(verdicts[0]) else "states"
    for judgement, rows in _group(verdicts, "judgement").items():
        where = "" if len(rows) == len(verdicts) else f" ({_say_where(judgement, verdicts)})"
        parts.append(f"{judgement.upper()} for {len(rows)} of {len(verdicts)} {what}{where}")
    measured = [row for row in verdicts if row["largest_infidelity"] > 0]  # not where it is NaN
    if measured:
        worst = max(measured, key=lambda row: float(row["largest_infidelity"]))
        time = f"{worst['largest_infidelity_time']:.3g}"
        parts.append(f"infidelity at most {worst['largest_infidelity']:.3g}, from {_name(worst)} at t = {time}")
    return f"{study}: {'; '.join(parts)}"


def summarise_claims(claims: Sequence[Row]) -> list[str]:
    """How many claims pass, and a line for each that does not."""
    failed = [claim for claim in claims if claim["verdict"] != "PASS"]
    lines = [f"claims: {len(claims) - len(failed)} of {len(claims)} pass"]
    lines += [
        f"  FAIL {claim['claim']} on {claim['study']}: measured {claim['measured']:.8g}, expected "
        f"{claim['expected']:.8g} ± {claim['tolerance']:.2g}: {claim['statement']}"
        for claim in failed
    ]
    return lines


def _group(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by what they have in a column, in the order of the alphabet."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return dict(sorted(groups.items()))


def _say_where(judgement: str, verdicts: Sequence[Row]) -> str:
    """The members of a judgement by name; of a family of states, the ranges of p0 that they fill in it."""
    places = []
    names = dict.fromkeys(row["state"] for row in verdicts)  # in the order of the study
    members_of = _group(verdicts, "state")
    for state in names:
        members = members_of[state]
        populations = [row["p0"] for row in members]
        if any(map(isnan, populations)) or len(set(populations)) < len(members) or len(members) == 1:
            places += [_name(row) for row in members if row["judgement"] == judgement]
            continue
        ordered = sorted(members, key=lambda row: float(row["p0"]))
        for found, run in groupby(ordered, key=lambda row: str(row["judgement"])):
            if found != judgement:
                continue
            filled = [row["p0"] for row in run]
            low, high = filled[0], filled[-1]
            name = state.replace("_", " ")
            places.append(f"{name}: p0 = {low:g}" if low == high else f"{name}: {low:g} ≤ p0 ≤ {high:g}")
    return _list_briefly(places)


def _name(row: Row) -> str:
    name = row["state"].replace("_", " ")
    told = [] if isnan(row["p0"]) else [f"p0 = {row['p0']:g}"]
    parameters = {key: float(row[key]) for key in parameter_columns(row)}
    told += [f"{key.replace('_', ' ')} = {show_complex(value)}" for key, value in join_complex(parameters).items()]
    return f"{name} ({', '.join(told)})" if told else name


def _list_briefly(names: list[str]) -> str:
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
