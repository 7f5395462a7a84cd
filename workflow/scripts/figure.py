"""figure: the tables of a study → one figure in three formats."""

from pydantic import TypeAdapter

from nonhermitian_hartree.csv_tables import read_csv
from nonhermitian_hartree.figure import draw_figure
from nonhermitian_hartree.figure_file import save_figure
from nonhermitian_hartree.figure_spec import FigureSpec
from nonhermitian_hartree.power_law_table import COLUMNS
from nonhermitian_hartree.step_log import log_step
from nonhermitian_hartree.tables import read_parquet

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"figure {job.wildcards.figure}", job.log[0]) as logger:
    spec = TypeAdapter(FigureSpec).validate_json(job.params.figure)
    tables = {
        name: read_csv(job.input[name], COLUMNS)
        if name == "power_law"
        else read_parquet(job.input[name]).to_pandas()
        for name in spec.tables
    }
    save_figure(draw_figure(spec, tables), job.output)
    logger.info("wrote %s", ", ".join(job.output))
