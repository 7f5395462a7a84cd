"""What can be done without the extra `workflow`, and what is said where it is needed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXTRA = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["workflow"]
IMPORTED = {"pyyaml": "yaml"}
"""Names under which packages are imported, where that is another."""
NAMES = sorted(IMPORTED.get(name, name) for name in (re.match(r"[\w-]+", line)[0] for line in EXTRA))

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
"""


def run_without(names: list[str], program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process that finds no package of these names."""
    code = BLOCKED.format(names=set(names)) + program
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_the_api_computes_without_the_packages_of_the_workflow():
    """All public names, the paper's example, where Hartree fails from t = 0.2656 on, and two particles in full."""
    done = run_without(
        NAMES,
        """
import nonhermitian_hartree as nh

assert all(getattr(nh, name) for name in nh.__all__)
counterexample, tilted = nh.build_model(two_body={"ZZ": 1j}), nh.build_state(p0=0.6)
rotated = nh.build_model(one_body={"X": 0.5}, two_body={"ZZ": 1j})
verdict = nh.assess_hartree(counterexample, tilted, times=1)
print(verdict.judgement, f"{verdict.failure_time:.4f}")
assert nh.limit_states(rotated, tilted, 0.2)

import numpy as np
from scipy.linalg import expm

x, z, one, phi = np.array([[0, 1], [1, 0]]), np.diag([1, -1]), np.eye(2), np.sqrt([0.6, 0.4])
pair = expm(-0.2j * (0.5 * (np.kron(x, one) + np.kron(one, x)) + 1j * np.kron(z, z))) @ np.kron(phi, phi)
density = pair.reshape(2, 2) @ pair.reshape(2, 2).conj().T
(marginals,) = nh.exact_marginals(rotated, tilted, 2, 0.2, tolerance=1e-8)
print(abs(marginals.density - density / density.trace()).max() < 1e-8)
""",
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["fails", "0.2656", "True"]


@pytest.mark.parametrize(
    ("module", "lacking"),
    [
        ("storage.parquet", "pandas, pyarrow"),
        ("figures.draw", "matplotlib, pandas, yaml"),
        ("claims.judge", "pandas, pyarrow"),
        ("steps.exact", "pandas, pyarrow"),
        ("runs.provenance", "pandas, yaml"),
        ("config.configuration", "pandas, pyarrow"),
    ],
)
def test_what_needs_the_extra_says_so(module, lacking):
    done = run_without(NAMES, f"import nonhermitian_hartree.{module}")
    assert done.stderr.splitlines()[-1] == (
        f"nonhermitian_hartree.errors.MissingExtraError: found no package {lacking}, which configurations, tables "
        "and figures need; allowed: the package with its extra `workflow`: "
        "pip install 'nonhermitian-hartree[workflow]'"
    )


@pytest.mark.parametrize("lacking", [NAMES, ["snakemake"], ["pyarrow"]], ids=["all", "snakemake", "pyarrow"])
def test_the_command_says_it_in_one_line(lacking):
    program = "from nonhermitian_hartree.commands.console import main\nsys.exit(main(['check', 'my.yaml']))"
    done = run_without(lacking, program)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("found no package ")
    assert line.endswith("pip install 'nonhermitian-hartree[workflow]'")
