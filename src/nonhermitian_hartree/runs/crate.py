"""A finished run as one file for an archive of data: an RO-Crate by the profile "Workflow Run Crate".

A crate is a ZIP file with a description of every file in it (``ro-crate-metadata.json``, schema.org terms as
JSON-LD) that archives and search machines read: the workflow is its main entity, the run an action with the
configuration as its object and tables and figures as results.
https://www.researchobject.org/workflow-run-crate/profiles/workflow_run_crate
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from nonhermitian_hartree.errors import TableError, WorkplaceError
from nonhermitian_hartree.extras import require_workflow_extra
from nonhermitian_hartree.storage.atomic_write import replace_atomically
from nonhermitian_hartree.storage.csv_files import metadata_path
from nonhermitian_hartree.storage.study_tables import read_origin

TERMS = "https://w3id.org/ro/terms/workflow-run"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
PROVENANCE = "provenance.json"
WORKFLOW_FILE = "workflow/Snakefile"
FORMATS = {
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".cff": "application/yaml",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".py": "text/x-python",
}
"""Media types by the end of a file's name; any other is plain text."""
TABLES = {
    "exact": "exact one-particle marginals at finite N, with error bounds",
    "hartree": "Hartree wavefunctions",
    "limit": "the limit of infinitely many particles, branch by branch",
    "comparison": "linear entropy and infidelities to Hartree and to the limit",
    "power_law": "fitted power laws in N",
    "verdict": "the judgement on Hartree for every state",
    "rate_function": "the rate function on a grid",
    "rate_maximisers": "local maximisers of the rate function",
    "claims": "every claim of the configuration, measured and judged",
}


def read_finished_run(results: str | Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``provenance.json`` of a run, if every table is as it says and as the configuration asks.

    Raises
    ------
    WorkplaceError
        If the run is not finished, or is one of another configuration.
    TableError
        If a table is missing or damaged.
    """
    path = Path(results) / PROVENANCE
    try:
        provenance: dict[str, Any] = json.loads(path.read_bytes())
        found, tables = provenance["config"], provenance["tables"]
    except (OSError, ValueError, KeyError, TypeError):
        raise WorkplaceError(
            f"{path}: found no finished run; allowed: one that has been built to its end"
        ) from None
    if found != config:
        raise WorkplaceError(f"{path}: found a run of another configuration; run this one first")
    for table, described in tables.items():
        read_origin(table)
        if hashlib.sha256(Path(table).read_bytes()).hexdigest() != described["sha256"]:
            raise WorkplaceError(
                f"{table}: found a table that is newer than {path}; run the workflow to its end first"
            )
    return provenance


def write_crate(
    path: str | Path, provenance: Mapping[str, Any], figures: Iterable[Path], verdicts: str, workflow: Path
) -> None:
    """Pack a finished run, whole or not at all.

    Parameters
    ----------
    path : path
        Of the ZIP file, in the folder of the run's results.
    provenance : mapping
        What `read_finished_run` returned.
    figures : iterable of path
        Below the same folder.
    verdicts : str
        What the run found, in words.
    workflow : path
        The folder of the workflow, with CITATION.cff, whose authors are the crate's, and LICENSE.

    Raises
    ------
    TableError
        If a file changed while it was packed.
    """
    require_workflow_extra("rocrate")
    from rocrate.rocrate import ROCrate

    citation = yaml.safe_load((workflow / "CITATION.cff").read_text(encoding="utf-8"))
    crate: Any = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(f"{TERMS}/context")
    crate.name = (
        f"{provenance['config']['name']}: exact, Hartree and large-N states of bosons; can Hartree be trusted?"
    )
    crate.description = f"{citation['abstract']}\n\n{verdicts}"
    crate.keywords = citation["keywords"]
    spdx = f"https://spdx.org/licenses/{citation['license']}"
    crate.license = _add(crate, spdx, "CreativeWork", name=citation["license"])
    crate.root_dataset["author"] = [
        _add(crate, author.get("orcid", f"#author-{index}"), **_describe_author(author))
        for index, author in enumerate(citation["authors"], 1)
    ]
    main = _add_workflow(crate, workflow, citation, provenance)
    for file, what in (("LICENSE", "the license"), ("CITATION.cff", "how to cite the software and the paper")):
        _add_file(crate, workflow / file, file, what)
    config = _add_config(crate, main, provenance["config"])
    _add_run(crate, main, config, _add_results(crate, Path(path).parent, provenance, figures))
    with replace_atomically(path) as temporary:
        crate.write_zip(temporary)
        check_crate(temporary)


def check_crate(path: str | Path) -> None:
    """Let a crate pass whose files are all there, as it describes them.

    Raises
    ------
    TableError
        Naming the first file that is not.
    """
    with zipfile.ZipFile(path) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
        names = set(archive.namelist())
        for entity in graph:
            if "sha256" in entity:
                content = archive.read(entity["@id"]) if entity["@id"] in names else b""
                if hashlib.sha256(content).hexdigest() != entity["sha256"]:
                    raise TableError(f"{entity['@id']}: the file changed while the crate was written; try again")


def _add(crate: Any, identifier: str, kind: str, **properties: Any) -> Any:
    """Add something that is no file: a person, a license, a profile."""
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))


def _add_file(crate: Any, source: Path, where: str | Path, what: str) -> Any:
    return crate.add_file(source, str(where), properties=_describe_file(source.read_bytes(), where, what))


def _describe_file(content: bytes, where: str | Path, what: str) -> dict[str, str]:
    return {
        "name": str(where),
        "description": what,
        "encodingFormat": FORMATS.get(Path(where).suffix, "text/plain"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _describe_author(author: Mapping[str, str]) -> dict[str, str]:
    """What CITATION.cff says about an author: a group, or a person."""
    if "name" in author:
        return {"kind": "Organization", "name": author["name"]}
    given, family = author["given-names"], author["family-names"]
    return {"kind": "Person", "name": f"{given} {family}", "givenName": given, "familyName": family}


def _add_workflow(crate: Any, workflow: Path, citation: Mapping[str, Any], provenance: Mapping[str, Any]) -> Any:
    """The workflow as the main entity, with its rules and scripts as parts and the package as what it needs."""
    described = _describe_file((workflow / WORKFLOW_FILE).read_bytes(), WORKFLOW_FILE, "the workflow")
    named = {"name": citation["title"], "version": citation["version"]}
    main = crate.add_workflow(
        workflow / WORKFLOW_FILE, WORKFLOW_FILE, main=True, lang="snakemake", properties=described | named
    )
    main["author"], main["license"] = crate.root_dataset["author"], crate.license
    main["hasPart"] = [
        _add_file(crate, file, file.relative_to(workflow), "part of the workflow")
        for file in sorted((workflow / "workflow").rglob("*"))
        if file.is_file() and file.suffix != ".pyc" and file != workflow / WORKFLOW_FILE
    ]
    packages = ", ".join(f"{package} {version}" for package, version in provenance["versions"].items())
    main["softwareRequirements"] = _add(
        crate,
        "#package",
        "SoftwareApplication",
        name="nonhermitian-hartree",
        softwareVersion=provenance["written_with"]["nonhermitian-hartree"],
        description=f"commit {_say_commit(provenance)}; with {packages}",
    )
    crate.root_dataset["conformsTo"] = [
        _add(crate, identifier, "CreativeWork", name=name, version=identifier.rpartition("/")[2])
        for identifier, name in PROFILES.items()
    ]
    return main


def _say_commit(provenance: Mapping[str, Any]) -> str:
    if not provenance["commit"]:
        return "unknown"
    return f"{provenance['commit']}{', with changes that are not committed' if provenance['dirty'] else ''}"


def _add_config(crate: Any, main: Any, config: Mapping[str, Any]) -> Any:
    """The configuration with every default, as what the workflow takes."""
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True).encode()
    described = _describe_file(text, "config.yaml", "the configuration of the run, with every default")
    file = crate.add_file(io.BytesIO(text), "config.yaml", properties=described)
    main["input"] = file["exampleOfWork"] = _add(
        crate,
        "#configuration",
        "FormalParameter",
        name="configuration",
        additionalType="File",
        valueRequired=True,
        description="models, states and studies: what is computed",
    )
    return file


def _add_results(crate: Any, results: Path, provenance: Mapping[str, Any], figures: Iterable[Path]) -> list[Any]:
    """Tables, figures and the provenance of a run; beside a CSV table also the file with its checksum."""
    found = []
    for table in map(Path, provenance["tables"]):
        where = table.relative_to(results)
        of_study = f" of study {where.parent.relative_to('studies')}" if where.parent.name else ""
        found.append(_add_file(crate, table, where, f"{TABLES[table.stem]}{of_study}"))
        if table.suffix == ".csv":
            origin = metadata_path(table)
            what = f"checksum and origin of {table.name}{of_study}"
            found.append(_add_file(crate, origin, origin.relative_to(results), what))
    found += [_add_file(crate, file, file.relative_to(results), f"the figure {file.stem}") for file in figures]
    record = results / PROVENANCE
    return [*found, _add_file(crate, record, PROVENANCE, "commit, versions and checksums of every table")]


def _add_run(crate: Any, main: Any, config: Any, found: list[Any]) -> None:
    """The run, which made the results from the configuration."""
    *_, record = found
    ended = datetime.fromtimestamp(Path(record.source).stat().st_mtime, UTC)
    crate.root_dataset["mentions"] = _add(
        crate,
        "#run",
        "CreateAction",
        name="the run of the workflow",
        endTime=ended.isoformat(timespec="seconds"),
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    action = crate.dereference("#run")
    action["instrument"], action["object"], action["result"] = main, config, found
    action["agent"] = crate.root_dataset["author"]
