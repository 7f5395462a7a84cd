"""Time and memory of jobs against their size, from what `benchmark:` of each rule recorded.

    python benchmarks/sizing_table.py [RESULTS ...]        default: every results/* that is here

Jobs of one step, method, d and power of ten of N are one row. Printed as a table for docs/cluster.md.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from nonhermitian_hartree.tables import read_parquet

STEPS = ("exact", "hartree", "limit", "rate_function", "comparison")


def measure_job(results: Path, step: str, benchmark: Path) -> dict[str, object]:
    """Size, time and memory of one job, from its benchmark and the table that it wrote."""
    job = benchmark.relative_to(results / "benchmarks" / step).with_suffix("")
    study, part = job.parts[0], job.parts[1:]
    # benchmarks/exact/<study>/<state>_<N>.tsv belongs to studies/<study>/<state>/exact_<N>.parquet
    state, _, number = part[0].rpartition("_") if part else ("", "", "")
    file = results / "studies" / job / f"{step}.parquet"
    if number.isdigit() and not file.exists():
        file = results / "studies" / study / state / f"{step}_{number}.parquet"
    if not part:
        file = results / "studies" / study / f"{step}.parquet"
    table = read_parquet(file).to_pandas()
    usage = pd.read_csv(benchmark, sep="\t").iloc[-1]
    dimension = sum(name.startswith(("rho_0", "phi_", "nu_")) and name.endswith("_re") for name in table)
    return {
        "step": step,
        "method": ", ".join(sorted(table["method"].unique())) if "method" in table else "",
        "d": dimension or "",
        "N up to": f"1e{int(np.ceil(np.log10(table['particles'].max())))}" if "particles" in table else "",
        "rows": len(table),
        "s": usage["s"],
        "CPU s": usage["cpu_time"],
        "MB": usage["max_rss"],
    }


def main() -> None:
    """Print the table."""
    folders = [Path(word) for word in sys.argv[1:]] or sorted(Path("results").iterdir())
    jobs = pd.DataFrame(
        measure_job(folder, step, file)
        for folder in folders
        for step in STEPS
        for file in sorted((folder / "benchmarks" / step).rglob("*.tsv"))
    )
    jobs[["s", "CPU s", "MB"]] = jobs[["s", "CPU s", "MB"]].apply(pd.to_numeric, errors="coerce")
    print("| step | method | d | N up to | jobs | rows, most | s, median | s, most | CPU s, most | MB, most |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for key, group in jobs.groupby(["step", "method", "d", "N up to"], sort=False):
        numbers = f"{len(group)} | {group['rows'].max()} | {group['s'].median():.1f} | {group['s'].max():.1f}"
        print(
            f"| {' | '.join(map(str, key))} | {numbers} | {group['CPU s'].max():.1f} | {group['MB'].max():.0f} |"
        )


if __name__ == "__main__":
    main()
