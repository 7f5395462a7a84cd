"""gather: the parts of a table of a study → one table."""

import json

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.members import concatenate_members
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import (
    read_parquet,
    table_origin,
    write_parquet,
)

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"gather of study {job.wildcards.study}, table {job.wildcards.table}", job.log[0]) as logger:
    parts = [read_parquet(part) for part in job.input.parts]
    table = concatenate_members(parts, json.loads(job.params.first_members))
    logger.info("%d rows from %d parts", len(table), len(parts))
    origin = describe_origin({}, job.input.code, map(table_origin, parts))
    write_parquet(table, job.output[0], origin)
