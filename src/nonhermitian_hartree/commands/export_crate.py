"""Pack a finished run for an archive of data: ``nonhermitian-hartree crate FILE…``, or ``make crate``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from nonhermitian_hartree.config.configuration import Config, canonical_json
from nonhermitian_hartree.errors import WorkplaceError
from nonhermitian_hartree.runs.crate import read_finished_run, write_crate
from nonhermitian_hartree.runs.summary import summarise_study
from nonhermitian_hartree.storage.csv_files import read_csv_rows
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS

PENDING = "update pending"
"""What `snakemake --summary` says of a file that a run would make anew."""


def export_crate(config: Config, results: Path, workflow: Path, snakemake: Sequence[str]) -> Path:
    """Write ``crate.zip`` into the results of a run that is finished, and return its path.

    Parameters
    ----------
    config : Config
        The configuration that the run must have been made from.
    results : path
        ``results/<name>``.
    workflow : path
        Folder of the workflow.
    snakemake : sequence of str
        Options by which Snakemake finds workflow and configuration: it judges whether everything is up to date.

    Raises
    ------
    WorkplaceError
        If the run is not finished, or something in it is not up to date.
    TableError
        If a table is missing or damaged.
    """
    provenance = read_finished_run(results, json.loads(canonical_json(config)))
    if pending := list_pending(snakemake):
        raise WorkplaceError(
            f"{pending[0]}: found {len(pending)} files to be made anew, this one first; allowed: a run that is "
            "finished, so run the workflow to its end"
        )
    verdicts = [
        summarise_study(study, read_csv_rows(results / "studies" / study / "verdict.csv", CSV_COLUMNS["verdict"]))
        for study in config.studies
    ]
    figures = [file for name in config.figures for file in sorted((results / "figures").glob(f"{name}.*"))]
    path = results / "crate.zip"
    write_crate(path, provenance, figures, "\n".join(verdicts), workflow)
    return path


def list_pending(snakemake: Sequence[str]) -> list[str]:
    """Tables and figures that Snakemake would make anew, whether claims pass or not."""
    command = [sys.executable, "-m", "snakemake", "provenance", "figures", *snakemake, "--summary"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise WorkplaceError("Snakemake cannot tell whether the run is finished; see what it says above")
    rows = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    return [row[0] for row in rows if row[-1] == PENDING]
