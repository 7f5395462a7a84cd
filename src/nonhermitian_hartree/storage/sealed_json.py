"""JSON files that hold the checksum of their own content, read back only if it agrees."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.parquet import advise_rebuild, first_line

CONTENT, CHECKSUM = "content", "sha256"


def write_sealed(content: Any, path: str | Path) -> None:
    """Write plain data with its checksum, whole or not at all."""
    sealed = {CHECKSUM: _digest(content), CONTENT: content}
    with replace_atomically(path) as temporary:
        temporary.write_text(json.dumps(sealed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_sealed(path: str | Path) -> Any:
    """Read what `write_sealed` wrote.

    Raises
    ------
    TableError
        If the file is missing, is no JSON, or has been changed since it was written.
    """
    try:
        sealed = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise TableError(advise_rebuild(path, f"cannot be read: {first_line(error)}")) from error
    if not isinstance(sealed, dict) or sealed.keys() != {CHECKSUM, CONTENT}:
        raise TableError(advise_rebuild(path, f"is not one object with {CHECKSUM} and {CONTENT}"))
    if sealed[CHECKSUM] != _digest(sealed[CONTENT]):
        raise TableError(advise_rebuild(path, "has been changed since it was written"))
    return sealed[CONTENT]


def _digest(content: Any) -> str:
    """Checksum that depends on the values only, not on how the JSON is laid out."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
