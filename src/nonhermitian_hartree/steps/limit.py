"""The table of the N → ∞ limit: one row per member, time and branch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import nan

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.limit.neighbours import Neighbours
from nonhermitian_hartree.limit.solve import bound_limit_error, limit_curve
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.steps.members import Member, Members, tabulate_members
from nonhermitian_hartree.storage.columns import read_vectors, vector_columns
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table, table_columns


def tabulate_limit(
    members: Members, times: Sequence[float], hartree: pa.Table, known: Mapping[int, pa.Table] | None = None
) -> pa.Table:
    """Branches ν of the limit, eq. (40), (45), of every member, and its distance (12) to the Hartree table.

    ``error_bound`` is that of every entry of the mixture's density matrix; ``softness`` is that of the softest
    branch; ``entropy_coefficient`` is lim N·S_L, NaN where the limit is mixed or critical. ``confirmed`` says how:
    see `LimitState`. Where the limit is not known, there is one row with a ``reason`` and NaN.

    The rows of ``hartree`` are those of the same members and times, in this order. Rows of members that are
    ``known`` are not computed. Members of a family start from the branches of their neighbours, which exact states
    have to confirm at each of them anew.
    """
    solutions = read_vectors(table_columns(hartree), "phi")
    solutions = solutions.reshape(len(members), len(times), -1)
    neighbours = Neighbours()

    def tabulate(index: int, member: Member) -> pa.Table:
        seeds = neighbours.nearest_paths(member.model, member.state)
        curve = limit_curve(member.model, member.state, times, seeds)
        limits = curve.states()
        if members.is_family:
            neighbours.remember(member.model, member.state, curve.paths())
        return rows(index, member, limits)

    def fill(index: int, member: Member, reason: str) -> pa.Table:
        return rows(index, member, [LimitState.unknown(float(time), reason) for time in times])

    def rows(index: int, member: Member, limits: Iterable[LimitState]) -> pa.Table:
        tables = []
        for time, limit, solution in zip(times, limits, solutions[index], strict=True):
            kets = limit.wavefunctions if limit.is_known else np.full((1, solution.size), complex(nan, nan))
            tables.append(
                make_table(
                    {
                        **member.columns,
                        "time": float(time),
                        "branch": np.arange(len(kets)),
                        "weight": limit.weights if limit.is_known else np.array([nan]),
                        **vector_columns("nu", kets),
                        "rate": limit.rate,
                        "error_bound": bound_limit_error(member.model, limit),
                        "softness": limit.softness,
                        "linear_entropy": limit.linear_entropy,
                        "entropy_coefficient": limit.entropy_coefficient,
                        "hartree_infidelity": limit.infidelity_to(solution),
                        "confirmed": " ".join([limit.confirmed, *map(str, limit.particles)]),
                        "reason": limit.reason,
                    }
                )
            )
        return concatenate_tables(tables)

    return tabulate_members(members, tabulate, fill, known or {}, "limit")
