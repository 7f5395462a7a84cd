"""How long Snakemake plans a sweep, and of how many jobs and submissions; a dry run, nothing is computed.

    python benchmarks/dag_time.py [POINTS ...]

A point is one initial state of one model at one N. ``one by one`` has a named state for each point, hence jobs of
its own; ``family`` has all states in one family, hence in one job. Printed as a table for docs/cluster.md.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).parents[1]


def sweep_config(points: int, layout: str) -> dict[str, object]:
    """Configuration of a sweep over p0 at N = 100."""
    p0 = np.linspace(0.01, 0.99, points).tolist()
    if layout == "family":
        states: dict[str, object] = {"fan": {"p0": p0}}
    else:
        states = {f"state_{index}": {"p0": value} for index, value in enumerate(p0)}
    study = {"model": "zz", "states": list(states), "particles": [100], "times": [0.5]}
    models = {"zz": {"two_body": {"ZZ": "1j"}}}
    return {"name": "sweep", "models": models, "states": states, "studies": {"sweep": study}}


def plan(config: dict[str, object]) -> tuple[float, int, int]:
    """Seconds of a dry run with the Slurm profile, its jobs, and its submissions."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "sweep.yaml"
        file.write_text(yaml.safe_dump(config))
        workflow = ("--snakefile", f"{ROOT}/Snakefile", "--configfile", f"{file}", "--directory", directory)
        # the groups of the profile, on a machine that need not have Slurm
        profile = ("--workflow-profile", f"{ROOT}/profiles/slurm", "--executor", "dryrun")
        start = time.monotonic()
        answer = subprocess.run(
            ["snakemake", "-n", *workflow, *profile], capture_output=True, text=True, check=True
        )
        seconds = time.monotonic() - start
    output = answer.stdout + answer.stderr
    jobs = re.search(r"^total\s+(\d+)", output, re.MULTILINE)
    assert jobs
    return seconds, int(jobs[1]), output.count("Group job ")


def main() -> None:
    """Print the table."""
    print("| points | layout | jobs | submissions | dry run: s |\n|--:|---|--:|--:|--:|", flush=True)
    for points in [int(word) for word in sys.argv[1:]] or [100, 1000, 10000]:
        for layout in ("family", "one by one"):
            seconds, jobs, submissions = plan(sweep_config(points, layout))
            print(f"| {points} | {layout} | {jobs} | {submissions} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
