"""Targets by name: `snakemake fig2c`, `snakemake scaling_tilted`, `snakemake claims`, or everything."""

FIGURE_FILES = expand(
    f"{RESULTS}/figures/{{figure}}.{{suffix}}",
    figure=CONFIG.figures,
    suffix=FIGURE_FORMATS,
)


rule figures:
    """Every figure of the configuration."""
    input:
        FIGURE_FILES,
    localrule: True


for name in CONFIG.studies:

    rule:
        """Every table of the study of this name."""
        name:
            name
        input:
            study_tables(name),
            csv_metadata(study_tables(name)),
        localrule: True


for name in CONFIG.figures:

    rule:
        """The figure of this name as PDF, SVG and PNG."""
        name:
            name
        input:
            expand(f"{RESULTS}/figures/{name}.{{suffix}}", suffix=FIGURE_FORMATS),
        localrule: True
