"""Slurm's words: which say that waiting is in vain, and which what a job ran out of."""

import pytest

from snakemake_executor_plugin_slurm_watched.reasons import find_shortage, is_hopeless, is_passing, list_failures

HOPELESS = """PartitionTimeLimit PartitionNodeLimit PartitionConfig BadConstraints InvalidAccount InvalidQOS
AccountNotAllowed QOSNotAllowed QOSMaxWallDurationPerJobLimit AssocMaxWallDurationPerJobLimit
AssocMaxCpuPerJobLimit QOSMaxMemoryPerJob
QOSMaxCpuPerNode QOSMinCpuNotSatisfied MaxMemPerLimit DependencyNeverSatisfied ReservationDeleted"""
PASSING = """None Priority Resources QOSMaxJobsPerUserLimit QOSMaxCpuPerUserLimit AssocGrpCpuLimit
AssocMaxJobsLimit QOSGrpMemLimit PartitionDown BeginTime JobHeldUser Licenses NodeDown Dependency"""


@pytest.mark.parametrize("reason", HOPELESS.split())
def test_what_no_waiting_ends(reason: str) -> None:
    assert is_hopeless(reason)


@pytest.mark.parametrize("reason", [*PASSING.split(), "ReqNodeNotAvail, UnavailableNodes:n[1-4]", ""])
def test_what_passes(reason: str) -> None:
    assert not is_hopeless(reason)


def test_slurm_in_trouble_is_no_refusal() -> None:
    assert is_passing("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation")
    assert not is_passing(
        "sbatch: error: Batch job submission failed: Invalid account or account/partition combination"
    )


def test_shortages() -> None:
    assert find_shortage("TIMEOUT", "") == "time"
    assert find_shortage("OUT_OF_MEMORY", "") == "memory"
    assert find_shortage("FAILED", "slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch.") == "memory"
    assert (
        find_shortage("CANCELLED", "slurmstepd: error: Job 7 exceeded memory limit (60 > 50), being killed")
        == "memory"
    )
    assert find_shortage("FAILED", "slurmstepd: *** JOB 7 CANCELLED AT 12:00 DUE TO TIME LIMIT ***") == "time"
    assert find_shortage("CANCELLED", "slurmstepd: *** JOB 7 ON n1 CANCELLED AT 12:00 ***") is None
    assert find_shortage("FAILED", "ToleranceError: …") is None


def test_failures_of_steps_are_found_among_what_snakemake_says() -> None:
    said = "exact of study bad, state tilted failed: error bound 2e-13 exceeds the tolerance; raise it"
    log = f"Select jobs to execute...\n{said}\nRuleException:\nError in rule exact:\n{said}\nSome failed: no\n"
    assert list_failures(log) == [said]
