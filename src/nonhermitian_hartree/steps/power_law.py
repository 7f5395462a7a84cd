"""The table of fitted power laws: one row per state, time and quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from nonhermitian_hartree.compare.power_law import fit_power_law
from nonhermitian_hartree.errors import FitError
from nonhermitian_hartree.storage.columns import STATE_KEYS
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS


def tabulate_power_laws(comparison: pd.DataFrame, quantities: Sequence[str], tail_fraction: float) -> pd.DataFrame:
    """Fits of ``a N^b`` to the tail of each (state, time, quantity) of a comparison table.

    Raises
    ------
    FitError
        Naming the state, time and quantity that cannot be fitted, and why.
    """
    rows = []
    for (state, p0, tilt, time), group in comparison.groupby([*STATE_KEYS, "time"], sort=False, dropna=False):
        ordered = group.sort_values("particles")
        for quantity in quantities:
            try:
                law = fit_power_law(
                    ordered["particles"], ordered[quantity], ordered[f"{quantity}_error"], tail_fraction
                )
            except FitError as error:
                raise FitError(f"{quantity} of state {state} at t = {time:g}: {error}") from error
            rows.append(
                {"state": state, "p0": p0, "tilt": tilt, "time": time, "quantity": quantity, **asdict(law)}
            )
    return pd.DataFrame(rows, columns=list(CSV_COLUMNS["power_law"]))
