"""The workflow on a real Slurm of one node: tables as on a laptop, recovery, and messages."""

import os
import re
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cluster.slurm_runs import (
    CONFIG,
    ON_SLURM,
    Slurm,
    count_submissions,
    read_submissions,
    sweep_config,
    wait_for,
)

pytestmark = pytest.mark.cluster
STUDY = "results/small/studies/scaling"
HARTREE = f"{STUDY}/tilted/hartree.parquet"
COMMENT = "rule_states_0_hartree"
"""What the executor writes beside a submission of it."""


def test_same_tables_as_a_local_run(tmp_path: Path, slurm: Slurm) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    spread = ("--resources", "group_minutes=9", "side_by_side=2")
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

    # in nine minutes: the states of scaling, what they are gathered into, mixing as a whole, and the figure
    assert count_submissions(output) == 4


def test_cancelled_job_is_submitted_again_as_it_was(tmp_path: Path, slurm: Slurm) -> None:
    run = slurm.start(tmp_path, *ON_SLURM, "--", HARTREE)
    job = slurm.wait_for_running(COMMENT)
    request = slurm.read_request(job)
    slurm.cancel(job)
    again = slurm.read_request(slurm.wait_for_running(COMMENT))
    output = run.finish()
    assert count_submissions(output) == 2
    assert "ended as CANCELLED; it is submitted again with the same request" in output
    assert request == again == ("1000M", "3:00")
    assert len(pq.read_table(tmp_path / HARTREE)) == 2


def test_killed_run_resumes_and_writes_nothing_twice(tmp_path: Path, slurm: Slurm) -> None:
    slurm.start(tmp_path, "--cores", "1", "--", HARTREE).finish()
    written = (tmp_path / HARTREE).stat().st_mtime_ns
    both = f"{STUDY}/hartree.parquet"

    killed = slurm.start(tmp_path, *ON_SLURM, "--", both).process
    job = slurm.wait_for_running("rule_states_0_gather_hartree")
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


def test_only_what_a_job_ran_out_of_is_asked_for_again(tmp_path: Path, slurm: Slurm) -> None:
    alone = ("--retries", "1", "--group-components", "batch=1")
    limits = ("--set-resources", "exact:mem_mb=50")
    exact = f"{STUDY}/tilted/exact.parquet"
    run = slurm.start(tmp_path, *ON_SLURM, *alone, *limits, "--", HARTREE, exact)
    # a cheap job lasts as long as wanted when its processes are stopped; Slurm's clock goes on
    job = slurm.wait_for_running(COMMENT)
    for process in slurm.list_processes(job):
        os.kill(process, signal.SIGSTOP)
    slurm.end_time_limit(job)
    output = run.finish(status=1)

    assert f"Slurm job {job}, 1 job (1 core, 1000 MB, 3 min), ran out of time; it is submitted again" in output
    assert "1 job (1 core, 50 MB, 3 min), ran out of memory; it is submitted again with more memory" in output
    assert "1 job (1 core, 100 MB, 3 min), ran out of memory; it is given up" in output
    assert len(pq.read_table(tmp_path / HARTREE)) == 2
    # but for the one whose end was moved, and with that its time
    requests = sorted(slurm.read_request(each) for each in read_submissions(output) if each != job)
    assert requests == [("1000M", "6:00"), ("100M", "3:00"), ("50M", "3:00")]
    for log in tmp_path.glob(".snakemake/slurm_logs/group_states_0_exact/*.log"):
        assert f"log: {log}" in output
        assert "exceeded memory limit" in log.read_text()


def test_twenty_states_fit_into_half_an_hour(tmp_path: Path, slurm: Slurm) -> None:
    short = ("--default-resources", "slurm_partition=short")
    run = slurm.start(tmp_path, *ON_SLURM, *short, config=sweep_config(20))
    # that Slurm starts them is enough; what asks for more than the half hour of this partition waits for ever
    try:
        jobs = wait_for(slurm.list_running)
    finally:
        run.interrupt()
    for job in jobs:
        _, limit = slurm.read_request(job)
        assert 10 < int(limit.split(":")[0]) <= 30
    assert wait_for(lambda: not slurm.list_leftovers())


def test_what_can_never_start_is_one_line_with_slurms_reason(tmp_path: Path, slurm: Slurm) -> None:
    too_long = (
        "--default-resources",
        "slurm_partition=short",
        "--set-resources",
        "hartree:runtime=45",
        "--",
        HARTREE,
    )
    start = time.monotonic()
    output = slurm.start(tmp_path, *ON_SLURM, *too_long).finish(status=1)
    line = "Slurm can never start 1 job (1 core, 1000 MB, 45 min, partition short): PartitionTimeLimit"
    assert time.monotonic() - start < 60
    assert output.splitlines().count(line) == 1
    assert count_submissions(output) == 1
    assert slurm.list_leftovers() == []


def test_what_sbatch_refuses_is_one_line_with_slurms_reason(tmp_path: Path, slurm: Slurm) -> None:
    too_long = (
        "--default-resources",
        "slurm_partition=short",
        "--set-resources",
        "hartree:runtime=45",
        "--",
        HARTREE,
    )
    start = time.monotonic()
    with slurm.enforcing_limits():
        output = slurm.start(tmp_path, *ON_SLURM, *too_long).finish(status=1)
    said = [
        line for line in output.splitlines() if line.startswith("Slurm refuses 1 job (1 core, 1000 MB, 45 min")
    ]
    assert time.monotonic() - start < 60
    assert len(said) == 1
    assert "Requested time limit is invalid" in said[0]
    assert count_submissions(output) == 0


def test_a_job_that_fails_takes_nothing_of_its_batch_with_it(tmp_path: Path, slurm: Slurm) -> None:
    study = {"model": "zz", "states": ["tilted"], "particles": [10, 20], "times": [0.25]}
    config = {
        "name": "small",
        "models": {"zz": CONFIG["models"]["zz"]},
        "states": {"tilted": {"p0": 0.6}},
        "studies": {"good": study, "bad": study | {"tolerance": 1e-300}},
    }
    output = slurm.start(tmp_path, *ON_SLURM, "--retries", "0", config=config).finish(status=1)
    said = [line for line in output.splitlines() if line.startswith("exact of study bad, state tilted failed: ")]
    assert len(said) == 1
    assert "exceeds the tolerance" in said[0]
    plan = slurm.start(tmp_path, "--cores", "1", "--dry-run", config=config).finish()
    steps = ("exact", "gather", "comparison", "verdict", "provenance", "all")
    assert re.search(r"^job .*?^total +\d+$", plan, re.DOTALL | re.MULTILINE)[0].split()[4:-2] == [
        word for step in steps for word in (step, "1")
    ]
