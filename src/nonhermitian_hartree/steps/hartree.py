"""The Hartree table: one row per state and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.hartree import estimate_projector_error, hartree_wavefunctions
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.storage.columns import vector_columns
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table


def tabulate_hartree(model: Model, name: str, members: Sequence[StateMember], times: Sequence[float]) -> pa.Table:
    """Hartree wavefunctions φ(t), eq. (10), of every member of the state ``name``.

    ``error_bound`` is that of every entry of |φ⟩⟨φ|.
    """
    tables = []
    for member in members:
        wavefunctions = hartree_wavefunctions(model, member.state, times)
        tables.append(
            make_table(
                {
                    "state": name,
                    "p0": member.p0,
                    "tilt": member.tilt,
                    "time": np.asarray(times, dtype=float),
                    **vector_columns("phi", wavefunctions),
                    "error_bound": estimate_projector_error(model, member.state, times, wavefunctions),
                }
            )
        )
    return concatenate_tables(tables)
