"""Write docs/published.md, its pictures and published.csv: verdicts on the models of config/published.yaml.

    python -m docs.make_published config/published.yaml results/published        or: make published

What is said of each model beside its verdict is in published_cases.yaml; every number comes from the tables.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from docs.make_gallery import excerpt_of_figures, shrink_picture
from nonhermitian_hartree.arrays import Real
from nonhermitian_hartree.compare.verdict import NEGLIGIBLE
from nonhermitian_hartree.config.reading import read_yaml
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.columns import read_density, read_vectors
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns
from nonhermitian_hartree.storage.study_tables import read_study_table

DOCS = Path(__file__).parent
PICTURES = DOCS / "images" / "published"
CASES = DOCS / "published_cases.yaml"
PAGE = DOCS / "published.md"
NUMBERS = DOCS / "published.csv"
FIGURE = "{study}_hartree"
"""Name of the figure of a study in config/published.yaml."""
COPIED = (
    "state",
    "p0",
    "judgement",
    "failure_intervals",
    "largest_infidelity",
    "largest_infidelity_time",
    "last_time",
    "transitions",
    "at_particles",
    "confirmed",
    "verdict",
)
"""Columns of verdict.csv that published.csv has, too."""

Row = Mapping[str, str]

INTRODUCTION = """\
# Published models

Non-Hermitian many-particle models of the literature, each with the question of this package: does their mean
field, the Hartree equation (10) of [arXiv:2601.13038](https://arxiv.org/abs/2601.13038), say what one particle
does for N → ∞? **Wrong** means: at some times its infidelity to the limit exceeds 0.001, however many particles
there are.

How to read this page. All states are those *without a quantum jump*: runs in which no particle was lost and no
photon seen. A mean field of the average over all runs (the master equation) is another question, not judged here.
The Hamiltonians are those of the sources with collective couplings divided by N − 1, which has the same limit as
division by N. The sources were at hand as abstracts only: the forms of the Hamiltonians are as they are commonly
quoted, and *ours* lists everything else, all couplings and initial states among it. Please correct us by an issue.

`make published` computes everything from [config/published.yaml](../config/published.yaml), judges its claims, and
writes this page and its numbers, [published.csv](published.csv).
"""

_JUDGEMENTS = {"holds": "right", "fails": "**wrong**", "unknown": "not known"}
_FOLLOWED = "the limit is not confirmed at all times"
_DIGITS = 3


@dataclass(frozen=True)
class Population:
    """Population of one level where Hartree is worst, as Hartree, the limit and the largest N have it."""

    time: float
    hartree: float
    limit: float
    exact: float


POPULATIONS = tuple(field.name for field in fields(Population))


def collect_numbers(results: Path, cases: Mapping[str, Any]) -> list[Row]:
    """Return the rows of the verdicts of all cases, with the populations that the page names."""
    rows: list[Row] = []
    for study, case in cases.items():
        folder = results / "studies" / study
        for verdict in read_study_table("verdict", folder / "verdict.csv").to_dict("records"):
            row = {"study": study} | {column: _write(verdict[column]) for column in COPIED}
            if "level" in case:
                time = float(verdict["largest_infidelity_time"])
                found = read_population(folder, int(verdict["member"]), case["level"], time)
                row |= {f"population_{name}": _write(value) for name, value in vars(found).items()}
            rows.append(row)
    return rows


def _write(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.6g}"
    return str(value)


def read_population(folder: Path, member: int, level: int, time: float) -> Population:
    """Return the populations of a level at the time of the study that is nearest to the one given."""
    tables = {
        name: table_columns(read_parquet(folder / f"{name}.parquet")) for name in ("hartree", "limit", "exact")
    }
    times = tables["hartree"]["time"]
    nearest = times[np.abs(times - time).argmin()]
    rows = {
        name: {
            key: column[(table["member"] == member) & (table["time"] == nearest)] for key, column in table.items()
        }
        for name, table in tables.items()
    }
    hartree = np.abs(read_vectors(rows["hartree"], "phi")[0, level]) ** 2
    branches: Real = np.abs(read_vectors(rows["limit"], "nu")[:, level]) ** 2
    largest = int(np.argmax(rows["exact"]["particles"]))
    return Population(
        time=float(nearest),
        hartree=float(hartree),
        limit=float(rows["limit"]["weight"] @ branches),
        exact=float(read_density(rows["exact"])[largest, level, level].real),
    )


def published_page(numbers: Sequence[Row], description: Mapping[str, Any]) -> str:
    """Return the page from the rows of published.csv and published_cases.yaml."""
    cases, sources = description["cases"], description["sources"]
    table = [
        "| model | sources | from | mean field | largest infidelity | when it is above 0.001 |",
        "|---|---|---|---|---|---|",
    ]
    sections = []
    for study, case in cases.items():
        rows = [row for row in numbers if row["study"] == study]
        judgements = [row["judgement"] for row in rows]
        if judgements != case["judgements"]:
            raise SystemExit(f"{study}: {CASES.name} has {case['judgements']}, but the tables have {judgements}")
        table += [_table_row(case, row) for row in rows]
        sections.append(_section(study, case, rows))
    bibliography = [f"- **{key}**: {_link_arxiv(text)}" for key, text in sources.items()]
    return "\n".join([INTRODUCTION, *table, "", *sections, "## Sources", "", *bibliography, ""])


def _table_row(case: Mapping[str, Any], row: Row) -> str:
    title = case["title"]
    cells = [
        f"[{title}](#{_anchor(title)})",
        ", ".join(case["sources"]),
        _name_state(row),
        _JUDGEMENTS[row["judgement"]] + ("" if _is_confirmed(row) else f" ({_FOLLOWED})"),
        _show_infidelity(row),
        " and ".join(_intervals(row)) or "never",
    ]
    return f"| {' | '.join(cells)} |"


def _section(study: str, case: Mapping[str, Any], rows: Sequence[Row]) -> str:
    figure = FIGURE.format(study=study)
    sources = ", ".join(f"[{key}](#sources)" for key in case["sources"])
    parts = [
        f"## {case['title']}",
        f"Source: {sources}. Model: {case['model']}. *Ours:* {case['is_ours']}.",
        f"![{figure}](images/published/{figure}.png)",
        " ".join([case["mean_field"], *(describe_outcome(case, row, len(rows) > 1) for row in rows)]),
        "```text\n" + "\n".join(row["verdict"] for row in rows) + "\n```",
    ]
    return "\n\n".join(parts) + "\n"


def describe_outcome(case: Mapping[str, Any], row: Row, names_state: bool) -> str:
    """Return the sentence that says where the mean field is right and wrong, from one row of published.csv."""
    start = f"From {_name_state(row)} it" if names_state else "It"
    particles, hartree, limit = row["at_particles"].split(":")
    if row["judgement"] == "holds":
        return (
            f"{start} is right for N → ∞, up to t = {_show(row['last_time'])}; {particles} particles are up to "
            f"{_show(hartree)} away from it, and up to {_show(limit)} from the limit."
        )
    last, largest, time = (
        _show(row[name]) for name in ("last_time", "largest_infidelity", "largest_infidelity_time")
    )
    told = [
        f"{start} is wrong for {' and '.join(_intervals(row))}, and right otherwise up to t = {last}; its "
        f"infidelity is largest, {largest}, at t = {time}"
    ]
    if splitting := re.search(r"splitting at (\S+)", row["transitions"]):
        told.append(f"at t = {_show(splitting[1])} the limit splits into a mixture")
    if "level" in case:
        time, has, limit_has, exact_has = (_show(row[f"population_{name}"]) for name in POPULATIONS)
        told.append(
            f"at t = {time} it has a share {has} {case['where']}, the limit {limit_has}, "
            f"{particles} particles {exact_has}"
        )
    else:
        told.append(
            f"{particles} particles are up to {_show(hartree)} away from it, up to {_show(limit)} from the limit"
        )
    return "; ".join(told) + ("." if _is_confirmed(row) else f", but {_FOLLOWED}.")


def _is_confirmed(row: Row) -> bool:
    return row["confirmed"].split()[:1] in (["amplitudes"], ["closed_form"])


def _name_state(row: Row) -> str:
    return f"p0 = {row['p0']}" if row["p0"] else row["state"]


def _ends(row: Row) -> list[tuple[float, float]]:
    pairs = (interval.split(":") for interval in row["failure_intervals"].split())
    return [(float(start), float(stop)) for start, stop in pairs]


def _intervals(row: Row) -> list[str]:
    last = float(row["last_time"])
    return [f"{_show(start)} < t {'≤' if stop >= last else '<'} {_show(stop)}" for start, stop in _ends(row)]


def _show_infidelity(row: Row) -> str:
    return _show(row["largest_infidelity"]) if float(row["largest_infidelity"]) > NEGLIGIBLE else "0"


def _show(value: float | str) -> str:
    return f"{float(value):.{_DIGITS}g}"


def _anchor(title: str) -> str:
    """Anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _link_arxiv(text: str) -> str:
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", text)


def read_description() -> Mapping[str, Any]:
    """Return published_cases.yaml."""
    description = read_yaml(CASES)
    assert isinstance(description, dict)
    return description


def read_numbers() -> list[Row]:
    """Return the rows of published.csv."""
    return list(csv.DictReader(StringIO(NUMBERS.read_text(encoding="utf-8"))))


def _csv(rows: Sequence[Row]) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def main(arguments: list[str]) -> None:
    """Write the numbers, the pictures and the page from finished results."""
    path, results = (Path(argument) for argument in arguments)
    description = read_description()
    rows = collect_numbers(results, description["cases"])
    written = {NUMBERS: _csv(rows), PAGE: published_page(rows, description).encode()}
    for study in description["cases"]:
        figure = FIGURE.format(study=study)
        picture = shrink_picture(results / "figures" / f"{figure}.png", excerpt_of_figures(path, [figure]))
        written[PICTURES / f"{figure}.png"] = picture
    for old in set(PICTURES.glob("*.png")) - set(written):
        old.unlink()
    for target, content in written.items():
        with replace_atomically(target) as temporary:
            temporary.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
