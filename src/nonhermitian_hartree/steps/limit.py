"""The table of the N → ∞ limit: one row per state, time and branch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.compare.limit_check import check_limits
from nonhermitian_hartree.limit.solve import bound_limit_error, limit_states
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.storage.columns import read_vectors, vector_columns
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table, table_columns


def tabulate_limit(
    model: Model, name: str, members: Sequence[StateMember], times: Sequence[float], hartree: pa.Table
) -> pa.Table:
    """Branches ν of the limit, eq. (40), (45), of every member, and its distance (12) to the Hartree table.

    ``error_bound`` is that of every entry of the mixture's density matrix. ``checked_particles`` is the largest
    N of the exact norms that ``rate`` was compared with, and ``rate_difference`` what they differ by. ``softness``
    is that of the softest branch; ``entropy_coefficient`` is lim N·S_L, NaN where the limit is mixed or critical.

    Raises
    ------
    ConvergenceError
        If no limit was found, or exact norms contradict the one that was.

    The rows of ``hartree`` are those of the same members and times, in this order.
    """
    solutions = read_vectors(table_columns(hartree), "phi")
    solutions = solutions.reshape(len(members), len(times), -1)
    tables = []
    for member, member_solutions in zip(members, solutions, strict=True):
        limits = limit_states(model, member.state, times)
        checks = check_limits(model, member.state, times, limits)
        for time, limit, check, solution in zip(times, limits, checks, member_solutions, strict=True):
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
                        "error_bound": bound_limit_error(model, limit),
                        "checked_particles": check.largest_particles,
                        "rate_difference": check.difference,
                        "softness": limit.softness,
                        "linear_entropy": limit.linear_entropy,
                        "entropy_coefficient": limit.entropy_coefficient,
                        "hartree_infidelity": limit.infidelity_to(solution),
                    }
                )
            )
    return concatenate_tables(tables)
