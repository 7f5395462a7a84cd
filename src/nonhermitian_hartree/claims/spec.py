"""Claims in a configuration: which statement is judged on the tables of which study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.fields.base import Spec, refusal, show_value
from nonhermitian_hartree.fields.grid import Times
from nonhermitian_hartree.fields.names import Name, Names
from nonhermitian_hartree.fields.study_facts import StudyFacts, find_study


def check_claim_name(value: Any) -> Any:
    """Let the name of a claim pass that the package knows."""
    if not isinstance(value, str) or value not in CLAIMS:
        nearest = get_close_matches(str(value), CLAIMS, n=3, cutoff=0)
        raise refusal(show_value(value), f"a claim listed in config/README.md, such as {', '.join(nearest)}")
    return value


ClaimName = Annotated[
    str,
    BeforeValidator(check_claim_name),
    WithJsonSchema({"type": "string", "enum": sorted(CLAIMS)}),
]


class ClaimSpec(Spec):
    """A claim, the study that tests it, and the part of the study that matters."""

    claim: ClaimName = Field(
        title="one of the claims that the package knows",
        description="what is judged, see below; a claim about a fitted exponent needs its quantity in `power_law` "
        "of the study",
    )
    study: Name = Field(title="the name of a study", description="whose tables are judged")
    states: Names | None = Field(
        default=None, title="a list of states of the study", description="those that are judged; all if absent"
    )
    times: Times | None = Field(
        default=None,
        title="a list or a grid of times of the study",
        description="those that are judged, in inverse units of the model's energies; all if absent",
    )

    def check_against(self, studies: Mapping[str, StudyFacts]) -> None:
        """Let a claim pass whose study exists, is of a model it is about, and has what it needs.

        Raises
        ------
        PydanticCustomError
        """
        study, claim = find_study(studies, self.study, "study"), CLAIMS[self.claim]
        study.check_model(claim.models, "study")
        if set(claim.tables) & {"exact", "comparison", "power_law"}:
            study.check_particles("the claim", "study")
        study.check_part(states=self.states, times=self.times)
        if claim.fitted:
            study.check_fitted(claim.fitted, "study")


def tables_of_claims(specs: Sequence[ClaimSpec]) -> dict[str, list[str]]:
    """Return the names of the tables that claims are measured on, by study, in a fixed order."""
    found: dict[str, set[str]] = {}
    for spec in specs:
        found.setdefault(spec.study, set()).update(CLAIMS[spec.claim].tables)
    return {study: sorted(tables) for study, tables in sorted(found.items())}
