"""Which modules of this package a Python file imports, directly or through others: what its result depends on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def list_module_dependencies(script: str | Path) -> list[Path]:
    """Source files of this package that ``script`` imports, transitively and sorted, each ``__init__`` included.

    Imports are read from the syntax tree, those inside functions too; nothing is executed.
    """
    pending, found = [Path(script)], set()
    while pending:
        for module in _imported_modules(pending.pop()):
            if module not in found:
                found.add(module)
                pending.append(module)
    return sorted(found)


@cache
def _imported_modules(path: Path) -> frozenset[Path]:
    names: set[str] = set()
    for node in _statements(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise ImportError(
                f"{path}, line {node.lineno}: relative imports are not followed; write {PACKAGE.name}.…"
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(file for name in names for file in _package_files(name))


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements below a node; expressions, which hold most of a tree and no import, are not entered."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, block, ()):
            if isinstance(inner, ast.stmt):
                yield inner
            yield from _statements(inner)


@cache
def _package_files(name: str) -> list[Path]:
    """Files that Python runs to import ``name``: ``__init__`` of every package above it, and its own."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return []
    folders = [PACKAGE.joinpath(*rest[:depth]) for depth in range(len(rest) + 1)]
    module = folders[-1].with_suffix(".py")
    return [file for file in (*(folder / "__init__.py" for folder in folders), module) if file.is_file()]
