rule power_law:
    """Power laws fitted to the tails of a study's quantities, from its comparison table."""
    input:
        code=step_code("power_law"),
        comparison=f"{STUDIES}/{{study}}/comparison.parquet",
    output:
        table=ensure(f"{STUDIES}/{{study}}/power_law.csv", non_empty=True),
        metadata=f"{STUDIES}/{{study}}/power_law.csv{METADATA_SUFFIX}",
    log:
        f"{LOGS}/power_law/{{study}}.log",
    group:
        study_group
    threads: 1
    resources:
        mem_mb=gathering_memory_mb,
        runtime=gathering_minutes,
        side_by_side=1,
    params:
        power_law=lambda w: canonical_json(study_spec(w).power_law),
    message:
        "{rule} of study {wildcards.study}"
    script:
        "../scripts/power_law.py"
