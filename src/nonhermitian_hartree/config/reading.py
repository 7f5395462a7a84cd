"""YAML read strictly: one document, each key once, and every failure a single message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from nonhermitian_hartree.config.yaml_traps import find_trap
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.fields.base import show_value
from nonhermitian_hartree.fields.message import describe_refusal, show_path

YTE_KEY = "__use_yte__"
"""The key that makes Snakemake take a YAML file for a template with code in it."""
_MERGE_TAG = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, whose constructors say where they fail (at dates, tagged scalars, long integers)."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, AttributeError, KeyError, TypeError, OverflowError):
            problem = f"a value that cannot be read as {node.tag.rpartition(':')[2]}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None


def read_yaml(path: str | Path) -> object:
    """Read the one YAML document of a file.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not one valid YAML document, or has a key twice in a mapping.
    """
    source = str(path)
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            allowed = "a file that is there; name yours: make CONFIG=FILE, or snakemake --configfile FILE"
            raise ConfigError(describe_refusal(source, (), "No such file", allowed)) from None
        reason = getattr(error, "strerror", None) or "bytes that are not UTF-8"
        raise ConfigError(describe_refusal(source, (), reason, "a readable YAML file")) from None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _check_nodes(root, source)
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        found = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise ConfigError(f"{source}: {line}found {found}; allowed: one valid YAML document") from None
    except yaml.reader.ReaderError as error:
        number = text.count("\n", 0, error.position) + 1
        found = f"the character {text[error.position]!r}"
        raise ConfigError(f"{source}: line {number}: found {found}; allowed: printable text") from None
    except RecursionError:
        raise ConfigError(describe_refusal(source, (), "too deep nesting", "a few levels")) from None


def _check_nodes(root: yaml.Node, source: str) -> None:
    """Refuse what PyYAML would take without a word: a key twice in one mapping, and values that it misreads.

    ``__use_yte__`` is refused with them: it would let Snakemake's own loader run code that is in the file.
    """
    seen_nodes: set[int] = set()
    pending: list[tuple[tuple[str | int, ...], yaml.Node]] = [((), root)]
    while pending:
        path, node = pending.pop()
        if id(node) in seen_nodes:
            continue
        seen_nodes.add(id(node))
        pending.extend(((*path, part), child) for part, child in _children(node))
        if isinstance(node, yaml.ScalarNode) and (trap := find_trap(node)):
            where = describe_refusal(f"{source}: line {node.start_mark.line + 1}", path, *trap)
            raise ConfigError(where)
        if not isinstance(node, yaml.MappingNode):
            continue
        first_lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE_TAG:
                continue
            identity, line = (key.tag, key.value), key.start_mark.line + 1
            if key.value == YTE_KEY:
                allowed = "a configuration that is data only; write out what the template gives"
                raise ConfigError(describe_refusal(f"{source}: line {line}", (), f"the key {YTE_KEY}", allowed))
            if identity in first_lines:
                where = show_path((*path, key.value))
                found = f"the key {key.value!r} a second time (first on line {first_lines[identity]})"
                raise ConfigError(f"{source}: line {line}: {where}: found {found}; allowed: each key once")
            first_lines[identity] = line


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), value
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


DEPTH_MAX = 20
VALUES_MAX = 1_000_000
INTEGER_BITS_MAX = 1024  # the range of a double; Python cannot even print much longer integers

_SCALARS = (str, int, float, bool, type(None))
_Path = tuple[str | int, ...]


def check_plain(data: object, source: str) -> None:
    """Let nested mappings and lists of text, numbers and booleans pass.

    Depth and size are limited, so that a YAML alias that contains itself, or a few lines of aliases that
    stand for billions of values, end here.

    Raises
    ------
    ConfigError
        For other types (dates, bytes, sets), keys that are not text, and structures too deep or too large.
    """
    pending: list[tuple[_Path, object]] = [((), data)]
    values = 0
    while pending:
        path, value = pending.pop()
        values += 1
        if values > VALUES_MAX or len(path) > DEPTH_MAX:
            raise ConfigError(
                describe_refusal(
                    source,
                    path[:3],
                    "a structure that is too large or contains itself",
                    f"at most {DEPTH_MAX} levels and {VALUES_MAX} values",
                )
            )
        if isinstance(value, Mapping):
            for key in reversed(value):
                if not _is_text(key):
                    found = f"the key {show_value(key)}"
                    raise ConfigError(describe_refusal(source, path, found, "keys that are text"))
                pending.append(((*path, key), value[key]))
        elif isinstance(value, list):
            pending.extend(((*path, index), value[index]) for index in reversed(range(len(value))))
        elif isinstance(value, int) and value.bit_length() > INTEGER_BITS_MAX:
            found = "a number with too many digits"
            raise ConfigError(describe_refusal(source, path, found, "numbers below 10^308"))
        elif not isinstance(value, _SCALARS) or (isinstance(value, str) and not _is_text(value)):
            allowed = "text, numbers, true, false, lists and mappings"
            raise ConfigError(describe_refusal(source, path, show_value(value), allowed))


def _is_text(value: object) -> bool:
    """Tell whether a value is a string that can be written to a file (a lone surrogate cannot)."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False
