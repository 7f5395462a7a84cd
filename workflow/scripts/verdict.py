"""verdict: the assessments of a study's states, and its exact rows if there are any → the table of verdicts."""

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.assessment import read_assessments
from nonhermitian_hartree.steps.verdict import tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, table_origin

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"verdict of study {job.wildcards.study}", job.log[0]) as logger:
    read = {  # the assessments are in the order of the states
        state: read_assessments(path) for state, path in zip(job.params.states, job.input.assessments, strict=True)
    }
    comparison = read_parquet(job.input.comparison)
    assessments = {state: found for state, (found, _) in read.items()}
    table = tabulate_verdicts(job.params.model, assessments, table_columns(comparison))
    for sentence in table["verdict"]:
        logger.info("%s", sentence)
    origins = [*(origin for _, origin in read.values()), table_origin(comparison)]
    write_csv(table, job.output.table, describe_origin(dict(job.params.items()), job.input.code, origins))
