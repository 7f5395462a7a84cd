"""A damaged table is refused, whichever byte is hit."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pyarrow.parquet as pq
import pytest

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.csv_files import read_csv, write_csv
from nonhermitian_hartree.storage.origin import COMMIT_KEY, DIGEST_KEY, describe_origin, read_origin
from nonhermitian_hartree.storage.parquet import concatenate_tables, make_table, read_parquet, write_parquet

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
        read_csv(path, {"a": "str", "b": "int64"})


def test_digest_follows_the_parameters_and_those_of_the_inputs(tmp_path):
    def write(name, parameters, inputs=()):
        path = tmp_path / name
        write_parquet(TABLE, path, describe_origin(parameters, inputs))
        return path

    one, same, other = write("one", {"t": 1}), write("same", {"t": 1}), write("other", {"t": 2})
    digests = [read_origin(path)[DIGEST_KEY] for path in (one, same, other)]
    assert digests[0] == digests[1] != digests[2]
    after = [read_origin(write(f"after_{path.name}", {}, [path]))[DIGEST_KEY] for path in (one, same, other)]
    assert after[0] == after[1] != after[2]
    assert read_origin(one)[COMMIT_KEY]


def test_doubles_survive_csv(tmp_path):
    frame = TABLE.to_pandas().assign(time=[0.1, 1 / 3, 5e-324])
    write_csv(frame, tmp_path / "table.csv")
    columns = {"state": "str", "time": "float64", "particles": "int64"}
    assert (read_csv(tmp_path / "table.csv", columns)["time"] == frame["time"]).all()
