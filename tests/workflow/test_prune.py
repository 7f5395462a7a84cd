"""Pruning removes what the configuration no longer names, and nothing else; `make help` tells of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nonhermitian_hartree.commands.prune_results import list_orphans, main, remove_orphans
from tests.workflow.small_workflow import CONFIG, REPOSITORY, Workflow

KEPT = [
    "results/small/studies/kept/tilted/exact.parquet",
    "results/small/logs/exact/kept/tilted.log",
    "results/small/benchmarks/exact/kept/tilted.tsv",
]
GONE = [
    "results/small/benchmarks/exact/gone/tilted.tsv",
    "results/small/logs/exact/gone/tilted.log",
    "results/small/studies/gone/tilted/exact.parquet",
]
FOREIGN = ["results/small/report.html", "results/other/studies/s/exact.parquet", "precious.txt"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in KEPT + GONE + FOREIGN:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)
    # Snakemake lists every benchmark as untracked, and files that have nothing to do with the results
    return [*GONE, KEPT[2], *FOREIGN]


def existing() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def test_orphans_are_removed_with_their_empty_folders_and_nothing_else_is(files):
    orphans = list_orphans("results/small", files)
    assert list(map(str, orphans)) == GONE
    remove_orphans("results/small", orphans)
    assert existing() == sorted(KEPT + FOREIGN)
    assert not Path("results/small/studies/gone").exists()


def test_listing_removes_nothing(files, capsys):
    assert main(["results/small"], files) == 0
    assert existing() == sorted(KEPT + GONE + FOREIGN)
    assert capsys.readouterr().out.splitlines()[:-1] == GONE


def test_left_over_temporary_files_are_orphans(files):
    temporary = "results/small/studies/kept/tilted/.exact.parquet.ab12.parquet"
    Path(temporary).write_text("half")
    assert temporary in map(str, list_orphans("results/small", files))


def test_symbolic_links_are_not_followed(files, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.parquet").write_text("precious")
    Path("results/small/studies/link").symlink_to(outside)
    orphans = list_orphans("results/small", [*files, "results/small/studies/link/data.parquet"])
    assert list(map(str, orphans)) == GONE


@pytest.mark.parametrize("results", ["", "results", "/", "..", "results/small/studies", "results/..", "src/x"])
def test_only_a_folder_of_results_is_accepted(files, results, capsys):
    assert main([results, "--remove"], files) == 2
    assert existing() == sorted(KEPT + GONE + FOREIGN)
    assert "results/paper" in capsys.readouterr().err


def make(workflow: Workflow, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the Makefile in a workflow, with the environment of this test for its own."""
    shutil.copy2(REPOSITORY / "Makefile", workflow.root)
    environment = workflow.root / ".venv"
    if not environment.exists():
        environment.symlink_to(sys.prefix)
    return subprocess.run(
        ["make", "--old-file", ".venv/.installed", *arguments],
        cwd=workflow.root,
        env=workflow.environment,
        capture_output=True,
        text=True,
        check=check,
    )


def test_help_names_every_target(unbuilt):
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    lines = make(unbuilt, "help").stdout.splitlines()
    described = dict(line.removeprefix("make ").split("\t") for line in lines)
    assert sorted(described) == sorted(phony.split())
    assert all(described.values())


@pytest.fixture
def quoted(workflow):
    """The built workflow, whose configuration says its name in quotes."""
    path = workflow.root / CONFIG
    path.write_text("\ufeff" + path.read_text().replace("name: small", 'name: "small"'))
    return workflow


def test_make_finds_the_results_and_prune_keeps_the_pages_of_the_report(quoted):
    done = make(quoted, "all")
    assert "claims: 2 of 2 pass" in done.stdout
    make(quoted, "report")
    report = quoted.results / "report.html"
    pages = sorted([*quoted.results.rglob("*.html"), *quoted.results.glob("logs/*_page/**/*.log")])
    assert report in pages
    assert len(pages) > 6
    make(quoted, "prune", "APPLY=yes")
    assert [path for path in pages if not path.exists()] == []
    assert sorted(quoted.results.rglob("*-metadata.json")) != []


def test_make_fails_if_what_it_would_show_is_damaged(workflow):
    table = workflow.results / "studies/mixing/verdict.csv"
    table.write_text(table.read_text().replace("infidelity", "fidelity"))
    done = make(workflow, "all", check=False)
    assert done.returncode != 0
    assert (
        "results/small/studies/mixing/verdict.csv: the table has been changed since it was written" in done.stderr
    )


@pytest.mark.parametrize("folder", ["with space", "o'clock"])
def test_path_that_a_shell_takes_apart_is_refused_at_once(tmp_path, folder):
    (tmp_path / folder).mkdir()
    shutil.copy2(REPOSITORY / "Makefile", tmp_path / folder)
    done = subprocess.run(["make"], cwd=tmp_path / folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "This folder's path has a space, a quote or another character" in done.stderr
    assert list((tmp_path / folder).iterdir()) == [tmp_path / folder / "Makefile"]


def test_removed_study_is_pruned_and_the_rest_stays_up_to_date(workflow):
    def remove_study(config: dict) -> None:
        del config["studies"]["scaling"], config["figures"]["tails"], config["claims"][0]

    workflow.edit_config(remove_study)
    orphans = [path for path in workflow.results.rglob("*") if re.search("scaling|tails", path.name)]
    listed = make(workflow, "prune").stdout
    assert "studies/scaling/exact.parquet" in listed
    assert "nothing is removed yet" in listed
    assert all(path.exists() for path in orphans)
    make(workflow, "prune", "APPLY=yes")
    left = {str(path.relative_to(workflow.results)) for path in workflow.results.rglob("*") if path.is_file()}
    assert {name for name in left if "scaling" in name or "tails" in name} == set()
    assert "benchmarks/exact/dynamics/tilted.tsv" in left
    assert workflow.planned_jobs() == {"claims", "check", "provenance"}
