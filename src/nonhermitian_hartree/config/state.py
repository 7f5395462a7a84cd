"""Initial product states in a configuration, eq. (2): one state or a family of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic import Field, model_validator

from nonhermitian_hartree.fields.base import Spec, refusal
from nonhermitian_hartree.fields.grid import Populations, Tilts
from nonhermitian_hartree.fields.numbers import ComplexNumber, RealNumber
from nonhermitian_hartree.model.state import (
    NORM_TOLERANCE,
    ProductState,
    StateMember,
    population_of_tilt,
    tilt_of_population,
)

PHASE = 0.0


class StateSpec(Spec):
    """A state by exactly one of ``p0``, ``tilt`` (numbers or families of qubit states) and ``amplitudes``."""

    p0: Populations | None = Field(
        default=None,
        title="a number, a list or a grid in [0, 1]",
        description="population |φ0|² of a qubit, a pure number: φ0 = √p0, φ1 = √(1 − p0) e^{i phase}",
    )
    tilt: Tilts | None = Field(
        default=None,
        title="a number, a list or a grid",
        description="h = artanh(2 p0 − 1) of a qubit, a pure number, for states that p0 cannot resolve near ½, 0 "
        "and 1",
    )
    amplitudes: tuple[ComplexNumber, ...] | None = Field(
        default=None,
        min_length=2,
        title="a list of d complex numbers",
        description=f"φ itself, pure numbers of norm 1 to {NORM_TOLERANCE:g}",
    )
    phase: RealNumber = Field(
        default=PHASE,
        title="a number",
        description="arg φ1 − arg φ0 of a qubit, in radians; beside `p0` or `tilt` only",
    )

    @model_validator(mode="after")
    def _check_form(self) -> StateSpec:
        given = [key for key in ("p0", "tilt", "amplitudes") if getattr(self, key) is not None]
        if len(given) != 1:
            raise refusal(" and ".join(given) or "none of them", "exactly one of p0, tilt, amplitudes")
        if self.amplitudes is not None:
            if self.phase:
                raise refusal(repr(self.phase), "a phase beside p0 or tilt only", "phase")
            norm = math.hypot(*(part for a in self.amplitudes for part in (a.real, a.imag)))
            if not abs(norm - 1) <= NORM_TOLERANCE:
                allowed = f"amplitudes of norm 1 to {NORM_TOLERANCE:g}"
                raise refusal(f"norm {norm:.12g}", allowed, "amplitudes")
        return self

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space."""
        return 2 if self.amplitudes is None else len(self.amplitudes)

    @property
    def tilts(self) -> tuple[float, ...]:
        """The tilts of the members, without the members; NaN for d > 2."""
        if self.p0 is not None:
            return tuple(map(tilt_of_population, self.p0))
        return self.tilt or (self.members()[0].tilt,)

    def values(self) -> tuple[float | None, ...]:
        """What tells the members apart: values of ``p0`` or of ``tilt``, or None for the one with amplitudes."""
        return self.p0 or self.tilt or (None,)

    def with_values(self, values: Sequence[float | None]) -> StateSpec:
        """The family of some of the members, by their `values`."""
        key = "tilt" if self.p0 is None else "p0"
        return self if values == self.values() else self.model_copy(update={key: tuple(values)})

    def members(self) -> list[StateMember]:
        """Return the states of the family in order; one where the spec is a single state."""
        if self.p0 is not None:
            states = [ProductState.from_population(p0, self.phase) for p0 in self.p0]
            return [_member(p0, state) for p0, state in zip(self.p0, states, strict=True)]
        if self.tilt is not None:
            states = [ProductState.from_tilt(tilt, self.phase) for tilt in self.tilt]
            return [_member(population_of_tilt(h), state) for h, state in zip(self.tilt, states, strict=True)]
        state = ProductState(np.array(self.amplitudes))
        p0 = abs(state.amplitudes[0]) ** 2 if state.dimension == 2 else math.nan
        return [_member(float(p0), state)]


def _member(p0: float, state: ProductState) -> StateMember:
    return StateMember(p0, math.nan if state.tilt is None else state.tilt, state)
