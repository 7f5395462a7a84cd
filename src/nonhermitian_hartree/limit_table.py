"""The table of the N → ∞ limit: one row per state, time and branch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.complex_columns import read_vectors, vector_columns
from nonhermitian_hartree.limit import diagonal_qubit_limits
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.state_spec import StateMember
from nonhermitian_hartree.tables import concatenate_tables, make_table


def tabulate_limit(
    model: Model, name: str, members: Sequence[StateMember], times: Sequence[float], hartree: pa.Table
) -> pa.Table:
    """Branches ν of the limit, eq. (40)–(46), of every member, and its distance (12) to the Hartree table.

    The rows of ``hartree`` are those of the same members and times, in this order.
    """
    solutions = read_vectors({column: hartree[column].to_numpy() for column in hartree.column_names}, "phi")
    solutions = solutions.reshape(len(members), len(times), -1)
    tables = []
    for member, member_solutions in zip(members, solutions, strict=True):
        limits = diagonal_qubit_limits(model, member.state, times)
        for time, limit, solution in zip(times, limits, member_solutions, strict=True):
            tables.append(
                make_table(
                    {
                        "state": name,
                        "p0": member.p0,
                        "tilt": member.tilt,
                        "time": float(time),
                        "branch": np.arange(len(limit.weights)),
                        "weight": limit.weights,
                        **vector_columns("nu", limit.wavefunctions),
                        "rate": limit.rate,
                        "linear_entropy": limit.linear_entropy,
                        "hartree_infidelity": limit.infidelity_to(solution),
                    }
                )
            )
    return concatenate_tables(tables)
