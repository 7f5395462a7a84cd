"""The exact table: one row per state, particle number and time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.storage.columns import density_columns
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table


def tabulate_exact(
    model: Model,
    name: str,
    members: Sequence[StateMember],
    particles: Sequence[int],
    times: Sequence[float],
    tolerance: float,
) -> pa.Table:
    """Exact marginals of every member of the state ``name``, with their errors.

    Raises
    ------
    AccuracyError
        If an ``error_bound`` would exceed ``tolerance``: no such row is ever written.
    """
    tables = []
    for member in members:
        for count, marginals in zip(
            particles, exact_marginals(model, member.state, particles, times, tolerance), strict=True
        ):
            tables.append(
                make_table(
                    {
                        "state": name,
                        "p0": member.p0,
                        "tilt": member.tilt,
                        "particles": count,
                        "time": np.asarray(times, dtype=float),
                        **density_columns(marginals.density),
                        "linear_entropy": marginals.linear_entropy,
                        "linear_entropy_error": marginals.linear_entropy_error,
                        "log_norm_rate": marginals.log_norm_rate,
                        "error_bound": marginals.error_bound,
                        "method": marginals.method,
                    }
                )
            )
    return concatenate_tables(tables)
