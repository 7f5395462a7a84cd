"""Tidy tables on disk: Parquet with page checksums, CSV with a fixed header; read back only if intact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nonhermitian_hartree.atomic_write import replace_atomically
from nonhermitian_hartree.errors import TableError

STATE_KEYS = ("state", "p0", "tilt")
"""What tells initial states apart: the name in the config and, inside a family, p0 and tilt."""


def write_parquet(frame: pd.DataFrame, path: str | Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write a table whole or not at all, with page checksums and ``metadata`` in the file's schema."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    extra = {key.encode(): value.encode() for key, value in (metadata or {}).items()}
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **extra})
    with replace_atomically(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_parquet(path: str | Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table, verify its checksums and that it has ``columns``.

    Raises
    ------
    TableError
        If the file is missing, damaged or lacks a column; the text says how to rebuild it.
    """
    try:
        with pq.ParquetFile(str(path), page_checksum_verification=True) as file:
            frame = file.read().to_pandas()
    except (OSError, pa.ArrowException, ValueError) as error:
        raise TableError(_rebuild_advice(path, f"cannot be read ({_first_line(error)})")) from error
    return _require_columns(frame, path, columns)


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a small table for people, whole or not at all; doubles keep all digits."""
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
        frame = pd.read_csv(path, dtype=dict(columns), float_precision="round_trip", keep_default_na=True)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise TableError(_rebuild_advice(path, f"cannot be read ({_first_line(error)})")) from error
    if list(frame.columns) != list(columns):
        raise TableError(_rebuild_advice(path, f"has columns {list(frame.columns)}, expected {list(columns)}"))
    return frame


def concatenate_tables(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of several tables of one kind, in the order given."""
    return pd.concat(frames, ignore_index=True)


def _require_columns(frame: pd.DataFrame, path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise TableError(_rebuild_advice(path, f"lacks the columns {missing}"))
    return frame


def _rebuild_advice(path: str | Path, problem: str) -> str:
    return f"{path}: the table {problem}; delete the file and run the workflow again to rebuild it"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
