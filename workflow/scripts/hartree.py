"""hartree: members of a study and times → their Hartree table."""

import json

import numpy as np

from nonhermitian_hartree.config.members import read_members
from nonhermitian_hartree.hartree import has_closed_form
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import table_columns, write_parquet
from nonhermitian_hartree.storage.reuse import MEMBERS_KEY, digest_members, find_known_rows

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"hartree of study {job.wildcards.study}, state {job.wildcards.state}", job.log[0]) as logger:
    members = read_members(job.params.model, job.wildcards.state, job.params.state, job.params.parameters)
    origin = describe_origin(dict(job.params.items()), job.input.code)
    digests = digest_members(members.identities, dict(job.params.items()), origin)
    known = find_known_rows(job.output[0], digests)
    table = tabulate_hartree(members, json.loads(job.params.times), known)
    closed = sum(has_closed_form(member.model) for member in members)
    logger.info(
        "%d rows of %d members, %d of them by the closed form (21), the others by Runge-Kutta (DOP853); "
        "%d were known; largest error %.1e",
        len(table),
        len(members),
        closed,
        len(known),
        np.nanmax(table_columns(table)["error_bound"], initial=0.0),
    )
    write_parquet(table, job.output[0], origin | {MEMBERS_KEY: json.dumps(digests)})
