"""Which rows of a table a figure shows, with an error that names what the table does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

_SAME = 1e-9  # relative: times that went through a file or a config are still the same times


def select_states(table: pd.DataFrame, table_name: str, states: Sequence[str] | None) -> pd.DataFrame:
    """Rows of the named states in the given order; all rows when ``states`` is None.

    Raises
    ------
    TableError
        If a state is not in the table.
    """
    import pandas as pd

    if states is None:
        return table
    present = list(table["state"].unique())
    missing = [state for state in states if state not in present]
    if missing:
        raise _missing_rows(table_name, "states", missing, present)
    return pd.concat([table[table["state"] == state] for state in states])


def select_values(
    table: pd.DataFrame, table_name: str, column: str, values: Sequence[float] | None
) -> pd.DataFrame:
    """Rows whose ``column`` ("particles" or "time") is one of ``values``; all rows when None.

    Raises
    ------
    TableError
        If a value is not in the table.
    """
    if values is None:
        return table
    same = np.isclose(table[column].to_numpy()[:, None], np.asarray(values), rtol=_SAME, atol=0)
    missing = [value for value, found in zip(values, same.any(axis=0), strict=True) if not found]
    if missing:
        raise _missing_rows(table_name, column, missing, sorted(table[column].unique()))
    rows: pd.DataFrame = table[same.any(axis=1)]
    return rows


def select_at(table: pd.DataFrame, table_name: str, values: Mapping[str, complex]) -> pd.DataFrame:
    """Rows where time, p0, tilt and parameters have these values, by name.

    Raises
    ------
    TableError
        If there are no such rows.
    """
    for name, value in values.items():
        found = np.isclose(read_parameter(table, name), value, rtol=_SAME, atol=0)
        if not found.any():
            raise _missing_rows(table_name, name, [value], list(dict.fromkeys(read_parameter(table, name))))
        table = table[found]
    return table


def read_parameter(table: pd.DataFrame, name: str) -> Real | Complex:
    """Values of a column by its name, or of the pair of columns of a complex parameter."""
    if name in table:
        return np.asarray(table[name], dtype=float)
    return np.asarray(table[f"{name}_re"] + 1j * table[f"{name}_im"])


def axis_values(table: pd.DataFrame, name: str) -> Real:
    """Coordinates on an axis: real values themselves, of complex ones the part that varies, or the way along."""
    values = read_parameter(table, name)
    part = {"real": values.real, "imag": values.imag}.get(varying_part(values))
    return np.asarray(np.abs(values - values[0]) if part is None else part)


def varying_part(values: Real | Complex) -> Literal["real", "imag", ""]:
    """Which part of complex values is not the same for all; empty if both vary."""
    if not np.ptp(values.imag):
        return "real"
    return "imag" if not np.ptp(values.real) else ""


def _missing_rows(
    table_name: str, column: str, missing: Sequence[object], present: Sequence[object]
) -> TableError:
    shown = [str(value) for value in present[:8]] + ["…"] * (len(present) > 8)
    return TableError(
        f"the {table_name} table has no {column} {', '.join(map(str, missing))}; it has "
        f"{', '.join(shown) or 'none'}. Change the figure's {column}, or add them to its study"
    )
