"""A whole configuration: read, checked once, and from then on known to be consistent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from nonhermitian_hartree.claim_spec import ClaimSpec
from nonhermitian_hartree.config_message import describe_refusal, describe_validation_error
from nonhermitian_hartree.cross_references import check_references
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.figure_spec import FigureSpec
from nonhermitian_hartree.model_spec import ModelSpec
from nonhermitian_hartree.name import Name
from nonhermitian_hartree.plain_data import check_plain
from nonhermitian_hartree.spec import Spec, canonical_json
from nonhermitian_hartree.state_spec import StateSpec
from nonhermitian_hartree.strict_yaml import read_yaml
from nonhermitian_hartree.study_spec import StudySpec

__all__ = ["Config", "canonical_json", "check_supported", "config_schema", "load_config", "parse_config"]


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
        config = Config.model_validate(mapping)
    except ValidationError as error:
        raise ConfigError(describe_validation_error(error, mapping, source)) from None
    check_supported(config, source)
    return config


def check_supported(config: Config, source: str) -> None:
    """Refuse what is allowed but cannot be computed yet.

    Raises
    ------
    ConfigError
        If a model is not a qubit model with diagonal A1 and A2.
    """
    for name, spec in config.models.items():
        if spec.dimension != 2 or not spec.build().is_diagonal:
            found = (
                f"a model of dimension {spec.dimension}" if spec.dimension != 2 else "a model that is not diagonal"
            )
            allowed = "so far, only diagonal one_body and two_body with dimension 2 can be computed"
            raise ConfigError(describe_refusal(source, ("models", name), found, allowed))


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(by_alias=True, mode="validation"),
    }
