"""Time and memory of jobs against their size, from what `benchmark:` of each rule recorded.

    python -m benchmarks.sizing_table [RESULTS ...]        default: every results/* that is here

Jobs of one step, method, d and power of ten of N are one row. The table is a section of docs/cluster.md.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.page import DOCS, Row, format_table, write_section
from nonhermitian_hartree.storage.parquet import read_parquet

STEPS = ("exact", "hartree", "limit", "rate_function", "comparison")
COLUMNS = {
    "step": "",
    "method": "",
    "d": ">",
    "N up to": ">",
    "jobs": "d",
    "rows, most": "d",
    "s, median": ".1f",
    "CPU s, most": ".1f",
    "MB, most": ".0f",
}


def measure_job(results: Path, step: str, benchmark: Path) -> dict[str, object]:
    """Size, time and memory of one job, from its benchmark and the table that it wrote."""
    job = benchmark.relative_to(results / "benchmarks" / step).with_suffix("")
    study, part = job.parts[0], job.parts[1:]
    # benchmarks/exact/<study>/<state>_<part>.tsv belongs to studies/<study>/<state>/exact_<part>.parquet
    state, _, number = part[0].rpartition("_") if part else ("", "", "")
    file = results / "studies" / job / f"{step}.parquet"
    if number and not file.exists():
        file = results / "studies" / study / state / f"{step}_{number}.parquet"
    if not part:
        file = results / "studies" / study / f"{step}.parquet"
    table = read_parquet(file).to_pandas()
    usage = pd.read_csv(benchmark, sep="\t").iloc[-1]
    dimension = sum(name.startswith(("rho_0", "phi_", "nu_")) and name.endswith("_re") for name in table)
    return {
        "step": step,
        "method": ", ".join(sorted(table["method"].unique())) if "method" in table else "",
        "d": f"{dimension or ''}",
        "N up to": f"{10.0 ** np.ceil(np.log10(table['particles'].max())):g}" if "particles" in table else "",
        "rows": len(table),
        "s": usage["s"],
        "CPU s": usage["cpu_time"],
        "MB": usage["max_rss"],
    }


def tabulate_jobs(folders: Iterable[Path]) -> list[Row]:
    """Largest and median jobs of each kind in some results."""
    jobs = pd.DataFrame(
        measure_job(folder, step, file)
        for folder in folders
        for step in STEPS
        for file in sorted((folder / "benchmarks" / step).rglob("*.tsv"))
    )
    jobs[["s", "CPU s", "MB"]] = jobs[["s", "CPU s", "MB"]].apply(pd.to_numeric, errors="coerce")
    kind = ["step", "method", "d", "N up to"]
    return [
        {
            **dict(zip(kind, key, strict=True)),
            "jobs": len(group),
            "rows, most": int(group["rows"].max()),
            "s, median": group["s"].median(),
            "CPU s, most": group["CPU s"].max(),
            "MB, most": group["MB"].max(),
        }
        for key, group in jobs.groupby(kind, sort=False)
    ]


def main() -> None:
    """Measure and write the section."""
    folders = [Path(word) for word in sys.argv[1:]] or sorted(Path("results").iterdir())
    write_section(__file__, format_table(COLUMNS, tabulate_jobs(folders)), DOCS / "cluster.md")


if __name__ == "__main__":
    main()
