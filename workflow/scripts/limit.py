"""limit: members of a study, times and their Hartree table → the table of their N → ∞ limit."""

import json

import numpy as np

from nonhermitian_hartree.config.members import read_members
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, table_origin, write_parquet
from nonhermitian_hartree.storage.reuse import MEMBERS_KEY, digest_members, find_known_rows

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"limit of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    hartree = read_parquet(job.input.hartree)
    members = read_members(job.params.model, job.wildcards.state, job.params.state, job.params.parameters)
    origin = describe_origin(dict(job.params.items()), job.input.code, [table_origin(hartree)])
    digests = digest_members(members.identities, dict(job.params.items()), origin)
    known = find_known_rows(job.output[0], digests)
    table = tabulate_limit(members, json.loads(job.params.times), hartree, known)
    columns = table_columns(table)
    gaps = int(np.isnan(columns["weight"]).sum())
    logger.info(
        "%d rows of %d members, of which %d were known, at most %d branches, largest error %.1e; "
        "%d times without an answer",
        len(table),
        len(members),
        len(known),
        columns["branch"].max() + 1,
        np.nanmax(columns["error_bound"], initial=0.0),
        gaps,
    )
    for reason in sorted({text for text in columns["reason"] if text}):
        logger.warning("%s", reason)
    write_parquet(table, job.output[0], origin | {MEMBERS_KEY: json.dumps(digests)})
