"""The rate function f_t(x) on a grid, and its maximisers: what figure 1 of the paper shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.limit.rate_function import find_maximisers, rate_function
from nonhermitian_hartree.model.diagonal_qubit import reduce_diagonal_qubit
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table

POINTS = 1001


def tabulate_rate_function(
    model: Model, name: str, members: Sequence[StateMember], times: Sequence[float]
) -> tuple[pa.Table, pa.Table]:
    """f_t(x), eq. (28), of every member and time on x = 0 … 1, and all local maximisers with ``is_global``."""
    x = np.linspace(0, 1, POINTS)
    curves, maximisers = [], []
    for index, member in enumerate(members):
        qubit = reduce_diagonal_qubit(model, member.state)
        for time in times:
            tilt, gain = float(qubit.tilt_at(time)), float(qubit.gain_at(time))
            keys = {"member": index, "state": name, "p0": member.p0, "tilt": member.tilt, "time": float(time)}
            curves.append(make_table({**keys, "x": x, "value": rate_function(x, tilt, gain)}))
            found = find_maximisers(tilt, gain)
            values = rate_function(found.x, tilt, gain)
            maximisers.append(make_table({**keys, "x": found.x, "value": values, "is_global": found.is_global}))
    return concatenate_tables(curves), concatenate_tables(maximisers)
