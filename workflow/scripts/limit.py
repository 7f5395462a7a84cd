"""limit: a model, a state, times and the Hartree table → the table of the N → ∞ limit of that state."""

import json

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"limit of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    table = tabulate_limit(
        ModelSpec.model_validate_json(job.params.model).build(),
        job.wildcards.state,
        StateSpec.model_validate_json(job.params.state).members(),
        json.loads(job.params.times),
        read_parquet(job.input.hartree),
    )
    columns = table_columns(table)
    largest = {name: columns[name].max() for name in ("branch", "error_bound", "checked_particles")}
    logger.info("%d rows, at most %d branches", len(table), largest["branch"] + 1)
    logger.info(
        "largest error %(error_bound).1e; checked against exact norms up to N = %(checked_particles)d", largest
    )
    origin = describe_origin(dict(job.params.items()), [job.input.hartree])
    write_parquet(table, job.output[0], origin)
