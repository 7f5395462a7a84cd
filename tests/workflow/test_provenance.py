"""What a run records, and how its jobs are run."""

from __future__ import annotations

import hashlib
import json

from nonhermitian_hartree.storage.origin import COMMIT_KEY, DIGEST_KEY, read_origin


def test_provenance_describes_the_tables_and_the_configuration(built):
    provenance = json.loads((built.results / "provenance.json").read_text())
    assert provenance["config"]["states"]["tilted"] == {"p0": [0.6], "phase": 0.0}
    assert {"python", "numpy", "snakemake", "nonhermitian-hartree"} <= set(provenance["versions"])
    assert {"studies/scaling/exact.parquet", "claims.csv"} <= {
        name.removeprefix("results/small/") for name in provenance["tables"]
    }
    for name, table in provenance["tables"].items():
        assert table["sha256"] == hashlib.sha256((built.root / name).read_bytes()).hexdigest()
        if name.endswith(".parquet"):
            origin = read_origin(built.root / name)
            assert origin == {COMMIT_KEY: table["commit"], DIGEST_KEY: table["config_digest"]}
            assert len(origin[DIGEST_KEY]) == 64


def test_jobs_use_as_many_linear_algebra_threads_as_the_rule_says(workflow):
    script = workflow.root / "workflow/scripts/rate_function.py"
    script.write_text(
        "import os, pathlib\n"
        "names = ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')\n"
        "found = ' '.join(os.environ[name] for name in names)\n"
        "for output in snakemake.output:\n"
        "    pathlib.Path(output).write_text(found)\n"
    )
    target = "results/small/studies/dynamics/tilted/rate_function.parquet"
    workflow.build(target)
    assert (workflow.root / target).read_text() == "1 1 1"
