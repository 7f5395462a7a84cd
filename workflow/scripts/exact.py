"""exact: a model, a state, particle numbers and times → the exact table of that state."""

import json

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.exact import tabulate_exact
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import table_columns, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
where = ", ".join(f"{name} {value}" for name, value in job.wildcards.items())
with log_step(f"exact of {where}", job.log[0]) as logger:
    table = tabulate_exact(
        ModelSpec.model_validate_json(job.params.model).build(),
        job.wildcards.state,
        StateSpec.model_validate_json(job.params.state).members(),
        json.loads(job.params.particles),
        json.loads(job.params.times),
        job.params.tolerance,
    )
    columns = table_columns(table)
    methods, error = ", ".join(sorted(set(columns["method"]))), columns["error_bound"].max()
    logger.info("%d rows by %s, largest error %.1e", len(table), methods, error)
    origin = describe_origin(dict(job.params.items()), job.input.code)
    write_parquet(table, job.output[0], origin)
