"""docs/equations.md as data, and everything that can be wrong with it."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nonhermitian_hartree"
TABLE = ROOT / "docs" / "equations.md"
NUMBERS = range(1, 49)

LINK = re.compile(r"\[`([^`]+)`\]\(([^)]+)\)")
NUMBER = re.compile(r"\((\d+)\)(?:[–-]\((\d+)\))?")
CITATION = re.compile(r"\b[Ee]q(?:uation)?s?\.?\s+((?:\(\d+\)(?:[–-]|, and |, | and | or )?)+)")


def find_problems(table: str) -> list[str]:
    """Every fault of the table, each in a line that begins with the number of its equation."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines() if re.match(r"\| \(\d", line)]
    cells = [[cell.strip() for cell in row] for row in rows]
    count = Counter(int(row[0].strip("()")) for row in cells)
    problems = [f"({n}) has {count[n]} rows" for n in sorted({*NUMBERS, *count}) if count[n] != (n in NUMBERS)]
    for row in cells:
        number, says, functions, tests = int(row[0].strip("()")), *row[1:]
        faults = [] if says else ["says nothing"]
        faults += _faults_of_cell(number, functions, "function", _docstring_of_function)
        faults += _faults_of_cell(number, tests, "test", _docstring_of_test)
        problems += [f"({number}) {fault}" for fault in faults]
    return problems


def _faults_of_cell(number, cell, kind, read_docstring):
    links = LINK.findall(cell)
    if not links and not re.fullmatch(r"none: .{10,}", cell):
        yield f"has neither {kind} nor reason"
    for name, target in links:
        try:
            docstring = read_docstring(name, (TABLE.parent / target).resolve())
        except (LookupError, AttributeError, ImportError, OSError) as error:
            yield f"names the {kind} {name} of {target}: {error}"
        else:
            if number not in numbers_in(docstring):
                yield f"is not named by the docstring of {name}"


def _docstring_of_function(name, path):
    source = path.relative_to(PACKAGE).with_suffix("").parts if path.is_relative_to(PACKAGE) else ()
    parts = name.split(".")
    module_name, attributes = parts[: len(source)], parts[len(source) :]
    module = importlib.import_module(".".join([PACKAGE.name, *module_name]))
    if not attributes or path != Path(module.__file__).resolve():
        raise LookupError("the link leads elsewhere")
    found = module
    for attribute in attributes:
        found = getattr(found, attribute)
    if any(attribute.startswith("_") for attribute in attributes):
        raise LookupError("it is not public")
    return found.__doc__ or ""


def _docstring_of_test(name, path):
    file, _, function = name.partition("::")
    if ROOT / "tests" / file != path:
        raise LookupError("the link leads elsewhere")
    return functions_of(path)[function]


@cache
def functions_of(path: Path) -> dict[str, str]:
    """Docstrings of the functions that a file defines."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: ast.get_docstring(node) or "" for node in body if isinstance(node, ast.FunctionDef)}


def numbers_in(text: str) -> set[int]:
    """Numbers n that a text has as ``(n)`` or within ``(a)–(b)``."""
    pairs = NUMBER.findall(text)
    return {n for first, last in pairs for n in range(int(first), int(last or first) + 1)}


def cited_equations(text: str) -> set[int]:
    """Numbers of all equations that a text cites as ``eq. (n)``, lists and ranges included."""
    return set().union(*(numbers_in(match) for match in CITATION.findall(text)))
