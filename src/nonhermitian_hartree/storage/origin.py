"""Where a table comes from: the commit of the code and a digest of every parameter it depends on."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

COMMIT_KEY = "nonhermitian_hartree.commit"
DIGEST_KEY = "nonhermitian_hartree.config_digest"
UNKNOWN_COMMIT = "unknown"


def describe_origin(parameters: Mapping[str, object], inputs: Iterable[str | Path] = ()) -> dict[str, str]:
    """Metadata of a table: the commit, and a digest of its own parameters and of those of its input tables.

    The digest changes when, and only when, a configuration value that the table depends on does.
    """
    digests = [read_origin(path)[DIGEST_KEY] for path in inputs]
    text = json.dumps([dict(parameters), digests], sort_keys=True, separators=(",", ":"))
    return {COMMIT_KEY: find_commit(), DIGEST_KEY: hashlib.sha256(text.encode()).hexdigest()}


def read_origin(path: str | Path) -> dict[str, str]:
    """Commit and digest in the metadata of a Parquet table; empty strings where it has none."""
    metadata = pq.read_schema(path).metadata or {}
    return {key: metadata.get(key.encode(), b"").decode() for key in (COMMIT_KEY, DIGEST_KEY)}


def find_commit() -> str:
    """Commit of this package's source, with ``-dirty`` if a tracked file differs from it.

    ``unknown`` where the source is no part of a git repository (an installed copy, or no git at all).
    """
    try:
        _run_git("ls-files", "--error-unmatch", Path(__file__).name)
        return _run_git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN_COMMIT


def _run_git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
