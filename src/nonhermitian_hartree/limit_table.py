"""The table of the N → ∞ limit: one row per state, time and branch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nonhermitian_hartree.complex_columns import read_vectors, vector_columns
from nonhermitian_hartree.limit import diagonal_qubit_limits
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.state_spec import StateMember
from nonhermitian_hartree.tables import STATE_KEYS


def tabulate_limit(
    model: Model, name: str, members: Sequence[StateMember], times: Sequence[float], hartree: pd.DataFrame
) -> pd.DataFrame:
    """Branches ν of the limit, eq. (40)–(46), of every member, and its distance (12) to the Hartree table."""
    frames = []
    for (_, hartree_rows), member in zip(hartree.groupby(list(STATE_KEYS), sort=False, dropna=False), members, strict=True):
        solutions = read_vectors(hartree_rows, "phi")
        for time, limit, solution in zip(times, diagonal_qubit_limits(model, member.state, times), solutions, strict=True):
            frames.append(
                pd.DataFrame(
                    {
                        "state": name,
                        "p0": member.p0,
                        "tilt": member.tilt,
                        "time": time,
                        "branch": np.arange(len(limit.weights)),
                        "weight": limit.weights,
                        **vector_columns("nu", limit.wavefunctions),
                        "rate": limit.rate,
                        "linear_entropy": limit.linear_entropy,
                        "hartree_infidelity": limit.infidelity_to(solution),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)
