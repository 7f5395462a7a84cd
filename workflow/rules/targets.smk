"""Targets by name: `snakemake fig2c`, `snakemake scaling_tilted`, `snakemake claims`, or everything."""

FIGURE_FILES = expand(
    f"{RESULTS}/figures/{{figure}}.{{suffix}}",
    figure=CONFIG.figures,
    suffix=FIGURE_FORMATS,
)


def study_tables(study):
    """Tables of a study that the configuration asks for."""
    tables = ["exact", "hartree", "limit", "comparison"]
    if CONFIG.studies[study].power_law:
        tables.append("power_law")
    return [table_path(study, table) for table in tables]


localrules:
    figures,


rule figures:
    """Every figure of the configuration."""
    input:
        FIGURE_FILES,


for name in CONFIG.studies:

    rule:
        name:
            name
        input:
            study_tables(name),
        localrule: True


for name in CONFIG.figures:

    rule:
        name:
            name
        input:
            expand(f"{RESULTS}/figures/{name}.{{suffix}}", suffix=FIGURE_FORMATS),
        localrule: True
