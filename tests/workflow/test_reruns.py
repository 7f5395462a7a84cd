"""After an edit, exactly the jobs run again whose result may change: asserted for each kind of edit.

The set is the whole of what `snakemake --dry-run` plans. `provenance` is in it whenever a table or the
resolved configuration changes, because it records both.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import pytest
import yaml
from small_workflow import CONFIG, RESULTS, Workflow

PACKAGE = "src/nonhermitian_hartree"
STUDIES = {"scaling": ["tilted", "balanced"], "dynamics": ["tilted", "balanced"]}
FIGURES = {"tails": "scaling", "curves": "dynamics", "landscape": "dynamics"}
JUDGED = {"claims", "check"}
RECORDED = {"provenance"}


def per_state(rule: str, studies=STUDIES) -> set[str]:
    return {f"{rule} {study}/{state}" for study in studies for state in STUDIES[study]}


def gathered(tables, studies=STUDIES) -> set[str]:
    return {f"gather {study}/{table}" for study, table in product(studies, tables)}


def compared(*studies: str) -> set[str]:
    """Everything that follows when a table of these studies changes, up to the figures of comparisons."""
    figures = {f"figure {name}" for name, study in FIGURES.items() if study in studies and name != "landscape"}
    fits = {"power_law scaling"} & {f"power_law {study}" for study in studies}
    return {f"comparison {study}" for study in studies} | fits | figures | RECORDED


def touch_everything(workflow: Workflow) -> None:
    for path in workflow.root.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()


def rewrite_config(workflow: Workflow) -> None:
    """Reverse all keys, write 0.6 and 100 in other ways, and add comments: the meaning stays."""
    path = workflow.root / CONFIG

    def reverse(value):
        if isinstance(value, dict):
            return {key: reverse(item) for key, item in reversed(value.items())}
        return [reverse(item) for item in value] if isinstance(value, list) else value

    config = reverse(yaml.safe_load(path.read_text()))
    config["states"]["tilted"] = {"p0": "0.60"}
    config["studies"]["dynamics"].update(particles=["10", 100.0], times=[0.0, 0.25, 1.0])
    path.write_text(f"# a comment\n{yaml.safe_dump(config, sort_keys=False)}# another\n")


def set_item(workflow: Workflow, *keys_and_value: object) -> None:
    """Set config[key][key]… = value."""
    *keys, last, value = keys_and_value

    def change(config: dict) -> None:
        for key in keys:
            config = config[key]
        config[last] = value

    workflow.edit_config(change)


def remove_study(workflow: Workflow) -> None:
    def change(config: dict) -> None:
        del config["studies"]["spare"]

    workflow.edit_config(change)


def edit_code(workflow: Workflow, *modules: str) -> None:
    for module in modules:
        workflow.append(f"{PACKAGE}/{module}.py", "# edited\n")


def damage(workflow: Workflow, file: str) -> None:
    path = workflow.results / file
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@dataclass(frozen=True)
class Edit:
    """A change of the built workflow, and the jobs that it makes necessary."""

    name: str
    make: Callable[[Workflow], object]
    jobs: set[str]


SPARE = {"model": "anti_hermitian_zz", "states": ["steep"], "particles": [10], "times": [0.5]}
SPARE_JOBS = {f"{rule} spare/steep" for rule in ("exact", "hartree", "limit")}
SPARE_JOBS |= {f"gather spare/{table}" for table in ("exact", "hartree", "limit")} | {"comparison spare"}

EDITS = [
    Edit("nothing", lambda workflow: None, set()),
    Edit("every file touched", touch_everything, set()),
    Edit("keys reordered, numbers written differently, comments", rewrite_config, set()),
    Edit(
        "style of a figure",
        partial(set_item, keys_and_value=("figures", "tails", "width", "page")),
        {"figure tails"} | RECORDED,
    ),
    Edit("code of the figures", lambda w: edit_code(w, "figure_legend"), {f"figure {name}" for name in FIGURES}),
    Edit(
        "tail_fraction of a study",
        partial(set_item, keys_and_value=("studies", "scaling", "power_law", "tail_fraction", 0.8)),
        {"power_law scaling", "figure tails"} | JUDGED | RECORDED,
    ),
    Edit(
        "state added to a study",
        partial(set_item, keys_and_value=("studies", "scaling", "states", ["tilted", "balanced", "steep"])),
        {f"{rule} scaling/steep" for rule in ("exact", "hartree", "limit")}
        | gathered(["exact", "hartree", "limit"], ["scaling"])
        | compared("scaling")
        | JUDGED,
    ),
    Edit(
        "particle number added",
        partial(set_item, keys_and_value=("studies", "dynamics", "particles", [10, 30, 100])),
        per_state("exact", ["dynamics"]) | gathered(["exact"], ["dynamics"]) | compared("dynamics"),
    ),
    Edit(
        "time added",
        partial(set_item, keys_and_value=("studies", "dynamics", "times", [0, 0.25, 0.75, 1])),
        {job for rule in ("exact", "hartree", "limit") for job in per_state(rule, ["dynamics"])}
        | gathered(["exact", "hartree", "limit"], ["dynamics"])
        | {"rate_function dynamics/tilted", "figure landscape"}
        | compared("dynamics")
        | JUDGED,
    ),
    Edit(
        "tolerance of a study",
        partial(set_item, keys_and_value=("studies", "dynamics", "tolerance", 1e-9)),
        per_state("exact", ["dynamics"]) | gathered(["exact"], ["dynamics"]) | compared("dynamics"),
    ),
    Edit(
        "code of Hartree",
        lambda workflow: edit_code(workflow, "hartree_table"),
        per_state("hartree")
        | per_state("limit")
        | gathered(["hartree", "limit"])
        | compared("scaling", "dynamics")
        | JUDGED,
    ),
    Edit(
        "code of the exact solution",
        lambda workflow: edit_code(workflow, "exact_closed_form"),
        per_state("exact") | gathered(["exact"]) | compared("scaling", "dynamics") | JUDGED,
    ),
    Edit(
        "script of a step",
        lambda workflow: workflow.append("workflow/scripts/power_law.py", "# edited\n"),
        {"power_law scaling", "figure tails"} | JUDGED | RECORDED,
    ),
    Edit("new study", partial(set_item, keys_and_value=("studies", "spare", SPARE)), SPARE_JOBS | RECORDED),
    Edit("claim removed", lambda w: w.edit_config(lambda c: c["claims"].pop()), JUDGED | RECORDED),
    Edit("figure removed", lambda w: w.edit_config(lambda c: c["figures"].pop("tails")), set(RECORDED)),
    Edit("state removed that no study has", lambda w: w.edit_config(lambda c: c["states"].pop("steep")), set(RECORDED)),
    Edit(
        "figure file deleted",
        lambda workflow: (workflow.results / "figures/curves.svg").unlink(),
        {"figure curves"},
    ),
    Edit(
        "table deleted",
        lambda workflow: (workflow.results / "studies/scaling/power_law.csv").unlink(),
        {"power_law scaling", "figure tails"} | JUDGED | RECORDED,
    ),
    Edit(
        "table damaged",
        lambda workflow: damage(workflow, "studies/dynamics/comparison.parquet"),
        {"figure curves"} | RECORDED,
    ),
]
