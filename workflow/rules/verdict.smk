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
        "state"
    threads: 1
    resources:
        mem_mb=job_memory_mb,
        runtime=job_minutes,
        one_by_one=1,
    params:
        model=lambda w: canonical_json(CONFIG.models[study_spec(w).model]),
        state=lambda w: canonical_json(CONFIG.states[w.state]),
        last_time=lambda w: study_spec(w).times[-1],
        threshold=lambda w: study_spec(w).hartree_threshold,
        particles=lambda w: study_spec(w).particles[-1],
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}"
    script:
        "../scripts/assessment.py"


rule verdict:
    """The verdict on Hartree for every state of a study: its assessments, with the exact rows of the largest N."""
    input:
        code=step_code("verdict"),
        assessments=lambda w: [
            f"{STUDIES}/{w.study}/{state}/assessment.json"
            for state in study_spec(w).states
        ],
        comparison=f"{STUDIES}/{{study}}/comparison.parquet",
    output:
        ensure(f"{STUDIES}/{{study}}/verdict.csv", non_empty=True),
    log:
        f"{LOGS}/verdict/{{study}}.log",
    localrule: True
    params:
        model=lambda w: study_spec(w).model,
        states=lambda w: study_spec(w).states,
    message:
        "{rule} of study {wildcards.study}"
    script:
        "../scripts/verdict.py"
