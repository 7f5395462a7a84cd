"""What all parts of a configuration share: how they refuse a value and how they are written canonically."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError, to_jsonable_python

SHOWN_CHARACTERS = 60
ORDERED_KEY = "parameters"
"""The one mapping whose order is meant: that of the members of a family."""


class Spec(BaseModel):
    """Base of all typed parts of a configuration: immutable, and strict about its keys.

    Every field has a ``title``, what may stand there (the message about its absence quotes it), and a
    ``description``, what it means and in which unit. config/README.md and the JSON schema show both.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        keys = ", ".join(fields)
        if not isinstance(value, Mapping):
            raise refusal(show_value(value), f"a mapping with keys from: {keys}")
        for key in value:
            if key not in fields:
                raise refusal("an unknown key", f"the keys {keys}", key)
        for key, field in fields.items():
            if field.is_required() and key not in value:
                raise refusal("nothing", f"{field.title} (required)", key)
        return value


def refusal(found: str, allowed: str, *path: str | int) -> PydanticCustomError:
    """Make the error that a validator raises: what was found, what is allowed, and where below the value."""
    context = {"found": found, "allowed": allowed, "path": path}
    return PydanticCustomError("refused", "found {found}; allowed: {allowed}", context)


@contextmanager
def refusals_at(*path: str | int) -> Iterator[None]:
    """Say of every refusal inside that it happened at ``path``, below which its own path goes on."""
    try:
        yield
    except PydanticCustomError as error:
        context = error.context or {}
        raise refusal(context["found"], context["allowed"], *path, *context["path"]) from None


def show_value(value: object) -> str:
    """Represent a value in at most about 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # an int beyond Python's limit for decimal digits
        return "a number with too many digits"
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def canonical_json(value: object) -> str:
    """Write a spec, or a tuple of numbers, as JSON that depends on its meaning only.

    Key order, ``3`` or ``3.0``, comments, and a grid or the list it stands for make no difference; only the order
    of the parameters of a model has a meaning, and stays. The spec class reads the text back with
    ``model_validate_json``.
    """
    plain = to_jsonable_python(value, by_alias=True, exclude_none=True)
    return json.dumps(_sort_keys(plain), separators=(",", ":"), allow_nan=False)


def _sort_keys(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: plain[key] if key == ORDERED_KEY else _sort_keys(plain[key]) for key in sorted(plain)}
    return [_sort_keys(item) for item in plain] if isinstance(plain, list) else plain


def readable_yaml(value: Spec | Mapping[str, object]) -> str:
    """Write a spec in one line of YAML that depends on its meaning only, without what is as by default."""
    import yaml  # here, because models and states in Python need no YAML

    plain = dict(value)
    if isinstance(value, Spec):
        plain = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(
        plain, default_flow_style=True, sort_keys=False, allow_unicode=True, width=math.inf
    ).strip()
