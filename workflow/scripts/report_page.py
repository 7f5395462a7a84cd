"""report_page: verdicts, fits, figures, claims and provenance of a run → its report as one page."""

import json
from pathlib import Path

import yaml

from nonhermitian_hartree.config.configuration import parse_config
from nonhermitian_hartree.runs.report_page import write_report_page
from nonhermitian_hartree.runs.report_studies import collect_studies
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.storage.csv_files import read_csv
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("report_page", job.log[0]) as logger:
    provenance = json.loads(Path(job.input.provenance).read_text(encoding="utf-8"))
    config = parse_config(provenance["config"], job.input.provenance)
    files = {Path(file).stem: Path(file) for file in job.input.figures}
    fits = {Path(file).parent.name: Path(file) for file in job.input.power_laws}
    verdicts = {Path(file).parent.name: Path(file) for file in job.input.verdicts}
    claims = read_csv(job.input.claims[0], CLAIM_COLUMNS) if job.input.claims else None
    studies = collect_studies(yaml.safe_load(job.params.words), verdicts, fits, files, config.figures)
    write_report_page(job.output[0], config.name, studies, claims, provenance)
    logger.info("%d studies, %d figures", len(studies), len(files))
