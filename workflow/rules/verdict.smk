rule verdict:
    """The verdict on Hartree for every member of a study: its assessments, with the exact rows of the largest N."""
    input:
        code=step_code("verdict"),
        assessments=lambda w: [
            f"{STUDIES}/{w.study}/{block}/assessment.json"
            for block in study_blocks(w.study)
        ],
        comparison=lambda w: (
            [table_path(w.study, "comparison")] if study_spec(w).particles else []
        ),
    output:
        table=ensure(f"{STUDIES}/{{study}}/verdict.csv", non_empty=True),
        metadata=f"{STUDIES}/{{study}}/verdict.csv{METADATA_SUFFIX}",
    log:
        f"{LOGS}/verdict/{{study}}.log",
    group:
        study_group
    threads: 1
    resources:
        mem_mb=gathering_memory_mb,
        runtime=gathering_minutes,
        side_by_side=1,
    params:
        model=lambda w: study_spec(w).model,
    message:
        "{rule} of study {wildcards.study}"
    script:
        "../scripts/verdict.py"
