"""What a build was made of: code, versions, resolved configuration, and where every table comes from."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import requires, version
from pathlib import Path
from typing import TypedDict

from nonhermitian_hartree.storage.origin import (
    CODE_KEY,
    COMMIT_KEY,
    DIGEST_KEY,
    UNKNOWN_COMMIT,
    VERSIONS_KEY,
    find_commit,
    merge_versions,
)
from nonhermitian_hartree.storage.study_tables import read_origin

DISTRIBUTION = "nonhermitian-hartree"
EXTRA = "extra == 'workflow'"
"""What marks, in the metadata of the package, a requirement of the workflow only."""


class TableOrigin(TypedDict):
    """What one table is made of; the commit is None where git did not tell it."""

    sha256: str
    commit: str | None
    config_digest: str
    code_sha256: str
    versions: dict[str, str]


def describe_build(config: str, tables: Iterable[str | Path]) -> dict[str, object]:
    """Describe a build, with no date and no path of the machine: the same build gives the same text.

    Parameters
    ----------
    config : str
        The resolved configuration as JSON.
    tables : iterable of path
        Tables, each of which says itself by which commit, code, parameters and versions it was made.

    Returns
    -------
    dict
        ``commit``, ``dirty`` and ``written_with`` are those of this description; None where git does not tell.
        ``tables`` has the origin of each, ``versions`` all that are in their origins, and ``differences`` the
        tables by version (or commit) wherever not all tables agree.

    Raises
    ------
    TableError
        If a table is missing or damaged.
    """
    commit = find_commit()
    known = commit != UNKNOWN_COMMIT
    described = {str(path): _describe_table(Path(path)) for path in sorted(map(str, tables))}
    made_by = {
        path: {"commit": table["commit"] or UNKNOWN_COMMIT, **table["versions"]}
        for path, table in described.items()
    }
    return {
        "commit": commit.removesuffix("-dirty") if known else None,
        "dirty": commit.endswith("-dirty") if known else None,
        "written_with": list_versions(),
        "config": json.loads(config),
        "versions": merge_versions(table["versions"] for table in described.values()),
        "differences": find_differences(made_by),
        "tables": described,
    }


def find_differences(made_by: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, list[str]]]:
    """Where not all tables were made by the same: the maker, and for each version of it the tables."""
    differences = {}
    for maker in sorted({name for makers in made_by.values() for name in makers}):
        tables_of: dict[str, list[str]] = {}
        for path, makers in made_by.items():
            tables_of.setdefault(makers.get(maker, "none"), []).append(path)
        if len(tables_of) > 1:
            differences[maker] = tables_of
    return differences


def list_versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it and the workflow need."""
    lines = [line.replace('"', "'") for line in requires(DISTRIBUTION) or ()]
    needed = [line for line in lines if "extra ==" not in line or EXTRA in line]
    names = sorted(re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in needed)
    return {"python": platform.python_version(), **{name: version(name) for name in [DISTRIBUTION, *names]}}


def _describe_table(path: Path) -> TableOrigin:
    origin = read_origin(path)
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "commit": None if origin[COMMIT_KEY] == UNKNOWN_COMMIT else origin[COMMIT_KEY],
        "config_digest": origin[DIGEST_KEY],
        "code_sha256": origin[CODE_KEY],
        "versions": json.loads(origin[VERSIONS_KEY]),
    }
