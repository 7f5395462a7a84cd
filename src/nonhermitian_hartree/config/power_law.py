"""Which power laws are fitted, in a configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from nonhermitian_hartree.compare.power_law import FEWEST_POINTS, TAIL_FRACTION
from nonhermitian_hartree.compare.quantities import QUANTITIES, Quantity
from nonhermitian_hartree.fields.base import Spec
from nonhermitian_hartree.fields.names import check_distinct
from nonhermitian_hartree.fields.numbers import RealNumber


class PowerLawSpec(Spec):
    """Fits a N^b of some quantities to the largest particle numbers."""

    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1), AfterValidator(check_distinct)] = Field(
        title=f"a list of {', '.join(QUANTITIES)}", description="what is fitted; pure numbers"
    )
    tail_fraction: RealNumber = Field(
        default=TAIL_FRACTION,
        gt=0,
        le=1,
        title="a number in (0, 1]",
        description="share of the particle numbers, the largest ones, that is fitted (a pure number); "
        f"at least {FEWEST_POINTS} points",
    )
