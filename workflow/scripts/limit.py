"""limit: a model, a state, times and the Hartree table → the table of the N → ∞ limit of that state."""

import json

import numpy as np

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, table_origin, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"limit of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    hartree = read_parquet(job.input.hartree)
    table = tabulate_limit(
        ModelSpec.model_validate_json(job.params.model).build(),
        job.wildcards.state,
        StateSpec.model_validate_json(job.params.state).members(),
        json.loads(job.params.times),
        hartree,
    )
    columns = table_columns(table)
    gaps = int(np.isnan(columns["weight"]).sum())
    logger.info(
        "%d rows, at most %d branches, largest error %.1e; %d times without an answer",
        len(table),
        columns["branch"].max() + 1,
        np.nanmax(columns["error_bound"], initial=0.0),
        gaps,
    )
    for reason in sorted({text for text in columns["reason"] if text}):
        logger.warning("%s", reason)
    origin = describe_origin(dict(job.params.items()), job.input.code, [table_origin(hartree)])
    write_parquet(table, job.output[0], origin)
