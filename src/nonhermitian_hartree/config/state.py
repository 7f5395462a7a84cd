"""Initial product states in a configuration, eq. (2): one state or a family of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.fields.array_file import ArrayFile, refusals_of
from nonhermitian_hartree.fields.base import Spec, refusal, refusals_at
from nonhermitian_hartree.fields.grid import Populations, Tilts
from nonhermitian_hartree.fields.numbers import ComplexNumber, RealNumber, WholeNumber
from nonhermitian_hartree.model.lattice import states as lattice
from nonhermitian_hartree.model.state import (
    NORM_TOLERANCE,
    ProductState,
    StateMember,
    population_of_tilt,
    tilt_of_population,
)

PHASE = 0.0


FORMS = ("p0", "tilt", "amplitudes", "file", "uniform", "site", "plane_wave", "gaussian")
LATTICE_FORMS = FORMS[3:]
"""Those that are amplitudes only beside a model: on its lattice, or of as many numbers."""


_NUMBER = {"type": "number"}
Directions = Annotated[
    tuple[RealNumber, ...], WithJsonSchema({"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]})
]
"""A number for each direction of a lattice; one number for a chain."""


class Gaussian(Spec):
    """A packet ``φ_x ∝ exp(−Σ (x_a − c_a)²/(4 w_a²) + i q_a x_a)``."""

    center: Directions = Field(
        title="a number for each direction", description="c, in units of the distance of sites, the first at 0"
    )
    width: Directions = Field(
        title="a number > 0 for each direction",
        description="w, the standard deviation of the density, in units of the distance of sites",
    )
    momentum: Directions = Field(
        default=(), title="a number for each direction", description="q, in radians per site; 0 if absent"
    )

    @field_validator("center", "width", "momentum", mode="before")
    @classmethod
    def _take_number(cls, value: object) -> object:
        return value if isinstance(value, list | tuple | Mapping) else (value,)


class StateSpec(Spec):
    """A state by exactly one of its forms: ``p0`` and ``tilt`` may be families of qubit states."""

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
        description=f"φ itself, pure numbers of norm 1 to {NORM_TOLERANCE:g}, or any with `normalise: true`",
    )
    file: ArrayFile | None = Field(
        default=None,
        title="a path relative to the configuration file, or {path, sha256}",
        description="φ from a file of d numbers of `numpy.save` (.npy); norm as for `amplitudes`",
    )
    uniform: Literal[True] | None = Field(
        default=None, title="`true`", description="the same amplitude 1/√d on all d sites of the model"
    )
    site: WholeNumber | None = Field(
        default=None, title="a whole number", description="all particles on this site, from 0 to d − 1"
    )
    plane_wave: tuple[WholeNumber, ...] | None = Field(
        default=None,
        title="a list of whole numbers, one for each direction",
        description="k, pure numbers: φ_x = e^{2πi Σ k_a x_a/L_a}/√d on the lattice of the model's `hopping`, "
        "or on a chain of d sites",
    )
    gaussian: Gaussian | None = Field(
        default=None,
        title="{center, width, momentum}",
        description="a Gaussian packet on that lattice, see below",
    )
    normalise: bool = Field(
        default=False,
        title="`true` or `false`",
        description="whether `amplitudes`, or those of `file`, are divided by their norm",
    )
    phase: RealNumber = Field(
        default=PHASE,
        title="a number",
        description="arg φ1 − arg φ0 of a qubit, in radians; beside `p0` or `tilt` only",
    )

    @model_serializer(mode="wrap")
    def _leave_out_no_normalisation(self, serialise: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {key: value for key, value in serialise(self).items() if key != "normalise" or value}

    @model_validator(mode="after")
    def _check_form(self) -> StateSpec:
        given = [key for key in FORMS if getattr(self, key) is not None]
        if len(given) != 1:
            raise refusal(" and ".join(given) or "none of them", "exactly one of " + ", ".join(FORMS))
        if self.phase and given[0] not in ("p0", "tilt"):
            raise refusal(repr(self.phase), "a phase beside p0 or tilt only", "phase")
        if self.normalise and given[0] not in ("amplitudes", "file"):
            raise refusal("True", "normalise beside amplitudes or file only", "normalise")
        if self.amplitudes is not None:
            _check_norm(self.amplitudes, self.normalise, "amplitudes")
        return self

    def on(self, shape: Sequence[int]) -> StateSpec:
        """The same state by its amplitudes, on the lattice of a model with so many sites in each direction.

        Raises
        ------
        PydanticCustomError
            If it is no state there, or a file is none.
        """
        form = next(key for key in FORMS if getattr(self, key) is not None)
        if form not in LATTICE_FORMS:
            return self
        with refusals_at(form), refusals_of():
            amplitudes = self._amplitudes_on(shape)
        return StateSpec.model_construct(amplitudes=tuple(amplitudes.tolist()), normalise=True)

    def _amplitudes_on(self, shape: Sequence[int]) -> Complex:
        if self.file is not None:
            vector = self.file.load()
            if not isinstance(vector, np.ndarray) or vector.ndim != 1 or len(vector) < 2:
                raise refusal(f"shape {vector.shape} in {self.file.path!r}", "a vector of d numbers")
            _check_norm(vector.tolist(), self.normalise)
            return vector
        if self.site is not None:
            return lattice.site(self.site, math.prod(shape)).amplitudes
        if self.plane_wave is not None:
            return lattice.plane_wave(self.plane_wave, shape).amplitudes
        if self.gaussian is not None:
            packet = self.gaussian
            momentum = packet.momentum or (0.0,) * len(packet.center)
            return lattice.gaussian(packet.center, packet.width, momentum, shape).amplitudes
        return lattice.uniform(math.prod(shape)).amplitudes

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space; of a form on a lattice, see `on`."""
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
        vector = np.array(self.amplitudes)
        state = ProductState(vector / np.linalg.norm(vector) if self.normalise else vector)
        p0 = abs(state.amplitudes[0]) ** 2 if state.dimension == 2 else math.nan
        return [_member(float(p0), state)]


def _check_norm(amplitudes: Sequence[complex], normalise: bool, *path: str) -> None:
    norm = math.hypot(*(part for a in amplitudes for part in (a.real, a.imag)))
    if not (0 < norm < math.inf if normalise else abs(norm - 1) <= NORM_TOLERANCE):
        allowed = f"amplitudes of norm 1 to {NORM_TOLERANCE:g}, or normalise: true beside them"
        raise refusal(f"norm {norm:.12g}", "amplitudes that are not all zero" if normalise else allowed, *path)


def _member(p0: float, state: ProductState) -> StateMember:
    return StateMember(p0, math.nan if state.tilt is None else state.tilt, state)
