"""claims: tables of studies → every claim measured and judged."""

from pydantic import TypeAdapter

from nonhermitian_hartree.claims.judge import judge_claims
from nonhermitian_hartree.claims.spec import ClaimSpec, tables_of_claims
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.study_tables import read_origin, read_study_table

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("claims", job.log[0]) as logger:
    specs = TypeAdapter(tuple[ClaimSpec, ...]).validate_json(job.params.claims)
    paths = iter(job.input.tables)  # in the order of tables_of_claims
    tables = {
        study: {name: read_study_table(name, next(paths)) for name in names}
        for study, names in tables_of_claims(specs).items()
    }
    frame = judge_claims(specs, tables)
    logger.info("%d of %d claims pass", (frame["verdict"] == "PASS").sum(), len(frame))
    origins = [read_origin(path) for path in job.input.tables]
    write_csv(frame, job.output.table, describe_origin(dict(job.params.items()), job.input.code, origins))
