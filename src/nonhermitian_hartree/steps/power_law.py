"""The table of fitted power laws: one row per state, time and quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from nonhermitian_hartree.compare.power_law import fit_power_law
from nonhermitian_hartree.storage.columns import ROW_KEYS, STATE_COLUMNS, parameter_columns
from nonhermitian_hartree.storage.study_tables import csv_columns


def tabulate_power_laws(comparison: pd.DataFrame, quantities: Sequence[str], tail_fraction: float) -> pd.DataFrame:
    """Fits of ``a N^b`` to the tail of each (member, time, quantity) of a comparison table.

    A tail that is no power law has its row too, without exponent and with the reason.
    """
    parameters = parameter_columns(comparison.columns)
    rows = []
    for _, group in comparison.groupby(ROW_KEYS, sort=False):
        ordered = group.sort_values("particles")
        keys = group.iloc[0][[*STATE_COLUMNS, *parameters, "time"]].to_dict()
        for quantity in quantities:
            law = fit_power_law(
                ordered["particles"], ordered[quantity], ordered[f"{quantity}_error"], tail_fraction
            )
            fit = asdict(law) | {"single_power_law": "no" if law.reason else "yes"}
            rows.append(keys | {"quantity": quantity} | fit)
    return pd.DataFrame(rows, columns=list(csv_columns("power_law", parameters)))
