"""Verdicts on Hartree for the members of a block as JSON: the file between two steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nonhermitian_hartree.compare.verdict import AtParticles, Transition, UnknownInterval, Verdict
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.parquet import advise_rebuild, first_line
from nonhermitian_hartree.storage.reuse import list_siblings
from nonhermitian_hartree.storage.sealed_json import read_sealed, write_sealed


@dataclass(frozen=True)
class Assessment:
    """Verdict for one member.

    Parameters
    ----------
    columns : mapping of str to str, float or None
        What the tables say of the member; p0 and tilt are None for d > 2.
    verdict : Verdict
    """

    columns: Mapping[str, str | float | None]
    verdict: Verdict


def write_assessments(
    assessments: Sequence[Assessment], path: str | Path, origin: Mapping[str, str], digests: Sequence[str]
) -> None:
    """Write verdicts, their origin and what each was made of as JSON with a checksum, whole or not at all."""
    plain = [{"columns": dict(each.columns), "verdict": asdict(each.verdict)} for each in assessments]
    write_sealed({"origin": dict(origin), "members": list(digests), "assessments": plain}, path)


def read_assessments(path: str | Path) -> tuple[tuple[Assessment, ...], dict[str, str]]:
    """Read what `write_assessments` wrote: the verdicts and their origin.

    Raises
    ------
    TableError
        If the file is missing or damaged.
    """
    content = read_sealed(path)
    try:
        return tuple(map(_read_assessment, content["assessments"])), content["origin"]
    except (AttributeError, KeyError, TypeError) as error:
        raise TableError(advise_rebuild(path, f"is no list of assessments: {first_line(error)}")) from error


def _read_assessment(plain: Mapping[str, Any]) -> Assessment:
    verdict = plain["verdict"]
    at = verdict["at_particles"]
    nested = {
        "failure_intervals": tuple(map(tuple, verdict["failure_intervals"])),
        "transitions": tuple(Transition(**change) for change in verdict["transitions"]),
        "unknown_intervals": tuple(UnknownInterval(**interval) for interval in verdict["unknown_intervals"]),
        "at_particles": None if at is None else AtParticles(**at),
    }
    return Assessment(plain["columns"], Verdict(**verdict | nested))


def find_known_assessments(path: str | Path, digests: Sequence[str]) -> dict[int, Assessment]:
    """Verdicts of members by their number in ``digests``, from the files of other blocks: see `storage.reuse`."""
    wanted = {digest: index for index, digest in enumerate(digests)}
    found: dict[int, Assessment] = {}
    for sibling in list_siblings(path) if wanted else ():
        try:
            held, verdicts = read_sealed(sibling)["members"], read_assessments(sibling)[0]
        except (KeyError, TableError):
            continue
        pairs = zip(held, verdicts, strict=True)
        found |= {wanted[digest]: verdict for digest, verdict in pairs if digest in wanted}
        if len(found) == len(wanted):
            break
    return found
