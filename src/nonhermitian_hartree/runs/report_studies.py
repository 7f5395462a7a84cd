"""The studies of a run as the report shows them: each with its tables and its figures, the key figure first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nonhermitian_hartree.figures.spec import FigureSpec
from nonhermitian_hartree.runs.report_page import ReportFigure, ReportStudy
from nonhermitian_hartree.storage.study_tables import read_study_table

KEY_QUANTITY = "hartree_infidelity"
"""A figure of what the verdict is about is the key figure of its study."""


def collect_studies(
    words: Mapping[str, Mapping[str, str]],
    verdicts: Mapping[str, Path],
    fits: Mapping[str, Path],
    figures: Mapping[str, Path],
    specs: Mapping[str, FigureSpec],
) -> list[ReportStudy]:
    """Read what the report shows of every study, in the order of ``verdicts``.

    Parameters
    ----------
    words : mapping of study to mapping of str to str
        What each study computes.
    verdicts, fits : mapping of study to path
        Their CSV tables; studies without fits are absent in ``fits``.
    figures : mapping of figure to path
        SVG files, in the order in which the report shows them. A figure of several studies is shown with each.
    specs : mapping of figure to FigureSpec

    Raises
    ------
    TableError
        If a table is missing or damaged.
    """
    return [
        ReportStudy(
            name=study,
            words=words[study],
            verdicts=read_study_table("verdict", path),
            fits=read_study_table("power_law", fits[study]) if study in fits else None,
            figures=tuple(
                ReportFigure(name, describe_figure(specs[name]), figures[name])
                for name in order_figures(specs, study, list(figures))
            ),
        )
        for study, path in verdicts.items()
    ]


def order_figures(specs: Mapping[str, FigureSpec], study: str, names: list[str]) -> list[str]:
    """The figures that draw a study, the one of the infidelity of Hartree first if there is one."""
    mine = [name for name in names if study in {source for source, _ in specs[name].tables.values()}]
    return sorted(mine, key=lambda name: getattr(specs[name], "quantity", "") != KEY_QUANTITY)


def describe_figure(spec: FigureSpec) -> str:
    """What a figure shows, in words."""
    kind = spec.kind.replace("_", " ")
    quantity = getattr(spec, "quantity", None)
    return f"{quantity.replace('_', ' ')}, {kind}" if quantity else kind
