"""What a run records, and how its jobs are run."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from importlib.metadata import version

from nonhermitian_hartree.commands.summarise import main as summarise
from nonhermitian_hartree.runs.provenance import describe_build
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.origin import CODE_KEY, DIGEST_KEY, RECORDED, VERSIONS_KEY, describe_origin
from nonhermitian_hartree.storage.study_tables import read_origin


def test_provenance_describes_the_tables_and_the_configuration(built):
    provenance = json.loads((built.results / "provenance.json").read_text())
    assert provenance["config"]["states"]["tilted"] == {"p0": [0.6], "phase": 0.0}
    assert {"python", "numpy", "snakemake", "nonhermitian-hartree"} <= set(provenance["written_with"])
    rate_function = "studies/dynamics/tilted/rate_function.parquet"  # which only a figure asks for
    assert {"studies/scaling/exact.parquet", "studies/scaling/verdict.csv", "claims.csv", rate_function} <= {
        name.removeprefix("results/small/") for name in provenance["tables"]
    }
    for name, table in provenance["tables"].items():
        assert table["sha256"] == hashlib.sha256((built.root / name).read_bytes()).hexdigest()
        origin = read_origin(built.root / name)
        assert (origin[DIGEST_KEY], origin[CODE_KEY]) == (table["config_digest"], table["code_sha256"])
        assert len(origin[DIGEST_KEY]) == len(origin[CODE_KEY]) == 64
        assert table["versions"] == {name: version(name) for name in RECORDED} | {
            "python": platform.python_version()
        }
    assert provenance["versions"]["numpy"] == version("numpy")
    assert provenance["differences"] == {}


def test_code_of_unknown_commit_is_said_to_be_unknown(built):
    """The copy of the package in a test is in no repository."""
    provenance = json.loads((built.results / "provenance.json").read_text())
    assert (provenance["commit"], provenance["dirty"]) == (None, None)
    assert {table["commit"] for table in provenance["tables"].values()} == {None}


def test_tables_of_other_versions_are_named(tmp_path):
    """As after an upgrade without which some tables did not have to be computed again."""
    old = describe_origin({}, []) | {VERSIONS_KEY: '{"numpy": "1.0", "scipy": "1.0"}'}
    new = old | {VERSIONS_KEY: '{"numpy": "2.0", "scipy": "1.0"}'}
    paths = [str(tmp_path / f"{name}.csv") for name in ("a", "b", "c")]
    for path, origin in zip(paths, (old, new, old), strict=True):
        write_csv({"x": [1.0]}, path, origin)
    build = describe_build("{}", paths)
    assert build["versions"] == {"numpy": "1.0, 2.0", "scipy": "1.0"}
    assert build["differences"] == {"numpy": {"1.0": [paths[0], paths[2]], "2.0": [paths[1]]}}
    assert build["tables"][paths[1]]["versions"] == {"numpy": "2.0", "scipy": "1.0"}


def require_refusal(workflow, step, table):
    done = workflow.run("provenance")
    assert done.returncode != 0
    where = f"results/small/studies/scaling/{table}"
    assert f"{step} failed: {where}: the table has been changed since it was written; delete" in done.stdout


def test_damaged_tables_are_refused_and_not_recorded(workflow):
    """By name, each where it is read, and in the end: a sentence edited by hand, and a table cut to nothing."""
    verdict, fits = (workflow.results / "studies/scaling" / name for name in ("verdict.csv", "power_law.csv"))
    verdict.write_text(verdict.read_text().replace("infidelity", "fidelity"))
    require_refusal(workflow, "provenance", "verdict.csv")
    fits.write_text("")
    require_refusal(workflow, "claims", "power_law.csv")
    assert summarise([str(workflow.results)]) == 1


def test_other_numeric_packages_compute_everything_again_another_matplotlib_draws_again(workflow):
    def pretend(package, found):
        information = workflow.root / "src" / f"{package.replace('-', '_')}-{found}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {found}\n")
        return information

    drawing = pretend("matplotlib", "99.0")
    assert {job.split()[0] for job in workflow.planned_jobs()} == {"figure"}
    shutil.rmtree(drawing)
    assert workflow.planned_jobs() == set()
    pretend("python-flint", "99.0")
    assert {"exact", "exact_part", "hartree", "limit", "assessment", "rate_function", "verdict", "figure"} <= {
        job.split()[0] for job in workflow.planned_jobs()
    }


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
