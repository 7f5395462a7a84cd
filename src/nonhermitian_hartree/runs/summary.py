"""What a run found in a few words: its verdicts a study, its claims as counts."""

from __future__ import annotations

import pandas as pd

from nonhermitian_hartree.fields.numbers import show_complex
from nonhermitian_hartree.storage.columns import join_complex, parameter_columns

SHOWN_NAMES = 4


def summarise_study(study: str, verdicts: pd.DataFrame) -> str:
    """One line: the sentence where a study has one state, else how many states fail, and which."""
    if len(verdicts) == 1:
        return f"{study}: {verdicts['verdict'].iloc[0]}"
    parts = []
    what = "members" if parameter_columns(verdicts.columns) else "states"
    for judgement, rows in verdicts.groupby("judgement", sort=True):
        where = "" if len(rows) == len(verdicts) else f" ({_say_where(str(judgement), verdicts)})"
        parts.append(f"{str(judgement).upper()} for {len(rows)} of {len(verdicts)} {what}{where}")
    worst = verdicts.sort_values("largest_infidelity", na_position="first").iloc[-1]
    if worst["largest_infidelity"] > 0:
        time = f"{worst['largest_infidelity_time']:.3g}"
        parts.append(f"infidelity at most {worst['largest_infidelity']:.3g}, from {_name(worst)} at t = {time}")
    return f"{study}: {'; '.join(parts)}"


def summarise_claims(claims: pd.DataFrame) -> list[str]:
    """How many claims pass, and a line for each that does not."""
    failed = claims[claims["verdict"] != "PASS"]
    lines = [f"claims: {len(claims) - len(failed)} of {len(claims)} pass"]
    lines += [
        f"  FAIL {row.claim} on {row.study}: measured {row.measured:.8g}, expected {row.expected:.8g} "
        f"± {row.tolerance:.2g}: {row.statement}"
        for row in failed.itertuples()
    ]
    return lines


def _say_where(judgement: str, verdicts: pd.DataFrame) -> str:
    """The members of a judgement by name; of a family of states, the ranges of p0 that they fill in it."""
    places = []
    for state, members in verdicts.groupby("state", sort=False):
        mine = members[members["judgement"] == judgement]
        if members["p0"].isna().any() or members["p0"].duplicated().any() or len(members) == 1:
            places += [_name(row) for _, row in mine.iterrows()]
            continue
        ordered = members.sort_values("p0")
        runs = (ordered["judgement"] != ordered["judgement"].shift()).cumsum()
        for _, run in ordered[ordered["judgement"] == judgement].groupby(runs):
            low, high = run["p0"].iloc[0], run["p0"].iloc[-1]
            name = str(state).replace("_", " ")
            places.append(f"{name}: p0 = {low:g}" if low == high else f"{name}: {low:g} ≤ p0 ≤ {high:g}")
    return _list_briefly(places)


def _name(row: pd.Series[object]) -> str:
    name = str(row["state"]).replace("_", " ")
    told = [] if pd.isna(row["p0"]) else [f"p0 = {row['p0']:g}"]
    parameters = {key: float(row[key]) for key in parameter_columns(row.index)}
    told += [f"{key.replace('_', ' ')} = {show_complex(value)}" for key, value in join_complex(parameters).items()]
    return f"{name} ({', '.join(told)})" if told else name


def _list_briefly(names: list[str]) -> str:
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
