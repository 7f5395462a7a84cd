"""Small tables for people as CSV files, read back only if they are as they were written.

A CSV file has no room for a checksum that every tool would skip. It lies beside the file, with the origin of the
table: ``verdict.csv-metadata.json`` of ``verdict.csv``, as "CSV on the Web" of the W3C names such a file.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.columns import Columns
from nonhermitian_hartree.storage.parquet import advise_rebuild, first_line
from nonhermitian_hartree.storage.sealed_json import read_sealed, write_sealed

if TYPE_CHECKING:
    import pandas as pd


METADATA_SUFFIX = "-metadata.json"
CHECKSUM, ORIGIN = "table_sha256", "origin"


def metadata_path(path: str | Path) -> Path:
    """Where the checksum and the origin of a CSV table are."""
    return Path(f"{path}{METADATA_SUFFIX}")


def write_csv(columns: Columns, path: str | Path, origin: Mapping[str, str]) -> None:
    """Write a table, by column, and beside it its checksum and origin; each whole or not at all.

    Doubles keep all digits; NaN and None are empty.
    """
    names = list(columns)
    values = [np.asarray(columns[name], dtype=object).tolist() for name in names]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_show(value) for value in row] for row in zip(*values, strict=True))
    content = text.getvalue().encode()
    with replace_atomically(path) as temporary:
        temporary.write_bytes(content)
    write_sealed({CHECKSUM: hashlib.sha256(content).hexdigest(), ORIGIN: dict(origin)}, metadata_path(path))


def read_csv(path: str | Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read a CSV written by `write_csv`, with exactly the ``columns`` (name → pandas dtype), or any if None.

    Raises
    ------
    TableError
        If the file or its metadata is missing or has been changed, or a column or a value is not what it must be.
    """
    read_csv_origin(path)
    return parse_csv(path, columns)


def read_csv_rows(path: str | Path, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of a CSV written by `write_csv`, as `read_csv` reads it but without waiting for pandas.

    Parameters
    ----------
    path : path
    columns : mapping of str to str
        Name → pandas dtype, of columns that must be there; any other is of numbers with a fraction.

    Raises
    ------
    TableError
        If the file or its metadata is missing or has been changed, or a column or a value is not what it must be.
    """
    read_csv_origin(path)
    with Path(path).open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    if missing := sorted(columns.keys() - set(header)):
        raise TableError(advise_rebuild(path, f"lacks the columns {missing}"))
    readers = [_READERS[columns.get(name, "float64")] for name in header]
    try:
        return [
            {name: read(text) for name, read, text in zip(header, readers, line, strict=True)} for line in lines
        ]
    except ValueError as error:
        raise TableError(advise_rebuild(path, f"has a value of another kind: {first_line(error)}")) from error


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int64": int,
    "Int64": lambda text: int(text) if text else None,
    "float64": lambda text: float(text or "nan"),
}
"""How the text of a value is read, by the dtype of its column; an empty one is missing."""


def read_csv_origin(path: str | Path) -> dict[str, str]:
    """Origin of a CSV written by `write_csv`, if the file is as it was written.

    Raises
    ------
    TableError
        If the file or its metadata is missing or has been changed.
    """
    try:
        found = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    try:
        metadata = read_sealed(metadata_path(path))
        expected, origin = metadata[CHECKSUM], dict(metadata[ORIGIN])
    except (TableError, TypeError, KeyError, ValueError) as error:
        problem = f"cannot be checked, for {metadata_path(path).name} is missing or damaged"
        raise TableError(advise_rebuild(path, problem)) from error
    if found != expected:
        raise TableError(advise_rebuild(path, "has been changed since it was written"))
    return origin


def parse_csv(path: str | Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read a CSV by whomever, with exactly the ``columns`` (name → pandas dtype), or any if None.

    Raises
    ------
    TableError
        If the file is missing, or a column or a value is not what it must be.
    """
    import pandas as pd  # here, because steps that only write need not wait for it

    try:
        frame = pd.read_csv(path, dtype=columns and dict(columns))
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    if columns is None:
        return frame
    if list(frame.columns) != list(columns):
        raise TableError(advise_rebuild(path, f"has columns {list(frame.columns)}, expected {list(columns)}"))
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus values for row labels
        raise TableError(advise_rebuild(path, f"has rows of more than {len(columns)} values"))
    return frame


def _show(value: object) -> str:
    if value is None or value != value:
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)
