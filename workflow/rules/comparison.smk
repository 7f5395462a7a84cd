rule comparison:
    """Linear entropy and infidelities to Hartree and to the limit for every point of a study, from its three tables."""
    input:
        code=step_code("comparison"),
        exact=f"{STUDIES}/{{study}}/exact.parquet",
        hartree=f"{STUDIES}/{{study}}/hartree.parquet",
        limit=f"{STUDIES}/{{study}}/limit.parquet",
    output:
        ensure(f"{STUDIES}/{{study}}/comparison.parquet", non_empty=True),
    log:
        f"{LOGS}/comparison/{{study}}.log",
    benchmark:
        f"{BENCHMARKS}/comparison/{{study}}.tsv"
    group:
        study_group
    threads: 1
    resources:
        mem_mb=gathering_memory_mb,
        runtime=gathering_minutes,
        side_by_side=1,
    message:
        "{rule} of study {wildcards.study}"
    script:
        "../scripts/comparison.py"
