"""The part of a configuration that some of its figures need, in the words of its author."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from nonhermitian_hartree.config.configuration import Config

_MERGE_KEY = "<<"
_INDENT = "  "


def excerpt_config(config: Config, text: str, figures: Sequence[str]) -> str:
    """Cut out of a configuration what draws some of its figures: a whole configuration again.

    Values and the comments above them are copied from the source. Where that refers to an anchor, what is
    anchored is copied instead, so that the excerpt needs nothing outside of it.

    Parameters
    ----------
    config : Config
    text : str
        The YAML that ``config`` was read from.
    figures : sequence of str
        Names of figures of ``config``.

    Returns
    -------
    str
        YAML with the figures, their studies, and the states and models of these; named after the first study.
    """
    studies = {study for figure in figures for study, _ in config.figures[figure].tables.values()}
    wanted = {
        "models": {config.studies[study].model for study in studies},
        "states": {state for study in studies for state in config.studies[study].states},
        "studies": studies,
        "figures": set(figures),
    }
    root = yaml.SafeLoader(text).get_single_node()
    assert root is not None  # as config was read from it
    sections = {key.value: value for key, value in _entries(root)}
    name = next(key.value for key, _ in _entries(sections["studies"]) if key.value in studies)
    lines = [f"name: {name}"]
    for section, names in wanted.items():
        lines.append(f"{section}:")
        for key, value in _entries(sections[section]):
            if key.value in names:
                lines += _write_entry(text, key, value, _INDENT)
    return "\n".join(lines) + "\n"


def _entries(mapping: yaml.Node) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    """Keys and values of a mapping, with what it merges (``<<``) and then overrides in its place."""
    found: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
    for key, value in mapping.value:
        if key.value == _MERGE_KEY:
            merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
            found = {entry[0].value: entry for source in reversed(merged) for entry in _entries(source)} | found
        else:
            found[key.value] = (key, value)
    return list(found.values())


def _write_entry(text: str, key: yaml.ScalarNode, value: yaml.Node, indent: str) -> list[str]:
    """Lines of one entry of a mapping: the comments above it, its key and its value."""
    lines = [indent + comment for comment in _comments_above(text, key)]
    if isinstance(value, yaml.MappingNode) and not _is_verbatim(value):
        lines.append(f"{indent}{key.value}:")
        for name, child in _entries(value):
            lines += _write_entry(text, name, child, indent + _INDENT)
        return lines
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        items = [f"{indent}{_INDENT}- {_source(text, item)}" for item in value.value]
        return [*lines, f"{indent}{key.value}:", *items]
    return [*lines, f"{indent}{key.value}: {_source(text, value)}"]


def _comments_above(text: str, key: yaml.ScalarNode) -> list[str]:
    *above, before_key = text[: key.start_mark.index].split("\n")
    if before_key.strip():  # inside a flow mapping
        return []
    comments: list[str] = []
    while above and above[-1].lstrip().startswith("#"):
        comments.insert(0, above.pop().strip())
    return comments


def _source(text: str, node: yaml.Node) -> str:
    """Text of a value on one line: as it is in the source, or put together if that refers to other places."""
    if _is_verbatim(node):
        source = text[node.start_mark.index : node.end_mark.index]
        return re.sub(r"^&\S+\s+", "", source)  # the anchor, which nothing refers to any more
    if isinstance(node, yaml.MappingNode):
        return "{" + ", ".join(f"{key.value}: {_source(text, value)}" for key, value in _entries(node)) + "}"
    return "[" + ", ".join(_source(text, item) for item in node.value) + "]"


def _is_verbatim(node: yaml.Node) -> bool:
    """Whether a value is a scalar or in brackets, without an alias, for which PyYAML puts the anchored node."""
    if not isinstance(node, yaml.CollectionNode):
        return True
    children = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else node.value
    return node.flow_style and all(
        node.start_mark.index < child.start_mark.index < node.end_mark.index and _is_verbatim(child)
        for child in children
    )
