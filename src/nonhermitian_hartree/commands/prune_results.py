"""List or remove results that a configuration no longer names.

``snakemake --list-untracked | python -m nonhermitian_hartree.commands.prune_results results/paper [--remove]``
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

PRUNED = ("studies", "figures", "logs", "benchmarks")
"""Folders of a run that hold nothing but what the workflow writes."""


def list_orphans(results: str | Path, untracked: Iterable[str]) -> list[Path]:
    """Files below ``results`` that no job makes, sorted.

    Parameters
    ----------
    results : path
        ``results/<name>``; only its folders `PRUNED` are looked at, never through a symbolic link.
    untracked : iterable of str
        Files that no job reads, writes or logs to, relative to the working directory. Jobs do not tell their
        benchmarks; a benchmark is an orphan if its log, of the same name, is one or is not there.

    Returns
    -------
    list of Path
        With the hidden temporary files that a killed job left.
    """
    root = PurePosixPath(results)
    unnamed = {PurePosixPath(line) for line in untracked}
    found = set()
    for folder in PRUNED:
        for path in _list_files(Path(root / folder)):
            relative = PurePosixPath(path)
            if folder == "benchmarks":
                log = (root / "logs" / relative.relative_to(root / folder)).with_suffix(".log")
                is_orphan = log in unnamed or not Path(log).exists()
            else:
                is_orphan = relative in unnamed or path.name.startswith(".")
            if is_orphan:
                found.add(path)
    return sorted(found)


def remove_orphans(results: str | Path, orphans: Iterable[Path]) -> None:
    """Remove files, and the folders below ``results`` that this leaves empty."""
    for path in orphans:
        path.unlink()
        for parent in path.parents:
            if parent == Path(results) or any(parent.iterdir()):
                break
            parent.rmdir()


def _list_files(folder: Path) -> Iterable[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _list_files(path)
        elif path.is_file():
            yield path


def main(arguments: list[str], untracked: Iterable[str]) -> int:
    """List what would be removed, or remove it; 2 if the arguments are not those of the module's docstring."""
    results, *options = arguments or [""]
    if options not in ([], ["--remove"]) or not re.fullmatch("results/[a-z][a-z0-9_]*", results):
        print(__doc__, file=sys.stderr)
        return 2
    orphans = list_orphans(results, (line.rstrip("\n") for line in untracked))
    for path in orphans:
        print(path)
    if options:
        remove_orphans(results, orphans)
        print(f"{len(orphans)} files removed")
    else:
        print(
            f"{len(orphans)} files that no configuration key names"
            + (" (nothing is removed yet)" if orphans else "")
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin))
