"""`make verify` finds the values of the high-precision path, and names each one that it does not find."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nonhermitian_hartree.commands.verify_results import main

REFERENCE = Path(__file__).parents[1] / "references"
sys.path.append(str(REFERENCE))
from tests.references.make_reference import POINTS, reference_lines  # noqa: E402 – a script, not a package

SMALL_POINTS = [("dynamics", "tilted", (10, 100), ("0.25", "1")), ("dynamics", "balanced", (10,), ("1",))]


@pytest.fixture
def lines() -> list[str]:
    return list(reference_lines(SMALL_POINTS))


def verify(built, tmp_path, lines) -> int:
    (tmp_path / "reference.csv").write_text("\n".join(lines) + "\n")
    return main([str(built.results), str(tmp_path / "reference.csv")])


def test_small_build_agrees_with_the_high_precision_path(built, tmp_path, lines, capsys):
    assert verify(built, tmp_path, lines) == 0
    assert f"{len(lines) - 1} of {len(lines) - 1} reference values" in capsys.readouterr().out


def test_every_difference_is_named(built, tmp_path, lines, capsys):
    entropy = "dynamics,exact,tilted,10,1,,linear_entropy,"
    changed = [
        f"{entropy}{float(line.removeprefix(entropy)) * (1 + 3e-12)}" if entropy in line else line
        for line in lines
    ]
    absent = "dynamics,exact,tilted,11,1,,linear_entropy,0.1"
    unknown = "dynamics,exact,tilted,10,1,,entropie,0.1"
    assert verify(built, tmp_path, [*changed, absent, unknown]) == 1
    differences = capsys.readouterr().out.splitlines()[:-1]
    assert len(differences) == 3
    assert differences[0].startswith("dynamics/exact, state tilted, particles 10, time 1.0: linear_entropy is ")
    assert differences[1].endswith("particles 11, time 1.0: linear_entropy is not in the table")
    assert differences[2].endswith("entropie is not in the table")


def test_missing_table_is_named(built, tmp_path, lines, capsys):
    assert verify(built, tmp_path, [lines[0], "nowhere,exact,tilted,10,1,,linear_entropy,0.1"]) == 1
    assert "studies/nowhere/exact.parquet" in capsys.readouterr().err


def test_committed_reference_is_what_the_script_writes():
    cheap = [point for point in POINTS if max(point[2]) <= 10]
    committed = (REFERENCE / "paper.csv").read_text().splitlines()
    assert set(reference_lines(cheap)) <= set(committed)
