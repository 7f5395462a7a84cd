"""figure: tables of studies → one figure in three formats."""

import yaml
from pydantic import TypeAdapter

from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.file import save_figure
from nonhermitian_hartree.figures.labels import Setting
from nonhermitian_hartree.figures.spec import FigureSpec
from nonhermitian_hartree.runs.step_log import log_step
from nonhermitian_hartree.storage.study_tables import read_study_table

job = snakemake  # noqa: F821 – injected by the workflow
with log_step(f"figure {job.wildcards.figure}", job.log[0]) as logger:
    spec = TypeAdapter(FigureSpec).validate_python(yaml.safe_load(job.params.figure))
    tables = {
        name: read_study_table(table, path)
        for (name, (_, table)), path in zip(spec.tables.items(), job.input.tables, strict=True)
    }
    setting = Setting(**yaml.safe_load(job.params.setting))
    save_figure(draw_figure(spec, tables, setting), job.output)
    logger.info("wrote %s", ", ".join(job.output))
