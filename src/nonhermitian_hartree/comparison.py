"""The comparison table: how far the exact state is from a pure one, from Hartree and from the limit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nonhermitian_hartree.complex_columns import read_density, read_vectors
from nonhermitian_hartree.distances import infidelity, infidelity_error
from nonhermitian_hartree.tables import STATE_KEYS

QUANTITIES = ("linear_entropy", "hartree_infidelity", "limit_infidelity")
ROW_KEYS = [*STATE_KEYS, "time"]


def compare_states(exact: pd.DataFrame, hartree: pd.DataFrame, limit: pd.DataFrame | None) -> pd.DataFrame:
    """S_L (11), I (12) and ε (47) for every row of the exact table, each with its numerical error.

    ``limit_infidelity`` is null where there is no limit table.
    """
    density = read_density(exact)
    entropy = exact["linear_entropy"].to_numpy()
    errors = (exact["error_bound"].to_numpy(), exact["linear_entropy_error"].to_numpy())
    frame = exact[[*STATE_KEYS, "particles", "time", "linear_entropy", "linear_entropy_error"]].copy()

    solutions = read_vectors(hartree, "phi")
    pure = np.einsum("ri,rj->rij", solutions, solutions.conj())
    rows = _match_rows(hartree[ROW_KEYS], exact)
    distance = (density, entropy, pure[rows], np.zeros(len(rows)))
    frame["hartree_infidelity"] = infidelity(*distance)
    frame["hartree_infidelity_error"] = infidelity_error(*distance, *errors)

    if limit is None:
        return frame.assign(limit_infidelity=np.nan, limit_infidelity_error=np.nan)
    mixtures = limit.assign(group=limit.groupby(ROW_KEYS, sort=False, dropna=False).ngroup())
    first = mixtures.drop_duplicates("group")
    kets = read_vectors(limit, "nu")
    states = np.zeros((len(first), *density.shape[1:]), dtype=complex)
    branches = np.einsum("r,ri,rj->rij", limit["weight"].to_numpy(), kets, kets.conj())
    np.add.at(states, mixtures["group"].to_numpy(), branches)
    rows = _match_rows(first[ROW_KEYS], exact)
    distance = (density, entropy, states[rows], first["linear_entropy"].to_numpy()[rows])
    frame["limit_infidelity"] = infidelity(*distance)
    frame["limit_infidelity_error"] = infidelity_error(*distance, *errors)
    return frame


def _match_rows(keys: pd.DataFrame, exact: pd.DataFrame) -> np.ndarray:
    """For each exact row, the position of the row of ``keys`` with the same state and time."""
    positions = keys.assign(position=np.arange(len(keys)))
    return exact[ROW_KEYS].merge(positions, on=ROW_KEYS, how="left", validate="many_to_one")["position"].to_numpy()
