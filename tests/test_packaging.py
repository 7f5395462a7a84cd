"""The files that describe the project to tools and people agree with each other."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _normalise(requirement: str) -> tuple[str, str]:
    name, constraint = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?(.*)", requirement.replace(" ", "")).group(1, 3)
    return re.sub(r"[-_.]+", "-", name).lower(), constraint


def test_conda_environment_has_the_requirements_of_the_package():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["dev"], *extras["slurm"], "python" + PROJECT["requires-python"]]
    assert sorted(map(_normalise, conda["dependencies"])) == sorted(map(_normalise, wanted))
    assert conda["channels"] == ["conda-forge", "bioconda"]


def test_lock_file_pins_every_requirement_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = {_normalise(match)[0] for match in re.findall(r"^([A-Za-z0-9._-]+)==", lock, flags=re.M)}
    extras = PROJECT["optional-dependencies"]
    wanted = {_normalise(name)[0] for name in [*PROJECT["dependencies"], *extras["dev"], *extras["slurm"]]}
    assert wanted | {"setuptools"} <= pinned
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert not re.search(r"https?://|index-url|find-links", lock)


def test_citation_and_package_have_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"] == "MIT"
