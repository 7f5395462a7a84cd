"""Where things are: outputs under results/<name>, and the package modules that a step depends on."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

from snakemake.exceptions import WorkflowError

from nonhermitian_hartree.config.members import split_members
from nonhermitian_hartree.errors import WorkplaceError
from nonhermitian_hartree.exact.parts import split_particles
from nonhermitian_hartree.runs.module_dependencies import list_module_dependencies
from nonhermitian_hartree.runs.surroundings import require_no_future
from nonhermitian_hartree.steps.cost import member_seconds, members_of_block
from nonhermitian_hartree.storage.csv_files import METADATA_SUFFIX
from nonhermitian_hartree.storage.origin import describe_numerics

RESULTS = f"results/{CONFIG.name}"
STUDIES = f"{RESULTS}/studies"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"
CSV_TABLES = ("power_law", "verdict")
# a parameter of what computes: another version of one of these packages computes it again
NUMERICS = describe_numerics()
FIGURE_FORMATS = ("pdf", "svg", "png")


wildcard_constraints:
    study="[a-z][a-z0-9_]*",
    # of a family, with the digest of some of its members
    state="[a-z][a-z0-9_]*(/[0-9a-f]{12})?",
    figure="[a-z][a-z0-9_]*",
    part="[0-9]+|large",
    table="exact|hartree|limit",


def step_code(step):
    """The script of a step and the package modules it imports: their content decides whether it runs again.

    Relative to the working directory where they lie below it, so that a clone can be moved. `local`: a module's prefix
    is for results. Of a workflow imported from a repository, the script is Snakemake's copy, whose path has the tag.
    """
    source = workflow.current_basedir.join(f"../scripts/{step}.py")
    if source.is_local:
        script = Path(source.get_path_or_uri(secret_free=True)).resolve()
    else:
        script = Path(workflow.sourcecache.get_path(source))
    sources = [script, *list_module_dependencies(script)]
    try:
        require_no_future(sources)
    except WorkplaceError as error:
        raise WorkflowError(str(error)) from None
    here = Path.cwd()
    return [
        local(str(file.relative_to(here) if file.is_relative_to(here) else file))
        for file in sources
    ]


def study_spec(wildcards):
    return CONFIG.studies[wildcards.study]


@cache
def model_of_jobs(study):
    """The member of a study's model that its jobs are planned for."""
    return CONFIG.models[CONFIG.studies[study].model].representative()


@cache
def study_blocks(study):
    """What jobs compute together of the members of a study, by name and in order: see `config.members`."""
    spec = CONFIG.studies[study]
    model = CONFIG.models[spec.model]
    parts = 3 + len(split_particles(model_of_jobs(study), spec.particles or ()))
    blocks = []
    for name in spec.states:
        state = CONFIG.states[name]
        members = len(state.values()) * model.count_members()
        largest = members_of_block(seconds_of_member(study), members, parts)
        blocks += split_members(model, name, state, largest)
    return {block.name: block for block in blocks}


@cache
def seconds_of_member(study):
    """What a member of a study takes, about."""
    spec = CONFIG.studies[study]
    return member_seconds(model_of_jobs(study), spec.particles or (), spec.times)


def block_of(wildcards):
    return study_blocks(wildcards.study)[wildcards.state]


def model_template(wildcards):
    """The model of a study as its jobs know it; the values of its parameters come with the block."""
    return template_text(study_spec(wildcards).model)


@cache
def template_text(model):
    return canonical_json(CONFIG.models[model].template())


def exact_parts(wildcards):
    """Particle numbers of a study's exact table by the part that holds them."""
    particles = study_spec(wildcards).particles
    return split_particles(model_of_jobs(wildcards.study), particles or ())


def table_path(study, table):
    """Where a table of a study is; fitted power laws and verdicts are CSV files, for people."""
    return f"{STUDIES}/{study}/{table}.{'csv' if table in CSV_TABLES else 'parquet'}"


def csv_metadata(tables):
    """The files beside CSV tables that hold their checksums and origins: who reads the ones needs the others."""
    return [f"{table}{METADATA_SUFFIX}" for table in tables if table.endswith(".csv")]
