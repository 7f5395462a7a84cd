"""What of the place where a workflow lies would make its jobs fail, found before any of them starts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from shlex import quote

from nonhermitian_hartree.errors import WorkplaceError

TAKEN_APART = re.compile(r"[\s\"'`$\\&;()<>|*?{}\[\]]")
"""Characters that a shell does not take as they are; Snakemake quotes not every path that it hands to one."""
SECONDS_OF_SKEW = 60.0
"""Clocks of nodes that share a file system may differ by as much."""


def require_plain_paths(*paths: str | Path) -> None:
    """Let paths pass that a shell takes as they are, accents and all.

    Raises
    ------
    WorkplaceError
        Naming a path with a space, a quote or another such character.
    """
    for path in paths:
        if found := TAKEN_APART.search(str(path)):
            raise WorkplaceError(
                f"{path}: found the character {found[0]!r} in the path; allowed: a path without spaces, quotes "
                "and other characters that a shell takes apart; move the folder, and make its .venv anew"
            )


def require_no_future(sources: Iterable[str | Path]) -> None:
    """Let files pass that are not dated in the future: a table would be older than the code that made it.

    Raises
    ------
    WorkplaceError
        Naming a file whose date has not come yet, with the command that gives all in its folder today's.
    """
    now = time.time()
    for path in sources:
        changed = Path(path).stat().st_mtime
        if changed > now + SECONDS_OF_SKEW:
            raise WorkplaceError(
                f"{path}: found the date {datetime.fromtimestamp(changed):%Y-%m-%d %H:%M:%S}, yet to come; "
                "allowed: sources of the past, for Snakemake throws away what is older than its sources; set the "
                "clock, or give the files beside it today's date: find "
                f"{quote(str(Path(path).parent))} -newermt now -exec touch {{}} +"
            )
