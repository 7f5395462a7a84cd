"""Small tables for people as CSV files; read back only with the columns and types they were written with."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.columns import Columns
from nonhermitian_hartree.storage.parquet import advise_rebuild, first_line

if TYPE_CHECKING:
    import pandas as pd


def write_csv(columns: Columns, path: str | Path) -> None:
    """Write a table, by column, whole or not at all; doubles keep all digits, NaN and None are empty."""
    names = list(columns)
    values = [np.asarray(columns[name], dtype=object).tolist() for name in names]
    with replace_atomically(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_show(value) for value in row] for row in zip(*values, strict=True))


def read_csv(path: str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a CSV written by `write_csv`, with exactly the ``columns`` (name → pandas dtype).

    Raises
    ------
    TableError
        If the file is missing, or a column or a value is not what it must be.
    """
    import pandas as pd  # here, because steps that only write need not wait for it

    try:
        frame = pd.read_csv(path, dtype=dict(columns))
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    if list(frame.columns) != list(columns):
        raise TableError(advise_rebuild(path, f"has columns {list(frame.columns)}, expected {list(columns)}"))
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus values for row labels
        raise TableError(advise_rebuild(path, f"has rows of more than {len(columns)} values"))
    return frame


def _show(value: object) -> str:
    if value is None or value != value:
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)
