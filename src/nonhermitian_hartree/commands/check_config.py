"""Check a configuration: ``python -m nonhermitian_hartree.commands.check_config [--name | --show] FILE…``.

Of several files the later win, key by key. ``--name`` prints the name of the run, ``--show`` the whole
configuration with every default and every grid written out.
"""

from __future__ import annotations

import json
import sys

import yaml

from nonhermitian_hartree.config.configuration import Config, canonical_json, load_config
from nonhermitian_hartree.errors import ConfigError

USAGE = "usage: python -m nonhermitian_hartree.commands.check_config [--name | --show] FILE…"
SHOWN = {
    "--name": lambda config: f"{config.name}\n",
    "--show": lambda config: show_config(config),
}


def show_config(config: Config) -> str:
    """Write a configuration as YAML that means the same."""
    plain = json.loads(canonical_json(config))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def main(arguments: list[str]) -> int:
    """Return 0, without a word unless asked, for valid files; 2 after one message on standard error otherwise."""
    options = [argument for argument in arguments if argument.startswith("--")]
    files = [argument for argument in arguments if argument not in options]
    if not files or len(options) > 1 or not set(options) <= SHOWN.keys():
        print(USAGE, file=sys.stderr)
        return 2
    try:
        config = load_config(*files)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    for option in options:
        print(SHOWN[option](config), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
