"""What a step is said to depend on is what Python really loads for it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from nonhermitian_hartree.runs.module_dependencies import PACKAGE, list_module_dependencies

SCRIPTS = sorted((Path(__file__).parents[2] / "workflow" / "scripts").glob("*.py"))

# For each script, in a fork of a process that has the packages of others: import what the script imports, then
# also what functions import when they are called, until nothing new comes; say which modules are loaded.
LIST_LOADED = f"""
import importlib, json, os, re, sys
import flint, matplotlib.pyplot, pandas, pyarrow.parquet, pydantic, scipy.integrate, scipy.optimize

def loaded():
    return {{m.__file__ for name, m in sys.modules.items() if name.split(".")[0] == "{PACKAGE.name}"}}

for script, imports in json.load(sys.stdin).items():
    sys.stdout.flush()
    if os.fork() == 0:
        assert not loaded()
        exec(imports)
        before = None
        while before != loaded():
            before = loaded()
            for file in before:
                source = open(file).read()
                for name in re.findall(r"^[ \\t]+(?:from|import) ({PACKAGE.name}[\\w.]*)", source, re.MULTILINE):
                    importlib.import_module(name)
        print(json.dumps([script, sorted(loaded())]), flush=True)
        os._exit(0)
    os.wait()
"""


def imports_of(script: Path) -> str:
    body = ast.parse(script.read_text()).body
    return "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))


def test_listed_modules_are_those_loaded():
    imports = json.dumps({script.stem: imports_of(script) for script in SCRIPTS})
    done = subprocess.run(
        [sys.executable, "-c", LIST_LOADED], input=imports, capture_output=True, text=True, check=True
    )
    loaded = dict(map(json.loads, done.stdout.splitlines()))
    assert loaded == {script.stem: list(map(str, list_module_dependencies(script))) for script in SCRIPTS}
    assert len(loaded) == len(SCRIPTS) > 10
