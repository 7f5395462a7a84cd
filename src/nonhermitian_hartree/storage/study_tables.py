"""The tables of a study as files: those for people are CSV with fixed columns, the others Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nonhermitian_hartree.storage.columns import STATE_COLUMNS
from nonhermitian_hartree.storage.csv_files import read_csv, read_csv_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_origin

if TYPE_CHECKING:
    import pandas as pd

CSV_COLUMNS = {
    "power_law": {
        "member": "int64",
        "state": "str",
        "p0": "float64",
        "tilt": "float64",
        "time": "float64",
        "quantity": "str",
        "exponent": "float64",
        "exponent_stderr": "float64",
        "prefactor": "float64",
        "prefactor_stderr": "float64",
        "points": "int64",
        "particles_min": "int64",
        "particles_max": "int64",
        "single_power_law": "str",
        "exponent_at_min": "float64",
        "exponent_at_max": "float64",
        "reason": "str",
    },
    "verdict": {
        "member": "int64",
        "state": "str",
        "p0": "float64",
        "tilt": "float64",
        "judgement": "str",
        "threshold": "float64",
        "failure_intervals": "str",
        "largest_infidelity": "float64",
        "largest_infidelity_time": "float64",
        "last_time": "float64",
        "transitions": "str",
        "at_particles": "str",
        "at_particles_from": "str",
        "particles_needed": "Int64",
        "defect": "float64",
        "confirmed": "str",
        "verdict": "str",
    },
}
"""Columns of the tables that are CSV files: name → pandas dtype; the parameters of the model follow the tilt."""

CLAIM_COLUMNS = {
    "claim": "str",
    "study": "str",
    "source": "str",
    "statement": "str",
    "measured": "float64",
    "expected": "float64",
    "tolerance": "float64",
    "verdict": "str",
}
"""Columns of the table of claims: name → pandas dtype."""


def csv_columns(name: str, parameters: Sequence[str]) -> dict[str, str]:
    """Columns of the table ``name`` with those of the parameters of its model: name → pandas dtype."""
    columns = list(CSV_COLUMNS[name].items())
    place = len(STATE_COLUMNS)
    return dict([*columns[:place], *((parameter, "float64") for parameter in parameters), *columns[place:]])


def read_study_table(name: str, path: str | Path) -> pd.DataFrame:
    """Read the table ``name`` of a study from its file.

    Raises
    ------
    TableError
        If the file is missing or damaged, or not a table of this name.
    """
    if name in CSV_COLUMNS:
        header = list(read_csv(path).columns)
        parameters = [column for column in header if column not in CSV_COLUMNS[name]]
        return read_csv(path, csv_columns(name, parameters))
    return read_parquet(path).to_pandas()


def read_origin(path: str | Path) -> dict[str, str]:
    """Origin of a table, if that is intact.

    Raises
    ------
    TableError
        If the file is missing or damaged.
    """
    if Path(path).suffix == ".csv":
        return read_csv_origin(path)
    return table_origin(read_parquet(path))
