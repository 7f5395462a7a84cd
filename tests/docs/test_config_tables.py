"""The tables of config/README.md and the JSON schema say what the typed configuration is; editors can use both."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from docs.make_config_tables import PAGE, ROOT, SCHEMA, SECTIONS, write_page
from nonhermitian_hartree.config.configuration import Config
from nonhermitian_hartree.fields.base import Spec

SHIPPED = sorted((ROOT / "config").glob("*.yaml"))
UNITS = ("pure number", "units of", "unit of", "radians", "a whole number", "indices")

Schema = dict[str, Any]


def list_specs(spec: type[Spec] = Spec) -> list[type[Spec]]:
    below = spec.__subclasses__()
    return [*below, *(deeper for child in below for deeper in list_specs(child))]


SPECS = [spec for spec in list_specs() if spec.__module__.startswith("nonhermitian_hartree.")]


def holds_numbers(schema: Schema) -> bool:
    """Whether a number, or a list of them, may stand there."""
    types = schema.get("type", [])
    if {"number", "integer"} & set([types] if isinstance(types, str) else types):
        return True
    parts = [part for key in ("anyOf", "oneOf", "prefixItems") for part in schema.get(key, [])]
    return any(map(holds_numbers, [*parts, schema["items"]] if isinstance(schema.get("items"), dict) else parts))


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2, which editors read: 1e-6 is a number, while PyYAML takes it for text."""


EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$"), list("-+.0123456789")
)


def schema() -> Schema:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def faults_of(config: object) -> list[str]:
    return [error.json_path for error in jsonschema.Draft202012Validator(schema()).iter_errors(config)]


def test_the_page_has_the_tables_of_the_package():
    page = PAGE.read_text(encoding="utf-8")
    assert write_page(page) == page, "run make config-docs"


def test_an_outdated_table_is_noticed():
    page = PAGE.read_text(encoding="utf-8")
    assert write_page(page.replace("| `1e-8` |", "| `1e-7` |")) == page
    with pytest.raises(ValueError, match="study: begin"):
        write_page(page.replace("<!-- study: begin -->", ""))


def test_every_spec_is_on_the_page():
    told = {spec for specs in SECTIONS.values() for spec in specs}
    page = PAGE.read_text(encoding="utf-8")
    kinds = {spec for spec in SPECS if "kind" in spec.model_fields}
    assert all(f"### `kind: {spec.model_fields['kind'].title}`" in page for spec in kinds)
    untold = [spec for spec in SPECS if not {spec, *spec.__subclasses__()} & (told | kinds) and spec.model_fields]
    assert [spec.__name__ for spec in untold] == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_field_says_what_stands_there_and_what_it_means(spec):
    untold = [name for name, field in spec.model_fields.items() if not (field.title and field.description)]
    assert untold == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_number_has_a_unit(spec):
    shown = spec.model_json_schema(by_alias=True).get("properties", {})
    words = {
        key: f"{part.get('title')} {part.get('description')}" for key, part in shown.items() if holds_numbers(part)
    }
    assert [key for key, said in words.items() if not any(unit in said for unit in UNITS)] == []


def test_numbers_are_recognised():
    properties = schema()["$defs"]["StudySpec"]["properties"]
    numbers = sorted(key for key, part in properties.items() if holds_numbers(part))
    assert numbers == ["hartree_threshold", "particles", "times", "tolerance"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_an_editor_finds_the_schema_and_no_fault_in_the_shipped_configurations(path):
    text = path.read_text(encoding="utf-8")
    (target,) = re.findall(r"^# yaml-language-server: \$schema=(.+)$", text.splitlines()[0])
    assert (path.parent / target).resolve() == SCHEMA
    assert faults_of(yaml.load(text, EditorLoader)) == []


def test_an_editor_finds_faults():
    config = yaml.load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"), EditorLoader)
    config["studies"]["convergence"]["tolerance"] = 0
    config["figures"]["fig2a"]["colour"] = "red"
    del config["models"]
    assert sorted(faults_of(config)) == ["$", "$.figures.fig2a", "$.studies.convergence.tolerance"]


def test_the_schema_has_a_name_that_is_no_address():
    assert re.fullmatch(r"urn:[a-z-]+:[a-z-]+", schema()["$id"])
    assert schema()["properties"].keys() == Config.model_fields.keys()
