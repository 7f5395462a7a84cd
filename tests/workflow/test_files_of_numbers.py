"""Operators and states from files: what depends on their content runs again when that changes, and only then."""

from __future__ import annotations

import os

import numpy as np
import yaml

from tests.workflow.small_workflow import CONFIG, make_workflow

FROM_FILES = """
name: small
models:
  first: {dimension: 3, two_body: {file: numbers/pairs.npy}}
  second: {dimension: 3, one_body: {onsite: [0, 1, 2]}}
states:
  filed: {file: numbers/phi.npy}
  second_site: {site: 1}
studies:
  of_files: {model: first, states: [filed], times: [0, 0.5]}
  of_none: {model: second, states: [second_site], times: [0, 0.5]}
"""


def test_a_file_of_other_content_is_another_input_and_a_touched_one_is_not(tmp_path):
    workflow = make_workflow(tmp_path / "here")
    numbers = (workflow.root / CONFIG).parent / "numbers"
    numbers.mkdir()
    pairs, phi = numbers / "pairs.npy", numbers / "phi.npy"
    np.save(pairs, np.diag([1j, 0, 0, 0, 0, 0, 0, 0, 0]))
    np.save(phi, np.array([0.6, 0.8, 0]))
    (workflow.root / CONFIG).write_text(yaml.safe_dump(yaml.safe_load(FROM_FILES)))
    workflow.build()
    assert (workflow.results / "studies" / "of_files" / "limit.parquet").is_file()

    os.utime(pairs)
    os.utime(phi)
    assert workflow.planned_jobs() == set()

    np.save(phi, np.array([0.8, 0.6, 0]))
    planned = workflow.planned_jobs()
    assert {"hartree of_files/filed", "limit of_files/filed", "assessment of_files/filed"} <= planned
    assert not any("of_none" in job for job in planned)

    moved = workflow.copy_to(tmp_path / "elsewhere")
    assert moved.planned_jobs() == planned

    phi.unlink()
    refused = workflow.run("--dry-run")
    assert refused.returncode != 0
    assert (
        "states.filed.file: found no file 'config/numbers/phi.npy'; allowed: a file that is there"
        in refused.stdout
    )
