"""Compare the tables of a run with reference values, and name every difference.

``python -m nonhermitian_hartree.commands.verify_results results/paper tests/references/paper.csv``
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.csv_files import parse_csv
from nonhermitian_hartree.storage.parquet import read_parquet

COLUMNS = {
    "study": "str",
    "table": "str",
    "state": "str",
    "particles": "Int64",
    "time": "float64",
    "branch": "Int64",
    "column": "str",
    "value": "float64",
}
KEYS = ["state", "particles", "time", "branch"]
RELATIVE_TOLERANCE = 1e-12
ABSOLUTE_TOLERANCE = 1e-15  # where the reference is zero


def find_differences(results: str | Path, reference: pd.DataFrame) -> list[str]:
    """One line for each value of ``reference`` (`COLUMNS`; a key that a table has not is null) that a run lacks.

    Raises
    ------
    TableError
        If a table of the run is missing or damaged.
    """
    differences = []
    for (study, name), rows in reference.groupby(["study", "table"], sort=False):
        table = read_parquet(Path(results) / "studies" / str(study) / f"{name}.parquet").to_pandas()
        for row in rows.to_dict("records"):
            keys = {key: row[key] for key in KEYS if not pd.isna(row[key])}
            where = (
                f"{study}/{name}, {', '.join(f'{key} {value}' for key, value in keys.items())}: {row['column']}"
            )
            found = _select_value(table, keys, row["column"])
            allowed = RELATIVE_TOLERANCE * abs(row["value"]) + ABSOLUTE_TOLERANCE
            if found is None:
                differences.append(f"{where} is not in the table")
            elif not abs(found - row["value"]) <= allowed:
                differences.append(f"{where} is {found:.15g}, expected {row['value']:.15g} (to {allowed:.1g})")
    return differences


def _select_value(table: pd.DataFrame, keys: dict[str, object], column: str) -> float | None:
    """Value in the one row with these keys, times to rounding; None if there is no such row or column."""
    if not {column, *keys} <= set(table.columns):
        return None
    chosen = np.ones(len(table), dtype=bool)
    for key, value in keys.items():
        column_values = table[key].to_numpy()
        chosen &= (
            np.isclose(column_values, value, rtol=1e-14, atol=0)
            if isinstance(value, float)
            else column_values == value
        )
    return float(table.loc[chosen, column].iloc[0]) if chosen.sum() == 1 else None


def main(arguments: list[str]) -> int:
    """Return 0 if every reference value is found, 1 after naming each that is not, 2 on wrong usage."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    results, file = arguments
    try:
        reference = parse_csv(file, COLUMNS)
        differences = find_differences(results, reference)
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    for line in differences:
        print(line)
    print(
        f"{len(reference) - len(differences)} of {len(reference)} reference values of {file} agree with {results}"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
