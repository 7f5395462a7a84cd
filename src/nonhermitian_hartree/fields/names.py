"""Names of models, states, studies and figures; they become file names and Snakemake wildcards."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from nonhermitian_hartree.fields.base import refusal, show_value

NAME_PATTERN = r"[a-z][a-z0-9_]{0,63}"

Item = TypeVar("Item", bound=Hashable)


def check_name(value: Any) -> Any:
    """Let a name pass: lower-case letters, digits and underscores, a letter first, at most 64 characters."""
    if not isinstance(value, str) or not re.fullmatch(NAME_PATTERN, value):
        allowed = "a name of at most 64 lower-case letters, digits and underscores that starts with a letter"
        raise refusal(show_value(value), allowed)
    return value


def check_distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Let a tuple pass that names nothing twice."""
    for index, item in enumerate(items):
        if item in items[:index]:
            raise refusal(show_value(item), "each entry once", index)
    return items


Name = Annotated[
    str, BeforeValidator(check_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"})
]
Names = Annotated[tuple[Name, ...], Field(min_length=1), AfterValidator(check_distinct)]
