"""hartree: a model, a state and times → the Hartree table of that state."""

import json

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.hartree import has_closed_form
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import table_columns, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"hartree of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    model = ModelSpec.model_validate_json(job.params.model).build()
    table = tabulate_hartree(
        model,
        job.wildcards.state,
        StateSpec.model_validate_json(job.params.state).members(),
        json.loads(job.params.times),
    )
    method = "the closed form (21)" if has_closed_form(model) else "Runge-Kutta (DOP853)"
    logger.info("%d rows by %s, largest error %.1e", len(table), method, table_columns(table)["error_bound"].max())
    origin = describe_origin(dict(job.params.items()), job.input.code)
    write_parquet(table, job.output[0], origin)
