"""What a build was made of: code, versions, resolved configuration, and the checksum of every table."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable
from importlib.metadata import requires, version
from pathlib import Path

from nonhermitian_hartree.storage.origin import COMMIT_KEY, DIGEST_KEY, find_commit, read_origin

DISTRIBUTION = "nonhermitian-hartree"


def describe_build(config: str, tables: Iterable[str | Path]) -> dict[str, object]:
    """Describe a build, with no date and no path of the machine: the same build gives the same text.

    Parameters
    ----------
    config : str
        The resolved configuration as JSON.
    tables : iterable of path
        Parquet tables, which say themselves by which commit and parameters they were made, and CSV tables.
    """
    commit = find_commit()
    return {
        "commit": commit.removesuffix("-dirty"),
        "dirty": commit.endswith("-dirty"),
        "versions": list_versions(),
        "config": json.loads(config),
        "tables": {str(path): _describe_table(Path(path)) for path in sorted(map(str, tables))},
    }


def list_versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it needs."""
    needed = [line for line in requires(DISTRIBUTION) or () if "extra ==" not in line]
    names = sorted(re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in needed)
    return {"python": platform.python_version(), **{name: version(name) for name in [DISTRIBUTION, *names]}}


def _describe_table(path: Path) -> dict[str, str]:
    checksum = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    if path.suffix != ".parquet":
        return checksum
    origin = read_origin(path)
    return {**checksum, "commit": origin[COMMIT_KEY], "config_digest": origin[DIGEST_KEY]}
