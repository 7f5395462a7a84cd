"""table_page: a small table as CSV → the same table as a page that can be sorted."""

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.runs.table_page import write_table_page
from nonhermitian_hartree.storage.csv_files import read_csv

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(job.params.title, job.log[0]) as logger:
    table = read_csv(job.input.table)
    logger.info("%d rows", len(table))
    write_table_page(table, job.output[0], job.params.title)
