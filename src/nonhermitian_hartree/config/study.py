"""One study: a model, its initial states, and the particle numbers and times to compute."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from nonhermitian_hartree.compare.power_law import FEWEST_POINTS, tail_length
from nonhermitian_hartree.compare.quantities import Quantity
from nonhermitian_hartree.fields.base import Spec, refusal
from nonhermitian_hartree.fields.grid import Particles, Times
from nonhermitian_hartree.fields.names import Name, Names, check_distinct
from nonhermitian_hartree.fields.numbers import RealNumber


class StudySpec(Spec):
    """What is computed: every state at every particle number and time; ħ = 1, times in inverse coupling."""

    model: Name = Field(description="the name of a model")
    states: Names = Field(description="a list of names of states")
    particles: Particles = Field(description="a list of numbers, or a grid {start, stop, num, spacing}")
    times: Times = Field(description="a list of numbers, or a grid {start, stop, num, spacing}")
    power_law: PowerLawSpec | None = None
    tolerance: RealNumber = Field(default=1e-8, gt=0)
    hartree_threshold: RealNumber = Field(default=1e-3, gt=0, lt=1)

    @model_validator(mode="after")
    def _check_tail(self) -> StudySpec:
        if self.power_law is not None:
            points = tail_length(len(self.particles), self.power_law.tail_fraction)
            if points < FEWEST_POINTS:
                fraction = self.power_law.tail_fraction
                found = f"{fraction!r}, which leaves {points} of {len(self.particles)} particle numbers to fit"
                allowed = f"a fraction that leaves at least {FEWEST_POINTS}"
                raise refusal(found, allowed, "power_law", "tail_fraction")
        return self


class PowerLawSpec(Spec):
    """Fits a N^b of some quantities to the largest particle numbers."""

    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1), AfterValidator(check_distinct)] = Field(
        description="a list of linear_entropy, hartree_infidelity, limit_infidelity"
    )
    tail_fraction: RealNumber = Field(default=0.2, gt=0, le=1)
