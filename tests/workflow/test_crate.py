"""A finished run as an RO-Crate: complete, readable by others, and refused where the run is not what it seems."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest
import yaml
from rocrate.rocrate import ROCrate

from nonhermitian_hartree.commands.export_crate import export_crate
from nonhermitian_hartree.config.configuration import canonical_json, load_config
from nonhermitian_hartree.errors import TableError, WorkplaceError
from nonhermitian_hartree.runs import crate
from tests.workflow.small_workflow import CONFIG, REPOSITORY, Workflow

RESULT = "studies/scaling/comparison.parquet"


def export(workflow: Workflow, monkeypatch: pytest.MonkeyPatch):
    """Pack the run of a workflow, from its own folder; Snakemake there uses the package of that folder."""
    monkeypatch.chdir(workflow.root)
    monkeypatch.setenv("PYTHONPATH", str(workflow.root / "src"))
    config = load_config(CONFIG)
    return workflow.root / export_crate(config, workflow.results.relative_to(workflow.root), REPOSITORY, [])


def refuse(workflow: Workflow, monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str) -> None:
    """Expect one line, and no crate, also no old one that is changed."""
    with pytest.raises(error, match=words) as caught:
        export(workflow, monkeypatch)
    assert len(str(caught.value).splitlines()) == 1
    assert not list(workflow.results.glob("*.zip"))


@pytest.fixture(scope="module")
def exported(built, tmp_path_factory) -> Workflow:
    """A built workflow with its crate."""
    workflow = built.copy_to(tmp_path_factory.mktemp("exported"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert export(workflow, monkeypatch) == workflow.results / "crate.zip"
    return workflow


def test_crate_describes_every_file_as_it_is(exported, tmp_path):
    with zipfile.ZipFile(exported.results / "crate.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "crate")
    read = ROCrate(tmp_path / "crate")
    files = {entity.id: entity for entity in read.get_by_type("File")}
    there = {
        str(file.relative_to(tmp_path / "crate")) for file in (tmp_path / "crate").rglob("*") if file.is_file()
    }
    assert there == set(files) | {"ro-crate-metadata.json"}
    for name, entity in files.items():
        content = (tmp_path / "crate" / name).read_bytes()
        assert (entity["contentSize"], entity["sha256"]) == (
            str(len(content)),
            hashlib.sha256(content).hexdigest(),
        )
        assert entity["description"]

    provenance = json.loads((exported.results / "provenance.json").read_text())
    tables = {name.removeprefix("results/small/") for name in provenance["tables"]}
    figures = {
        f"figures/{name}.{suffix}" for name in provenance["config"]["figures"] for suffix in ("pdf", "png", "svg")
    }
    metadata = {f"{name}-metadata.json" for name in tables if name.endswith(".csv")}
    results = {entity.id for entity in read.dereference("#run")["result"]}
    assert results == tables | figures | metadata | {"provenance.json"}
    assert {"studies/scaling/verdict.csv", "claims.csv"} <= tables
    assert {"LICENSE", "CITATION.cff", "workflow/rules/exact.smk", "workflow/scripts/exact.py"} <= set(files)
    config = yaml.safe_load((tmp_path / "crate" / "config.yaml").read_text())
    assert config == json.loads(canonical_json(load_config(exported.root / CONFIG)))


def test_crate_says_who_made_what_by_which_workflow(exported):
    read = ROCrate(exported.results / "crate.zip")
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    root = read.root_dataset
    assert [author["name"] for author in root["author"]] == [author["name"] for author in citation["authors"]]
    assert root["license"].id == "https://spdx.org/licenses/MIT"
    assert "dynamics: FAILS for 2 of 2 states" in root["description"]
    assert root["datePublished"]
    main = read.mainEntity
    assert main.id == "workflow/Snakefile"
    assert main["programmingLanguage"]["name"] == "Snakemake"
    assert main["softwareRequirements"]["description"].startswith("commit unknown; with numpy ")
    assert {profile.id for profile in root["conformsTo"]} == set(crate.PROFILES)
    action = read.dereference("#run")
    assert (action["instrument"].id, action.type) == ("workflow/Snakefile", "CreateAction")
    assert action["object"]["exampleOfWork"].id == main["input"].id


def test_unfinished_runs_and_those_of_another_configuration_are_refused(workflow, monkeypatch):
    record = workflow.results / "provenance.json"
    record.rename(workflow.root / "provenance.json")
    refuse(workflow, monkeypatch, WorkplaceError, "provenance.json: found no finished run")
    (workflow.root / "provenance.json").rename(record)
    figure = workflow.results / "figures/tails.svg"
    drawn = figure.read_bytes()
    figure.unlink()
    refuse(workflow, monkeypatch, WorkplaceError, r"figures/tails\.svg: found \d files to be made anew")
    figure.write_bytes(drawn)
    workflow.edit_config(lambda config: config["studies"]["dynamics"].update(times=[0, 0.5]))
    refuse(workflow, monkeypatch, WorkplaceError, "found a run of another configuration; run this one first")


def test_code_that_changed_since_the_run_makes_it_unfinished(workflow, monkeypatch):
    workflow.append("workflow/scripts/figure.py", "\n# another figure\n")
    refuse(workflow, monkeypatch, WorkplaceError, r"figures/\w+\.svg: found 9 files to be made anew")


@pytest.mark.parametrize("table", [RESULT, "studies/scaling/verdict.csv", "claims.csv"])
def test_damaged_tables_are_refused_by_name(workflow, monkeypatch, table):
    workflow.damage(table)
    refuse(workflow, monkeypatch, TableError, f"^results/small/{table}: the table ")


def test_a_table_of_a_later_run_is_refused(workflow, monkeypatch):
    """Whole, but not the one that the provenance is about."""
    for suffix in ("", "-metadata.json"):
        old = workflow.results / f"studies/dynamics/verdict.csv{suffix}"
        (workflow.results / f"studies/scaling/verdict.csv{suffix}").write_bytes(old.read_bytes())
    refuse(workflow, monkeypatch, WorkplaceError, "scaling/verdict.csv: found a table that is newer than ")


def test_a_file_that_changes_meanwhile_leaves_no_crate(workflow, monkeypatch):
    figure = workflow.results / "figures/tails.svg"
    describe = crate._add_run

    def change(*arguments):
        figure.write_text(figure.read_text() + " ")
        describe(*arguments)

    monkeypatch.setattr(crate, "_add_run", change)
    refuse(workflow, monkeypatch, TableError, r"figures/tails\.svg: the file changed while the crate was written")
