"""Which power laws to fit, and to which points."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from nonhermitian_hartree.name import check_distinct
from nonhermitian_hartree.real_number import RealNumber
from nonhermitian_hartree.spec import Spec

TAIL_POINTS_MIN = 3

Quantity = Literal["linear_entropy", "hartree_infidelity", "limit_infidelity"]


class PowerLawSpec(Spec):
    """Fits a N^b of some quantities to the largest particle numbers."""

    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1), AfterValidator(check_distinct)] = Field(
        description="a list of linear_entropy, hartree_infidelity, limit_infidelity"
    )
    tail_fraction: RealNumber = Field(default=0.2, gt=0, le=1)

    def tail_length(self, points: int) -> int:
        """Return how many of ``points`` particle numbers, the largest ones, the fit uses."""
        return math.ceil(self.tail_fraction * points - 1e-9)  # 1e-9: 0.1 · 30 must not round up to 4
