"""A whole configuration: read, checked once, and from then on known to be consistent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from nonhermitian_hartree.claims.spec import ClaimSpec
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.reading import check_plain, read_yaml
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.config.study import StudySpec
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.fields.array_file import FOLDERS
from nonhermitian_hartree.fields.base import Spec, canonical_json, refusal, refusals_at, show_value
from nonhermitian_hartree.fields.message import describe_refusal, describe_validation_error
from nonhermitian_hartree.fields.names import Name
from nonhermitian_hartree.figures.spec import FigureSpec

__all__ = ["Config", "canonical_json", "config_schema", "load_config", "parse_config"]


RESERVED_NAMES = frozenset(
    [
        *("exact", "hartree", "limit", "comparison", "power_law", "figure", "figures", "claims", "report"),
        *("check", "all", "verdict", "assessment", "gather", "prune", "provenance", "rate_function"),
        *("exact_part", "study_page", "claims_page", "report_page"),
    ]
)
"""Names of the workflow's steps, which studies and figures cannot have."""


class Config(Spec):
    """Everything that one run computes; its results go to ``results/<name>/``."""

    name: Name = Field(
        title="a name for the results, of lower-case letters, digits and underscores",
        description="results go to `results/<name>/`",
    )
    models: Annotated[dict[Name, ModelSpec], Field(min_length=1)] = Field(
        title="a mapping of models", description="Hamiltonians (1) by name; energies in units of 1/time (ħ = 1)"
    )
    states: Annotated[dict[Name, StateSpec], Field(min_length=1)] = Field(
        title="a mapping of states", description="initial product states (2) by name"
    )
    studies: Annotated[dict[Name, StudySpec], Field(min_length=1)] = Field(
        title="a mapping of studies", description="what is computed, by name: of which model, for which N and t"
    )
    claims: tuple[ClaimSpec, ...] = Field(
        default=(), title="a list of claims", description="statements to judge on the results; none if absent"
    )
    figures: dict[Name, FigureSpec] = Field(
        default_factory=dict, title="a mapping of figures", description="what is drawn, by name; nothing if absent"
    )

    @model_validator(mode="after")
    def _check_names(self) -> Config:
        for group in ("studies", "figures"):
            for name in getattr(self, group):
                if name in RESERVED_NAMES:
                    allowed = "a name other than those of the workflow's steps: " + ", ".join(
                        sorted(RESERVED_NAMES)
                    )
                    raise refusal(f"the name {name!r}", allowed, group, name)
        for name in self.figures:
            if name in self.studies:
                raise refusal(f"the name {name!r}", "a name that no study has", "figures", name)
        return self

    @model_validator(mode="after")
    def _check_references(self) -> Config:
        studies = {}
        for name, study in self.studies.items():
            with refusals_at("studies", name):
                studies[name] = study.facts(name, self.models, self.states)
        for name, figure in self.figures.items():
            with refusals_at("figures", name):
                figure.check_against(studies)
        for index, claim in enumerate(self.claims):
            with refusals_at("claims", index):
                claim.check_against(studies)
        return self


def load_config(*paths: str | Path) -> Config:
    """Read a configuration file, or several of which the later win, key by key, and check the whole.

    Raises
    ------
    ConfigError
        With one short message: file, key path (or line), what was found and what is allowed.
    """
    mappings = [read_yaml(path) for path in paths]
    if len(mappings) == 1:
        return parse_config(mappings[0], str(paths[0]), paths)
    for path, mapping in zip(paths, mappings, strict=True):
        if not isinstance(mapping, Mapping):
            raise ConfigError(describe_refusal(str(path), (), show_value(mapping), "a mapping"))
        check_plain(mapping, str(path))
    return parse_config(reduce(_merge, mappings), ", ".join(map(str, paths)), paths)


def _merge(base: Any, over: Any) -> Any:
    """Mappings are merged key by key, as Snakemake merges them; anything else is replaced as a whole."""
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    return {**base, **{key: _merge(base.get(key), value) for key, value in over.items()}}


def parse_config(mapping: object, source: str, files: Sequence[str | Path] = ()) -> Config:
    """Check a configuration that is already in memory; ``source`` names it in messages.

    The paths in it are relative to the ``files`` that it was read from, or else to the working directory.

    Raises
    ------
    ConfigError
        With one short message: source, key path, what was found and what is allowed.
    """
    check_plain(mapping, source)
    try:
        return Config.model_validate(mapping, context={FOLDERS: [Path(file).parent for file in files]})
    except ValidationError as error:
        raise ConfigError(describe_validation_error(error, mapping, source)) from None


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:nonhermitian-hartree:config",
        **Config.model_json_schema(by_alias=True, mode="validation"),
    }
