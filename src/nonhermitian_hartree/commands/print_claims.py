"""Print the claims of a run: ``python -m nonhermitian_hartree.commands.print_claims results/paper/claims.csv``."""

from __future__ import annotations

import sys
from pathlib import Path

from nonhermitian_hartree.claims.judge import COLUMNS, format_claims
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.csv_files import read_csv


def main(arguments: list[str]) -> int:
    """Print the table at the path given and where the figures beside it are; 1 if there is no such table."""
    if len(arguments) != 1:
        print("usage: python -m nonhermitian_hartree.commands.print_claims FILE", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        print(format_claims(read_csv(path, COLUMNS)))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nclaims: {path}\nfigures: {path.parent / 'figures'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
