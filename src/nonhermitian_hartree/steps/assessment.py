"""Verdicts on Hartree for the members of a block, without what exact rows add."""

from __future__ import annotations

from collections.abc import Mapping

from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.compare.screening import assess_family
from nonhermitian_hartree.numerics.progress import show_progress
from nonhermitian_hartree.steps.assessment_file import Assessment
from nonhermitian_hartree.steps.members import Member, Members


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
