localrules:
    gather,


rule gather:
    """The exact, Hartree or limit table of a study, from the parts of its states."""
    input:
        code=step_code("gather"),
        parts=lambda w: [
            f"{STUDIES}/{w.study}/{state}/{w.table}.parquet"
            for state in study_spec(w).states
        ],
    output:
        ensure(f"{STUDIES}/{{study}}/{{table}}.parquet", non_empty=True),
    log:
        f"{LOGS}/gather/{{study}}/{{table}}.log",
    script:
        "../scripts/gather.py"
