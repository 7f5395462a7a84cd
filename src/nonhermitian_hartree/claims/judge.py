"""Judge claims on the tables of a run: each is measured, compared with what is expected, and passes or fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import pandas as pd

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.claims.spec import ClaimSpec
from nonhermitian_hartree.errors import ClaimError, ConvergenceError
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS

Tables = Mapping[str, pd.DataFrame]


def measure_claim(name: str, tables: Tables) -> float:
    """Measure the claim ``name`` on the tables that its catalogue entry lists; NaN if it cannot be measured.

    A table without rows tests nothing, and an equation that cannot be integrated is not solved: both are NaN.
    """
    claim = CLAIMS[name]
    if any(tables[table].empty for table in claim.tables):
        return nan
    try:
        return claim.measure(*(tables[table] for table in claim.tables))
    except ConvergenceError:
        return nan


def judge_claims(specs: Sequence[ClaimSpec], tables_of_study: Mapping[str, Tables]) -> pd.DataFrame:
    """One row per claim of a configuration, with its verdict PASS or FAIL.

    Parameters
    ----------
    specs : sequence of ClaimSpec
        Claims with the study they are measured on and, optionally, the states and times to use.
    tables_of_study : mapping of study to mapping of table name to DataFrame
    """
    rows = []
    for spec in specs:
        claim = CLAIMS[spec.claim]
        tables = {name: select_rows(tables_of_study[spec.study][name], spec) for name in claim.tables}
        measured = measure_claim(spec.claim, tables)
        rows.append(
            {
                "claim": spec.claim,
                "study": spec.study,
                "source": claim.source,
                "statement": claim.statement,
                "measured": measured,
                "expected": float(claim.expected),
                "tolerance": float(claim.tolerance),
                "verdict": "PASS" if claim.holds(measured) else "FAIL",
            }
        )
    return pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))


def select_rows(table: pd.DataFrame, spec: ClaimSpec) -> pd.DataFrame:
    """Rows of the states and times that the claim names; all where it names none, or the table has no times."""
    if spec.states is not None:
        table = table[table["state"].isin(spec.states)]
    if spec.times is not None and "time" in table:
        table = table[table["time"].isin(spec.times)]
    return table.reset_index(drop=True)


def require_passed(claims: pd.DataFrame, path: str) -> None:
    """Let a claims table pass in which every verdict is PASS.

    Raises
    ------
    ClaimError
        Naming the claims that failed, with what was measured and expected.
    """
    failed = claims[claims["verdict"] != "PASS"]
    if len(failed):
        names = "; ".join(
            f"{row.claim} on {row.study} "
            f"(measured {row.measured:.6g}, expected {row.expected:.6g} ± {row.tolerance:.2g})"
            for row in failed.itertuples()
        )
        raise ClaimError(f"{len(failed)} of {len(claims)} claims fail: {names}; the table is {path}")
