"""Which tables a step reads, where that depends on the configuration."""

from itertools import accumulate


def study_parts(wildcards):
    """Parts of a study's table: one per block of members, or several where the exact step takes long."""
    parts = exact_parts(wildcards) if wildcards.table == "exact" else [""]
    return [
        f"{STUDIES}/{wildcards.study}/{state}/{wildcards.table}{part and '_'}{part}.parquet"
        for state in study_blocks(wildcards.study)
        for part in parts
    ]


def first_members(wildcards):
    """Number in the study of the first member of each of its parts."""
    parts = exact_parts(wildcards) if wildcards.table == "exact" else [""]
    blocks = study_blocks(wildcards.study).values()
    firsts = accumulate((block.count for block in blocks), initial=0)
    return canonical_json([first for _, first in zip(blocks, firsts) for _ in parts])


def figure_tables(wildcards):
    return tables_of_figure(wildcards.figure)


def tables_of_figure(name):
    """Tables that a figure reads, in the order in which its kind lists them."""
    spec = CONFIG.figures[name]
    return [
        (
            f"{STUDIES}/{study}/{spec.state}/{table}.parquet"
            if table in ("rate_function", "rate_maximisers")
            else table_path(study, table)
        )
        for study, table in spec.tables.values()
    ]


def figure_setting(wildcards):
    """What a figure says about its models: their names, and the unit of time of the first."""
    tables = CONFIG.figures[wildcards.figure].tables.values()
    models = dict.fromkeys(CONFIG.studies[study].model for study, _ in tables)
    return {
        "model": ", ".join(name.replace("_", " ") for name in models),
        "time_unit": CONFIG.models[next(iter(models))].time_unit or "",
    }


def claim_tables(wildcards):
    """Tables that the claims are measured on, in the order of tables_of_claims."""
    return [
        table_path(study, table)
        for study, tables in tables_of_claims(CONFIG.claims).items()
        for table in tables
    ]


def study_tables(study):
    """Tables of a study that the configuration asks for."""
    tables = ["hartree", "limit", "verdict"]
    if CONFIG.studies[study].particles:
        tables = ["exact", "hartree", "limit", "comparison", "verdict"]
    if CONFIG.studies[study].power_law:
        tables.append("power_law")
    return [table_path(study, table) for table in tables]


def report_pages():
    """Pages of the tables that the configuration asks for."""
    tables = [table for study in CONFIG.studies for table in study_tables(study)]
    return [
        f"{table.removesuffix('.csv')}.html"
        for table in (*tables, *CLAIMS_FILES[:1])
        if table.endswith(".csv")
    ]
