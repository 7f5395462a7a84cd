rule verdict:
    """The verdict on Hartree for every state of a study, from its Hartree and limit tables and its threshold."""
    input:
        code=step_code("verdict"),
        hartree=f"{STUDIES}/{{study}}/hartree.parquet",
        limit=f"{STUDIES}/{{study}}/limit.parquet",
    output:
        ensure(f"{STUDIES}/{{study}}/verdict.csv", non_empty=True),
    log:
        f"{LOGS}/verdict/{{study}}.log",
    benchmark:
        f"{BENCHMARKS}/verdict/{{study}}.tsv"
    group:
        "study"
    threads: 1
    resources:
        mem_mb=job_memory_mb,
        runtime=job_minutes,
        one_by_one=1,
    params:
        model=lambda w: canonical_json(CONFIG.models[study_spec(w).model]),
        states=lambda w: canonical_json(
            {state: CONFIG.states[state] for state in study_spec(w).states}
        ),
        order=lambda w: canonical_json(study_spec(w).states),
        threshold=lambda w: study_spec(w).hartree_threshold,
    message:
        "{rule} of study {wildcards.study}"
    script:
        "../scripts/verdict.py"
