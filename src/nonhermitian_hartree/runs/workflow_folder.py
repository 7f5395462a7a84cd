"""Where the workflow is that belongs to this package: in its clone, or beside it where a wheel has put it."""

from __future__ import annotations

from pathlib import Path

from nonhermitian_hartree.errors import WorkplaceError

PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = PACKAGE.parent / "nonhermitian_hartree_workflow"
"""What setup.py puts into a wheel."""


def find_workflow() -> Path:
    """Folder with Snakefile, workflow/, config/, profiles/, CITATION.cff and LICENSE.

    Raises
    ------
    WorkplaceError
        If the package came without them: copied by hand, say.
    """
    for folder in (INSTALLED, PACKAGE.parents[1]):
        if (folder / "workflow" / "Snakefile").is_file():
            return folder
    raise WorkplaceError(
        f"{PACKAGE}: found no workflow with it; allowed: the package as installed from a wheel or from a clone"
    )
