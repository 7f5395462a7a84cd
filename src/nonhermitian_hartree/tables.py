"""Tidy tables on disk as Parquet files with page checksums, read back only if intact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from nonhermitian_hartree.atomic_write import replace_atomically
from nonhermitian_hartree.errors import TableError

STATE_KEYS = ("state", "p0", "tilt")
"""What tells initial states apart: the name in the config and, inside a family, p0 and tilt."""


def make_table(columns: Mapping[str, object]) -> pa.Table:
    """Table of columns of one length, at least one of them an array; a scalar stands for a constant column."""
    arrays = {name: values for name, values in columns.items() if isinstance(values, Sequence | np.ndarray)}
    arrays = {name: values for name, values in arrays.items() if not isinstance(values, str)}
    rows = len(next(iter(arrays.values())))
    return pa.table({name: arrays.get(name, [value] * rows) for name, value in columns.items()})


def concatenate_tables(tables: Iterable[pa.Table]) -> pa.Table:
    """Rows of several tables of one kind, in the order given."""
    return pa.concat_tables(tables).combine_chunks()


def write_parquet(table: pa.Table, path: str | Path) -> None:
    """Write a table whole or not at all, with page checksums."""
    with replace_atomically(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_parquet(path: str | Path, columns: Sequence[str] = ()) -> pa.Table:
    """Read a table, verify its checksums and that it has ``columns``.

    Raises
    ------
    TableError
        If the file is missing, damaged or lacks a column; the text says how to rebuild it.
    """
    try:
        with pq.ParquetFile(str(path), page_checksum_verification=True) as file:
            table = file.read()
    except (OSError, pa.ArrowException, ValueError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        raise TableError(advise_rebuild(path, f"lacks the columns {missing}"))
    return table


def advise_rebuild(path: str | Path, problem: str) -> str:
    """Message about a table that cannot be used, with what to do about it."""
    return f"{path}: the table {problem}; delete the file and run the workflow again to rebuild it"


def first_line(error: Exception) -> str:
    """First line of an error's text, or its type."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
