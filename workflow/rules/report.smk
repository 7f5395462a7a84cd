"""The report of a run: `snakemake report`, then `snakemake report --report FILE`."""


rule study_page:
    """The fitted power laws or the verdicts of a study as a page that can be sorted, from their table."""
    input:
        code=step_code("table_page"),
        table=f"{STUDIES}/{{study}}/{{page}}.csv",
        metadata=f"{STUDIES}/{{study}}/{{page}}.csv{METADATA_SUFFIX}",
    output:
        report(
            f"{STUDIES}/{{study}}/{{page}}.html",
            caption="../report/study_page.rst",
            category="{study}",
            labels=study_page_labels,
        ),
    log:
        f"{LOGS}/study_page/{{study}}/{{page}}.log",
    wildcard_constraints:
        page="|".join(CSV_TABLES),
    localrule: True
    params:
        title="{page} of study {study}",
    message:
        "{rule} of study {wildcards.study}, page {wildcards.page}"
    script:
        "../scripts/table_page.py"


rule claims_page:
    """Every claim and its verdict as a page that can be sorted, from their table."""
    input:
        code=step_code("table_page"),
        table=f"{RESULTS}/claims.csv",
        metadata=f"{RESULTS}/claims.csv{METADATA_SUFFIX}",
    output:
        report(
            f"{RESULTS}/claims.html",
            caption="../report/claims.rst",
            category="claims",
            labels=claims_labels,
        ),
    log:
        f"{LOGS}/claims_page.log",
    localrule: True
    params:
        title=f"claims of {CONFIG.name}",
    message:
        "{rule} of all claims"
    script:
        "../scripts/table_page.py"


rule report:
    """Everything that the report shows: the results and, as pages, their small tables."""
    input:
        rules.all.input,
        report_pages(),
    localrule: True
