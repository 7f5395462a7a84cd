"""Print the claims table of a run: ``python -m nonhermitian_hartree.print_claims results/paper/claims.csv``."""

from __future__ import annotations

import sys
from pathlib import Path

from nonhermitian_hartree.claims import COLUMNS, format_claims
from nonhermitian_hartree.csv_tables import read_csv
from nonhermitian_hartree.errors import TableError


def main(path: str) -> int:
    """Print the table at ``path`` and where the figures beside it are; 1 if there is no such table."""
    try:
        print(format_claims(read_csv(path, COLUMNS)))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nclaims: {path}\nfigures: {Path(path).parent / 'figures'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
