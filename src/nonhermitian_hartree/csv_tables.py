"""Small tables for people as CSV files; read back only if they have the columns and types they were written with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nonhermitian_hartree.atomic_write import replace_atomically
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.tables import advise_rebuild, first_line


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table whole or not at all; doubles keep all digits."""
    with replace_atomically(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")


def read_csv(path: str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a CSV written by `write_csv`, with exactly the ``columns`` (name → pandas dtype).

    Raises
    ------
    TableError
        If the file is missing, or a column or a value is not what it must be.
    """
    try:
        frame = pd.read_csv(path, dtype=dict(columns))
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    if list(frame.columns) != list(columns):
        raise TableError(advise_rebuild(path, f"has columns {list(frame.columns)}, expected {list(columns)}"))
    return frame
