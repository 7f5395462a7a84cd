rule figure:
    """One figure as PDF, SVG and PNG, from tables of its studies."""
    input:
        code=step_code("figure"),
        tables=figure_tables,
        metadata=lambda w: csv_metadata(figure_tables(w)),
    output:
        report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category=figure_category,
            labels=figure_labels,
        ),
        [
            f"{RESULTS}/figures/{{figure}}.{suffix}"
            for suffix in FIGURE_FORMATS
            if suffix != "svg"
        ],
    log:
        f"{LOGS}/figure/{{figure}}.log",
    group:
        figure_group
    threads: 1
    resources:
        mem_mb=START_MEMORY_MB,
        runtime=FIGURE_MINUTES,
        side_by_side=1,
    params:
        matplotlib=f"matplotlib {version('matplotlib')}",
        figure=lambda w: readable_yaml(CONFIG.figures[w.figure]),
        setting=lambda w: readable_yaml(figure_setting(w)),
    message:
        "{rule} {wildcards.figure}"
    script:
        "../scripts/figure.py"
