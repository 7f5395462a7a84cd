"""Claims in a configuration: which statement is judged on the tables of which study."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from nonhermitian_hartree.grid import Times
from nonhermitian_hartree.name import Name, Names
from nonhermitian_hartree.power_law_spec import Quantity
from nonhermitian_hartree.spec import Spec, refusal, show_value

CLAIM_NAMES = frozenset(
    {
        "linear_entropy_exponent",
        "limit_infidelity_exponent",
        "mixed_state_entropy",
        "hartree_infidelity_limit",
        "critical_time",
        "stable_fixed_points",
        "unique_maximiser",
    }
)


def check_claim_name(value: Any) -> Any:
    """Let the name of a claim pass that the package knows."""
    if not isinstance(value, str) or value not in CLAIM_NAMES:
        raise refusal(show_value(value), "one of " + ", ".join(sorted(CLAIM_NAMES)))
    return value


ClaimName = Annotated[
    str,
    BeforeValidator(check_claim_name),
    WithJsonSchema({"type": "string", "enum": sorted(CLAIM_NAMES)}),
]


class ClaimSpec(Spec):
    """A claim, the study that tests it, and the part of the study that matters."""

    claim: ClaimName = Field(description="one of the claims that the package knows")
    study: Name = Field(description="the name of a study")
    states: Names | None = None
    times: Times | None = None
    quantity: Quantity | None = None
