"""The wheel: built from what the Dockerfile copies, without a network, and run from an empty folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.workflow.small_workflow import REPOSITORY, SMALL_CONFIG

BUILT_IN_PLACE = shutil.ignore_patterns("__pycache__", "*.egg-info")


def read_copied() -> list[str]:
    """Files and folders that the Dockerfile copies into the image."""
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    return [source for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE) for source in line.split()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of what the Dockerfile copies, built as it says."""
    source = tmp_path_factory.mktemp("source")
    for part in read_copied():
        if (REPOSITORY / part).is_dir():
            shutil.copytree(REPOSITORY / part, source / part, ignore=BUILT_IN_PLACE)
        else:
            shutil.copy2(REPOSITORY / part, source / part)
    made = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run([*pip, "--no-build-isolation", "--no-deps", "--wheel-dir", made, source], check=True)
    (found,) = made.glob("*.whl")
    return found


class Installed:
    """An environment of its own with the wheel in it, which finds everything else in that of the tests."""

    def __init__(self, root: Path, wheel: Path) -> None:
        self.environment, self.folder = root / "environment", root / "empty"
        self.folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.environment], check=True)
        (self.packages,) = self.environment.glob("lib/python*/site-packages")
        # looked into after the wheel; what their own .pth files name, as this repository, is not
        others = [path for path in sys.path if Path(path).name == "site-packages"]
        (self.packages / "others.pth").write_text("\n".join(others))
        pip = [sys.executable, "-m", "pip", "--python", self.environment, "install", "--quiet", "--no-index"]
        subprocess.run([*pip, "--disable-pip-version-check", "--no-deps", "--ignore-installed", wheel], check=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the empty folder, with nothing of this repository in the environment."""
        mine = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        command = [self.environment / "bin" / "nonhermitian-hartree", *arguments]
        return subprocess.run(command, cwd=self.folder, env=mine, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    installed = Installed(tmp_path_factory.mktemp("installed"), wheel)
    small = yaml.safe_load(SMALL_CONFIG.read_text())
    small["studies"] = {"dynamics": small["studies"]["dynamics"]}
    small["figures"] = {"curves": small["figures"]["curves"]}
    small["claims"] = [claim for claim in small["claims"] if claim["study"] == "dynamics"]
    (installed.folder / "small.yaml").write_text(yaml.safe_dump(small, sort_keys=False))
    return installed


@pytest.fixture(scope="module")
def ran(installed) -> str:
    """What the command said in the end of a run in the empty folder."""
    done = installed.run("run", "small.yaml", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_workflow_as_it_stands_in_the_repository(installed):
    workflow = installed.packages / "nonhermitian_hartree_workflow"
    for part in ("Snakefile", "workflow", "config", "profiles", "CITATION.cff", "LICENSE"):
        files = [REPOSITORY / part] if (REPOSITORY / part).is_file() else (REPOSITORY / part).rglob("*")
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                assert (workflow / file.relative_to(REPOSITORY)).read_bytes() == file.read_bytes()


def test_check_says_what_would_be_computed(installed):
    checked = installed.run("check", "small.yaml")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "small is valid: 1 studies, 1 figures, 1 claims; results/small/\n"


def test_a_run_from_an_empty_folder_is_that_of_a_clone(installed, ran, built):
    """Tables of the same code, the same parameters and the same bytes."""
    assert "dynamics: FAILS for 2 of 2 states" in ran
    assert "claims: 1 of 1 pass" in ran
    results = installed.folder / "results" / "small"
    assert {file.name for file in installed.folder.iterdir()} == {"small.yaml", "results", ".snakemake"}
    assert {file.suffix for file in (results / "figures").iterdir()} == {".svg", ".pdf", ".png"}

    mine, theirs = (json.loads((root / "provenance.json").read_text()) for root in (results, built.results))
    assert (mine["commit"], mine["dirty"]) == (None, None)
    tables = {name: table for name, table in mine["tables"].items() if "/dynamics/" in name}
    assert len(tables) == 5
    for name, table in tables.items():
        assert table == theirs["tables"][name]
        assert (installed.folder / name).read_bytes() == (built.root / name).read_bytes()


@pytest.mark.usefixtures("ran")
def test_verdict_and_report_of_a_run(installed):
    verdict = installed.run("verdict", "small.yaml")
    assert verdict.returncode == 0, verdict.stderr
    assert "building" not in verdict.stderr  # there is nothing to do
    sentences = verdict.stdout.splitlines()
    assert len(sentences) == 2
    assert sentences[0].startswith(
        "dynamics: FAILS   anti hermitian zz, from tilted (p0 = 0.6): infidelity above 0.001"
    )

    report = installed.run("report", "small.yaml")
    assert report.returncode == 0, report.stderr
    results = installed.folder / "results" / "small"
    assert "from tilted (p0 = 0.6)" in (results / "report.html").read_text()
    assert (results / "workflow_report.html").is_file()


@pytest.mark.usefixtures("ran")
def test_an_edit_of_the_installed_package_runs_what_it_touches(installed):
    """The rerun rules hold for a wheel as for a clone: a module of the figures draws again, and nothing else."""
    module = installed.packages / "nonhermitian_hartree" / "figures" / "style.py"
    original = module.read_bytes()
    module.write_bytes(original + b"\n# edited\n")
    try:
        planned = installed.run("run", "small.yaml", "--", "--summary")
    finally:
        module.write_bytes(original)
    assert planned.returncode == 0, planned.stderr
    rows = [line.split("\t") for line in planned.stdout.splitlines() if "\t" in line]
    assert {row[2] for row in rows if row[-1] == "update pending"} == {"figure"}
    assert {row[2] for row in rows if row[-1] == "no update"} >= {"exact", "comparison", "verdict", "provenance"}


def test_wrong_configurations_are_refused_in_one_line(installed):
    (installed.folder / "wrong.yaml").write_text("name: wrong\nstudies: 3\n")
    for command in ("check", "run"):
        done = installed.run(command, "wrong.yaml")
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("wrong.yaml: ")
