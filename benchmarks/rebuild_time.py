"""How long the workflow takes to build a configuration, to find nothing to do, and to redo what an edit changed.

    python -m benchmarks.rebuild_time

Results go to a temporary directory; what is in results/ stays. The edits are made in a copy of the configuration.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from benchmarks.measure import describe_machine
from benchmarks.page import Row, format_table, write_section

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "config" / "config.yaml"
FIGURE = "fig2a"
STUDY, STATE = "dynamics_tilted", "tilted_slightly"
RUN_COLUMNS = {"run": "", "wall: s": ".1f", "CPU: s": ".1f", "jobs": "d", "of which": ""}
OVERHEAD_COLUMNS = {
    "cores": "d",
    "wall × cores: s": ".0f",
    "CPU of all processes: s": ".0f",
    "computing jobs": "d",
    "their s": ".0f",
    "their cpu_time: s": ".0f",
}


@dataclass(frozen=True)
class Run:
    """One call of Snakemake."""

    seconds: float
    cpu_seconds: float
    output: str

    @property
    def jobs(self) -> dict[str, int]:
        """Number of jobs of each rule, from the statistics that Snakemake prints; none if nothing was to do."""
        if "Nothing to be done" in self.output:
            return {}
        table = re.search(r"^job +count\n[- ]+\n((?:\w+ +\d+\n)+)", self.output, re.MULTILINE)
        if table is None:
            raise ValueError(f"no job statistics in what Snakemake said:\n{self.output}")
        return {rule: int(count) for rule, count in re.findall(r"(\w+) +(\d+)", table[1]) if rule != "total"}


def run_snakemake(config: Path, directory: Path, *arguments: str) -> Run:
    """Run the workflow on all cores with its results below ``directory``; fails if Snakemake does."""
    command = [sys.executable, "-m", "snakemake", "--cores", "all", "--configfile", f"{config}"]
    return run_command([*command, "--directory", f"{directory}", *arguments])


def run_make(config: Path, directory: Path) -> Run:
    """Do what ``make`` does: the check of the configuration, the workflow and the summary, one after the other."""
    commands = "nonhermitian_hartree.commands"
    name = yaml.safe_load(config.read_text(encoding="utf-8"))["name"]
    steps = (
        f"-m {commands}.check_config --name {config}",
        f"-m snakemake --cores all --configfile {config} --directory {directory}",
        f"-m {commands}.summarise {directory}/results/{name}",
    )
    return run_command(["sh", "-c", " && ".join(f"{sys.executable} {step}" for step in steps)])


def run_command(command: list[str]) -> Run:
    """Run a command in the repository; fails if it does."""
    before, start = _cpu_seconds_of_children(), time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(done.args)} failed:\n{done.stdout}")
    return Run(seconds, _cpu_seconds_of_children() - before, done.stdout)


def restyle_figure(config: dict[str, Any]) -> None:
    """Change how one figure looks."""
    config["figures"][FIGURE]["width"] = "page"


def add_state(config: dict[str, Any]) -> None:
    """Add a state to a study."""
    config["studies"][STUDY]["states"].append(STATE)


def describe_run(name: str, run: Run) -> Row:
    """One row of the table of runs."""
    rules = ", ".join(f"{rule} {count}" for rule, count in run.jobs.items())
    return {
        "run": name,
        "wall: s": run.seconds,
        "CPU: s": run.cpu_seconds,
        "jobs": sum(run.jobs.values()),
        "of which": rules,
    }


def measure_overhead(run: Run, files: Iterable[Path]) -> Row:
    """What a run had at its disposal, and what its computing jobs used, from the files of their `benchmark:`."""
    usage = pd.concat([pd.read_csv(file, sep="\t") for file in files])
    usage = usage[["s", "cpu_time"]].apply(pd.to_numeric, errors="coerce")
    cores = os.cpu_count() or 1
    return {
        "cores": cores,
        "wall × cores: s": run.seconds * cores,
        "CPU of all processes: s": run.cpu_seconds,
        "computing jobs": len(usage),
        "their s": float(usage["s"].sum()),
        "their cpu_time: s": float(usage["cpu_time"].sum()),
    }


def _cpu_seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and write the section."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)

        def measure(name: str, file: Path, *arguments: str) -> Run:
            print(f"{name} …", flush=True)
            run = run_snakemake(file, directory, *arguments)
            rows.append(describe_run(name, run))
            return run

        full = measure("everything", CONFIG)
        overhead = measure_overhead(full, sorted((directory / "results").glob("*/benchmarks/**/*.tsv")))
        measure("nothing changed, `snakemake -n`", CONFIG, "--dry-run")
        measure("nothing changed, `snakemake`", CONFIG)
        rows.append(describe_run("nothing changed, as `make`", run_make(CONFIG, directory)))
        edited = directory / "edited.yaml"
        for name, edit in (
            (f"the width of {FIGURE}", restyle_figure),
            (f"one more state in {STUDY}", add_state),
        ):
            edit(config)
            edited.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
            measure(name, edited)
    parts = [describe_machine("snakemake"), format_table(RUN_COLUMNS, rows)]
    parts += ["Where the time of the first run went:", format_table(OVERHEAD_COLUMNS, [overhead])]
    write_section(__file__, "\n\n".join(parts))


if __name__ == "__main__":
    main()
