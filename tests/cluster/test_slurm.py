"""The workflow on a real Slurm of one node: tables as on a laptop, recovery, and messages."""

import os
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cluster.slurm_runs import ON_SLURM, Slurm, count_submissions

pytestmark = pytest.mark.cluster
STUDY = "results/small/studies/scaling"
HARTREE = f"{STUDY}/tilted/hartree.parquet"


def test_same_tables_as_a_local_run(tmp_path: Path, slurm: Slurm) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    spread = ("--group-components", "state=4", "study=50", "figure=20")
    submitting, local = slurm.start(there, *ON_SLURM, *spread), slurm.start(here, "--cores", "1")
    output = submitting.finish()
    local.finish()

    tables = sorted(file.relative_to(here) for file in here.glob("results/**/*.parquet"))
    parts = {file.stem for file in tables if file.parent.parent.name == "mixing"}
    assert parts == {"exact_10", "exact_large", "hartree", "limit"}
    assert len(tables) == 18
    for table in tables:
        assert pq.read_table(there / table).equals(pq.read_table(here / table)), table
    assert (there / STUDY / "power_law.csv").read_bytes() == (here / STUDY / "power_law.csv").read_bytes()
    assert (there / "results/small/figures/tails.png").stat().st_size > 0

    # five submissions: three of what is computed for each state, side by side, the studies, the figure
    assert count_submissions(output) == 5


def test_cancelled_job_is_submitted_again(tmp_path: Path, slurm: Slurm) -> None:
    run = slurm.start(tmp_path, *ON_SLURM, "--", HARTREE)
    job = slurm.wait_for_running("rule_state_hartree")
    memory = slurm.read_memory(job)
    slurm.cancel(job)
    again = slurm.read_memory(slurm.wait_for_running("rule_state_hartree"))
    assert count_submissions(run.finish()) == 2
    assert (memory, again) == ("1000M", "2000M")
    assert len(pq.read_table(tmp_path / HARTREE)) == 2


def test_killed_run_resumes_and_writes_nothing_twice(tmp_path: Path, slurm: Slurm) -> None:
    slurm.start(tmp_path, "--cores", "1", "--", HARTREE).finish()
    written = (tmp_path / HARTREE).stat().st_mtime_ns
    both = f"{STUDY}/hartree.parquet"

    killed = slurm.start(tmp_path, *ON_SLURM, "--", both).process
    job = slurm.wait_for_running("rule_state_hartree")
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    # the caveat of docs/cluster.md: jobs outlive a main process that was killed; they are cancelled by hand
    assert slurm.list_leftovers() == [job]
    slurm.cancel(job)
    assert not (tmp_path / STUDY / "balanced/hartree.parquet").exists()

    slurm.start(tmp_path, "--unlock").finish()
    output = slurm.start(tmp_path, *ON_SLURM, "--", both).finish()
    assert count_submissions(output) == 1
    assert (tmp_path / HARTREE).stat().st_mtime_ns == written
    assert len(pq.read_table(tmp_path / both)) == 4


def test_message_of_a_job_over_its_memory_or_time(tmp_path: Path, slurm: Slurm) -> None:
    alone = ("--retries", "0", "--group-components", "state=1")
    limits = ("--set-resources", "exact:mem_mb=50")
    exact = f"{STUDY}/tilted/exact.parquet"
    run = slurm.start(tmp_path, *ON_SLURM, *alone, *limits, "--", HARTREE, exact)
    # a cheap job lasts as long as wanted when its processes are stopped; Slurm's clock goes on
    job = slurm.wait_for_running("rule_state_hartree")
    for process in slurm.list_processes(job):
        os.kill(process, signal.SIGSTOP)
    slurm.end_time_limit(job)
    output = run.finish(status=1)

    messages = {"exact": "exceeded memory limit", "hartree": "DUE TO TIME LIMIT"}
    for rule, message in messages.items():
        (log,) = tmp_path.glob(f".snakemake/slurm_logs/group_state_{rule}/*.log")
        assert f"log: {log}" in output
        assert message in log.read_text()
