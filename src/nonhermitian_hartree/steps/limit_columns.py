"""The limit of one member of a family as its table has it, for the steps that read it."""

from __future__ import annotations

import numpy as np

from nonhermitian_hartree.limit.state import LimitBranch, LimitState
from nonhermitian_hartree.storage.columns import Columns, read_vectors


def read_limits(columns: Columns) -> list[LimitState]:
    """Limit states of one member, in the order of time, from the columns of its table.

    What the table does not hold is NaN (prefactors) or left out (subdominant branches). Times without an answer are
    there.
    """
    times = np.asarray(columns["time"])
    weights, rates, kets = np.asarray(columns["weight"]), np.asarray(columns["rate"]), read_vectors(columns, "nu")
    softness, coefficient = np.asarray(columns["softness"]), np.asarray(columns["entropy_coefficient"])
    confirmed, reasons = np.asarray(columns["confirmed"]), np.asarray(columns["reason"])
    limits = []
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        first = rows[0]
        if np.isnan(weights[first]):
            limits.append(LimitState.unknown(float(time), str(reasons[first])))
            continue
        branches = tuple(
            LimitBranch(
                float(time),
                kets[row],
                float(rates[row]),
                0.0,
                float(softness[row]),
                entropy_coefficient=float(coefficient[row]),
            )
            for row in rows
        )
        method, *particles = str(confirmed[first]).split()
        numbers = tuple(int(number) for number in particles)
        limits.append(LimitState(float(time), branches, weights[rows], (), method, numbers))
    return limits
