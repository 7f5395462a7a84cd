def study_parts(wildcards):
    """Parts of a study's table: one per state, and one per particle number where the exact step takes long."""
    study = study_spec(wildcards)
    parts = [wildcards.table]
    if (
        wildcards.table == "exact"
        and not CONFIG.models[study.model].build().is_diagonal
    ):
        parts = [f"exact_{particles}" for particles in study.particles]
    return [
        f"{STUDIES}/{wildcards.study}/{state}/{part}.parquet"
        for state in study.states
        for part in parts
    ]


localrules:
    gather,


rule gather:
    """The exact, Hartree or limit table of a study, from the parts of its states."""
    input:
        code=step_code("gather"),
        parts=study_parts,
    output:
        ensure(f"{STUDIES}/{{study}}/{{table}}.parquet", non_empty=True),
    log:
        f"{LOGS}/gather/{{study}}/{{table}}.log",
    script:
        "../scripts/gather.py"
