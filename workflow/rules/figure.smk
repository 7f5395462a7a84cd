rule figure:
    """One figure as PDF, SVG and PNG, from tables of its studies."""
    input:
        code=step_code("figure"),
        tables=figure_tables,
    output:
        [f"{RESULTS}/figures/{{figure}}.{suffix}" for suffix in FIGURE_FORMATS],
    log:
        f"{LOGS}/figure/{{figure}}.log",
    threads: 1
    params:
        figure=lambda w: canonical_json(CONFIG.figures[w.figure]),
    script:
        "../scripts/figure.py"
