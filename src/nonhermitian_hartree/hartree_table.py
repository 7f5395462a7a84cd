"""The Hartree table: one row per state and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.complex_columns import vector_columns
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.state_spec import StateMember
from nonhermitian_hartree.tables import concatenate_tables, make_table


def tabulate_hartree(model: Model, name: str, members: Sequence[StateMember], times: Sequence[float]) -> pa.Table:
    """Hartree wavefunctions φ(t), eq. (10), of every member of the state ``name``."""
    return concatenate_tables(
        make_table(
            {
                "state": name,
                "p0": member.p0,
                "tilt": member.tilt,
                "time": np.asarray(times, dtype=float),
                **vector_columns("phi", hartree_wavefunctions(model, member.state, times)),
            }
        )
        for member in members
    )
