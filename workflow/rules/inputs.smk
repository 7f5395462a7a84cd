"""Which tables a step reads, where that depends on the configuration."""


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


def figure_tables(wildcards):
    """Tables that a figure reads, by name; its kind says which ones."""
    spec = CONFIG.figures[wildcards.figure]
    return {
        name: (
            f"{STUDIES}/{spec.study}/{spec.state}/{name}.parquet"
            if name in ("rate_function", "rate_maximisers")
            else table_path(spec.study, name)
        )
        for name in spec.tables
    }


def claim_tables(wildcards):
    """Tables that the claims are measured on, as <study>/<table>."""
    return [
        table_path(study, table)
        for study, tables in tables_of_claims(CONFIG.claims).items()
        for table in tables
    ]


def study_tables(study):
    """Tables of a study that the configuration asks for."""
    tables = ["exact", "hartree", "limit", "comparison", "verdict"]
    if CONFIG.studies[study].power_law:
        tables.append("power_law")
    return [table_path(study, table) for table in tables]
