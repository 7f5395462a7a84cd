"""The files that describe the project to tools and people agree with each other."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

from nonhermitian_hartree.config.configuration import parse_config

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _normalise(requirement: str) -> tuple[str, str]:
    name, constraint = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?(.*)", requirement.replace(" ", "")).group(
        1, 3
    )
    return re.sub(r"[-_.]+", "-", name).lower(), constraint


def test_conda_environment_has_the_requirements_of_the_package():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *chain(*extras.values()), "python" + PROJECT["requires-python"]]
    assert sorted(map(_normalise, conda["dependencies"])) == sorted(map(_normalise, wanted))
    assert conda["channels"] == ["conda-forge", "bioconda"]


LOCK = (ROOT / "requirements.lock").read_text()
BENCHMARK_LOCK = (ROOT / "benchmarks" / "requirements.lock").read_text()
SITE_LOCK = (ROOT / "docs" / "requirements.lock").read_text()


def _pins(lock: str) -> set[tuple[str, ...]]:
    """Name, version and marker of every entry of a lock file."""
    return set(re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", lock, flags=re.M))


def test_lock_file_pins_every_requirement():
    extras = PROJECT["optional-dependencies"]
    small = [requirements for name, requirements in extras.items() if name != "qutip"]  # QuTiP has 30 MB
    wanted = {_normalise(name)[0] for name in [*PROJECT["dependencies"], *chain(*small)]}
    assert wanted | {"setuptools"} <= {name for name, _, _ in _pins(LOCK)}


def test_lock_of_the_benchmarks_adds_qutip_and_agrees_on_the_rest():
    assert {name for name, _, _ in _pins(BENCHMARK_LOCK) - _pins(LOCK)} == {"qutip"}


def test_lock_of_the_site_has_what_it_asks_for_and_agrees_on_the_rest():
    asked = re.findall(r"^([a-z][\w-]*)", (ROOT / "docs" / "requirements.in").read_text(), flags=re.M)
    assert set(asked) <= {name for name, _, _ in _pins(SITE_LOCK)}
    versions = {(name, version) for name, version, _ in _pins(LOCK)}
    shared = {(name, version) for name, version, _ in _pins(SITE_LOCK) if name in {name for name, _ in versions}}
    assert shared <= versions


@pytest.mark.parametrize("lock", [LOCK, BENCHMARK_LOCK, SITE_LOCK], ids=["package", "benchmarks", "site"])
def test_lock_file_has_hashes_and_no_address(lock):
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert not re.search(r"https?://|index-url|find-links", lock)


def test_citation_and_package_have_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"] == "MIT"
    assert f"nonhermitian_hartree-{PROJECT['version']}-py3-none-any.whl" in (ROOT / "README.md").read_text()
    tags = re.findall(r"(?:tag=\"|hartree@)v([\d.]+)\"", (ROOT / "config" / "README.md").read_text())
    assert tags == [PROJECT["version"]] * 2


def test_snakemake_asks_for_the_version_that_the_package_asks_for():
    asked = re.search(r'min_version\("(.+)"\)', (ROOT / "workflow" / "Snakefile").read_text())[1]
    assert ("snakemake", f">={asked}") in map(_normalise, PROJECT["optional-dependencies"]["workflow"])


def test_ci_calls_make_targets_that_exist_and_solves_the_conda_environment():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    commands = [step["run"] for step in steps if "run" in step]
    assert {"make lint", "make test", "make"} <= set(commands)
    assert {command.split()[1] for command in commands if command.startswith("make ")} <= targets
    assert any(command.startswith("make test-versions ") for command in commands)
    assert "environment.yml" in [step.get("with", {}).get("environment-file") for step in steps]


@pytest.mark.parametrize("workflow", ["ci", "docs"])
def test_workflows_pin_actions_by_commit_and_call_make(workflow):
    content = yaml.safe_load((ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text())
    steps = [step for job in content["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []
    assert content["permissions"] == {"contents": "read"}
    assert content["concurrency"]["cancel-in-progress"] is (workflow == "ci")


def test_site_is_built_in_every_request_and_published_from_main_only():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "docs.yml").read_text())["jobs"]
    assert "make docs" in [step.get("run") for step in jobs["build"]["steps"]]
    assert jobs["publish"]["if"] == "github.event_name == 'push'"
    assert jobs["publish"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_every_version_asked_for_in_ci_is_one_that_is_allowed():
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    tried = ci["jobs"]["versions"]["strategy"]["matrix"]["include"]
    assert {entry["resolution"] for entry in tried} == {"lowest-direct", "highest"}
    (lowest,) = [entry["python"] for entry in tried if entry["resolution"] == "lowest-direct"]
    assert PROJECT["requires-python"] == f">={lowest}"


def test_hooks_run_before_a_commit_what_lint_runs():
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    (source,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert source["repo"] == "local"
    assert {hook["language"] for hook in source["hooks"]} == {"system"}
    entries = [hook["entry"] for hook in source["hooks"]]
    assert [entry for entry in entries if f"$(BIN)/{entry}" not in recipe] == []
    assert len(entries) == recipe.count("\t$(BIN)/")


def test_workflow_catalogue_finds_what_it_looks_for():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    assert usage["software-stack-deployment"] == {
        "conda": "conda:" in "".join(rule.read_text() for rule in (ROOT / "workflow").rglob("*.smk")),
        "apptainer": False,
        "apptainer+conda": False,
        "report": True,
    }
    assert (ROOT / "workflow" / "Snakefile").is_file()
    assert (ROOT / "config" / "README.md").is_file()
    assert {"snakemake", "workflow"} <= set(re.findall(r"\w+", (ROOT / "README.md").read_text().lower()))


def test_contributing_shows_additions_that_are_valid():
    page = (ROOT / "CONTRIBUTING.md").read_text()
    config = {"name": "added", "states": {"tilted": {"p0": 0.6}}}
    for example in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        config |= yaml.safe_load(example)
    assert set(config) == {"name", "states", "models", "studies", "figures", "claims"}
    parse_config(config, "CONTRIBUTING.md")


@pytest.mark.parametrize("section", ["A model", "A study", "A figure", "A claim"])
def test_contributing_says_each_in_under_ten_lines(section):
    page = (ROOT / "CONTRIBUTING.md").read_text()
    text = re.search(rf"^## {section}\n(.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)[1]
    assert len(text.strip().splitlines()) < 10
    assert "One place" in text


def test_contributing_names_commands_and_files_that_exist():
    page = (ROOT / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z][a-z-]*)", page)) <= targets
    for file in re.findall(r"`([\w/]+\.(?:py|toml|yml|yaml|lock|md))`", page):
        assert (ROOT / file).is_file() or (ROOT / "src" / "nonhermitian_hartree" / file).is_file(), file
