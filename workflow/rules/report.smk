"""The report of a run: `snakemake report` makes its page, results/<name>/report.html.

`snakemake report --report FILE` adds Snakemake's own: the same results beside the graph and the run times of the jobs.
"""


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


REPORT_TABLES = {
    "verdicts": [table_path(study, "verdict") for study in CONFIG.studies],
    "power_laws": [
        table_path(name, "power_law")
        for name, study in CONFIG.studies.items()
        if study.power_law
    ],
    "claims": CLAIMS_FILES[:1],
}


rule report_page:
    """The report as one page: verdicts with their key figures, claims, provenance; from the tables and figures."""
    input:
        **REPORT_TABLES,
        code=step_code("report_page"),
        metadata=csv_metadata(sum(REPORT_TABLES.values(), [])),
        figures=[f"{RESULTS}/figures/{figure}.svg" for figure in CONFIG.figures],
        provenance=rules.provenance.output[0],
    output:
        report(
            f"{RESULTS}/report.html",
            caption="../report/report_page.rst",
            category="(overview)",  # the report sorts by alphabet; no study comes before
            labels=report_page_labels,
        ),
    log:
        f"{LOGS}/report_page.log",
    localrule: True
    params:
        words=readable_yaml(
            {study: describe_study(CONFIG, study) for study in CONFIG.studies}
        ),
    message:
        "{rule} of all studies"
    script:
        "../scripts/report_page.py"


# Without `claims.passed`: a report is needed most where a claim fails.
rule report:
    """The page of the report and, for Snakemake's own, all results and their small tables as pages."""
    input:
        [table for study in CONFIG.studies for table in study_tables(study)],
        FIGURE_FILES,
        rules.report_page.output,
        report_pages(),
    localrule: True
    message:
        "{rule} of all studies"
