"""Fenced blocks of a Markdown page, so that what the page shows is what is tested."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from nonhermitian_hartree.config.configuration import Config, parse_config

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
README = Path(__file__).parents[2] / "README.md"


@dataclass(frozen=True)
class Block:
    """Language and content of one fenced block."""

    language: str
    text: str


def read_blocks(page: Path, section: str = "") -> list[Block]:
    """All fenced blocks of a page, or of its section with this heading, in order."""
    text = page.read_text(encoding="utf-8")
    if section:
        text = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S)
    return [Block(language, text) for language, text in fences]


def read_configurations(page: Path) -> dict[str, Config]:
    """The configurations that a page shows, checked, by their names."""
    found = [parse_config(yaml.safe_load(b.text), str(page)) for b in read_blocks(page) if b.language == "yaml"]
    return {config.name: config for config in found}
