"""verdict: the assessments of a study's members, and its exact rows if there are any → the table of verdicts."""

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.assessment_file import read_assessments
from nonhermitian_hartree.steps.verdict import tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, table_origin

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"verdict of study {job.wildcards.study}", job.log[0]) as logger:
    read = [read_assessments(path) for path in job.input.assessments]  # in the order of the members
    comparison = read_parquet(job.input.comparison[0]) if job.input.comparison else None
    assessments = [assessment for found, _ in read for assessment in found]
    table = tabulate_verdicts(
        job.params.model, assessments, None if comparison is None else table_columns(comparison)
    )
    for sentence in table["verdict"]:
        logger.info("%s", sentence)
    origins = [*(origin for _, origin in read), *([table_origin(comparison)] if comparison is not None else [])]
    write_csv(table, job.output.table, describe_origin(dict(job.params.items()), job.input.code, origins))
