"""check: the claims table → an error that names the claims that failed, if any."""

from nonhermitian_hartree.claims.judge import require_passed
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.storage.csv_files import read_csv
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("check", job.log[0]) as logger:
    claims = read_csv(job.input.claims, CLAIM_COLUMNS)
    require_passed(claims, job.input.claims)
    logger.info("all %d claims pass", len(claims))
