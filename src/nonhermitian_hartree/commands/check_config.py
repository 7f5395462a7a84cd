"""Check a configuration file: ``python -m nonhermitian_hartree.commands.check_config FILE``."""

from __future__ import annotations

import sys

from nonhermitian_hartree.config.configuration import load_config
from nonhermitian_hartree.errors import ConfigError


def main(arguments: list[str]) -> int:
    """Return 0 without a word for a valid file, 2 after one message on standard error otherwise."""
    if len(arguments) != 1:
        print("usage: python -m nonhermitian_hartree.commands.check_config FILE", file=sys.stderr)
        return 2
    try:
        load_config(arguments[0])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
