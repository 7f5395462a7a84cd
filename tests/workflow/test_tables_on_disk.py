"""A damaged table is refused, whichever byte is hit."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.metadata import version

import numpy as np
import pyarrow.parquet as pq
import pytest

from nonhermitian_hartree import build_model
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.steps.assessment import assess_members
from nonhermitian_hartree.steps.assessment_file import read_assessments, write_assessments
from nonhermitian_hartree.storage.csv_files import parse_csv, read_csv, write_csv
from nonhermitian_hartree.storage.origin import CODE_KEY, COMMIT_KEY, DIGEST_KEY, VERSIONS_KEY, describe_origin
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table, read_parquet, write_parquet
from nonhermitian_hartree.storage.study_tables import read_origin
from tests.members import members_of

TABLE = make_table({"state": "tilted", "time": np.array([0.0, 0.5, 1.0]), "particles": np.array([2, 3, 4])})
ORIGIN = {"origin": "a test"}


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "table.parquet"
    write_parquet(TABLE, target, ORIGIN)
    return target


def test_table_comes_back_with_its_origin(path):
    assert read_parquet(path).equals(TABLE)
    write_parquet(concatenate_tables([read_parquet(path)] * 2), path, ORIGIN)
    assert read_parquet(path).equals(concatenate_tables([TABLE, TABLE]))
    assert pq.read_schema(path).metadata[b"origin"] == b"a test"


def test_flip_of_any_byte_is_refused_or_harmless(path):
    content = path.read_bytes()
    refused = 0
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x01]) + content[position + 1 :])
        with suppress(TableError):
            refused += 1
            assert read_parquet(path).equals(TABLE), position
            refused -= 1
    assert refused > len(content) / 3  # the rest are statistics and encodings that no reader of values looks at


@pytest.mark.parametrize("kept", [0, 1, 100])
def test_table_cut_short_is_refused(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(TableError, match="delete the file and run the workflow again"):
        read_parquet(path)


@pytest.mark.parametrize("text", ["", "a,c\nx,1\n", "a,b\nx,one\n", "a,b\nx,1,2\n", "a\nx\n", "a,b\nx,\n"])
def test_csv_of_another_schema_is_refused(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(TableError, match="delete the file and run the workflow again"):
        parse_csv(path, {"a": "str", "b": "int64"})


def damage_text(path, how):
    text = path.read_text()
    path.write_text({"emptied": "", "cut": text[:-3], "edited": text.replace("0.5", "0.6")}[how])


@pytest.mark.parametrize("how", ["emptied", "cut", "edited"])
@pytest.mark.parametrize("damaged", ["table.csv", "table.csv-metadata.json"])
def test_csv_that_was_changed_is_refused(tmp_path, damaged, how):
    """Also where what is left is a table of the right columns and types."""
    path = tmp_path / "table.csv"
    write_csv({"a": ["x", "y"], "b": [0.5, 123.25]}, path, {"note": "0.5"})
    columns = {"a": "str", "b": "float64"}
    assert read_csv(path, columns)["b"].tolist() == [0.5, 123.25]
    damage_text(tmp_path / damaged, how)
    for read in (lambda: read_csv(path, columns), lambda: read_csv(path), lambda: read_origin(path)):
        with pytest.raises(
            TableError, match=r"table\.csv: the table .*; delete the file and run the workflow again"
        ):
            read()


def test_csv_without_its_metadata_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a\n1\n")
    with pytest.raises(TableError, match=r"table\.csv-metadata\.json is missing"):
        read_csv(path, {"a": "int64"})


@pytest.mark.parametrize("how", ["emptied", "cut", "edited"])
def test_assessment_that_was_changed_is_refused(tmp_path, how):
    path = tmp_path / "assessment.json"
    written = assess_members(members_of(build_model(two_body={"ZZ": 1j}), p0=0.5), 0.25, 1e-3, 10)
    write_assessments(written, path, ORIGIN, [])
    assert read_assessments(path) == (written, ORIGIN)
    damage_text(path, how)
    with pytest.raises(TableError, match=r"assessment\.json: the table .*; delete the file"):
        read_assessments(path)


def write_with_origin(path, parameters, code, inputs=()):
    origin = describe_origin(parameters, code, map(read_origin, inputs))
    write = write_csv if path.suffix == ".csv" else write_parquet
    write(TABLE.to_pandas() if path.suffix == ".csv" else TABLE, path, origin)
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_origin_follows_parameters_and_code_and_those_of_the_inputs(tmp_path, suffix):
    code, edited = tmp_path / "code.py", tmp_path / "edited.py"
    code.write_text("1")
    edited.write_text("2")
    made = {
        "one": ({"t": 1}, [code]),
        "same": ({"t": 1, "numerics": "numpy 0"}, [code]),
        "other": ({"t": 2}, [code]),
        "edited": ({"t": 1}, [edited]),
    }
    paths = {name: write_with_origin(tmp_path / f"{name}{suffix}", *how) for name, how in made.items()}
    after = {
        name: write_with_origin(tmp_path / f"after_{path.name}", {}, [code], [path])
        for name, path in paths.items()
    }
    for tables in (paths, after):
        origins = {name: read_origin(path) for name, path in tables.items()}
        assert origins["one"] == origins["same"]
        for name, key in (("other", DIGEST_KEY), ("edited", CODE_KEY)):
            assert {k for k in origins["one"] if origins["one"][k] != origins[name][k]} == {key}
    assert read_origin(paths["one"])[COMMIT_KEY]


def test_table_names_all_versions_that_went_into_it():
    before = describe_origin({}, []) | {VERSIONS_KEY: '{"numpy": "1.0"}', COMMIT_KEY: "an earlier one"}
    after = describe_origin({}, [], [before])
    assert json.loads(after[VERSIONS_KEY])["numpy"] == f"1.0, {version('numpy')}"
    assert json.loads(after[VERSIONS_KEY])["scipy"] == version("scipy")
    assert after[COMMIT_KEY].startswith("an earlier one, ") or after[COMMIT_KEY].endswith(", an earlier one")


def test_doubles_survive_csv(tmp_path):
    frame = TABLE.to_pandas().assign(time=[0.1, 1 / 3, 5e-324])
    write_csv(frame, tmp_path / "table.csv", ORIGIN)
    columns = {"state": "str", "time": "float64", "particles": "int64"}
    assert (read_csv(tmp_path / "table.csv", columns)["time"] == frame["time"]).all()
