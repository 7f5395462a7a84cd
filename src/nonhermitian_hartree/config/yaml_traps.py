"""Values that YAML 1.1 reads as something else than what they look like: 010 is 8, 1:30 is 90, no is false."""

from __future__ import annotations

import re

import yaml

_TAG = "tag:yaml.org,2002:"
_OCTAL = re.compile(r"[-+]?0[0-9_]+")


def find_trap(node: yaml.ScalarNode) -> tuple[str, str] | None:
    """Tell how YAML reads a plain scalar that people read otherwise, and what to write instead; else None.

    A value with a tag, like ``!!int 010``, counts as a plain one; a quoted one is text and no trap.
    """
    text = node.value
    if node.style is not None:
        return None
    if node.tag == f"{_TAG}int" and _OCTAL.fullmatch(text):
        return f"{text}, which YAML reads as an octal number", f"{_plain(text)}, without zeros in front"
    if node.tag in (f"{_TAG}int", f"{_TAG}float") and ":" in text:
        return f"{text}, which YAML reads in base 60", "a decimal number, or text in quotes"
    if node.tag == f"{_TAG}bool" and text.lower() in ("yes", "on", "no", "off"):
        meant = "true" if text.lower() in ("yes", "on") else "false"
        return f"{text}, which YAML reads as {meant}", f"{meant}, or {text!r} in quotes if it is text"
    if node.tag == f"{_TAG}timestamp" and text[:1].isdigit():
        return f"{text}, which YAML reads as a date", f"{text!r} in quotes if it is text"
    return None


def _plain(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    return sign + (text.lstrip("+-").replace("_", "").lstrip("0") or "0")
