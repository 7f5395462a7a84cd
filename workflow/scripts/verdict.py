"""verdict: the Hartree and limit tables of a study → whether, when and by how much Hartree fails."""

import json

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.verdict import name_member, tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"verdict of study {job.wildcards.study}", job.log[0]) as logger:
    states = json.loads(job.params.states)
    table = tabulate_verdicts(
        ModelSpec.model_validate_json(job.params.model).build(),
        {name: StateSpec.model_validate(states[name]).members() for name in json.loads(job.params.order)},
        table_columns(read_parquet(job.input.hartree)),
        table_columns(read_parquet(job.input.limit)),
        job.params.threshold,
    )
    for state, p0, verdict in zip(table["state"], table["p0"], table["verdict"], strict=True):
        logger.info("%s: %s", name_member(state, p0), verdict)
    write_csv(table, job.output[0])
