"""Rows of members are found in the parts beside, if they were made of the same, and nowhere else."""

import json

import pyarrow as pa
import pytest

from nonhermitian_hartree.storage.origin import CODE_KEY
from nonhermitian_hartree.storage.parquet import write_parquet
from nonhermitian_hartree.storage.reuse import MEMBERS_KEY, digest_members, find_known_rows

PARAMETERS = {"model": "m", "state": "s", "parameters": "p", "times": "[1]", "numerics": "numpy 2"}
ORIGIN = {CODE_KEY: "code"}


def write_part(root, name, digests):
    rows = [(member, 10 * member + row) for member in range(len(digests)) for row in range(2)]
    members, values = zip(*rows, strict=True)
    table = pa.table({"member": pa.array(members), "value": pa.array(values)})
    (root / name).mkdir(parents=True)
    write_parquet(table, root / name / "hartree.parquet", {MEMBERS_KEY: json.dumps(digests)})


def test_rows_of_members_in_other_parts_are_found(tmp_path):
    write_part(tmp_path / "fan", "a", ["one", "two", "three"])
    write_part(tmp_path / "fan", "b", ["four"])
    write_part(tmp_path / "other", "c", ["five"])
    found = find_known_rows(tmp_path / "fan" / "new" / "hartree.parquet", ["zero", "three", "four", "five", "one"])
    assert {number: rows["value"].to_pylist() for number, rows in found.items()} == {
        1: [20, 21],
        2: [0, 1],
        4: [0, 1],
    }
    assert find_known_rows(tmp_path / "fan" / "new" / "limit.parquet", ["three"]) == {}
    assert find_known_rows(tmp_path / "fan" / "hartree.parquet", []) == {}


@pytest.mark.parametrize("how", ["cut", "edited", "emptied", "text"])
def test_a_damaged_part_holds_nothing(tmp_path, how):
    write_part(tmp_path, "a", ["one"])
    path = tmp_path / "a" / "hartree.parquet"
    content = path.read_bytes()
    changed = {
        "cut": content[:-7],
        "edited": content[:30] + bytes(b ^ 0xFF for b in content[30:60]) + content[60:],
        "emptied": b"",
        "text": b"no table",
    }
    path.write_bytes(changed[how])
    assert find_known_rows(tmp_path / "b" / "hartree.parquet", ["one"]) == {}


@pytest.mark.parametrize("key", ["times", "numerics"])
def test_other_parameters_are_another_digest(key):
    (before,) = digest_members(["who"], PARAMETERS, ORIGIN)
    assert digest_members(["who"], PARAMETERS | {key: "other"}, ORIGIN) != [before]


def test_digests_depend_on_the_member_and_the_code_and_not_on_the_block():
    (before,) = digest_members(["who"], PARAMETERS, ORIGIN)
    block = {"model": "x", "state": "y", "parameters": "z"}
    assert digest_members(["who"], PARAMETERS | block, ORIGIN) == [before]
    assert digest_members(["other"], PARAMETERS, ORIGIN) != [before]
    assert digest_members(["who"], PARAMETERS, {CODE_KEY: "edited"}) != [before]
