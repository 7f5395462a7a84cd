"""How long Snakemake plans a sweep, with what memory, and of how many jobs; a dry run, nothing is computed.

    python -m benchmarks.dag_time [POINTS ...]

A point is one initial state of one model at one N. "One state each" has a named state for each point, hence jobs
of its own; "one family" has all states in one family, hence many in a job. A "family of models" has one state and
a square of parameters, and is a screening, of no N; one "without closed form" is of dimers. The table is a section
of docs/cluster.md.
"""

import math
import os
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
COLUMNS = {
    "points": "d",
    "layout": "",
    "jobs": "d",
    "submissions": "d",
    "planning: s": ".0f",
    "CPU: s": ".0f",
    "peak: MB": ".0f",
}
LAYOUTS = {
    "one state each": 10_000,
    "one family": 10_000,
    "family of models": 1_000_000,
    "family without closed form": 1_000_000,
}
"""How a sweep is written, and the largest number of points for which that is measured."""
KILOBYTES_PER_MB = 1000


def sweep_config(points: int, layout: str) -> dict[str, object]:
    """Configuration of a sweep over p0 at N = 100, or over two parameters of a model."""
    if layout.startswith("family"):
        return family_config(points, is_diagonal=layout == "family of models")
    p0 = np.linspace(0.01, 0.99, points).tolist()
    if layout == "one family":
        states: dict[str, object] = {"fan": {"p0": p0}}
    else:
        states = {f"state_{index}": {"p0": value} for index, value in enumerate(p0)}
    study = {"model": "zz", "states": list(states), "particles": [100], "times": [0.5]}
    models = {"zz": {"two_body": {"ZZ": "1j"}}}
    return {"name": "sweep", "models": models, "states": states, "studies": {"sweep": study}}


def family_config(points: int, *, is_diagonal: bool) -> dict[str, object]:
    """Screening of a model with loss and interaction; ``points`` is rounded down to a product."""
    rows = math.isqrt(points)
    parameters = {
        "gamma": {"start": 0, "stop": 2, "num": rows},
        "u": {"start": 0, "stop": 4, "num": points // rows},
    }
    loss: dict[str, object] = {"Z": {"gamma": "-0.25j"}} | ({} if is_diagonal else {"X": -1})
    model = {"parameters": parameters, "one_body": loss, "two_body": {"ZZ": {"u": 0.5}}}
    study = {"model": "loss", "states": ["left"], "times": [0, 1]}
    return {
        "name": "sweep",
        "models": {"loss": model},
        "states": {"left": {"p0": 0.7}},
        "studies": {"sweep": study},
    }


def plan_sweep(points: int, layout: str) -> Row:
    """Seconds and memory of a dry run with the Slurm profile, its jobs, and its submissions."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "sweep.yaml"
        file.write_text(yaml.safe_dump(sweep_config(points, layout)))
        workflow = ("--snakefile", f"{ROOT}/Snakefile", "--configfile", f"{file}", "--directory", directory)
        # the groups of the profile, on a machine that need not have Slurm
        profile = ("--workflow-profile", f"{ROOT}/profiles/slurm", "--executor", "dryrun")
        command = [sys.executable, "-m", "snakemake", "-n", "--cores", "4", *workflow, *profile]
        said = Path(directory) / "said"
        start = time.monotonic()
        with said.open("w") as stream:
            process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        output = said.read_text()
    assert os.waitstatus_to_exitcode(status) == 0, output
    jobs = re.search(r"^total\s+(\d+)", output, re.MULTILINE)
    assert jobs
    submissions = output.count("Group job ")
    return {
        "points": points,
        "layout": layout,
        "jobs": int(jobs[1]),
        "submissions": submissions,
        "planning: s": seconds,
        "CPU: s": usage.ru_utime + usage.ru_stime,
        "peak: MB": usage.ru_maxrss / KILOBYTES_PER_MB,
    }


def tabulate_sweeps(sizes: Sequence[int]) -> list[Row]:
    """Every layout for each number of points."""
    return [
        plan_sweep(points, layout) for points in sizes for layout, largest in LAYOUTS.items() if points <= largest
    ]


def main() -> None:
    """Measure and write the section."""
    rows = tabulate_sweeps([int(word) for word in sys.argv[1:]] or [1000, 10000, 100000])
    write_section(
        __file__, f"{describe_machine('snakemake')}\n\n{format_table(COLUMNS, rows)}", DOCS / "cluster.md"
    )


if __name__ == "__main__":
    main()
