"""Where things are: outputs under results/<name>, and the package modules that a step depends on."""

from pathlib import Path

from nonhermitian_hartree.module_dependencies import list_module_dependencies

RESULTS = f"results/{CONFIG.name}"
STUDIES = f"{RESULTS}/studies"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"
FIGURE_FORMATS = ("pdf", "svg", "png")


wildcard_constraints:
    study="[a-z][a-z0-9_]*",
    state="[a-z][a-z0-9_]*",
    figure="[a-z][a-z0-9_]*",
    table="exact|hartree|limit",


def step_code(step):
    """Package modules that the script of a step imports: their content, not the script's alone, is the code."""
    script = (
        Path(
            workflow.current_basedir.join("../scripts").get_path_or_uri(
                secret_free=True
            )
        )
        / f"{step}.py"
    )
    return [str(module) for module in list_module_dependencies(script)]


def study_spec(wildcards):
    return CONFIG.studies[wildcards.study]


def table_path(study, table):
    """Where a table of a study is; the fitted power laws are a CSV, for people."""
    return f"{STUDIES}/{study}/{table}.{'csv' if table == 'power_law' else 'parquet'}"
