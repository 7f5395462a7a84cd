CLAIMS_FILES = [f"{RESULTS}/claims.csv", f"{RESULTS}/claims.passed"] if CONFIG.claims else []


def claim_tables(wildcards):
    """Tables that the claims are measured on, as <study>/<table>."""
    return [
        table_path(study, table)
        for study, tables in tables_of_claims(CONFIG.claims).items()
        for table in tables
    ]


if CONFIG.claims:

    rule claims:
        """The verdict on every claim of the configuration, from the tables of its studies."""
        input:
            code=step_code("claims"),
            tables=claim_tables,
        output:
            ensure(f"{RESULTS}/claims.csv", non_empty=True),
        params:
            claims=canonical_json(CONFIG.claims),
            studies=STUDIES,
        log:
            f"{LOGS}/claims.log",
        localrule: True
        script:
            "../scripts/claims.py"

    rule check:
        """A mark that every claim passed, from the claims table; fails, and names them, if one did not."""
        input:
            code=step_code("check"),
            claims=f"{RESULTS}/claims.csv",
        output:
            touch(f"{RESULTS}/claims.passed"),
        log:
            f"{LOGS}/check.log",
        localrule: True
        script:
            "../scripts/check.py"
