"""How long small configurations take on this machine, and through a Slurm on this machine.

    PYTHONPATH=tests/cluster python -m benchmarks.slurm_time

Slurm is started for it and stopped after it, as the tests do. One has one of everything that the workflow makes,
the other a study of 20 states. The table is a section of docs/cluster.md.
"""

import re
import tempfile
import time
from pathlib import Path

import yaml

from benchmarks.measure import describe_machine
from benchmarks.page import DOCS, Row, format_table, write_section
from tests.cluster.slurm_runs import ON_SLURM, ROOT, Slurm, count_submissions, run_slurm, sweep_config

COLUMNS = {"configuration": "", "run": "", "jobs": "d", "submissions": "d", "wall: s": ".0f", "ratio": ".1f"}
WAYS = {"local, 2 cores": ("--cores", "2"), "Slurm, one node of 2 cores": (*ON_SLURM, "--cores", "2")}


def time_run(slurm: Slurm, config: object, arguments: tuple[str, ...]) -> dict[str, float]:
    """Build everything in an empty directory."""
    with tempfile.TemporaryDirectory() as directory:
        start = time.monotonic()
        output = slurm.start(Path(directory), *arguments, config=config).finish()
        seconds = time.monotonic() - start
    jobs = re.search(r"^total\s+(\d+)", output, re.MULTILINE)
    assert jobs
    return {"jobs": int(jobs[1]), "submissions": count_submissions(output), "wall: s": seconds}


def compare_ways(slurm: Slurm, name: str, config: object) -> list[Row]:
    """Both ways one after the other; the ratio is to the first."""
    times = [time_run(slurm, config, words) for words in WAYS.values()]
    local = times[0]["wall: s"]
    return [
        {"configuration": name, "run": way, **row, "ratio": row["wall: s"] / local}
        for way, row in zip(WAYS, times, strict=True)
    ]


def main() -> None:
    """Measure and write the section."""
    small = yaml.safe_load((ROOT / "tests/workflow/small.yaml").read_text())
    configs = {"tests/workflow/small.yaml": small, "20 states": sweep_config(20)}
    with tempfile.TemporaryDirectory() as directory, run_slurm(Path(directory)) as slurm:
        rows = [row for name, config in configs.items() for row in compare_ways(slurm, name, config)]
    write_section(
        __file__, f"{describe_machine('snakemake')}\n\n{format_table(COLUMNS, rows)}", DOCS / "cluster.md"
    )


if __name__ == "__main__":
    main()
