rule limit:
    """The limit of infinitely many particles for one state of a study, and how far Hartree is from it."""
    input:
        code=step_code("limit"),
        hartree=f"{STUDIES}/{{study}}/{{state}}/hartree.parquet",
    output:
        ensure(f"{STUDIES}/{{study}}/{{state}}/limit.parquet", non_empty=True),
    log:
        f"{LOGS}/limit/{{study}}/{{state}}.log",
    benchmark:
        f"{BENCHMARKS}/limit/{{study}}/{{state}}.tsv"
    group:
        state_group("limit")
    threads: 1
    resources:
        mem_mb=job_memory_mb,
        runtime=job_minutes,
        side_by_side=1,
    params:
        numerics=NUMERICS,
        model=model_template,
        state=lambda w: block_of(w).state,
        parameters=lambda w: block_of(w).parameters,
        times=lambda w: canonical_json(study_spec(w).times),
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}"
    script:
        "../scripts/limit.py"
