"""The build of a wheel: what Snakemake runs goes into it as the package ``nonhermitian_hartree_workflow``.

In the repository it stands at the top, where Snakemake and the catalogue of its workflows look for it. The wheel
has copies, made here, which `nonhermitian_hartree.runs.workflow_folder` finds. All else is said in pyproject.toml.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PARTS = ("Snakefile", "workflow", "config", "profiles", "CITATION.cff", "LICENSE")


class BuildWithWorkflow(build_py):
    """Copies the workflow beside the package, unless that is installed as editable: then it is found in place."""

    def run(self) -> None:
        """Build the packages, then the workflow."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "nonhermitian_hartree_workflow")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for part in PARTS:
            if Path(part).is_dir():
                shutil.copytree(part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(part, target / part)


setup(cmdclass={"build_py": BuildWithWorkflow})
