"""Print the verdicts of a run: ``python -m nonhermitian_hartree.commands.print_verdicts results/paper``."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pandas as pd

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.csv_files import read_csv
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS

WIDTH = 118


def format_verdicts(study: str, verdicts: pd.DataFrame) -> str:
    """One paragraph per state of a study; a family of states is counted, not listed."""
    lines = []
    for state, rows in verdicts.groupby("state", sort=False):
        text = str(rows["verdict"].iloc[0])
        if len(rows) > 1:
            failing = int(rows["failure_time"].notna().sum())
            text = f"{failing} of {len(rows)} states exceed the threshold {rows['threshold'].iloc[0]:g}"
        lines.append(textwrap.fill(f"{study}, {state}: {text}", WIDTH, subsequent_indent="    "))
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the verdicts of every study below ``results/<name>``; 1 if a table is damaged, 2 on wrong usage."""
    if len(arguments) != 1:
        print("usage: python -m nonhermitian_hartree.commands.print_verdicts results/<name>", file=sys.stderr)
        return 2
    for path in sorted(Path(arguments[0]).glob("studies/*/verdict.csv")):
        try:
            print(format_verdicts(path.parent.name, read_csv(path, CSV_COLUMNS["verdict"])))
        except TableError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
