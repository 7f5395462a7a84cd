ALL_TABLES = list(
    dict.fromkeys(
        [
            *(table for study in CONFIG.studies for table in study_tables(study)),
            *(table for name in CONFIG.figures for table in tables_of_figure(name)),
            *CLAIMS_FILES[:1],
        ]
    )
)


rule provenance:
    """What the run was made of (commit, versions, configuration, checksums), from all of its tables."""
    input:
        code=step_code("provenance"),
        tables=ALL_TABLES,
        metadata=csv_metadata(ALL_TABLES),
    output:
        ensure(f"{RESULTS}/provenance.json", non_empty=True),
    log:
        f"{LOGS}/provenance.log",
    localrule: True
    params:
        config=canonical_json(CONFIG),
    message:
        "{rule} of all tables"
    script:
        "../scripts/provenance.py"
