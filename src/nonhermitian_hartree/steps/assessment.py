"""Verdicts on Hartree for the members of a block, without what exact rows add: the file between two steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.compare.screening import assess_family
from nonhermitian_hartree.compare.verdict import Verdict
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.numerics.progress import show_progress
from nonhermitian_hartree.steps.members import Member, Members
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

    __pydantic_config__ = ConfigDict(extra="forbid", ser_json_inf_nan="constants")

    columns: dict[str, str | float | None]
    verdict: Verdict


_FILE = TypeAdapter(tuple[Assessment, ...])


def assess_members(
    members: Members,
    last_time: float,
    threshold: float,
    particles: int | None,
    known: Mapping[int, Assessment] | None = None,
) -> tuple[Assessment, ...]:
    """Verdict for each member, at all times from 0 to the last; ``particles`` is the N of its 1/N prediction.

    Members that are ``known``, by their number, are not assessed. Of a family, the others start from what their
    neighbours know, and one that fails is ``unknown``.
    """
    known = known or {}
    fresh = [member for index, member in enumerate(members) if index not in known]
    pairs = ((member.model, member.state) for member in show_progress(fresh, len(fresh), "verdicts"))
    if members.is_family:
        verdicts = assess_family(pairs, [last_time], threshold, particles)
    else:
        verdicts = (assess_hartree(model, state, [last_time], threshold, particles) for model, state in pairs)
    return tuple(
        known[index] if index in known else Assessment(_columns(member), next(verdicts))
        for index, member in enumerate(members)
    )


def _columns(member: Member) -> dict[str, str | float | None]:
    return {name: None if value != value else value for name, value in member.columns.items()}


def write_assessments(
    assessments: Sequence[Assessment], path: str | Path, origin: Mapping[str, str], digests: Sequence[str]
) -> None:
    """Write verdicts, their origin and what each was made of as JSON with a checksum, whole or not at all."""
    verdicts = json.loads(_FILE.dump_json(tuple(assessments)))
    content = {"origin": dict(origin), "members": list(digests), "assessments": verdicts}
    write_sealed(content, path)


def read_assessments(path: str | Path) -> tuple[tuple[Assessment, ...], dict[str, str]]:
    """Read what `write_assessments` wrote: the verdicts and their origin.

    Raises
    ------
    TableError
        If the file is missing or damaged.
    """
    content = read_sealed(path)
    try:
        return _FILE.validate_json(json.dumps(content["assessments"])), content["origin"]
    except (KeyError, TypeError, ValidationError) as error:
        raise TableError(advise_rebuild(path, f"is no list of assessments: {first_line(error)}")) from error


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
