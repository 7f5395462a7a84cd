"""comparison: the exact, Hartree and limit tables of a study → distances between the three."""

import pyarrow as pa

from nonhermitian_hartree.comparison import compare_states
from nonhermitian_hartree.step_log import log_step
from nonhermitian_hartree.tables import read_parquet, write_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"comparison of study {job.wildcards.study}", job.log[0]) as logger:
    limit = job.input.get("limit")
    frame = compare_states(
        read_parquet(job.input.exact).to_pandas(),
        read_parquet(job.input.hartree).to_pandas(),
        read_parquet(limit).to_pandas() if limit else None,
    )
    logger.info("%d rows", len(frame))
    write_parquet(pa.Table.from_pandas(frame, preserve_index=False), job.output[0])
