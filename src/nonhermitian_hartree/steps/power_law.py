"""The table of fitted power laws: one row per state, time and quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from nonhermitian_hartree.compare.power_law import fit_power_law
from nonhermitian_hartree.storage.columns import STATE_KEYS
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS


def tabulate_power_laws(comparison: pd.DataFrame, quantities: Sequence[str], tail_fraction: float) -> pd.DataFrame:
    """Fits of ``a N^b`` to the tail of each (state, time, quantity) of a comparison table.

    A tail that is no power law has its row too, without exponent and with the reason.
    """
    rows = []
    for (state, p0, tilt, time), group in comparison.groupby([*STATE_KEYS, "time"], sort=False, dropna=False):
        ordered = group.sort_values("particles")
        for quantity in quantities:
            law = fit_power_law(
                ordered["particles"], ordered[quantity], ordered[f"{quantity}_error"], tail_fraction
            )
            keys = {"state": state, "p0": p0, "tilt": tilt, "time": time, "quantity": quantity}
            rows.append(keys | asdict(law) | {"single_power_law": "no" if law.reason else "yes"})
    return pd.DataFrame(rows, columns=list(CSV_COLUMNS["power_law"]))
