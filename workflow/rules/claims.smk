CLAIMS_FILES = (
    [f"{RESULTS}/claims.csv", f"{RESULTS}/claims.passed"] if CONFIG.claims else []
)


if CONFIG.claims:

    rule claims:
        """The verdict on every claim of the configuration, from the tables of its studies."""
        input:
            code=step_code("claims"),
            tables=claim_tables,
            metadata=lambda w: csv_metadata(claim_tables(w)),
        output:
            table=ensure(f"{RESULTS}/claims.csv", non_empty=True),
            metadata=f"{RESULTS}/claims.csv{METADATA_SUFFIX}",
        log:
            f"{LOGS}/claims.log",
        localrule: True
        params:
            claims=canonical_json(CONFIG.claims),
        message:
            "{rule} of all studies"
        script:
            "../scripts/claims.py"

    rule check:
        """A mark that every claim passed, from the claims table; fails, and names them, if one did not."""
        input:
            code=step_code("check"),
            claims=f"{RESULTS}/claims.csv",
            metadata=f"{RESULTS}/claims.csv{METADATA_SUFFIX}",
        output:
            touch(f"{RESULTS}/claims.passed"),
        log:
            f"{LOGS}/check.log",
        localrule: True
        message:
            "{rule} of all claims"
        script:
            "../scripts/check.py"
