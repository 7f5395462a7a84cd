"""Each trap of Snakemake's Slurm executor that we know of stays closed in the profile and in the rules."""

import re
from pathlib import Path

import pytest
import yaml
from snakemake_interface_common.exceptions import WorkflowError
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

from snakemake_executor_plugin_slurm_watched import missing

pytest.importorskip("snakemake_executor_plugin_slurm", reason="the extra `slurm` is not installed")
from snakemake_executor_plugin_slurm_watched.executor import LONGEST_INTERVAL, ExecutorSettings

ROOT = Path(__file__).parents[2]
PROFILE = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
RULES = {file.stem: file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk")}
SUBMITTED = ("exact", "hartree", "limit", "rate_function", "assessment")
SUBMITTED += ("gather", "comparison", "power_law", "verdict", "figure")


def test_states_of_jobs_come_from_squeue() -> None:
    # sacct, the default of the executor that ours builds on, waits for ever where there is no accounting database
    assert ExecutorSettings().status_command == "squeue"


def test_jobs_are_looked_at_while_slurm_remembers_them() -> None:
    # the executor leaves squeue for sacct if MinJobAge (300 s by default) is under three times the first interval
    assert 3 * max(ExecutorSettings().init_seconds_before_status_checks, LONGEST_INTERVAL) < 300


def test_threads_of_rules_count() -> None:
    # cpus_per_task among the default resources overrides the threads of every rule
    assert "cpus_per_task" not in PROFILE["default-resources"]


def test_memory_leaves_room_for_snakemake_itself() -> None:
    sizes = [PROFILE["default-resources"]["mem_mb"]]
    sizes += [int(size) for size in re.findall(r"^START_MEMORY_MB = (\d+)", RULES["resources"], re.MULTILINE)]
    assert len(sizes) == 2
    assert min(sizes) >= 400


def test_no_job_arrays() -> None:
    # version 2.8.0 hangs on arrays that are not full, and one task that fails deletes the outputs of the others
    assert "slurm-array-jobs" not in PROFILE


def test_retries_are_those_of_the_profile() -> None:
    # retries of a rule are repeated inside the job, with the memory that was too little
    assert PROFILE["retries"] > 0
    assert not [name for name, text in RULES.items() if re.search(r"^\s+retries:", text, re.MULTILINE)]


@pytest.mark.parametrize("rule", SUBMITTED)
def test_computing_rules_are_grouped_with_resources_of_their_own(rule: str) -> None:
    assert re.search(r"^    group:\n        (state|study|figure)_group", RULES[rule], re.MULTILINE)
    assert [item for item in PROFILE["group-components"] if item.startswith("batch=")]
    assert "side_by_side=1" in RULES[rule]
    assert "mem_mb=" in RULES[rule]
    assert "runtime=" in RULES[rule]


def test_every_other_rule_is_local() -> None:
    for name, text in RULES.items():
        if name not in SUBMITTED and re.search(r"^ *rule \w*:", text, re.MULTILINE):
            assert "localrule" in text, name


def test_without_the_slurm_plugin_ours_can_be_imported_and_says_what_to_install() -> None:
    # Snakemake imports every plugin at each start, and ends where one has not the parts that it expects
    ExecutorPluginRegistry().validate_plugin("missing", missing)
    with pytest.raises(WorkflowError, match="pip install"):
        missing.Executor(None, None)
