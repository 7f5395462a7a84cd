"""comparison: the exact, Hartree and limit tables of a study → distances between the three."""

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, table_origin, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"comparison of study {job.wildcards.study}", job.log[0]) as logger:
    sources = [read_parquet(path) for path in (job.input.exact, job.input.hartree, job.input.limit)]
    table = compare_states(*map(table_columns, sources))
    errors = [
        f"{name} {values.max():.1e}" for name, values in table_columns(table).items() if name.endswith("_error")
    ]
    logger.info("%d rows; largest errors: %s", len(table), ", ".join(errors))
    write_parquet(table, job.output[0], describe_origin({}, job.input.code, map(table_origin, sources)))
