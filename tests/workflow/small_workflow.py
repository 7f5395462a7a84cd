"""A copy of the workflow with a small configuration, which a test may build, edit and break."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.workflow.forked_snakemake import run_forked

REPOSITORY = Path(__file__).parents[2]
SMALL_CONFIG = Path(__file__).with_name("small.yaml")
PARTS = ("Snakefile", "workflow", "src", "profiles")
CONFIG = "config/config.yaml"
RESULTS = "results/small"
MADE_BY_MAKE = ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")


@dataclass(frozen=True)
class Workflow:
    """A directory from which Snakemake runs; the package that its jobs import is the copy in ``src``."""

    root: Path

    @property
    def results(self) -> Path:
        return self.root / RESULTS

    @property
    def environment(self) -> dict[str, str]:
        # without what `make test` hands down: a `make` in a test must print what a user sees
        mine = {name: value for name, value in os.environ.items() if name not in MADE_BY_MAKE}
        return {**mine, "PYTHONPATH": str(self.root / "src")}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]

    def run(self, *arguments: str, cores: int = 2) -> subprocess.CompletedProcess[str]:
        """Run Snakemake to its end; what it said is in ``stdout``, in the order it said it."""
        words = ["--cores", str(cores), *arguments]
        return subprocess.CompletedProcess(words, *run_forked(self.root, words, self.environment))

    def run_afresh(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same, in a process of its own."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake in a process group of its own, whose number is its pid.

        Ctrl-C reaches it also where it does not reach the tests, which a shell has put in the background.
        """
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def build(self, *arguments: str, cores: int = 2) -> None:
        done = self.run(*arguments, cores=cores)
        assert done.returncode == 0, done.stdout

    def planned_jobs(self) -> set[str]:
        """Jobs that a dry run names, without the target `all`."""
        done = self.run("--dry-run")
        assert done.returncode == 0, done.stdout
        return read_plan(done.stdout)

    def edit_config(self, change: Callable[[dict], object]) -> None:
        """Change the configuration in place."""
        path = self.root / CONFIG
        config = yaml.safe_load(path.read_text())
        change(config)
        path.write_text(yaml.safe_dump(config, sort_keys=False))

    def append(self, file: str, text: str) -> None:
        with (self.root / file).open("a") as stream:
            stream.write(text)

    def damage(self, result: str) -> None:
        """Invert bytes near the beginning of a result, where its first values are."""
        path = self.results / result
        content = path.read_bytes()
        path.write_bytes(content[:20] + bytes(byte ^ 0xFF for byte in content[20:200]) + content[200:])

    def copy_to(self, root: Path) -> Workflow:
        """Copy everything, dates and records of what was run included."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return Workflow(root)

    def read_results(self, *suffixes: str) -> dict[str, bytes]:
        """Bytes of every result with one of the suffixes, by its path in the results; no half-written ones."""
        return {
            str(path.relative_to(self.results)): path.read_bytes()
            for path in sorted(self.results.rglob("*"))
            if path.suffix in suffixes and not path.name.startswith(".")
        }


def read_plan(said: str) -> set[str]:
    """Jobs that a dry run names, as "rule" or "rule wildcard/wildcard"; without the target `all`.

    Every rule has a message with its name and its wildcards, see `test_rules`.
    """
    messages = re.findall(r"^ *Job \d+: (.*)$", said, flags=re.MULTILINE)
    found = set()
    for message in messages:
        values = re.findall(r"\b(?:study|state|part|table|page|figure) (\w+)", message)
        found.add(f"{message.split()[0]} {'/'.join(values)}".strip())
    total = re.search(r"^total +(\d+)$", said, flags=re.MULTILINE)
    assert len(found) == (int(total[1]) if total else 0), said
    return found - {"all"}


def make_workflow(root: Path) -> Workflow:
    """Copy the workflow, without results, and give it the small configuration."""
    root.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            # with what is compiled already, so that its first jobs need not compile the package again
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("*.pyc.*", "*.egg-info"))
        else:
            shutil.copy2(source, root / part)
    (root / CONFIG).parent.mkdir()
    shutil.copy2(SMALL_CONFIG, root / CONFIG)
    return Workflow(root)
