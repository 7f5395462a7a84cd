"""After an edit, exactly the jobs run again whose result may change: asserted for each kind of edit.

The set is the whole of what `snakemake --dry-run` plans. `provenance` is in it whenever a table or the
resolved configuration changes, because it records both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest
import yaml

from tests.workflow.small_workflow import CONFIG, Workflow, read_plan

PACKAGE = "src/nonhermitian_hartree"
STUDIES = {"scaling": ["tilted", "balanced"], "dynamics": ["tilted", "balanced"], "mixing": ["tilted"]}
PARTS = {"mixing": ["10", "20", "large"]}  # of a study whose model has no closed form
FIGURES = {"tails": "scaling", "curves": "dynamics", "landscape": "dynamics"}
JUDGED = {"claims", "check"}
RECORDED = {"provenance"}


def per_state(rule: str, studies=STUDIES) -> set[str]:
    return {f"{rule} {study}/{state}" for study in studies for state in STUDIES[study]}


def exact(studies=STUDIES) -> set[str]:
    """Jobs of the exact step: one per state or, without a closed form, per state and part."""
    whole = per_state("exact", [study for study in studies if study not in PARTS])
    return whole | {
        f"exact_part {study}/{state}/{part}"
        for study in studies
        for state in STUDIES[study]
        for part in PARTS.get(study, [])
    }


def gathered(tables, studies=STUDIES) -> set[str]:
    return {f"gather {study}/{table}" for study, table in product(studies, tables)}


def compared(*studies: str) -> set[str]:
    """What follows when a table of these studies changes, up to the verdicts and the figures of comparisons."""
    figures = {f"figure {name}" for name, study in FIGURES.items() if study in studies and name != "landscape"}
    fits = {"power_law scaling"} & {f"power_law {study}" for study in studies}
    tables = {f"{table} {study}" for table in ("comparison", "verdict") for study in studies}
    return tables | fits | figures | RECORDED


# What follows when the exact table of the study without a closed form changes.
MIXING = gathered(["exact"], ["mixing"]) | compared("mixing")


VERDICTS = {f"verdict {study}" for study in STUDIES}
FITS = {"power_law scaling", "figure tails"}
EVERY_FIGURE = {f"figure {name}" for name in FIGURES}
RATE_FUNCTION = {"rate_function dynamics/tilted", "figure landscape"}

# What follows when the code of a table changes: the table of every study, and what is made of it.
EXACT = exact() | gathered(["exact"]) | compared(*STUDIES) | JUDGED
LIMIT = per_state("limit") | gathered(["limit"]) | compared(*STUDIES) | JUDGED
HARTREE = per_state("hartree") | gathered(["hartree"]) | LIMIT  # a limit is compared with its Hartree state
ASSESSED = per_state("assessment") | VERDICTS | RECORDED
EVERYTHING = EXACT | HARTREE | ASSESSED | RATE_FUNCTION | EVERY_FIGURE

# Code that is edited, by what runs again. Branches of a limit are looked for in exact states, and large N is
# condensed in a limit: what these two share reaches both engines, but an exact engine by itself no limit.
CODE = {
    "steps/exact": EXACT,
    "exact/lattice_sum": EXACT,
    "exact/certified/enclosure": EXACT,
    "exact/condensate/expansion": EXACT,
    "bosons/subspace": EXACT | LIMIT | ASSESSED,
    "steps/limit": LIMIT,
    "limit/solve": LIMIT | ASSESSED,
    "limit/two_point/flow": EXACT | LIMIT | ASSESSED,
    "limit/laplace": JUDGED | RECORDED,
    "limit/rate_function": EXACT | LIMIT | ASSESSED | RATE_FUNCTION | EVERY_FIGURE,
    "steps/hartree": HARTREE,
    "hartree": HARTREE | ASSESSED,
    "steps/rate_function": RATE_FUNCTION | RECORDED,
    "model/mean_field": HARTREE | ASSESSED,
    "model/hamiltonian": EVERYTHING,
    "model/classes": JUDGED | RECORDED | EVERY_FIGURE,
    "numerics/special": EXACT | LIMIT | ASSESSED | RATE_FUNCTION | EVERY_FIGURE,
    "config/state": EXACT | HARTREE | ASSESSED | RATE_FUNCTION,
    "compare/distances": compared(*STUDIES) | JUDGED,
    "compare/power_law": FITS | JUDGED | RECORDED,
    "compare/verdict": ASSESSED,
    "steps/verdict": VERDICTS | RECORDED,
    "claims/measures/beyond": JUDGED | RECORDED,
    "figures/style": EVERY_FIGURE,
    "runs/provenance": RECORDED,
}
UNUSED = ("config/configuration", "commands/summarise", "paper/hierarchy", "runs/table_page")
"""Modules that no job of the target `all` depends on."""


def touch_everything(workflow: Workflow) -> None:
    for path in workflow.root.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()


def rewrite_everything(workflow: Workflow) -> None:
    """Change whatever no result depends on.

    Reverse all keys of the configuration, write 0.6 and 100 in other ways, and add comments: the meaning stays.
    Edit the caption of a figure and the modules that no job uses; touch every file.
    """
    path = workflow.root / CONFIG

    def reverse(value):
        if isinstance(value, dict):
            return {key: reverse(item) for key, item in reversed(value.items())}
        return [reverse(item) for item in value] if isinstance(value, list) else value

    config = reverse(yaml.safe_load(path.read_text()))
    config["states"]["tilted"] = {"p0": "0.60"}
    config["studies"]["dynamics"].update(particles=["10", 100.0], times=[0.0, 0.25, 1.0])
    path.write_text(f"# a comment\n{yaml.safe_dump(config, sort_keys=False)}# another\n")
    workflow.append("workflow/report/figure.rst", "Edited.\n")
    for module in UNUSED:
        workflow.append(f"{PACKAGE}/{module}.py", "# edited\n")
    touch_everything(workflow)


def set_config(*keys: str, value: object) -> Callable[[Workflow], object]:
    """Edit that sets config[key][key]… to a value."""

    def change(config: dict) -> None:
        for key in keys[:-1]:
            config = config[key]
        config[keys[-1]] = value

    return lambda workflow: workflow.edit_config(change)


def set_mixing(**keys: list) -> Callable[[Workflow], object]:
    """Edit of the study without a closed form."""
    return lambda workflow: workflow.edit_config(lambda config: config["studies"]["mixing"].update(keys))


def remove_study(config: dict) -> None:
    """Remove a study with its figure and its claim."""
    del config["studies"]["scaling"], config["figures"]["tails"], config["claims"][0]


def append(file: str) -> Callable[[Workflow], object]:
    """Edit that adds a comment to a Python file."""
    return lambda workflow: workflow.append(file, "# edited\n")


def remove(file: str) -> Callable[[Workflow], object]:
    return lambda workflow: (workflow.results / file).unlink()


@dataclass(frozen=True)
class Edit:
    """A change of the built workflow, and the jobs that it makes necessary."""

    name: str
    make: Callable[[Workflow], object]
    jobs: set[str]


SPARE = {"model": "anti_hermitian_zz", "states": ["steep"], "particles": [10], "times": [0.5]}
SPARE_JOBS = {f"{rule} spare/steep" for rule in ("exact", "hartree", "limit", "assessment")}
SPARE_JOBS |= {f"gather spare/{table}" for table in ("exact", "hartree", "limit")} | {
    "comparison spare",
    "verdict spare",
}

EDITS = [
    Edit("nothing", lambda _: None, set()),
    Edit("everything that no result depends on", rewrite_everything, set()),
    Edit(
        "unit of time of a model",
        set_config("models", "anti_hermitian_zz", "time_unit", value="inverse coupling"),
        EVERY_FIGURE,  # a label: no table, and no record of what was computed, changes
    ),
    Edit(
        "style of a figure",
        set_config("figures", "tails", "width", value="page"),
        {"figure tails"} | RECORDED,
    ),
    Edit(
        "tail_fraction of a study",
        set_config("studies", "scaling", "power_law", "tail_fraction", value=0.8),
        FITS | JUDGED | RECORDED,
    ),
    Edit(
        "state added to a study",
        set_config("studies", "scaling", "states", value=["tilted", "balanced", "steep"]),
        {f"{rule} scaling/steep" for rule in ("exact", "hartree", "limit", "assessment")}
        | gathered(["exact", "hartree", "limit"], ["scaling"])
        | compared("scaling")
        | JUDGED,
    ),
    Edit(
        "particle number added",
        set_config("studies", "dynamics", "particles", value=[10, 30, 100]),
        exact(["dynamics"]) | gathered(["exact"], ["dynamics"]) | compared("dynamics"),
    ),
    Edit(
        "time added",
        set_config("studies", "dynamics", "times", value=[0, 0.25, 0.75, 1]),
        {job for rule in ("exact", "hartree", "limit") for job in per_state(rule, ["dynamics"])}
        | gathered(["exact", "hartree", "limit"], ["dynamics"])
        | RATE_FUNCTION
        | compared("dynamics")
        | JUDGED,
    ),
    Edit(
        "particle number added, no closed form: its part",
        set_mixing(particles=[10, 20, 40, 2000, 5000]),
        {"exact_part mixing/tilted/40"} | MIXING,
    ),
    Edit(
        "large particle number added, no closed form: the part of all large ones",
        set_mixing(particles=[10, 20, 2000, 5000, 10**8]),
        {"exact_part mixing/tilted/large", "assessment mixing/tilted"}
        | MIXING,  # the verdict is about the largest N
    ),
    Edit("particle number removed, no closed form", set_mixing(particles=[20, 2000, 5000]), MIXING),
    Edit(
        "large particle number removed, no closed form",
        set_mixing(particles=[10, 20, 5000]),
        {"exact_part mixing/tilted/large"} | MIXING,
    ),
    Edit(
        "all large particle numbers removed, no closed form",
        set_mixing(particles=[10, 20]),
        {"assessment mixing/tilted"} | MIXING,
    ),
    Edit(
        "time added, no closed form",
        set_mixing(times=[0.1, 0.15, 0.2]),
        exact(["mixing"])
        | {"hartree mixing/tilted", "limit mixing/tilted"}
        | gathered(["hartree", "limit"], ["mixing"])
        | MIXING,
    ),
    Edit(
        "tolerance of a study",
        set_config("studies", "dynamics", "tolerance", value=1e-9),
        exact(["dynamics"]) | gathered(["exact"], ["dynamics"]) | compared("dynamics"),
    ),
    Edit(
        "threshold of a verdict",
        set_config("studies", "dynamics", "hartree_threshold", value=1e-4),
        per_state("assessment", ["dynamics"]) | {"verdict dynamics"} | RECORDED,
    ),
    Edit(
        "script of a step",
        append("workflow/scripts/power_law.py"),
        FITS | JUDGED | RECORDED,
    ),
    Edit("new study", set_config("studies", "spare", value=SPARE), SPARE_JOBS | RECORDED),
    Edit("study removed", lambda workflow: workflow.edit_config(remove_study), JUDGED | RECORDED),
    Edit("claim removed", lambda w: w.edit_config(lambda c: c["claims"].pop()), JUDGED | RECORDED),
    Edit("figure removed", lambda w: w.edit_config(lambda c: c["figures"].pop("tails")), set(RECORDED)),
    Edit("unused state removed", lambda w: w.edit_config(lambda c: c["states"].pop("steep")), set(RECORDED)),
    Edit(
        "figure file deleted",
        remove("figures/curves.svg"),
        {"figure curves"},
    ),
    Edit(
        "table deleted",
        remove("studies/scaling/power_law.csv"),
        FITS | JUDGED | RECORDED,
    ),
    Edit(
        "table damaged",
        lambda workflow: workflow.damage("studies/dynamics/comparison.parquet"),
        {"figure curves", "verdict dynamics"} | RECORDED,
    ),
    *(Edit(f"code: {module}", append(f"{PACKAGE}/{module}.py"), jobs) for module, jobs in CODE.items()),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_edit_reruns_exactly_what_it_changes(edit, workflow):
    edit.make(workflow)
    assert workflow.planned_jobs() == edit.jobs


def test_snakemake_started_afresh_plans_the_same(workflow):
    workflow.append(f"{PACKAGE}/errors.py", "# edited\n")
    jobs = workflow.planned_jobs()
    assert jobs == EVERYTHING
    assert read_plan(workflow.run_afresh("--dry-run").stdout) == jobs
