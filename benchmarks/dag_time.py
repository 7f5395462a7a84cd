"""How long Snakemake plans a sweep, and of how many jobs and submissions; a dry run, nothing is computed.

    python -m benchmarks.dag_time [POINTS ...]

A point is one initial state of one model at one N. "One state each" has a named state for each point, hence jobs
of its own; "one family" has all states in one family, hence in one job. The table is a section of docs/cluster.md.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from benchmarks.measure import describe_machine
from benchmarks.page import DOCS, Row, format_table, write_section

ROOT = Path(__file__).parents[1]
COLUMNS = {"points": "d", "layout": "", "jobs": "d", "submissions": "d", "planning: s": ".0f"}


def sweep_config(points: int, layout: str) -> dict[str, object]:
    """Configuration of a sweep over p0 at N = 100."""
    p0 = np.linspace(0.01, 0.99, points).tolist()
    if layout == "one family":
        states: dict[str, object] = {"fan": {"p0": p0}}
    else:
        states = {f"state_{index}": {"p0": value} for index, value in enumerate(p0)}
    study = {"model": "zz", "states": list(states), "particles": [100], "times": [0.5]}
    models = {"zz": {"two_body": {"ZZ": "1j"}}}
    return {"name": "sweep", "models": models, "states": states, "studies": {"sweep": study}}


def plan_sweep(points: int, layout: str) -> Row:
    """Seconds of a dry run with the Slurm profile, its jobs, and its submissions."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "sweep.yaml"
        file.write_text(yaml.safe_dump(sweep_config(points, layout)))
        workflow = ("--snakefile", f"{ROOT}/Snakefile", "--configfile", f"{file}", "--directory", directory)
        # the groups of the profile, on a machine that need not have Slurm
        profile = ("--workflow-profile", f"{ROOT}/profiles/slurm", "--executor", "dryrun")
        command = [sys.executable, "-m", "snakemake", "-n", "--cores", "4", *workflow, *profile]
        start = time.monotonic()
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.monotonic() - start
    output = answer.stdout + answer.stderr
    jobs = re.search(r"^total\s+(\d+)", output, re.MULTILINE)
    assert jobs
    submissions = output.count("Group job ")
    return {
        "points": points,
        "layout": layout,
        "jobs": int(jobs[1]),
        "submissions": submissions,
        "planning: s": seconds,
    }


def tabulate_sweeps(sizes: Sequence[int]) -> list[Row]:
    """Both layouts for each number of points."""
    return [plan_sweep(points, layout) for points in sizes for layout in ("one state each", "one family")]


def main() -> None:
    """Measure and write the section."""
    rows = tabulate_sweeps([int(word) for word in sys.argv[1:]] or [100, 1000, 10000])
    write_section(
        __file__, f"{describe_machine('snakemake')}\n\n{format_table(COLUMNS, rows)}", DOCS / "cluster.md"
    )


if __name__ == "__main__":
    main()
