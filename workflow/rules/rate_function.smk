rule rate_function:
    """The rate function of one state of a study and its maximisers, from the model and the times."""
    input:
        code=step_code("rate_function"),
    output:
        rate_function=f"{STUDIES}/{{study}}/{{state}}/rate_function.parquet",
        rate_maximisers=f"{STUDIES}/{{study}}/{{state}}/rate_maximisers.parquet",
    log:
        f"{LOGS}/rate_function/{{study}}/{{state}}.log",
    benchmark:
        f"{BENCHMARKS}/rate_function/{{study}}/{{state}}.tsv"
    group:
        state_group("rate_function")
    threads: 1
    resources:
        mem_mb=job_memory_mb,
        runtime=job_minutes,
        side_by_side=1,
    params:
        numerics=NUMERICS,
        model=lambda w: canonical_json(CONFIG.models[study_spec(w).model]),
        state=lambda w: canonical_json(CONFIG.states[w.state]),
        times=lambda w: canonical_json(study_spec(w).times),
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}"
    script:
        "../scripts/rate_function.py"
