rule hartree:
    """Hartree wavefunctions of one state of a study, from its model and times."""
    input:
        code=step_code("hartree"),
    output:
        ensure(f"{STUDIES}/{{study}}/{{state}}/hartree.parquet", non_empty=True),
    log:
        f"{LOGS}/hartree/{{study}}/{{state}}.log",
    benchmark:
        f"{BENCHMARKS}/hartree/{{study}}/{{state}}.tsv"
    group:
        state_group("hartree")
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
        "../scripts/hartree.py"
