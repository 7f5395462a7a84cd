"""The comparison table: how far the exact state is from a pure one, from Hartree and from the limit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.compare.distances import infidelity, infidelity_error
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.columns import (
    ROW_KEYS,
    STATE_COLUMNS,
    Columns,
    parameter_columns,
    read_density,
    read_vectors,
)
from nonhermitian_hartree.storage.parquet import make_table

Rows = NDArray[np.intp]


def compare_states(exact: Columns, hartree: Columns, limit: Columns | None) -> pa.Table:
    """S_L (11), I (12) and ε (47) for every row of the exact table, each with its numerical error.

    The arguments are tables by column. ``limit_infidelity`` is null where there is no limit table.
    """
    density, entropy = read_density(exact), np.asarray(exact["linear_entropy"])
    density_error, entropy_error = np.asarray(exact["error_bound"]), np.asarray(exact["linear_entropy_error"])
    keys = (*STATE_COLUMNS, *parameter_columns(exact), "particles", "time")
    kept = (*keys, "linear_entropy", "linear_entropy_error")
    columns: dict[str, object] = {name: np.asarray(exact[name]) for name in kept}

    solutions = read_vectors(hartree, "phi")
    rows = _match_rows(hartree, exact)
    distance = (density, entropy, _projectors(solutions)[rows], np.zeros(len(rows)))
    error = density_error + np.asarray(hartree["error_bound"])[rows]
    columns["hartree_infidelity"] = infidelity(*distance)
    columns["hartree_infidelity_error"] = infidelity_error(*distance, error, entropy_error)

    if limit is None:
        return make_table(columns | {"limit_infidelity": np.nan, "limit_infidelity_error": np.nan})
    group, first = _group_branches(limit)
    states = np.zeros((len(first), *density.shape[1:]), dtype=complex)
    weights = np.asarray(limit["weight"])[:, None, None]
    np.add.at(states, group, weights * _projectors(read_vectors(limit, "nu")))
    rows = group[_match_rows(limit, exact)]
    distance = (density, entropy, states[rows], np.asarray(limit["linear_entropy"])[first][rows])
    error = density_error + np.asarray(limit["error_bound"])[first][rows]
    columns["limit_infidelity"] = infidelity(*distance)
    columns["limit_infidelity_error"] = infidelity_error(*distance, error, entropy_error)
    return make_table(columns)


def _projectors(kets: Complex) -> Complex:
    return np.asarray(np.einsum("ri,rj->rij", kets, kets.conj()))


def _row_codes(columns: Columns) -> Complex:
    """Member and time of every row as one number."""
    member, time = (np.asarray(columns[name]) for name in ROW_KEYS)
    return np.asarray(member + 1j * time)


def _group_branches(limit: Columns) -> tuple[Rows, Rows]:
    """For each row of the limit table the number of its mixture, and for each mixture its first row."""
    _, first, group = np.unique(_row_codes(limit), return_index=True, return_inverse=True)
    return group, first


def _match_rows(table: Columns, exact: Columns) -> Rows:
    """For each row of the exact table, a row of ``table`` with the same member and time.

    Raises
    ------
    TableError
        If there is none.
    """
    codes, first = np.unique(_row_codes(table), return_index=True)
    wanted = _row_codes(exact)
    places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    if (codes[places] != wanted).any():
        raise TableError("the exact table has members or times that the tables beside it have not; rebuild them")
    return first[places]
