"""Arrows between the folders of the package point down only, no modules are in a circle, none is without use.

The folders, read from bottom to top, are the story of the computation. Imports are read from the syntax tree, so
that one inside a function, or for type checkers only, counts as any other.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "nonhermitian_hartree"

FLOORS = [
    ["errors", "arrays"],  # the ground: what goes wrong, and what an array is
    ["numerics", "extras", "display"],  # special functions and integrators, no physics; what is not installed
    ["model", "storage"],  # the Hamiltonian (1) and the state (2); tables on disk
    ["bosons", "fields"],  # the symmetric subspace of N of them; the words of a configuration, and refusals
    ["hartree", "limit"],  # what Hartree says, and what N → ∞ says
    ["exact"],  # finite N, whose condensate expansion starts from the limit
    [
        "compare",
        "paper",
        "qutip_bridge",
    ],  # how far these are apart; equations that no result needs; QuTiP and back
    ["steps", "figures", "claims"],  # a module for each table, kind of figure and group of claims
    ["config", "plot"],  # what is to be computed, as one file says it; pictures for notebooks
    ["runs"],  # what surrounds a run
    ["commands"],  # what people start
]
CROWDED = 12
"""Modules in a folder, beside ``__init__``, from which on nobody finds one in it."""

ENTRANCES = [  # what is run by people, by the workflow and by the makers of the documentation
    *(PACKAGE / "commands").glob("*.py"),
    *(ROOT / "workflow").rglob("*.py"),
    *(ROOT / "workflow").rglob("*.smk"),
    *(ROOT / "docs").glob("*.py"),
    *(ROOT / "benchmarks").glob("*.py"),
    PACKAGE / "__init__.pyi",
]
TESTS = [*(ROOT / "tests").rglob("*.py")]
"""What uses the folder ``paper``; no module of another folder is there for tests alone."""


def list_modules(package: Path) -> dict[str, Path]:
    """Modules of a package by their name without that of the package; folders are not modules."""
    files = [file for file in package.rglob("*.py") if file.name != "__init__.py"]
    return {".".join(file.relative_to(package).with_suffix("").parts): file for file in files}


def read_imports(file: Path, package: str, modules: Iterable[str]) -> set[str]:
    """Modules of a package that a file imports; a Snakefile, which is not Python, line by line."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".smk":
        text = "\n".join(
            re.findall(r"^\s*(from [\w.]+ import (?:\w+|\([^)]*\))|import [\w.]+)", text, re.MULTILINE)
        )
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(part for part in (package if node.level else "", node.module) if part)
            names.update({origin, *(f"{origin}.{alias.name}" for alias in node.names)})
    found = {name.removeprefix(f"{package}.") for name in names if name.startswith(f"{package}.")}
    return found & set(modules)


def read_house(package: Path) -> dict[str, set[str]]:
    """For each module of a package, those that it imports."""
    modules = list_modules(package)
    return {name: read_imports(file, package.name, modules) for name, file in modules.items()}


def list_wrong_arrows(house: Mapping[str, set[str]], floors: list[list[str]]) -> list[str]:
    """Imports from a lower floor, or another folder of the same; folders without a floor are an error."""
    height = {room: number for number, rooms in enumerate(floors) for room in rooms}
    return [
        f"{module} → {used}"
        for module, imported in house.items()
        for used in sorted(imported)
        if (start := module.split(".")[0]) != (end := used.split(".")[0]) and not height[start] > height[end]
    ]


def find_circle(house: Mapping[str, set[str]]) -> list[str]:
    """Modules that import each other, directly or through others: one such circle, or none."""
    left = {module: set(imported) for module, imported in house.items()}
    while free := [module for module, imported in left.items() if not imported & left.keys()]:
        for module in free:
            del left[module]
    if not left:
        return []
    path = [next(iter(left))]
    while path.count(path[-1]) < 2:
        path.append(min(left[path[-1]] & left.keys()))
    return path[path.index(path[-1]) :]


def list_unused(house: Mapping[str, set[str]], used: Iterable[str]) -> list[str]:
    """Modules that cannot be reached from those that are used."""
    pending, reached = list(used), set()
    while pending:
        if (module := pending.pop()) not in reached:
            reached.add(module)
            pending.extend(house[module])
    return sorted(house.keys() - reached)


def count_modules(house: Iterable[str]) -> Counter[str]:
    """How many modules each folder has."""
    return Counter(module.rpartition(".")[0] for module in house)


HOUSE = read_house(PACKAGE)


def test_every_folder_and_module_of_the_root_is_on_one_floor():
    rooms = [room for floor in FLOORS for room in floor]
    assert sorted(rooms) == sorted({module.split(".")[0] for module in HOUSE})


def test_the_readme_tells_the_floors():
    table = re.findall(r"^\| (\d+) \| (`.*) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {int(floor): re.findall(r"(?:^| · )`(\w+)(?:/|\.py)`", rooms) for floor, rooms in table}
    assert told == {floor: rooms for floor, rooms in enumerate(FLOORS) if floor}


def test_arrows_point_down():
    assert list_wrong_arrows(HOUSE, FLOORS) == []


def test_no_circle():
    assert find_circle(HOUSE) == []


def test_no_folder_is_crowded():
    assert {folder: count for folder, count in count_modules(HOUSE).items() if count > CROWDED} == {}


def test_every_module_is_of_use():
    entered = {name for file in ENTRANCES for name in read_imports(file, PACKAGE.name, HOUSE)}
    entered |= {name for name in HOUSE if name.startswith("commands.")}
    checked = {name for file in TESTS for name in read_imports(file, PACKAGE.name, HOUSE)}
    assert list_unused(HOUSE, entered | {name for name in checked if name.startswith("paper.")}) == []


@pytest.fixture
def crooked_house(tmp_path):
    """A package with one fault of each kind."""
    rooms = {
        "cellar/stove": "def heat():\n    from crooked.attic import trunk\n",
        "attic/trunk": "from crooked.attic import letters",
        "attic/letters": "import typing\nif typing.TYPE_CHECKING:\n    from crooked.attic.trunk import Lid",
        "attic/lamp": "import crooked.cellar.stove\nimport numpy",
        **{f"hall/coat{number}": "" for number in range(13)},
    }
    package = tmp_path / "crooked"
    for room, text in rooms.items():
        file = package / f"{room}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
    return package


def test_faults_are_found(crooked_house):
    house = read_house(crooked_house)
    assert list_wrong_arrows(house, [["cellar"], ["hall"], ["attic"]]) == ["cellar.stove → attic.trunk"]
    assert list_wrong_arrows(house, [["attic", "cellar"], ["hall"]]) == [
        "cellar.stove → attic.trunk",
        "attic.lamp → cellar.stove",
    ]
    assert sorted(find_circle(house)) in (
        ["attic.letters", "attic.trunk", "attic.trunk"],
        ["attic.letters", "attic.letters", "attic.trunk"],
    )
    assert count_modules(house)["hall"] > CROWDED
    coats = [f"hall.coat{number}" for number in range(13)]
    assert list_unused(house, ["cellar.stove", *coats]) == ["attic.lamp"]
    rule = crooked_house.parent / "rule.smk"
    rule.write_text("rule all:\n    input: []\n\nfrom crooked.attic.lamp import (\n    light,\n)\n")
    assert read_imports(rule, "crooked", house) == {"attic.lamp"}
