# A job per table: one job for all three would make a new N rerun the verdict, which does not read the exact table.
rule gather:
    """The exact, Hartree or limit table of a study, from the parts of its members."""
    input:
        code=step_code("gather"),
        parts=study_parts,
    output:
        ensure(f"{STUDIES}/{{study}}/{{table}}.parquet", non_empty=True),
    log:
        f"{LOGS}/gather/{{study}}/{{table}}.log",
    group:
        study_group
    threads: 1
    resources:
        mem_mb=gathering_memory_mb,
        runtime=gathering_minutes,
        side_by_side=1,
    params:
        first_members=first_members,
    message:
        "{rule} of study {wildcards.study}, table {wildcards.table}"
    script:
        "../scripts/gather.py"
