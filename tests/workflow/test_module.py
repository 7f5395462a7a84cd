"""The workflow as a module of another one, from a clone and from a tag of its repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import yaml

import nonhermitian_hartree as nh
from tests.workflow.small_workflow import REPOSITORY, Workflow

MODULE_USE = Path(__file__).with_name("module_use")
BUILT = {"exact", "hartree", "limit", "gather", "comparison"}


@pytest.fixture
def importing(tmp_path: Path) -> Workflow:
    """A directory with a configuration of its own; jobs import the package from this repository."""
    (tmp_path / "src").symlink_to(REPOSITORY / "src")
    shutil.copytree(MODULE_USE / "config", tmp_path / "config")
    return Workflow(tmp_path)


def rules_planned(workflow: Workflow, *arguments: str) -> set[str]:
    done = workflow.run("--dry-run", *arguments)
    assert done.returncode == 0, done.stdout
    return set(re.findall(r"^(\w+) +\d+$", done.stdout, re.MULTILINE)) - {"total"}


def test_rule_of_another_workflow_reads_a_comparison(importing):
    snakefile = ("--snakefile", str(MODULE_USE / "Snakefile"))
    importing.build(*snakefile)
    found = float((importing.root / "largest_infidelity.txt").read_text())

    model, state = nh.build_model(two_body={"ZZ": 1j}), nh.build_state(p0=0.6)
    phi = nh.hartree_wavefunctions(model, state, [0.5, 1])
    exact = nh.exact_marginals(model, state, [10, 100], [0.5, 1], tolerance=1e-8)
    expected = max(1 - np.einsum("ti,tij,tj->t", phi.conj(), m.density, phi).real.min() for m in exact)
    assert found == pytest.approx(expected, abs=1e-8)
    assert rules_planned(importing, *snakefile) == set()


def test_prefix_of_a_module_is_for_results_only(importing):
    text = (MODULE_USE / "Snakefile").read_text().replace("../../../workflow", f"{REPOSITORY}/workflow")
    text = text.replace("    config:\n", '    prefix:\n        "below"\n    config:\n')
    (importing.root / "Snakefile").write_text(text.replace('"results/', '"below/results/'))
    assert rules_planned(importing) == {f"hartree_{name}" for name in BUILT} | {"largest_infidelity"}
    importing.build("hartree_report")
    importing.build("hartree_report", "--report", "report.html")
    assert "4 points up to N = 100, by closed form" in (importing.root / "report.html").read_text()
    assert not (importing.root / "results").exists()


def test_configuration_of_a_module_is_checked(importing):
    path = importing.root / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    config["hartree"]["states"]["tilted"] = {"p0": 1.6}
    path.write_text(yaml.safe_dump(config))
    done = importing.run("--dry-run", "--snakefile", str(MODULE_USE / "Snakefile"))
    assert done.returncode != 0
    assert "config: states.tilted.p0: found 1.6; allowed: numbers in [0, 1]" in done.stdout


def make_repository(root: Path) -> None:
    """Commit and tag the workflow as a repository of its own."""
    shutil.copytree(REPOSITORY / "workflow", root / "workflow")
    git = ["git", "-C", str(root), "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "all"], ["tag", "v0.2.0"]):
        subprocess.run([*git, *command], check=True)


def test_deployed_by_copying_config_and_profiles(tmp_path, monkeypatch):
    """As config/README.md says, with its Snakefile; git finds the repository in a directory instead of afar."""
    make_repository(tmp_path / "origin" / "OWNER" / "nonhermitian-hartree")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{tmp_path}/origin/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    deployed = Workflow(tmp_path / "deployed")
    for folder in ("config", "profiles"):
        shutil.copytree(REPOSITORY / folder, deployed.root / folder)
    (deployed.root / "src").symlink_to(REPOSITORY / "src")
    page = (REPOSITORY / "config" / "README.md").read_text()
    (snakefile,) = re.findall(r"^```snakemake\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (deployed.root / "workflow").mkdir()
    (deployed.root / "workflow" / "Snakefile").write_text(snakefile)

    assert rules_planned(deployed) >= {f"hartree_{name}" for name in (*BUILT, "figure", "claims", "all")}
    target = "results/paper/studies/landscape_tilted/tilted_slightly/hartree.parquet"
    done = deployed.run(target)
    assert done.returncode == 0, done.stdout
    assert "profile profiles/default" in done.stdout
    assert rules_planned(deployed, target) == set()
