"""What a step is said to depend on is what Python really loads for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from nonhermitian_hartree.runs.module_dependencies import PACKAGE, list_module_dependencies

SCRIPTS = sorted((Path(__file__).parents[2] / "workflow" / "scripts").glob("*.py"))

# Import also what functions import when they are called, until nothing new comes; then say what is loaded.
LIST_LOADED = f"""
import importlib, re, sys

def loaded():
    return {{m.__file__ for name, m in sys.modules.items() if name.split(".")[0] == "{PACKAGE.name}"}}

before = None
while before != loaded():
    before = loaded()
    for file in before:
        source = open(file).read()
        for name in re.findall(r"^[ \\t]+(?:from|import) ({PACKAGE.name}[\\w.]*)", source, re.MULTILINE):
            importlib.import_module(name)
print(*sorted(loaded()), sep="\\n")
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_listed_modules_are_those_loaded(script):
    body = ast.parse(script.read_text()).body
    imports = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    program = "\n".join([*imports, LIST_LOADED])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert list(map(str, list_module_dependencies(script))) == done.stdout.split()
