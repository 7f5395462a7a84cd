"""What Snakemake's report shows, with numbers that are read from the tables when the report is made.

Captions are templates that see paths, not tables. The labels of a result may be computed, though, and a caption finds
the labels of its result among the records of the report: numbers of the run go by way of the labels.
"""


report: "../report/workflow.rst"


def exact_labels(study):
    """How many points a study has, up to which N, and how exact they are, from its exact table."""
    # imported here, because only the report needs it
    from nonhermitian_hartree.tables import read_parquet

    table = read_parquet(table_path(study, "exact")).to_pandas()
    return {
        "points": len(table),
        "largest N": f"{table['particles'].max():g}",
        "largest error": f"{table['error_bound'].max():.0e}",
        "method": ", ".join(sorted(table["method"].unique())),
    }


def figure_labels(wildcards, input):
    """Labels of a figure: its panel, what it shows, and how large that gets."""
    from nonhermitian_hartree.tables import read_parquet

    spec = CONFIG.figures[wildcards.figure]
    quantity = getattr(spec, "quantity", "rate_function")
    table = read_parquet(input[spec.tables[0]]).to_pandas()
    return {
        "panel": wildcards.figure,
        "shows": quantity.replace("_", " "),
        "largest value": f"{table[quantity].max():.4g}",
        **exact_labels(spec.study),
    }


def power_law_labels(wildcards, input):
    """Labels of the fits of a study: how many, and the range of their exponents."""
    import pandas as pd

    table = pd.read_csv(input.table)
    exponents = table["exponent"]
    return {
        "panel": "fits",
        "shows": f"{len(table)} power laws",
        "largest value": f"exponents {exponents.min():.3f} to {exponents.max():.3f}",
        **exact_labels(wildcards.study),
    }


def claims_labels(wildcards, input):
    """Labels of the claims: how many pass, and which do not."""
    import pandas as pd

    table = pd.read_csv(input.table)
    failed = table[table["verdict"] != "PASS"]
    return {
        "claims": len(table),
        "pass": len(table) - len(failed),
        "failed": ", ".join(failed["claim"] + " on " + failed["study"]) or "none",
    }


rule power_law_page:
    """The fitted power laws of a study as a page that can be sorted, from their table."""
    input:
        code=step_code("table_page"),
        table=f"{STUDIES}/{{study}}/power_law.csv",
    output:
        report(
            f"{STUDIES}/{{study}}/power_law.html",
            caption="../report/power_law.rst",
            category="{study}",
            labels=power_law_labels,
        ),
    params:
        title="Fitted power laws a N^b of study {study}",
    log:
        f"{LOGS}/power_law_page/{{study}}.log",
    localrule: True
    script:
        "../scripts/table_page.py"


rule claims_page:
    """Every claim and its verdict as a page that can be sorted, from their table."""
    input:
        code=step_code("table_page"),
        table=f"{RESULTS}/claims.csv",
    output:
        report(
            f"{RESULTS}/claims.html",
            caption="../report/claims.rst",
            category="Claims",
            labels=claims_labels,
        ),
    params:
        title=f"Claims of {CONFIG.name}",
    log:
        f"{LOGS}/claims_page.log",
    localrule: True
    script:
        "../scripts/table_page.py"


rule report:
    """Everything that the report shows: `snakemake report`, then `snakemake report --report FILE`."""
    input:
        rules.all.input,
        [
            f"{STUDIES}/{study}/power_law.html"
            for study, spec in CONFIG.studies.items()
            if spec.power_law
        ],
        [f"{RESULTS}/claims.html"] if CONFIG.claims else [],
    localrule: True
