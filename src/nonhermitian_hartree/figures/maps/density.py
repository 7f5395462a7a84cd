"""The density as colours over site and time: of Hartree, of the limit, or of their difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.fields.base import refusal
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.fields.numbers import ComplexNumber, WholeNumber
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study
from nonhermitian_hartree.figures.base import StudyFigure, TableOfStudy
from nonhermitian_hartree.figures.labels import describe_at, describe_start
from nonhermitian_hartree.figures.rows import select_at, select_states
from nonhermitian_hartree.figures.style import COLOR_MAP, DIFFERENCE_COLOR_MAP, UNKNOWN_COLOR
from nonhermitian_hartree.numerics.plane_grid import cell_edges
from nonhermitian_hartree.storage.columns import read_vectors

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LABELS = {
    "hartree": r"density of Hartree $|\varphi_i|^2$",
    "limit": r"density, $N\to\infty$",
    "difference": r"density, $N\to\infty$ less Hartree",
}


class DensityMapFigure(StudyFigure):
    """Density at every site and time; a time at which the limit is not known is a grey stripe."""

    kind: Literal["density_map"] = Field(
        title="density_map",
        description="The density as colours over site and time: of Hartree, of the limit, or of their difference; "
        "grey where there is no answer",
    )
    state: Name = Field(title="the name of a state", description="one of the study, no family")
    of: Literal["hartree", "limit", "difference"] = Field(
        title="`hartree`, `limit` or `difference`",
        description="whose density is shown, a pure number that sums to 1 over all sites; the difference is that "
        "of the limit less that of Hartree",
    )
    sites: tuple[WholeNumber, WholeNumber] | None = Field(
        default=None,
        title="two whole numbers [first, last]",
        description="the sites that are shown, indices from 0 to d − 1; all if absent",
    )
    at: dict[Name, ComplexNumber] = Field(
        default_factory=dict,
        title="a mapping of parameters to one of their values",
        description="what is shown of every parameter that has several values",
    )

    @model_validator(mode="after")
    def _check_sites(self) -> DensityMapFigure:
        if self.sites is not None and not 0 <= self.sites[0] < self.sites[1]:
            raise refusal(repr(list(self.sites)), "a first site ≥ 0 and a larger last one", "sites")
        return self

    @property
    def time_axis(self) -> Literal["y"]:
        """The vertical axis."""
        return "y"

    @property
    def tables(self) -> dict[str, TableOfStudy]:
        """``hartree``, ``limit`` or both."""
        return self._of_study(*(("hartree", "limit") if self.of == "difference" else (self.of,)))

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a figure pass whose study has several times, its state, and one member with these parameters."""
        study = find_study(studies, self.study, "study")
        study.check_state(self.state, "state")
        varied = study.varied(self.state)
        if varied.pop("time", None) is None:
            raise refusal(f"{self.study!r} with one time", "a study with at least 2 times", "study")
        for name in self.at:
            if name not in varied:
                raise refusal("something else", f"values of {', '.join(varied) or 'nothing'}", "at", name)
        study.check_at(self.state, self.at, "at")
        for name in varied:
            if name not in self.at:
                raise refusal("nothing", f"the value of {name} that is shown, for it has several", "at", name)
        last = study.models[0].dimension - 1
        if self.sites is not None and self.sites[1] > last:
            raise refusal(repr(list(self.sites)), f"sites from 0 to {last}", "sites")

    def draw(self, axes: Axes, tables: Mapping[str, pd.DataFrame]) -> str | None:
        """Draw the density as the colour of each site and time.

        Raises
        ------
        TableError
            If a table lacks the state, or the tables have different times.
        """
        rows = {name: self._select(table, name) for name, table in tables.items()}
        densities = {name: read_densities(table, name) for name, table in rows.items()}
        times, density = next(iter(densities.values()))
        if self.of == "difference":
            if not np.array_equal(times, densities["limit"][0]):
                raise TableError("the Hartree and the limit table have different times; rebuild them")
            density = densities["limit"][1] - densities["hartree"][1]
        first, last = self.sites or (0, density.shape[1] - 1)
        density = density[:, first : last + 1]
        sites = np.arange(first, last + 1)
        largest = float(np.nanmax(np.abs(density), initial=0.0)) or 1.0
        mesh = axes.pcolormesh(
            cell_edges(sites, logarithmic=False), cell_edges(times, logarithmic=False), density,
            cmap=DIFFERENCE_COLOR_MAP if self.of == "difference" else COLOR_MAP,
            vmin=-largest if self.of == "difference" else 0, vmax=largest,
            rasterized=True,  # as vectors, cells show seams and make large files
        )  # fmt: skip
        axes.set_facecolor(UNKNOWN_COLOR)
        if np.isnan(density).any():
            axes.plot([], [], linestyle="none", marker="s", color=UNKNOWN_COLOR, label="limit not known")
        bar = axes.figure.colorbar(mesh, ax=axes, label=LABELS[self.of])
        bar.minorticks_off()
        bar.ax.tick_params(direction="out")
        axes.tick_params(direction="out", top=False, right=False)
        axes.set(xlabel="site", ylabel="time $t$", xlim=(first, last), ylim=(times[0], times[-1]))
        table = next(iter(rows.values()))
        return ", ".join(filter(None, [describe_start(table), describe_at(table, self.at)])) or None

    def _select(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        return select_at(select_states(table, name, [self.state]), name, self.at)


def read_densities(table: pd.DataFrame, name: str) -> tuple[Real, Real]:
    """Times (T,), and the density (T, d) at each: that of φ, or of the branches of the limit by their weights."""
    prefix = {"hartree": "phi", "limit": "nu"}[name]
    density = np.abs(read_vectors(table, prefix)) ** 2
    if name == "limit":
        density = density * np.asarray(table["weight"])[:, None]
    times, group = np.unique(np.asarray(table["time"], dtype=float), return_inverse=True)
    total = np.zeros((len(times), density.shape[1]))
    np.add.at(total, group, density)
    return times, total
