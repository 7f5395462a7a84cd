"""What a step is said to depend on is what Python really loads for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from nonhermitian_hartree.module_dependencies import PACKAGE, list_module_dependencies

SCRIPTS = sorted((Path(__file__).parents[2] / "workflow" / "scripts").glob("*.py"))
LIST_LOADED = f"""
import sys
for name, module in sorted(sys.modules.items()):
    if name.split(".")[0] == "{PACKAGE.name}":
        print(module.__file__)
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_listed_modules_are_those_loaded(script):
    body = ast.parse(script.read_text()).body
    imports = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    program = "\n".join([*imports, LIST_LOADED])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert list(map(str, list_module_dependencies(script))) == sorted(done.stdout.split())
