"""Where a table comes from: parameters, code, commit and versions, of its own step and of those before it."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

COMMIT_KEY = "nonhermitian_hartree.commit"
DIGEST_KEY = "nonhermitian_hartree.config_digest"
CODE_KEY = "nonhermitian_hartree.code_sha256"
VERSIONS_KEY = "nonhermitian_hartree.versions"
UNKNOWN_COMMIT = "unknown"

NUMERICS = ("numpy", "scipy", "python-flint")
"""Packages whose arithmetic is in the numbers: another version of one computes them again."""
RECORDED = (*NUMERICS, "pandas", "pyarrow")
"""Packages whose versions every table carries, beside that of Python."""


def describe_numerics() -> str:
    """Versions of the packages that compute, as text: a parameter of every rule whose script computes."""
    return ", ".join(f"{name} {found}" for name, found in _find_versions(NUMERICS).items())


def describe_origin(
    parameters: Mapping[str, object], code: Iterable[str | Path], inputs: Iterable[Mapping[str, str]] = ()
) -> dict[str, str]:
    """Metadata of a table: whatever went into it, up to and including its own step.

    Parameters
    ----------
    parameters : mapping
        Configuration values of the step; ``numerics`` is not one, and left out.
    code : iterable of path
        The script of the step and the modules it imports.
    inputs : iterable of mapping
        Origins of the tables it reads.

    Returns
    -------
    dict
        Digests of the parameters and of the code, which change when, and only when, what the table depends on
        does; the commit, and as JSON the versions of Python and of the packages `RECORDED`. Where those of a table
        before it were others, all of them are named.
    """
    before = list(inputs)
    values = {name: value for name, value in parameters.items() if name != "numerics"}
    sources = sorted(hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in code)
    versions = [json.loads(origin[VERSIONS_KEY]) for origin in before]
    commits = [{"commit": origin[COMMIT_KEY]} for origin in before]
    return {
        COMMIT_KEY: merge_versions([{"commit": find_commit()}, *commits])["commit"],
        DIGEST_KEY: _digest([values, [origin[DIGEST_KEY] for origin in before]]),
        CODE_KEY: _digest([sources, [origin[CODE_KEY] for origin in before]]),
        VERSIONS_KEY: json.dumps(merge_versions([find_versions(), *versions])),
    }


def find_versions() -> dict[str, str]:
    """Versions of Python and of the packages `RECORDED` that are installed."""
    return {"python": platform.python_version(), **_find_versions(RECORDED)}


def merge_versions(versions: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Versions of several makers by package; where they differ, all of them, separated by commas."""
    merged: dict[str, set[str]] = {}
    for found in versions:
        for name, text in found.items():
            merged.setdefault(name, set()).update(text.split(", "))
    return {name: ", ".join(sorted(texts)) for name, texts in sorted(merged.items())}


def find_commit() -> str:
    """Commit of this package's source, with ``-dirty`` if a tracked file differs from it.

    ``unknown`` where git does not tell: an installed copy, a tarball, no git at all, or a checkout that belongs to
    somebody else and is not in ``safe.directory``.
    """
    try:
        _run_git("ls-files", "--error-unmatch", Path(__file__).name)
        return _run_git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN_COMMIT


def _run_git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _digest(plain: object) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _find_versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in packages:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
