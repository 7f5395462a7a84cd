"""Files are whole or absent, intact or refused; complex numbers survive; dependencies are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.runs.module_dependencies import PACKAGE, list_module_dependencies
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.columns import density_columns, read_density, read_vectors, vector_columns
from nonhermitian_hartree.storage.csv_files import read_csv, write_csv
from nonhermitian_hartree.storage.parquet import make_table, read_parquet, write_parquet


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "table.csv"
    with replace_atomically(target) as temporary:
        temporary.write_text("old")

    def write_half() -> None:
        with replace_atomically(target) as temporary:
            temporary.write_text("ne")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_half()
    assert target.read_text() == "old"
    assert list(target.parent.iterdir()) == [target]


def test_complex_columns_round_trip() -> None:
    rng = np.random.default_rng(0)
    for d in (2, 3):
        density = rng.normal(size=(5, d, d)) + 1j * rng.normal(size=(5, d, d))
        vectors = rng.normal(size=(5, d)) + 1j * rng.normal(size=(5, d))
        frame = pd.DataFrame({**density_columns(density), **vector_columns("nu", vectors)})
        assert np.array_equal(read_density(frame), density)
        assert np.array_equal(read_vectors(frame, "nu"), vectors)


@pytest.mark.parametrize("damage", ["flip_early", "flip_late", "cut"])
def test_damaged_parquet_is_refused(tmp_path: Path, damage: str) -> None:
    """A flipped byte in a page (the footer has no checksum) or a cut file: named, with the way out."""
    path = tmp_path / "exact.parquet"
    write_parquet(make_table({"value": np.random.default_rng(0).normal(size=2000)}), path, {})
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    else:
        data[int({"flip_early": 0.2, "flip_late": 0.8}[damage] * len(data))] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(TableError, match=r"exact\.parquet: the table cannot be read: .*; delete the file"):
        read_parquet(path)


def test_missing_files_and_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read"):
        read_parquet(tmp_path / "absent.parquet")
    with pytest.raises(TableError, match="cannot be read"):
        read_csv(tmp_path / "absent.csv", {"a": "float64"})
    write_parquet(make_table({"a": [1.0]}), tmp_path / "a.parquet", {})
    with pytest.raises(TableError, match=r"lacks the columns \['b'\]"):
        read_parquet(tmp_path / "a.parquet", ["a", "b"])
    write_csv(pd.DataFrame({"a": [1.0]}), tmp_path / "a.csv", {})
    with pytest.raises(TableError, match="has columns"):
        read_csv(tmp_path / "a.csv", {"a": "float64", "b": "str"})


def test_csv_keeps_every_digit(tmp_path: Path) -> None:
    values = np.concatenate([np.random.default_rng(1).normal(size=200), [1e-300, 0.1, np.pi]])
    write_csv(pd.DataFrame({"value": values}), tmp_path / "a.csv", {})
    assert np.array_equal(read_csv(tmp_path / "a.csv", {"value": "float64"})["value"], values)


def test_module_dependencies_are_transitive(tmp_path: Path) -> None:
    """Imports of both forms, inside functions too; nothing outside the package, nothing executed."""
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy\ndef f():\n    from nonhermitian_hartree.exact import closed_form\nraise SystemExit\n"
    )
    found = {path.relative_to(PACKAGE).as_posix() for path in list_module_dependencies(script)}
    assert {
        "__init__.py",
        "exact/__init__.py",
        "exact/closed_form.py",
        "exact/lattice_sum.py",
        "errors.py",
    } <= found
    assert {"numerics/__init__.py", "numerics/special.py"} <= found
    assert not {"hartree.py", "storage/parquet.py", "exact/certified/__init__.py"} & found


def test_tables_survive_without_pandas(tmp_path: Path) -> None:
    """Every type of column through a file, in a process that never imports pandas: steps must not wait for it."""
    program = """
import sys
import numpy as np
from nonhermitian_hartree.storage.parquet import *
PATH = sys.argv[1]
table = make_table({"x": np.array([0.1, np.nan, -0.0]), "n": [1, 2, 10**15], "s": ["a", "bé", ""],
                     "b": [True, False, True], "constant": "same", "one": 1.5})
write_parquet(concatenate_tables([table, table]), PATH, {})
columns = table_columns(read_parquet(PATH))
assert np.array_equal(columns["x"], [0.1, np.nan, -0.0] * 2, equal_nan=True) and np.signbit(columns["x"][5])
assert columns["n"].tolist() == [1, 2, 10**15] * 2 and columns["s"].tolist() == ["a", "bé", ""] * 2
assert columns["b"].tolist() == [True, False, True] * 2 and columns["constant"].tolist() == ["same"] * 6
assert columns["one"].tolist() == [1.5] * 6 and "pandas" not in sys.modules
pairs = make_table({"pair": np.array([[1.0, 2.0], [3.0, 4.0]])})
numbered = concatenate_tables([with_members(pairs, 7), with_members(with_members(pairs, 0), np.array([8, 9]))])
write_parquet(numbered, PATH, {})
columns = table_columns(read_parquet(PATH))
assert columns["member"].tolist() == [7, 7, 8, 9] and columns["pair"].tolist() == [[1, 2], [3, 4]] * 2
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "t.parquet")], check=True)
