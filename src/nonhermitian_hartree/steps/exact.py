"""The exact table: one row per member, particle number and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.steps.members import Member, Members, tabulate_members
from nonhermitian_hartree.storage.columns import density_columns
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table


def tabulate_exact(
    members: Members,
    particles: Sequence[int],
    times: Sequence[float],
    tolerance: float,
    known: Mapping[int, pa.Table] | None = None,
) -> pa.Table:
    """Exact marginals of every member, with their errors. Rows of members that are ``known`` are not computed.

    Raises
    ------
    AccuracyError
        If an ``error_bound`` of the only member would exceed ``tolerance``: no such row is ever written.
    """

    def tabulate(_: int, member: Member) -> pa.Table:
        found = exact_marginals(member.model, member.state, particles, times, tolerance)
        return concatenate_tables(
            make_table(
                {
                    **member.columns,
                    "particles": count,
                    "time": np.asarray(times, dtype=float),
                    **density_columns(marginals.density),
                    "linear_entropy": marginals.linear_entropy,
                    "linear_entropy_error": marginals.linear_entropy_error,
                    "log_norm_rate": marginals.log_norm_rate,
                    "error_bound": marginals.error_bound,
                    "method": marginals.method,
                    "reason": "",
                }
            )
            for count, marginals in zip(particles, found, strict=True)
        )

    def fill(_: int, member: Member, reason: str) -> pa.Table:
        points = len(particles) * len(times)
        numbers = ("linear_entropy", "linear_entropy_error", "log_norm_rate", "error_bound")
        return make_table(
            {
                **member.columns,
                "particles": np.repeat(np.asarray(particles), len(times)),
                "time": np.tile(np.asarray(times, dtype=float), len(particles)),
                **density_columns(np.full((points, *[member.model.dimension] * 2), complex(nan, nan))),
                **dict.fromkeys(numbers, nan),
                "method": "",
                "reason": reason,
            }
        )

    return tabulate_members(members, tabulate, fill, known or {}, "exact states")
