"""What the package needs for the workflow, beside its numerics: the extra ``workflow``."""

from __future__ import annotations

from importlib.util import find_spec

from nonhermitian_hartree.errors import MissingExtraError


def require_workflow_extra(*packages: str) -> None:
    """Let packages pass that can be imported; a folder of the workflow names its own before it imports any.

    Raises
    ------
    MissingExtraError
        Naming those that are not installed, with the command that installs them.
    """
    missing = [name for name in packages if not _is_there(name)]
    if missing:
        raise MissingExtraError(
            f"found no package {', '.join(missing)}, which configurations, tables and figures need; allowed: the "
            "package with its extra `workflow`: pip install 'nonhermitian-hartree[workflow]'",
            name=missing[0],
        )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of whoever stands in for it
        return False
