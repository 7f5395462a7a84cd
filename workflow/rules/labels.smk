"""Labels of the results in Snakemake's report, with numbers that are read from the tables when the report is made.

Captions are templates that see paths, not tables. Labels may be computed, though, and a caption finds the labels of its
result among the records of the report: the numbers of the run reach the captions by way of the labels.
"""

from nonhermitian_hartree.storage.csv_files import read_csv
from nonhermitian_hartree.storage.parquet import read_parquet

if not IS_MODULE:  # the description of a report is about the workflow that is run

    report: "../report/workflow.rst"


# Labels are computed long after a module was read: its prefix, which Snakemake gives to inputs, is kept for them.
place_result = workflow.modifier.modify_path


def describe_exact(study):
    """How many points a study has, up to which N, and how exact they are, from its exact table."""
    if not CONFIG.studies[study].particles:
        return "none, a screening"
    table = read_parquet(place_result(table_path(study, "exact"))).to_pandas()
    methods = ", ".join(sorted(table["method"].unique())).replace("_", " ")
    return (
        f"{len(table)} points up to N = {table['particles'].max()}, "
        f"by {methods}, error ≤ {table['error_bound'].max():.0e}"
    )


def describe_studies(studies):
    """Model, initial states, N and times of studies, in words."""
    words = [describe_study(CONFIG, study) for study in studies]
    return " | ".join(
        f"{word['model']}; from {word['from']}; N = {word['N']}; t = {word['times']}"
        for word in words
    )


def figure_studies(wildcards):
    """Names of the studies that a figure is about."""
    tables = CONFIG.figures[wildcards.figure].tables.values()
    return list(dict.fromkeys(study for study, _ in tables))


def figure_category(wildcards):
    """Category of a figure: its study, or its studies."""
    return ", ".join(figure_studies(wildcards))


def figure_labels(wildcards, input):
    """Labels of a figure: its panel, what it shows, and the largest value of that in its tables."""
    spec = CONFIG.figures[wildcards.figure]
    column = getattr(spec, "quantity", "value")
    found = [
        table[column].dropna()
        for table in (
            read_csv(path) if path.endswith(".csv") else read_parquet(path).to_pandas()
            for path in input.tables
        )
        if column in table
    ]
    if column == "judgement":
        result = summarise_verdicts(read_csv(input.tables[0]))
    elif found:
        result = f"largest value {max(values.max() for values in found):.4g}"
    else:
        result = "see the figure"
    return {
        "panel": wildcards.figure,
        "shows": getattr(spec, "quantity", spec.kind).replace("_", " "),
        "result": result,
        "exact states": "; ".join(map(describe_exact, figure_studies(wildcards))),
        "computed": describe_studies(figure_studies(wildcards)),
    }


def summarise_power_laws(table):
    exponents = table["exponent"].dropna()
    if exponents.empty:
        return f"no single power law in {len(table)} fits"
    found = f"{len(exponents)} exponents from {exponents.min():.4f} to {exponents.max():.4f}"
    bent = len(table) - len(exponents)
    return f"{found}; {bent} curves that are no single power law" if bent else found


def summarise_verdicts(table):
    counts = table["judgement"].value_counts()
    return ", ".join(
        f"{judgement} for {count} of {len(table)} states"
        for judgement, count in counts.items()
    )


def study_page_labels(wildcards, input):
    """Labels of the fits or the verdicts of a study: a summary of the table."""
    summarise = {"power_law": summarise_power_laws, "verdict": summarise_verdicts}
    return {
        "panel": "table",
        "shows": wildcards.page.replace("_", " "),
        "result": summarise[wildcards.page](read_csv(input.table)),
        "exact states": describe_exact(wildcards.study),
        "computed": describe_studies([wildcards.study]),
    }


def claims_labels(wildcards, input):
    """Labels of the claims: how many pass, and which do not."""
    table = read_csv(input.table)
    failed = table[table["verdict"] != "PASS"]
    names = [f"{row.claim} on {row.study}" for row in failed.itertuples()]
    return {
        "panel": "table",
        "shows": f"{len(table)} claims",
        "result": f"{len(table) - len(failed)} of {len(table)} claims pass",
        "failed": ", ".join(names) or "none",
    }


def report_page_labels(wildcards, input):
    """Labels of the report's page: what it concludes."""
    import pandas as pd

    table = pd.concat(map(read_csv, input.verdicts))
    return {
        "panel": "page",
        "shows": "verdicts, key figures, claims, provenance",
        "result": f"Hartree {summarise_verdicts(table)}",
    }
