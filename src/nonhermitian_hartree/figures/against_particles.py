"""Linear entropy or an infidelity against N: one curve for each state and time, with fits and laws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, StrictBool, model_validator

from nonhermitian_hartree.compare.quantities import Quantity, is_above_error
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.grid import Times
from nonhermitian_hartree.fields.names import Names
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study
from nonhermitian_hartree.figures.base import A_QUANTITY, CurvesFigure, TableOfStudy
from nonhermitian_hartree.figures.labels import (
    PARTICLES_LABEL,
    QUANTITY_LABELS,
    describe_at,
    describe_start,
    label_fit,
    label_members,
    label_number,
)
from nonhermitian_hartree.figures.rows import select_at, select_states, select_values
from nonhermitian_hartree.figures.style import (
    LAW_LINE,
    REFERENCE_LINE,
    UNCERTAIN_POINT,
    distinguish_styles,
    plot_curve,
)
from nonhermitian_hartree.limit.laws import critical_entropy
from nonhermitian_hartree.model.classes import COUNTEREXAMPLE
from nonhermitian_hartree.storage.columns import MEMBER

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MARKERS_A_CURVE = 20


class AgainstParticlesFigure(CurvesFigure):
    """A quantity against the particle number, a curve for each state and time; ``scale`` is that of both axes."""

    kind: Literal["against_particles"] = Field(
        title="against_particles",
        description="A quantity against the particle number: a curve for each state and time",
    )
    quantity: Quantity = Field(title=A_QUANTITY, description="what is shown; a pure number")
    states: Names | None = Field(
        default=None, title="a list of states of the study", description="those shown; all if absent"
    )
    times: Times | None = Field(
        default=None,
        title="a list or a grid of times of the study",
        description="those shown, in inverse units of the model's energies; all if absent",
    )
    scale: Literal["linear", "log"] = Field(
        default="log", title="`log` or `linear`", description="scale of both axes"
    )
    fits: StrictBool = Field(
        default=False,
        title="true or false",
        description="adds the fitted power laws, dashed; `power_law` of the study must list the quantity",
    )
    law: Literal["leading", "critical"] | None = Field(
        default=None,
        title="`leading` or `critical`",
        description="adds what the quantity tends to for large N, grey: `leading` is the 1/N term of "
        "`linear_entropy` or `limit_infidelity`, for any model (no line where the limit is mixed or critical); "
        "`critical` is 0.5854 N^(−1/2), for `linear_entropy` of the model with one_body zero and two_body "
        "`{ZZ: 1j}` at p0 = ½, t = ½ only; none if absent",
    )

    @model_validator(mode="after")
    def _check_law(self) -> AgainstParticlesFigure:
        known = {"leading": ("linear_entropy", "limit_infidelity"), "critical": ("linear_entropy",)}
        if self.law and self.quantity not in known[self.law]:
            allowed = f"no {self.law} law for {self.quantity}, only for {' and '.join(known[self.law])}"
            raise refusal(repr(self.law), allowed, "law")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``comparison``, ``power_law`` if the figure shows fits, and ``limit`` if it shows the leading law."""
        tables = ["comparison"] + ["power_law"] * self.fits + ["limit"] * (self.law == "leading")
        return self._of_study(*tables)

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose states and times are of its study, and whose fits and law exist."""
        study = find_study(studies, self.study, "study")
        study.check_particles(self.kind, "study")
        study.check_part(states=self.states, times=self.times)
        self.check_curves(study, self.states or list(study.states), {"times": len(self.times or study.times)})
        if self.fits:
            study.check_fitted(self.quantity, "fits")
        if self.law == "critical":
            study.check_model(COUNTEREXAMPLE, "study")
            tilts = [tilt for name in self.states or study.states for tilt in study.states[name].tilts]
            if {(tilt, time) for tilt in tilts for time in self.times or study.times} != {(0, 0.5)}:
                raise refusal("'critical'", "the critical law at p0 = 0.5, t = 0.5 only; choose them", "law")

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw a quantity against N, a marker for each state and time; dashes are fits a N^b, grey lines laws.

        Grey crosses are points whose numerical error is above 1 % of their value; no fit uses them.

        Raises
        ------
        TableError
            If a table lacks a state or a time of the figure, or the fit of one of its curves; if no curve has
            a leading law.
        """
        comparison = select_states(tables["comparison"], "comparison", self.states)
        comparison = select_values(comparison, "comparison", "time", self.times)
        comparison = select_at(comparison, "comparison", self.at)
        comparison = comparison.assign(label=label_members(comparison))
        members = list(comparison["label"].unique())

        axes.set_xscale(self.scale)
        axes.set_yscale(self.scale)
        has_fits, has_uncertain, laws = False, False, 0
        curves = [curve for _, curve in comparison.groupby(["label", "time"], sort=False)]
        styles = distinguish_styles(len(curves))
        if self.by is not None:
            curves, colors, names = map(list, zip(*self.color_curves(axes, comparison), strict=True))
            styles = [replace(style, color=color) for style, color in zip(styles, colors, strict=True)]
        for index, (style, curve) in enumerate(zip(styles, curves, strict=True)):
            first = curve.iloc[0]
            labels = [first["label"]] * (len(members) > 1) + [f"$t={label_number(first['time'])}$"]
            if self.by is not None:
                labels = [names[index]] if names[index] else []
            if self.fits:
                fit = _find_fit(tables["power_law"], first, self.quantity)
                labels.append(label_fit(fit))
                has_fits |= _draw_fit(axes, fit)
            if self.law:
                laws += _draw_law(axes, self, curve, tables)
            values = curve[self.quantity]
            is_uncertain = (values > 0) & ~is_above_error(values, curve[f"{self.quantity}_error"])
            plot_curve(
                axes, curve["particles"], values.where(~is_uncertain), ", ".join(labels) or "_", color=style.color,
                marker=style.marker, markerfacecolor="white",
                linestyle="none" if self.law else "solid", markevery=max(len(curve) // _MARKERS_A_CURVE, 1),
            )  # fmt: skip
            has_uncertain |= _draw_uncertain(axes, curve[is_uncertain], self.quantity)
        axes.set_xlabel(PARTICLES_LABEL)
        axes.set_ylabel(QUANTITY_LABELS[self.quantity])
        if self.scale == "linear":
            axes.set_xlim(left=0)
            axes.set_ylim(bottom=0)
        if has_fits:
            axes.plot([], [], **REFERENCE_LINE, label="fit $aN^b$")
        if has_uncertain:
            axes.plot([], [], **UNCERTAIN_POINT, label="error above 1 %")
        if self.law:
            if not laws:
                raise TableError(
                    f"no curve of the figure has a {self.law} law: the limit is mixed or critical at all times; "
                    "choose other times, or leave law out"
                )
            axes.plot([], [], **LAW_LINE, label=f"{self.law} law")
        told = [describe_start(comparison), describe_at(comparison, self.at)]
        if self.by is not None:
            told.append(f"$t={label_number(comparison['time'].iloc[0])}$")
        return ", ".join(filter(None, told)) or None


def _find_fit(table: pd.DataFrame, point: pd.Series[Any], quantity: str) -> pd.Series[Any]:
    """Row of ``power_law`` for the curve that ``point`` of ``comparison`` lies on."""
    fits = table[(table["quantity"] == quantity) & (table[MEMBER] == point[MEMBER])]
    fits = fits[np.isclose(fits["time"], point["time"], rtol=1e-9, atol=0)]
    if len(fits) != 1:
        raise TableError(
            f"the power_law table has {len(fits)} fits of {quantity} for state {point['state']} at "
            f"t = {point['time']:g}; list the quantity under the study's power_law, or set fits: false here"
        )
    fit: pd.Series[Any] = fits.iloc[0]
    return fit


def _draw_fit(axes: Axes, fit: pd.Series[Any]) -> bool:
    """Black dashes ``prefactor · N**exponent`` over the fitted points; False if they are no power law."""
    if fit["single_power_law"] != "yes":
        return False
    particles = np.geomspace(fit["particles_min"], fit["particles_max"], 50)
    axes.plot(particles, fit["prefactor"] * particles ** fit["exponent"], **REFERENCE_LINE, zorder=3)
    return True


def _draw_uncertain(axes: Axes, points: pd.DataFrame, quantity: Quantity) -> bool:
    """Grey crosses; whether there are any to be seen."""
    if points.empty:
        return False
    axes.plot(points["particles"], points[quantity], **UNCERTAIN_POINT, zorder=1)
    return True


def _draw_law(
    axes: Axes, figure: AgainstParticlesFigure, curve: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> bool:
    """Thin grey line: what the quantity tends to over the particle numbers of a curve; whether there is one."""
    particles = np.geomspace(curve["particles"].min(), curve["particles"].max(), 50)
    if figure.law == "critical":
        law = critical_entropy(particles)
    else:
        law = _find_coefficient(tables["limit"], curve.iloc[0]) / particles
        if figure.quantity == "limit_infidelity":
            law = law / 2
    if not np.isfinite(law).all():
        return False
    axes.plot(particles, law, **LAW_LINE, zorder=1)
    return True


def _find_coefficient(limit: pd.DataFrame, point: pd.Series[Any]) -> float:
    """Coefficient for the curve that ``point`` of ``comparison`` is on; NaN if its limit is mixed or critical."""
    rows = limit[limit[MEMBER] == point[MEMBER]]
    rows = rows[np.isclose(rows["time"], point["time"], rtol=1e-9, atol=0)]
    if not len(rows):
        raise TableError(
            f"the limit table has no row for state {point['state']} at t = {point['time']:g}; delete it and run "
            "the workflow again"
        )
    return float(rows["entropy_coefficient"].iloc[0])
