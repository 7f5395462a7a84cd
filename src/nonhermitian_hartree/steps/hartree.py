"""The Hartree table: one row per member and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.hartree import estimate_projector_error, hartree_wavefunctions
from nonhermitian_hartree.steps.members import Member, Members, tabulate_members
from nonhermitian_hartree.storage.columns import vector_columns
from nonhermitian_hartree.storage.parquet import make_table


def tabulate_hartree(
    members: Members, times: Sequence[float], known: Mapping[int, pa.Table] | None = None
) -> pa.Table:
    """Hartree wavefunctions φ(t), eq. (10), of every member.

    ``error_bound`` is that of every entry of |φ⟩⟨φ|. Rows of members that are ``known`` are not computed.
    """

    def tabulate(_: int, member: Member) -> pa.Table:
        wavefunctions = hartree_wavefunctions(member.model, member.state, times)
        error = estimate_projector_error(member.model, member.state, times, wavefunctions)
        return rows(member, wavefunctions, error, "")

    def fill(_: int, member: Member, reason: str) -> pa.Table:
        return rows(member, np.full((len(times), member.model.dimension), complex(nan, nan)), nan, reason)

    def rows(member: Member, wavefunctions: Complex, error: object, reason: str) -> pa.Table:
        return make_table(
            {
                **member.columns,
                "time": np.asarray(times, dtype=float),
                **vector_columns("phi", wavefunctions),
                "error_bound": error,
                "reason": reason,
            }
        )

    return tabulate_members(members, tabulate, fill, known or {}, "Hartree")
