"""The commit that a table says it was made by, in a repository made for the test."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from nonhermitian_hartree.storage import origin as table_origin


def run_git(repository: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.org"]
    done = subprocess.run(
        ["git", "-C", str(repository), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> ModuleType:
    """The module, imported from a folder of its own: it reports on the repository that it lies in."""
    path = Path(shutil.copy(table_origin.__file__, tmp_path))
    spec = importlib.util.spec_from_file_location("copied_table_origin", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_commit_is_named_and_marked_when_a_file_differs(copy, tmp_path):
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "--quiet", "--message", "first")
    commit = run_git(tmp_path, "rev-parse", "HEAD")
    assert copy.find_commit() == commit
    (tmp_path / "notes.txt").write_text("a file that git does not track makes no difference")
    assert copy.find_commit() == commit
    with Path(copy.__file__).open("a", encoding="utf-8") as source:
        source.write("\n")
    assert copy.find_commit() == f"{commit}-dirty"


def test_code_outside_of_a_repository_has_no_commit(copy, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert copy.find_commit() == table_origin.UNKNOWN_COMMIT


def test_checkout_of_another_owner_has_no_commit(copy, tmp_path, monkeypatch):
    """git refuses to look at it, and who owns a checkout says nothing of whether it is clean."""
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "--quiet", "--message", "first")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert copy.find_commit() == table_origin.UNKNOWN_COMMIT
