"""Verdicts on Hartree for the members of one state, without what exact rows add: the file between two steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.compare.verdict import Verdict
from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import StateMember
from nonhermitian_hartree.storage.parquet import advise_rebuild, first_line
from nonhermitian_hartree.storage.sealed_json import read_sealed, write_sealed


@dataclass(frozen=True)
class Assessment:
    """Verdict for one member of a state; p0 and tilt are None for d > 2."""

    __pydantic_config__ = ConfigDict(extra="forbid", ser_json_inf_nan="constants")

    p0: float | None
    tilt: float | None
    verdict: Verdict


_FILE = TypeAdapter(tuple[Assessment, ...])


def assess_members(
    model: Model, members: Sequence[StateMember], last_time: float, threshold: float, particles: int | None
) -> tuple[Assessment, ...]:
    """Verdict for each member, at all times from 0 to the last; ``particles`` is the N of its 1/N prediction."""
    return tuple(
        Assessment(
            None if member.p0 != member.p0 else member.p0,
            None if member.tilt != member.tilt else member.tilt,
            assess_hartree(model, member.state, [last_time], threshold, particles),
        )
        for member in members
    )


def write_assessments(assessments: Sequence[Assessment], path: str | Path, origin: Mapping[str, str]) -> None:
    """Write verdicts and their origin as JSON with a checksum, whole or not at all."""
    content = {"origin": dict(origin), "assessments": json.loads(_FILE.dump_json(tuple(assessments)))}
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
