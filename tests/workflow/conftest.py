"""One build of the small configuration for all processes of a session, and copies of it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.workflow.small_workflow import Workflow, make_workflow


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The small configuration, built by whichever process needs it first; not to be changed."""
    mine = tmp_path_factory.getbasetemp()
    root = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "built"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "complete").exists():
            make_workflow(root / "workflow").build()
            (root / "complete").touch()
    return Workflow(root / "workflow")


@pytest.fixture
def workflow(built: Workflow, tmp_path: Path) -> Workflow:
    """A copy of the built workflow, to be changed."""
    return built.copy_to(tmp_path)


@pytest.fixture
def unbuilt(tmp_path: Path) -> Workflow:
    """A workflow that has no results yet."""
    return make_workflow(tmp_path)
