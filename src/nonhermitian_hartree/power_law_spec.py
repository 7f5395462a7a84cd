"""Which power laws to fit, and to which points."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from nonhermitian_hartree.name import check_distinct
from nonhermitian_hartree.real_number import RealNumber
from nonhermitian_hartree.spec import Spec

Quantity = Literal["linear_entropy", "hartree_infidelity", "limit_infidelity"]


class PowerLawSpec(Spec):
    """Fits a N^b of some quantities to the largest particle numbers."""

    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1), AfterValidator(check_distinct)] = Field(
        description="a list of linear_entropy, hartree_infidelity, limit_infidelity"
    )
    tail_fraction: RealNumber = Field(default=0.2, gt=0, le=1)
