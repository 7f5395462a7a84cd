"""How long the small configuration of the Slurm tests takes on this machine, and through a Slurm on this machine.

    PYTHONPATH=tests/cluster python -m benchmarks.slurm_time

Slurm is started for it and stopped after it, as the tests do. The table is a section of docs/cluster.md.
"""

import re
import tempfile
import time
from pathlib import Path

from benchmarks.measure import describe_machine
from benchmarks.page import DOCS, Row, format_table, write_section
from tests.cluster.slurm_runs import ON_SLURM, Slurm, count_submissions, run_slurm

COLUMNS = {"run": "", "jobs": "d", "submissions": "d", "wall: s": ".0f"}
WAYS = {"local, 2 cores": ("--cores", "2"), "Slurm, one node of 2 cores": ON_SLURM}


def time_run(slurm: Slurm, name: str, arguments: tuple[str, ...]) -> Row:
    """Build everything in an empty directory."""
    with tempfile.TemporaryDirectory() as directory:
        start = time.monotonic()
        output = slurm.start(Path(directory), *arguments).finish()
        seconds = time.monotonic() - start
    jobs = re.search(r"^total\s+(\d+)", output, re.MULTILINE)
    assert jobs
    return {"run": name, "jobs": int(jobs[1]), "submissions": count_submissions(output), "wall: s": seconds}


def main() -> None:
    """Measure and write the section."""
    with tempfile.TemporaryDirectory() as directory, run_slurm(Path(directory)) as slurm:
        rows = [time_run(slurm, name, arguments) for name, arguments in WAYS.items()]
    write_section(
        __file__, f"{describe_machine('snakemake')}\n\n{format_table(COLUMNS, rows)}", DOCS / "cluster.md"
    )


if __name__ == "__main__":
    main()
