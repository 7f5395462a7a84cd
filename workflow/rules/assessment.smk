rule assessment:
    """Hartree against the limit at all times, for one state of a study, from its model, last time and threshold."""
    input:
        code=step_code("assessment"),
    output:
        ensure(f"{STUDIES}/{{study}}/{{state}}/assessment.json", non_empty=True),
    log:
        f"{LOGS}/assessment/{{study}}/{{state}}.log",
    benchmark:
        f"{BENCHMARKS}/assessment/{{study}}/{{state}}.tsv"
    group:
        state_group("assessment")
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
        last_time=lambda w: study_spec(w).times[-1],
        threshold=lambda w: study_spec(w).hartree_threshold,
        particles=lambda w: (study_spec(w).particles or [None])[-1],
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}"
    script:
        "../scripts/assessment.py"
