"""Dry runs of Snakemake, each in a fork of one process that has imported Snakemake: a third of the time.

As a script: reads directories, a line each; plans in each what Snakemake would run there, with the package from
its ``src``; and prints one line with the exit status and what Snakemake said, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.workflow.small_workflow import REPOSITORY, Workflow, read_plan

COMMAND = ("--cores", "2", "--dry-run")


@contextmanager
def start_dry_runs() -> Iterator[Callable[[Workflow], set[str]]]:
    """What plans the jobs of a workflow, as `Workflow.planned_jobs` does, as long as the block lasts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.workflow.dry_runs"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def plan(workflow: Workflow) -> set[str]:
        server.stdin.write(f"{workflow.root}\n")
        server.stdin.flush()
        status, said = json.loads(server.stdout.readline())
        assert status == 0, said
        return read_plan(said)

    try:
        yield plan
    finally:
        server.stdin.close()
        server.wait(timeout=60)


def serve() -> None:
    """Fork for each directory that comes in; the forks share the imports."""
    import pandas  # noqa: F401 – what the workflow imports beside the package
    import pydantic  # noqa: F401
    import snakemake.cli

    snakemake.cli.get_argument_parser()  # finds and imports the plugins
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as said:
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                os.chdir(line.rstrip("\n"))
                sys.path.insert(0, str(Path.cwd() / "src"))
                try:
                    snakemake.cli.main(list(COMMAND))
                except SystemExit as end:
                    status = int(end.code or 0)
                except BaseException as error:
                    print(repr(error))
                    status = 1
                else:
                    status = 0
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
            _, status = os.waitpid(child, 0)
            said.seek(0)
            print(json.dumps([status, said.read()]), flush=True)


if __name__ == "__main__":
    serve()
