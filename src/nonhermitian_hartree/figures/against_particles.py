"""Linear entropy or an infidelity against N: one curve for each state and time, with fits and laws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.labels import (
    PARTICLES_LABEL,
    QUANTITY_LABELS,
    label_exponent,
    label_number,
    label_states,
)
from nonhermitian_hartree.figures.rows import select_states, select_values
from nonhermitian_hartree.figures.spec import AgainstParticlesFigure
from nonhermitian_hartree.figures.style import LAW_LINE, REFERENCE_LINE, distinguish_styles, plot_curve
from nonhermitian_hartree.limit.laws import critical_entropy

# A fit is drawn beyond the points it was made from, by this share of its logarithmic length on each side.
_FIT_OVERHANG = 0.3
_MARKERS_A_CURVE = 20


def draw_against_particles(
    axes: Axes, spec: AgainstParticlesFigure, tables: Mapping[str, pd.DataFrame]
) -> str | None:
    """Draw a quantity against N, a marker for each state and time; black dashes are fits a N^b, grey lines laws.

    Parameters
    ----------
    axes : Axes
    spec : AgainstParticlesFigure
    tables : mapping of DataFrame
        ``comparison``, ``power_law`` if the figure shows fits, and ``limit`` if it shows the leading law.

    Returns
    -------
    str or None
        What all curves have in common: the title of the legend.

    Raises
    ------
    TableError
        If a table lacks a state or a time of the figure, or the fit of one of its curves; if no curve has a
        leading law.
    """
    comparison = select_states(tables["comparison"], "comparison", spec.states)
    comparison = select_values(comparison, "comparison", "time", spec.times)
    comparison = comparison.assign(member=label_states(comparison))
    members = list(comparison["member"].unique())

    axes.set_xscale(spec.scale)
    axes.set_yscale(spec.scale)
    curves = comparison.groupby(["member", "time"], sort=False)
    laws = 0
    for style, (_, curve) in zip(distinguish_styles(len(curves)), curves, strict=True):
        first = curve.iloc[0]
        labels = [first["member"]] * (len(members) > 1) + [f"$t={label_number(first['time'])}$"]
        if spec.fits:
            fit = _find_fit(tables["power_law"], first, spec.quantity)
            labels.append(label_exponent(fit["exponent"], fit["exponent_stderr"]))
            _draw_fit(axes, fit)
        if spec.law:
            laws += _draw_law(axes, spec, curve, tables)
        plot_curve(
            axes, curve["particles"], curve[spec.quantity], ", ".join(labels), color=style.color,
            marker=style.marker, markerfacecolor="white",
            linestyle="none" if spec.law else "solid", markevery=max(len(curve) // _MARKERS_A_CURVE, 1),
        )  # fmt: skip
    axes.set_xlabel(PARTICLES_LABEL)
    axes.set_ylabel(QUANTITY_LABELS[spec.quantity])
    if spec.scale == "linear":
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
    if spec.fits:
        axes.plot([], [], **REFERENCE_LINE, label="fit $aN^b$")
    if spec.law:
        if not laws:
            raise TableError(
                f"no curve of the figure has a {spec.law} law: the limit is mixed or critical at all its times; "
                "choose other times, or leave law out"
            )
        axes.plot([], [], **LAW_LINE, label=f"{spec.law} law")
    return members[0] if len(members) == 1 else None


def _find_fit(table: pd.DataFrame, point: pd.Series[Any], quantity: str) -> pd.Series[Any]:
    """Row of ``power_law`` for the curve that ``point`` of ``comparison`` lies on."""
    fits = table[(table["quantity"] == quantity) & (table["state"] == point["state"])]
    fits = fits[np.isclose(fits["time"], point["time"], rtol=1e-9, atol=0)]
    fits = fits[np.isclose(fits["tilt"], point["tilt"], rtol=1e-9, atol=0, equal_nan=True)]
    if len(fits) != 1:
        raise TableError(
            f"the power_law table has {len(fits)} fits of {quantity} for state {point['state']} at "
            f"t = {point['time']:g}; list the quantity under the study's power_law, or set fits: false here"
        )
    fit: pd.Series[Any] = fits.iloc[0]
    return fit


def _draw_fit(axes: Axes, fit: pd.Series[Any]) -> None:
    """Black dashes ``prefactor · N**exponent`` over the fitted points and a little beyond."""
    if not np.isfinite(fit["prefactor"] * fit["exponent"]):
        return
    ends = np.log([fit["particles_min"], fit["particles_max"]])
    overhang = _FIT_OVERHANG * (ends[1] - ends[0])
    particles = np.exp(np.linspace(ends[0] - overhang, ends[1] + overhang, 50))
    law = fit["prefactor"] * particles ** fit["exponent"]
    axes.plot(particles, law, **REFERENCE_LINE, zorder=3)


def _draw_law(
    axes: Axes, spec: AgainstParticlesFigure, curve: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> bool:
    """Thin grey line: what the quantity tends to over the particle numbers of a curve; whether there is one."""
    particles = np.geomspace(curve["particles"].min(), curve["particles"].max(), 50)
    if spec.law == "critical":
        law = critical_entropy(particles)
    else:
        law = _find_coefficient(tables["limit"], curve.iloc[0]) / particles
        if spec.quantity == "limit_infidelity":
            law = law / 2
    if not np.isfinite(law).all():
        return False
    axes.plot(particles, law, **LAW_LINE, zorder=1)
    return True


def _find_coefficient(limit: pd.DataFrame, point: pd.Series[Any]) -> float:
    """Coefficient for the curve that ``point`` of ``comparison`` is on; NaN if its limit is mixed or critical."""
    rows = limit[limit["state"] == point["state"]]
    rows = rows[np.isclose(rows["time"], point["time"], rtol=1e-9, atol=0)]
    rows = rows[np.isclose(rows["tilt"], point["tilt"], rtol=1e-9, atol=0, equal_nan=True)]
    if not len(rows):
        raise TableError(
            f"the limit table has no row for state {point['state']} at t = {point['time']:g}; delete it and run "
            "the workflow again"
        )
    return float(rows["entropy_coefficient"].iloc[0])
