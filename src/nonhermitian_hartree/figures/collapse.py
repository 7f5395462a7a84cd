"""S_L against the tilt in units of 1/N: the studies of different N fall on one curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.names import Name, Names
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study, list_briefly
from nonhermitian_hartree.figures.base import FigureBase, TableOfStudy
from nonhermitian_hartree.figures.labels import QUANTITY_LABELS, SCALED_TILT_LABEL, label_number
from nonhermitian_hartree.figures.rows import select_states
from nonhermitian_hartree.figures.style import REFERENCE_LINE, order_styles
from nonhermitian_hartree.limit.laws import coexistence_entropy
from nonhermitian_hartree.model.classes import COUNTEREXAMPLE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_POINTS_OF_LAW = 400
_MARKER_SIZES = (7.0, 2.5)  # from the smallest N to the largest: markers that coincide are all seen


class CollapseFigure(FigureBase):
    """S_L against u = h N for studies that differ in N, and its law for N → ∞."""

    kind: Literal["collapse"] = Field(
        title="collapse",
        description="S_L against u = h N (a pure number) for studies that differ in N; its law for N → ∞ dashed",
    )
    studies: Names = Field(
        title="a list of names of studies",
        description="each with one N, all different, and one time, the same in all; of the model with one_body "
        "zero and two_body `{ZZ: 1j}`",
    )
    states: tuple[Name, ...] = Field(
        title="for each study, the name of a family of states in tilt", description="in the order of `studies`"
    )
    quantity: Literal["linear_entropy"] = Field(title="linear_entropy", description="what is shown; a pure number")

    @model_validator(mode="after")
    def _check_states(self) -> CollapseFigure:
        if len(self.states) != len(self.studies):
            found = f"{len(self.states)} states for {len(self.studies)} studies"
            raise refusal(found, "one state for each study, in their order", "states")
        return self

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """The ``comparison`` table of each study, under the name of the study."""
        return {study: (study, "comparison") for study in self.studies}

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass that shows families in the tilt, of studies of the counterexample at several N."""
        shown: list[tuple[int, ...]] = []
        for index, (name, state) in enumerate(zip(self.studies, self.states, strict=True)):
            study = find_study(studies, name, "studies", index)
            study.check_model(COUNTEREXAMPLE, "studies", index)
            study.check_family(state, "tilt", "states", index)
            study.check_particles(self.kind, "studies", index)
            if len(study.particles) != 1 or study.particles in shown:
                found = f"{name!r} with particles {list_briefly(study.particles)}"
                raise refusal(found, "studies with one particle number each, all different", "studies", index)
            shown.append(study.particles)
            if len(study.times) != 1 or study.times != studies[self.studies[0]].times:
                found = f"{name!r} with times {list_briefly(study.times)}"
                raise refusal(found, "studies with one time, the same in all", "studies", index)

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str:
        """Draw S_L against ``u = h N``, a marker for each N; black dashes are the law for N → ∞.

        What all have in common is the time.
        """
        import pandas as pd

        points = pd.concat(
            select_states(tables[study], f"comparison of {study}", [state])
            for study, state in zip(self.studies, self.states, strict=True)
        )
        points = points.assign(u=points["tilt"] * points["particles"])
        curves = points.groupby("particles", sort=True)
        sizes = np.linspace(*_MARKER_SIZES, len(curves))
        for style, size, (particles, curve) in zip(order_styles(len(curves)), sizes, curves, strict=True):
            axes.plot(
                curve["u"], curve[self.quantity], color=style.color, marker=style.marker, markersize=size,
                markerfacecolor="white", linestyle="none", label=f"$N={label_number(particles)}$",
            )  # fmt: skip
        time = points["time"].iloc[0]
        u = np.linspace(points["u"].min(), points["u"].max(), _POINTS_OF_LAW)
        axes.plot(u, coexistence_entropy(u, time), **REFERENCE_LINE, zorder=3, label=r"$N\to\infty$")
        axes.set_xlabel(SCALED_TILT_LABEL)
        axes.set_ylabel(QUANTITY_LABELS[self.quantity])
        return f"$t={label_number(time)}$"
