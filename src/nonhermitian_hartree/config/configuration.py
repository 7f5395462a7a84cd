"""A whole configuration: read, checked once, and from then on known to be consistent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from nonhermitian_hartree.claims.spec import ClaimSpec
from nonhermitian_hartree.config.cross_references import check_references
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.reading import check_plain, read_yaml
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.config.study import StudySpec
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.fields.base import Spec, canonical_json
from nonhermitian_hartree.fields.message import describe_validation_error
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.figures.spec import FigureSpec

__all__ = ["Config", "canonical_json", "config_schema", "load_config", "parse_config"]


class Config(Spec):
    """Everything that one run computes; its results go to ``results/<name>/``."""

    name: Name = Field(description="a name for the results, of lower-case letters, digits and underscores")
    models: Annotated[dict[Name, ModelSpec], Field(min_length=1)] = Field(description="a mapping of models")
    states: Annotated[dict[Name, StateSpec], Field(min_length=1)] = Field(description="a mapping of states")
    studies: Annotated[dict[Name, StudySpec], Field(min_length=1)] = Field(description="a mapping of studies")
    claims: tuple[ClaimSpec, ...] = ()
    figures: dict[Name, FigureSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_references(self) -> Config:
        check_references(self)
        return self


def load_config(path: str | Path) -> Config:
    """Read and check a configuration file.

    Raises
    ------
    ConfigError
        With one short message: file, key path (or line), what was found and what is allowed.
    """
    return parse_config(read_yaml(path), str(path))


def parse_config(mapping: object, source: str) -> Config:
    """Check a configuration that is already in memory; ``source`` names it in messages.

    Raises
    ------
    ConfigError
        With one short message: source, key path, what was found and what is allowed.
    """
    check_plain(mapping, source)
    try:
        return Config.model_validate(mapping)
    except ValidationError as error:
        raise ConfigError(describe_validation_error(error, mapping, source)) from None


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(by_alias=True, mode="validation"),
    }
