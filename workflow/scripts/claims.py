"""claims: tables of studies → every claim measured and judged."""

from pydantic import TypeAdapter

from nonhermitian_hartree.claim_spec import ClaimSpec, tables_of_claims
from nonhermitian_hartree.claims import judge_claims
from nonhermitian_hartree.csv_tables import read_csv, write_csv
from nonhermitian_hartree.power_law_table import COLUMNS
from nonhermitian_hartree.step_log import log_step
from nonhermitian_hartree.tables import read_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step("claims", job.log[0]) as logger:
    specs = TypeAdapter(tuple[ClaimSpec, ...]).validate_json(job.params.claims)
    tables = {
        study: {
            name: read_csv(f"{job.params.studies}/{study}/{name}.csv", COLUMNS)
            if name == "power_law"
            else read_parquet(f"{job.params.studies}/{study}/{name}.parquet").to_pandas()
            for name in names
        }
        for study, names in tables_of_claims(specs).items()
    }
    frame = judge_claims(specs, tables)
    logger.info("%d of %d claims pass", (frame["verdict"] == "PASS").sum(), len(frame))
    write_csv(frame, job.output[0])
