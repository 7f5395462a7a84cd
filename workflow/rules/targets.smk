"""Targets by name: `snakemake fig2c`, `snakemake scaling_tilted`, `snakemake claims`, or everything."""

FIGURE_FILES = expand(f"{RESULTS}/figures/{{figure}}.{{suffix}}", figure=CONFIG.figures, suffix=FIGURE_FORMATS)


def study_tables(study):
    tables = ["exact.parquet", "hartree.parquet", "limit.parquet", "comparison.parquet"]
    if CONFIG.studies[study].power_law:
        tables.append("power_law.csv")
    return [f"{STUDIES}/{study}/{table}" for table in tables]


localrules:
    all,
    figures,


rule all:
    """Everything that the configuration names."""
    default_target: True
    input:
        [table for study in CONFIG.studies for table in study_tables(study)],
        FIGURE_FILES,
        CLAIMS_FILES,


rule figures:
    """Every figure of the configuration."""
    input:
        FIGURE_FILES,


for name in CONFIG.studies:

    rule:
        name:
            name
        localrule: True
        input:
            study_tables(name),


for name in CONFIG.figures:

    rule:
        name:
            name
        localrule: True
        input:
            expand(f"{RESULTS}/figures/{name}.{{suffix}}", suffix=FIGURE_FORMATS),
