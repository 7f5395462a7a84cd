"""Tidy tables on disk as Parquet files, read back only if intact.

Parquet's own checksums cover the pages but not the footer, which has the columns' names and the table's origin;
`describe_footer` covers that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from math import nan
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.columns import MEMBER

FOOTER_KEY = "nonhermitian_hartree.footer_sha256"

ERROR_BOUND = "error_bound"
"""Column of the errors of all numbers of a row that have no column of their own for it."""
ERROR_SUFFIX = "_error"
"""What the name of a column of errors adds to that of the numbers."""
REASON = "reason"
"""Column that says why a row has no numbers; empty where it has."""


def make_table(columns: Mapping[str, object]) -> pa.Table:
    """Table of columns of one length, at least one of them an array; a scalar stands for a constant column."""
    arrays = {name: values for name, values in columns.items() if isinstance(values, Sequence | np.ndarray)}
    arrays = {name: values for name, values in arrays.items() if not isinstance(values, str)}
    rows = len(next(iter(arrays.values())))
    filled = [_to_arrow(arrays.get(name, [value] * rows)) for name, value in columns.items()]
    return pa.Table.from_arrays(filled, list(columns))


def table_columns(table: pa.Table) -> dict[str, np.ndarray]:
    """Columns of a table as arrays, by name."""
    return {name: _to_numpy(table[name].combine_chunks()) for name in table.column_names}


def with_members(table: pa.Table, members: int | np.ndarray) -> pa.Table:
    """Return a table whose rows have these numbers of members, one number for all or one a row."""
    column = _to_arrow(np.broadcast_to(members, len(table)))
    if MEMBER in table.column_names:
        return table.set_column(table.column_names.index(MEMBER), MEMBER, column)
    return table.add_column(0, MEMBER, column)


def concatenate_tables(tables: Iterable[pa.Table]) -> pa.Table:
    """Rows of several tables of one kind, in the order given."""
    return pa.concat_tables(tables).combine_chunks()


def write_parquet(table: pa.Table, path: str | Path, origin: Mapping[str, str]) -> None:
    """Write a table whole or not at all, with page checksums and its ``origin`` in the metadata.

    Raises
    ------
    TableError
        If a number in it has an error that is not a number.
    """
    unknown = find_unknown_errors(table)
    if unknown:
        raise TableError(f"{path}: not written, for numbers have an unknown error (nan) in the columns {unknown}")
    # Arrow holds keys as bytes, and would keep a text key beside its bytes
    metadata = {key.encode(): value.encode() for key, value in origin.items()}
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata})
    table = table.replace_schema_metadata(
        {**table.schema.metadata, FOOTER_KEY.encode(): describe_footer(table).encode()}
    )
    with replace_atomically(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_parquet(path: str | Path, columns: Sequence[str] = ()) -> pa.Table:
    """Read a table, verify its checksums and that it has ``columns``.

    Raises
    ------
    TableError
        If the file is missing, damaged, lacks a column or has an error that is not a number; the text says how to
        rebuild it.
    """
    try:
        with pq.ParquetFile(str(path), page_checksum_verification=True) as file:
            table = file.read()
    except (OSError, pa.ArrowException, ValueError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    if (table.schema.metadata or {}).get(FOOTER_KEY.encode()) != describe_footer(table).encode():
        raise TableError(advise_rebuild(path, "does not have the columns and the origin it was written with"))
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        raise TableError(advise_rebuild(path, f"lacks the columns {missing}"))
    unknown = find_unknown_errors(table)
    if unknown:
        raise TableError(advise_rebuild(path, f"has numbers of unknown error (nan) in the columns {unknown}"))
    return table


def table_origin(table: pa.Table) -> dict[str, str]:
    """Origin that a table read by `read_parquet` was written with."""
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return {key: value for key, value in metadata.items() if key != FOOTER_KEY}


def find_unknown_errors(table: pa.Table) -> list[str]:
    """Names of the columns of errors that are nan beside a number, or that have a number beside nan.

    A quantity that is missing, nan, has a missing error: the distance to the limit where there is no limit. So has
    a row with a ``reason`` why it has no numbers, a gap.
    """
    names = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    columns = table_columns(table.select(names))
    unknown = []
    for name, errors in columns.items():
        if name == ERROR_BOUND:
            is_missing = np.zeros(len(errors), dtype=bool)
            if REASON in table.column_names:
                is_missing = table_columns(table.select([REASON]))[REASON] != ""
        elif name.endswith(ERROR_SUFFIX) and name.removesuffix(ERROR_SUFFIX) in columns:
            is_missing = np.isnan(columns[name.removesuffix(ERROR_SUFFIX)])
        else:
            continue
        if (np.isnan(errors) != is_missing).any():
            unknown.append(name)
    return unknown


def describe_footer(table: pa.Table) -> str:
    """Checksum of the names and types of the columns, of the number of rows and of the metadata."""
    fields = [f"{field.name}: {field.type}" for field in table.schema]
    metadata = sorted((table.schema.metadata or {}).items())
    rest = [f"{key!r}: {value!r}" for key, value in metadata if key != FOOTER_KEY.encode()]
    return hashlib.sha256("\n".join([str(table.num_rows), *fields, *rest]).encode()).hexdigest()


def advise_rebuild(path: str | Path, problem: str) -> str:
    """Message about a table that cannot be used, with what to do about it."""
    return f"{path}: the table {problem}; delete the file and run the workflow again to rebuild it"


def first_line(error: Exception) -> str:
    """First line of an error's text, or its type."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


# Arrow's own conversions from and to NumPy import pandas, which takes longer than most steps. These use buffers.


def _to_arrow(values: Sequence[object] | np.ndarray) -> pa.Array:
    array = np.asarray(values)
    if array.ndim == 2:
        offsets = np.arange(len(array) + 1, dtype=np.int32) * array.shape[1]
        numbers = _to_arrow(array.ravel())
        kind = pa.list_(pa.field("element", numbers.type))  # the name that a Parquet file gives back
        starts = pa.Array.from_buffers(pa.int32(), len(offsets), [None, pa.py_buffer(offsets)])
        return pa.ListArray.from_arrays(starts, numbers, type=kind)
    if array.dtype.kind in "fi":
        numbers = np.ascontiguousarray(array, dtype=np.float64 if array.dtype.kind == "f" else np.int64)
        is_missing = np.isnan(numbers)  # what is not known is null in a file, NaN in an array
        valid = pa.py_buffer(np.packbits(~is_missing, bitorder="little")) if is_missing.any() else None
        return pa.Array.from_buffers(
            pa.from_numpy_dtype(numbers.dtype), len(numbers), [valid, pa.py_buffer(numbers)]
        )
    if array.dtype.kind == "b":
        bits = np.packbits(array, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(array), [None, pa.py_buffer(bits)])
    texts = [str(text).encode() for text in array.tolist()]
    offsets = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(b"".join(texts)))


def _to_numpy(array: pa.Array) -> np.ndarray:
    if pa.types.is_list(array.type):  # of one length, as `_to_arrow` makes them
        return _to_numpy(array.flatten()).reshape(len(array), -1)
    if array.null_count:
        return np.array([nan if value is None else value for value in array.to_pylist()])
    if pa.types.is_floating(array.type) or pa.types.is_integer(array.type):
        return np.from_dlpack(array)
    return np.array([value.as_py() for value in array])
