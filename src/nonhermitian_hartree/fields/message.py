"""The one short sentence about a refused configuration: file, key path, what was found, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from nonhermitian_hartree.fields.base import show_value

_ALLOWED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "string_type": "a string",
    "literal_error": "{expected}",
    "greater_than": "a number > {gt:g}",
    "greater_than_equal": "a number ≥ {ge:g}",
    "less_than": "a number < {lt:g}",
    "less_than_equal": "a number ≤ {le:g}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
}


def describe_refusal(source: str, path: Iterable[str | int], found: str, allowed: str) -> str:
    """Put one message together."""
    where = show_path(path)
    return f"{source}: {where + ': ' if where else ''}found {found}; allowed: {allowed}"


def describe_validation_error(error: ValidationError, data: object, source: str) -> str:
    """Describe the first error that pydantic found, and count the others."""
    errors = error.errors(include_url=False)
    first = errors[0]
    context: dict[str, Any] = first.get("ctx", {})
    template = _ALLOWED.get(first["type"], first["msg"])
    allowed = context.get("allowed") or template.format_map(context)
    found = context.get("found") or show_value(first["input"])
    path = [*_path_in_data(first["loc"], data), *context.get("path", ())]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return describe_refusal(source, path, found, allowed) + more


def show_path(path: Iterable[str | int]) -> str:
    """Write a key path as ``studies.scaling.times[2]``; unusual keys are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (
                part if re.fullmatch(r"\w{1,60}", part, re.ASCII) else show_value(part)
            )
    return text


def _path_in_data(location: Iterable[str | int], data: object) -> list[str | int]:
    """Drop from pydantic's location what is not a key of the data: the tags of unions."""
    path: list[str | int] = []
    for part in location:
        is_key = isinstance(data, Mapping) and part in data
        is_index = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if is_key or is_index:
            data = data[part]  # type: ignore[index]  # a mapping or a list, as just checked
            path.append(part)
    return path
