"""exact: members of a study, particle numbers and times → their exact table."""

import json

import numpy as np

from nonhermitian_hartree.config.members import read_members
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.exact import tabulate_exact
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import table_columns, write_parquet
from nonhermitian_hartree.storage.reuse import MEMBERS_KEY, digest_members, find_known_rows

job = snakemake  # noqa: F821 – injected by the workflow
where = ", ".join(f"{name} {value}" for name, value in job.wildcards.items())
with log_step(f"exact of {where}", job.log[0]) as logger:
    members = read_members(job.params.model, job.wildcards.state, job.params.state, job.params.parameters)
    origin = describe_origin(dict(job.params.items()), job.input.code)
    digests = digest_members(members.identities, dict(job.params.items()), origin)
    known = find_known_rows(job.output[0], digests)
    particles, times = json.loads(job.params.particles), json.loads(job.params.times)
    table = tabulate_exact(members, particles, times, job.params.tolerance, known)
    columns = table_columns(table)
    logger.info(
        "%d rows of %d members, of which %d were known, by %s, largest error %.1e",
        len(table),
        len(members),
        len(known),
        ", ".join(sorted(set(columns["method"]) - {""})),
        np.nanmax(columns["error_bound"], initial=0.0),
    )
    for reason in sorted(set(columns["reason"]) - {""}):
        logger.warning("%s", reason)
    write_parquet(table, job.output[0], origin | {MEMBERS_KEY: json.dumps(digests)})
