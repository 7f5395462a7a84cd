"""Print the JSON schema of a configuration.

``python -m nonhermitian_hartree.commands.config_schema > workflow/schemas/config.schema.json`` renews the file.
"""

from __future__ import annotations

import json

from nonhermitian_hartree.config.configuration import config_schema


def schema_text() -> str:
    """Return the schema as the committed file holds it."""
    return json.dumps(config_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
