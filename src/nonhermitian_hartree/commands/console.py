"""The command ``nonhermitian-hartree``: the workflow from any folder, installed from a clone or from a wheel.

    nonhermitian-hartree check my.yaml      # what would be computed, or why not
    nonhermitian-hartree run my.yaml        # results/<name>/: tables, figures, claims; then what was found
    nonhermitian-hartree verdict my.yaml    # only what the verdicts need, and their sentences
    nonhermitian-hartree report my.yaml     # results/<name>/report.html, one page of all of it
    nonhermitian-hartree crate my.yaml      # results/<name>/crate.zip, for an archive of data

Results are below the folder in which it is called. It starts Snakemake with the workflow that belongs to this
package; `make` in a clone does the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nonhermitian_hartree.errors import ConfigError, MissingExtraError, TableError, WorkplaceError
from nonhermitian_hartree.extras import require_workflow_extra

if TYPE_CHECKING:
    from nonhermitian_hartree.config.configuration import Config

COMMANDS = {
    "run": "build every table, figure and claim, then say what was found",
    "check": "check the configuration, and say what would be computed",
    "verdict": "build the verdicts on Hartree only, and print their sentences",
    "report": "build the report, one page with verdicts, figures, claims and provenance",
    "crate": "pack a finished run as an RO-Crate, for a deposit in an archive",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns
    -------
    int
        0 if it was done, 2 after one line if it is not allowed, else the exit status of Snakemake.
    """
    given, passed_on = _split_arguments(sys.argv[1:] if arguments is None else arguments)
    options = _make_parser().parse_args(given)
    try:
        require_workflow_extra("snakemake", "yaml")
        return _carry_out(options, passed_on)
    except (ConfigError, MissingExtraError, TableError, WorkplaceError) as error:
        print(error, file=sys.stderr)
        return 2


def _carry_out(options: argparse.Namespace, passed_on: Sequence[str]) -> int:
    from nonhermitian_hartree.config.configuration import load_config
    from nonhermitian_hartree.runs.workflow_folder import find_workflow

    workflow = find_workflow()
    files = options.files or [workflow / "config" / "config.yaml"]
    config = load_config(*files)
    results = Path("results") / config.name
    if options.command == "check":
        print(describe_config(config))
        return 0
    snakemake = [
        *("--snakefile", workflow / "Snakefile", "--workflow-profile", workflow / "profiles" / "default"),
        *("--logger", "oneline", "--configfile", *files),
        *(("--cores", options.cores) if options.cores else ()),
        *(("--profile", _find_profile(options.profile, workflow)) if options.profile else ()),
        *passed_on,
    ]
    words = [str(word) for word in snakemake]
    if options.command == "crate":
        from nonhermitian_hartree.commands.export_crate import export_crate

        print(f"crate: {export_crate(config, results, workflow, words)}")
        return 0
    if options.command == "run":
        from nonhermitian_hartree.commands.summarise import main as summarise

        return run_snakemake(["all", *words]) or summarise([str(results)])
    if options.command == "report":
        own = f"{results}/workflow_report.html"
        status = run_snakemake(["report", *words]) or run_snakemake(["report", *words, "--report", own])
        if not status:
            print(f"report: {results}/report.html; with the graph and run times of jobs: {own}")
        return status
    tables = {study: results / "studies" / study / "verdict.csv" for study in config.studies}
    status = run_snakemake([*map(str, tables.values()), *words])
    if not status:
        _print_verdicts(tables)
    return status


def describe_config(config: Config) -> str:
    """Say in one line what a configuration asks for and where it goes."""
    asked = (len(config.studies), "studies"), (len(config.figures), "figures"), (len(config.claims), "claims")
    return (
        f"{config.name} is valid: {', '.join(f'{count} {name}' for count, name in asked)}; results/{config.name}/"
    )


def run_snakemake(arguments: Sequence[str]) -> int:
    """Run Snakemake to its end and return its exit status; Ctrl-C is for it to obey, and then awaited."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    process = subprocess.Popen([sys.executable, "-m", "snakemake", *arguments], env={**os.environ, "PATH": path})
    obey = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, obey)


def _print_verdicts(tables: dict[str, Path]) -> None:
    from nonhermitian_hartree.storage.csv_files import read_csv_rows
    from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS

    for study, path in tables.items():
        for row in read_csv_rows(path, CSV_COLUMNS["verdict"]):
            print(f"{study}: {row['verdict']}")


def _find_profile(name: str, workflow: Path) -> Path | str:
    """A profile that comes with the workflow, by its name; else a folder or a name that Snakemake knows."""
    own = workflow / "profiles" / name
    return own if not Path(name).exists() and own.is_dir() else name


def _split_arguments(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What is for this command, and after ``--`` what is for Snakemake."""
    if "--" not in arguments:
        return arguments, ()
    end = list(arguments).index("--")
    return arguments[:end], arguments[end + 1 :]


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nonhermitian-hartree",
        description="Can Hartree be trusted? Exact, Hartree and large-N one-particle states, and a verdict.",
        epilog="Words after -- are handed to Snakemake as they are: nonhermitian-hartree run my.yaml -- --dry-run",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument(
            "files",
            nargs="*",
            metavar="FILE",
            help="a configuration, or several of which the later win, key by key; without one, that of the paper",
        )
        command.add_argument("--cores", metavar="N", help="processes at a time (all, unless given)")
        command.add_argument("--profile", metavar="P", help="a Snakemake profile: slurm, or a folder of your own")
    return parser


if __name__ == "__main__":
    sys.exit(main())
