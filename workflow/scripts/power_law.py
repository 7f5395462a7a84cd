"""power_law: the comparison table of a study → fitted exponents and prefactors."""

from nonhermitian_hartree.config.power_law import PowerLawSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.steps.power_law import tabulate_power_laws
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.origin import describe_origin
from nonhermitian_hartree.storage.parquet import read_parquet, table_origin

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"power_law of study {job.wildcards.study}", job.log[0]) as logger:
    spec = PowerLawSpec.model_validate_json(job.params.power_law)
    comparison = read_parquet(job.input.comparison)
    frame = tabulate_power_laws(comparison.to_pandas(), spec.quantities, spec.tail_fraction)
    bent = frame[frame["single_power_law"] == "no"]
    for row in bent.itertuples():
        logger.info("%s of %s at t = %g: %s", row.quantity, row.state, row.time, row.reason)
    logger.info("%d fits, of which %d are no single power law", len(frame), len(bent))
    origin = describe_origin(dict(job.params.items()), job.input.code, [table_origin(comparison)])
    write_csv(frame, job.output.table, origin)
