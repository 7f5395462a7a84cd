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
        report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category=lambda w: CONFIG.figures[w.figure].study,
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
        "figure"
    threads: 1
    resources:
        mem_mb=lambda w, attempt: attempt * START_MEMORY_MB,
        runtime=lambda w, attempt: attempt * START_MINUTES,
        one_by_one=1,
    params:
        figure=lambda w: canonical_json(CONFIG.figures[w.figure]),
    script:
        "../scripts/figure.py"
