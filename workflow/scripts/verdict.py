"""verdict: the assessments of a study's states, and its exact rows if there are any → the table of verdicts."""

from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.assessment import read_assessments
from nonhermitian_hartree.steps.verdict import tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"verdict of study {job.wildcards.study}", job.log[0]) as logger:
    paths = job.input.assessments  # in the order of the states
    assessments = {state: read_assessments(path) for state, path in zip(job.params.states, paths, strict=True)}
    comparison = table_columns(read_parquet(job.input.comparison)) if job.input.get("comparison") else None
    table = tabulate_verdicts(job.params.model, assessments, comparison)
    for sentence in table["verdict"]:
        logger.info("%s", sentence)
    write_csv(table, job.output[0])
