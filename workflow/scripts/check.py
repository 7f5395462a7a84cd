"""check: the claims table → an error that names the claims that failed, if any."""

from nonhermitian_hartree.claims import COLUMNS, require_passed
from nonhermitian_hartree.csv_tables import read_csv
from nonhermitian_hartree.step_log import log_step

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("check", job.log[0]) as logger:
    claims = read_csv(job.input.claims, COLUMNS)
    require_passed(claims, job.input.claims)
    logger.info("all %d claims pass", len(claims))
