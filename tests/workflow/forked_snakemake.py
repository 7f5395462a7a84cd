"""Snakemake in forks of one process that has imported it already: half the time of starting it afresh.

As a script: reads one run a line, as JSON; runs Snakemake in a fork, with the package from ``src`` of its
directory; and answers with the exit status and what Snakemake said, in the order it said it.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__)


def run_forked(root: Path, arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Exit status and output of ``snakemake ARGUMENTS`` in a directory."""
    server = _start_server()
    server.stdin.write(json.dumps([str(root), arguments, environment]) + "\n")
    server.stdin.flush()
    status, said = json.loads(server.stdout.readline())
    return status, said


@cache
def _start_server() -> subprocess.Popen[str]:
    server = subprocess.Popen([sys.executable, HERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end() -> None:
        server.stdin.close()
        server.wait(timeout=60)

    atexit.register(end)
    return server


def _serve() -> None:
    import pandas  # noqa: F401 – what the workflow imports beside the package
    import pydantic  # noqa: F401
    import snakemake.cli

    snakemake.cli.get_argument_parser()  # finds and imports the plugins
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as said:
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                os._exit(_run(*json.loads(line), said.fileno()))
            _, status = os.waitpid(child, 0)
            said.seek(0)
            print(json.dumps([os.waitstatus_to_exitcode(status), said.read()]), flush=True)


def _run(root: str, arguments: list[str], environment: dict[str, str], output: int) -> int:
    from snakemake.cli import main

    for stream, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
        os.dup2(source, stream)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[0] = f"{root}/src"
    sys.argv[1:] = arguments
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException as error:
        print(f"Traceback of {error!r}", flush=True)
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    _serve()
