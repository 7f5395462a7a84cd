"""What the package needs beside its numerics: the extras ``workflow`` and ``qutip``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from nonhermitian_hartree.errors import MissingExtraError


def require_workflow_extra(*packages: str) -> None:
    """Let packages pass that can be imported; a folder of the workflow names its own before it imports any.

    Raises
    ------
    MissingExtraError
        Naming those that are not installed, with the command that installs them.
    """
    _require("workflow", "configurations, tables and figures need", packages)


def require_qutip_extra() -> None:
    """Let pass where QuTiP can be imported.

    Raises
    ------
    MissingExtraError
        With the command that installs it.
    """
    _require("qutip", "operators of QuTiP need", ["qutip"])


def _require(extra: str, purpose: str, packages: Sequence[str]) -> None:
    missing = [name for name in packages if not _is_there(name)]
    if missing:
        raise MissingExtraError(
            f"found no package {', '.join(missing)}, which {purpose}; allowed: the "
            f"package with its extra `{extra}`: pip install 'nonhermitian-hartree[{extra}]'",
            name=missing[0],
        )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of whoever stands in for it
        return False
