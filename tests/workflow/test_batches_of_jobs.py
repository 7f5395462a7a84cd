"""Jobs of a run that are submitted together, planned with the Slurm profile and without a Slurm."""

from __future__ import annotations

import re

ON_SLURM = ("--workflow-profile", "profiles/slurm", "--executor", "dryrun", "--dry-run")


def plan_batches(workflow, *arguments):
    """Numbers of jobs in the batches of a run by their names."""
    said = workflow.run(*ON_SLURM, *arguments).stdout
    batches = {}
    for line in said.splitlines():
        if found := re.search(r"Group job (\w+) ", line):
            name = found[1]
            batches[name] = 0
        elif re.match(r"    Job \d+: ", line):
            batches[name] += 1
    return batches


def test_small_studies_are_one_batch_from_the_states_to_the_verdict(unbuilt):
    assert plan_batches(unbuilt, "--resources", "group_minutes=60", "side_by_side=4") == {
        "states_0": 39,
        "figures_0": 3,
    }


def test_batches_follow_the_bound_and_no_job_is_lost(unbuilt):
    batches = plan_batches(unbuilt, "--resources", "group_minutes=12", "side_by_side=1")
    assert sum(batches.values()) == 42
    # a minute a job on one core; a study's chain of three steps after its states is six of them
    assert max(batches.values()) <= 12
    assert {name.split("_")[0] for name in batches} == {"states", "studies", "figures"}


def test_a_long_job_goes_alone(unbuilt):
    """A qutrit at N = 100 is evolved in 5151 amplitudes, which takes most of the half hour; at N = 10 in 66."""
    two_body = {"terms": [{"out": [0, 0], "in": [0, 0], "value": 1}]}
    one_body = {"matrix": [[0, 1, 0], [1, 0, 1], [0, 1, 0]]}
    study = {"model": "qutrit", "states": ["three"], "particles": [10, 100]}

    def change(config):
        config["models"]["qutrit"] = {"dimension": 3, "one_body": one_body, "two_body": two_body}
        config["states"]["three"] = {"amplitudes": [0.6, 0.8, 0]}
        config["studies"]["mixing"].update(study)

    unbuilt.edit_config(change)
    batches = plan_batches(unbuilt, "--resources", "group_minutes=30", "side_by_side=4")
    assert batches["exact_part_alone"] == 1
    assert sum(batches.values()) == 41


def test_blocks_of_a_family_fill_batches_up_to_the_bound(unbuilt):
    """2000 dimers without a closed form: 16 blocks of 128 members, of three jobs each, of five minutes each."""
    side_by_side, minutes, of_a_job = 4, 30, 5

    def change(config):
        parameters = {"gamma": {"start": 0, "stop": 1, "num": 40}, "u": {"start": 0, "stop": 2, "num": 50}}
        config["models"]["dimer"] = {
            "parameters": parameters,
            "one_body": {"X": -1, "Z": {"gamma": "-0.25j"}},
            "two_body": {"ZZ": {"u": 0.5}},
        }
        config["studies"]["screening"] = {"model": "dimer", "states": ["tilted"], "times": [0, 1]}

    unbuilt.edit_config(change)
    resources = ("--resources", f"group_minutes={minutes}", f"side_by_side={side_by_side}")
    batches = plan_batches(unbuilt, *resources, "--", "screening")
    states = [jobs for name, jobs in batches.items() if name.startswith("states")]
    assert sum(states) == 3 * 16
    assert len(states) > 1
    # the shortest that a batch can take, and half of the bound is used
    assert max(states) * of_a_job / side_by_side <= minutes
    assert max(states) * of_a_job >= minutes
