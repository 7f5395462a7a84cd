rule gather:
    """The exact, Hartree or limit table of a study, from the parts of its states."""
    input:
        code=step_code("gather"),
        parts=study_parts,
    output:
        ensure(f"{STUDIES}/{{study}}/{{table}}.parquet", non_empty=True),
    log:
        f"{LOGS}/gather/{{study}}/{{table}}.log",
    localrule: True
    script:
        "../scripts/gather.py"
