"""One build of the small configuration for the whole session, and copies of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.small_workflow import Workflow, make_workflow


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The small configuration, built; not to be changed."""
    workflow = make_workflow(tmp_path_factory.mktemp("built"))
    workflow.build()
    return workflow


@pytest.fixture
def workflow(built: Workflow, tmp_path: Path) -> Workflow:
    """A copy of the built workflow, to be changed."""
    return built.copy_to(tmp_path)


@pytest.fixture
def unbuilt(tmp_path: Path) -> Workflow:
    """A workflow that has no results yet."""
    return make_workflow(tmp_path)
