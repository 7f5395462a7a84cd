rule exact:
    """Exact one-particle marginals of one state of a study, from its model, particle numbers and times."""

    # exact_part is the same for the particle numbers of one part: a model without a closed form
    input:
        code=step_code("exact"),
    output:
        ensure(f"{STUDIES}/{{study}}/{{state}}/exact.parquet", non_empty=True),
    log:
        f"{LOGS}/exact/{{study}}/{{state}}.log",
    benchmark:
        f"{BENCHMARKS}/exact/{{study}}/{{state}}.tsv"
    group:
        state_group("exact")
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
        particles=lambda w: canonical_json(study_spec(w).particles),
        times=lambda w: canonical_json(study_spec(w).times),
        tolerance=lambda w: study_spec(w).tolerance,
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}"
    script:
        "../scripts/exact.py"


use rule exact as exact_part with:
    output:
        ensure(
            f"{STUDIES}/{{study}}/{{state}}/exact_{{part}}.parquet",
            non_empty=True,
        ),
    log:
        f"{LOGS}/exact/{{study}}/{{state}}_{{part}}.log",
    benchmark:
        f"{BENCHMARKS}/exact/{{study}}/{{state}}_{{part}}.tsv"
    group:
        state_group("exact_part")
    params:
        particles=lambda w: canonical_json(exact_parts(w)[w.part]),
    message:
        "{rule} of study {wildcards.study}, state {wildcards.state}, part {wildcards.part}"
