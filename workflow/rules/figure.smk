def figure_tables(wildcards):
    """Tables that a figure reads, by name; its kind says which ones."""
    spec = CONFIG.figures[wildcards.figure]
    return {
        name: (
            f"{STUDIES}/{spec.study}/{spec.state}/{name}.parquet"
            if name in ("rate_function", "rate_maximisers")
            else table_path(spec.study, name)
        )
        for name in spec.tables
    }


rule figure:
    """One figure as PDF, SVG and PNG, from the tables of its study."""
    input:
        unpack(figure_tables),
        code=step_code("figure"),
    output:
        [f"{RESULTS}/figures/{{figure}}.{suffix}" for suffix in FIGURE_FORMATS],
    log:
        f"{LOGS}/figure/{{figure}}.log",
    threads: 1
    params:
        figure=lambda w: canonical_json(CONFIG.figures[w.figure]),
    script:
        "../scripts/figure.py"
