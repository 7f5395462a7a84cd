"""The Hartree table: one row per state and time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nonhermitian_hartree.complex_columns import vector_columns
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.state_spec import StateMember


def tabulate_hartree(model: Model, name: str, members: Sequence[StateMember], times: Sequence[float]) -> pd.DataFrame:
    """Hartree wavefunctions φ(t), eq. (10), of every member of the state ``name``."""
    frames = [
        pd.DataFrame(
            {
                "state": name,
                "p0": member.p0,
                "tilt": member.tilt,
                "time": list(times),
                **vector_columns("phi", hartree_wavefunctions(model, member.state, times)),
            }
        )
        for member in members
    ]
    return pd.concat(frames, ignore_index=True)
