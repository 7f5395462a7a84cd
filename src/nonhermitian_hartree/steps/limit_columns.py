"""The limit of one member of a family as its table has it, for the steps that read it."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.limit.state import LimitBranch, LimitState
from nonhermitian_hartree.storage.columns import Columns, read_vectors


def read_limits(columns: Columns) -> list[LimitState]:
    """Limit states of one member, in the order of time, from the columns of its table.

    What the table does not hold (prefactors, softness, subdominant branches) is left out.
    """
    times = np.asarray(columns["time"])
    weights, rates, kets = np.asarray(columns["weight"]), np.asarray(columns["rate"]), read_vectors(columns, "nu")
    limits = []
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        branches = tuple(LimitBranch(float(time), kets[row], float(rates[row]), 0.0, 0.0) for row in rows)
        limits.append(LimitState(float(time), branches, weights[rows], ()))
    return limits
