"""What a run found, in a few lines: ``python -m nonhermitian_hartree.commands.summarise results/paper``.

One line a study with its verdict, the claims as counts with those that fail in full, and where the files are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.runs.summary import summarise_claims, summarise_study
from nonhermitian_hartree.storage.csv_files import read_csv_origin, read_csv_rows
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS, CSV_COLUMNS

USAGE = "usage: python -m nonhermitian_hartree.commands.summarise results/<name>"


def main(arguments: list[str]) -> int:
    """Print the summary of ``results/<name>``; 1 if a table is damaged, 2 on wrong usage."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    results = Path(arguments[0])
    try:
        for path in sorted(results.glob("studies/*/*.csv")):
            read_csv_origin(path)  # a damaged one is refused, also if nothing of it is shown
        for path in sorted(results.glob("studies/*/verdict.csv")):
            print(summarise_study(path.parent.name, read_csv_rows(path, CSV_COLUMNS["verdict"])))
        if (results / "claims.csv").exists():
            print("\n".join(summarise_claims(read_csv_rows(results / "claims.csv", CLAIM_COLUMNS))))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"tables: {results / 'studies'}, figures: {results / 'figures'}, provenance: {results / 'provenance.json'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
