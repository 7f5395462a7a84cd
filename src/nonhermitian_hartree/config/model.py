"""A Hamiltonian in a configuration, eq. (1)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.config.operators import OneBody, OneBodyForms, OneBodyPauli, TwoBody, TwoBodyPauli
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec, refusal, refusals_at, show_value
from nonhermitian_hartree.fields.coefficient import CONSTANT, find_coefficients, set_parameters
from nonhermitian_hartree.fields.numbers import WholeNumber
from nonhermitian_hartree.fields.parameters import ParameterName, ParameterValues
from nonhermitian_hartree.model.hamiltonian import MOST_MODES, Model

DIMENSION, DIMENSION_MAX = 2, MOST_MODES
UNIT_LENGTH = 40
PARAMETERS_MAX = 8
MEMBERS_MAX = 1_000_000
SECONDS_OF_MEMBER = 0.1
"""Of one core, about, for the cheapest member of a family: a qubit with a closed form, screened."""

UNIT_ALLOWED = f"a text of at most {UNIT_LENGTH} characters, without $"


def _check_unit(text: str) -> str:
    if not 0 < len(text) <= UNIT_LENGTH or "$" in text or not text.isprintable():
        raise refusal(show_value(text), UNIT_ALLOWED)
    return text


TimeUnit = Annotated[str, AfterValidator(_check_unit)] | None


class ModelSpec(Spec):
    """Dimension d of the one-particle space, A1 and A2; an absent operator is zero."""

    dimension: WholeNumber = Field(
        default=DIMENSION,
        ge=2,
        le=DIMENSION_MAX,
        title=f"a whole number from 2 to {DIMENSION_MAX}",
        description="d, the dimension of the one-particle space",
    )
    one_body: OneBody = Field(
        default=OneBodyPauli({}),
        title="an operator of one particle",
        description="A1, an energy in units of 1/time (ħ = 1); zero if absent",
    )
    two_body: TwoBody = Field(
        default=TwoBodyPauli({}),
        title="an operator of two particles",
        description="A2, an energy in units of 1/time (ħ = 1); zero if absent",
    )
    parameters: dict[ParameterName, ParameterValues] = Field(
        default_factory=dict,
        title="a mapping of names to a number, a list or a grid {start, stop, num, spacing}",
        description="what coefficients may be linear in, real or complex, each in a unit that makes its product "
        "with a factor an energy; several with many values are their product, in the order in which they are "
        "written, the last varies fastest",
    )
    time_unit: TimeUnit = Field(
        default=None,
        exclude=True,  # a label: what is computed does not depend on it, and jobs are not given it
        title=UNIT_ALLOWED,
        description="unit of time in the labels of axes, such as `inverse hopping`; nothing is computed with it",
    )

    @model_serializer(mode="wrap")
    def _leave_out_no_parameters(self, serialise: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {key: value for key, value in serialise(self).items() if key != "parameters" or value}

    @model_validator(mode="after")
    def _check_model(self) -> ModelSpec:
        self._check_parameters()
        self.corners()
        return self

    def _check_parameters(self) -> None:
        known, used = ", ".join(self.parameters) or "none", set()
        for key in ("one_body", "two_body"):
            for path, coefficient in find_coefficients(getattr(self, key)):
                for name, _ in coefficient.factors:
                    if name not in self.parameters:
                        allowed = f"parameters of the model ({known}) and {CONSTANT}"
                        raise refusal(f"an unknown parameter {show_value(name)}", allowed, key, *path)
                    used.add(name)
        for name in self.parameters:
            if name not in used:
                allowed = f"parameters that a coefficient has, as {{{name}: 1}}"
                raise refusal("a parameter that is not used", allowed, "parameters", name)
        if len(self.parameters) > PARAMETERS_MAX:
            raise refusal(f"{len(self.parameters)} parameters", f"at most {PARAMETERS_MAX}", "parameters")
        if self.count_members() > MEMBERS_MAX:
            sizes = " × ".join(str(len(values)) for values in self.parameters.values() if len(values) > 1)
            hours = self.count_members() * SECONDS_OF_MEMBER / 3600
            found = f"{sizes} = {self.count_members():.2g} members, at least {hours:.2g} hours of one core"
            raise refusal(found, f"at most {MEMBERS_MAX:.0e} members", "parameters")

    @property
    def shape(self) -> tuple[int, ...]:
        """Sites in each direction of the lattice: those of the hopping, or a chain."""
        if isinstance(self.one_body, OneBodyForms) and self.one_body.hopping is not None:
            return self.one_body.hopping.shape
        return (self.dimension,)

    def count_members(self) -> int:
        """How many models the family has: the product of the numbers of values of its parameters."""
        return prod(map(len, self.parameters.values()))

    def complex_parameters(self) -> tuple[bool, ...]:
        """Which parameters have a complex value, in order: their columns are pairs of real ones."""
        return tuple(any(value.imag for value in values) for values in self.parameters.values())

    def template(self) -> ModelSpec:
        """The same family with its parameters at zero: what all parts of it share, however wide the grids are."""
        return self.model_copy(update={"parameters": dict.fromkeys(self.parameters, (0j,))})

    def representative(self) -> Model:
        """The member that the jobs are planned for: one without a closed form, if there is one.

        Operators are affine in the parameters: all members are diagonal if those at the corners are.
        """
        corners = self.corners()
        return next((model for model in corners if not model.is_diagonal), corners[0])

    def corners(self) -> tuple[Model, ...]:
        """The models where each parameter has its first or its last value.

        Operators are affine in the parameters, so that what is finite and symmetric here is so at all values.

        Raises
        ------
        PydanticCustomError
            If an operator has the wrong size or form, or A2 is not invariant under the swap.
        """
        ends = [dict.fromkeys((values[0], values[-1])) for values in self.parameters.values()]
        return tuple(self.build(dict(zip(self.parameters, values, strict=True))) for values in product(*ends))

    def build(self, values: Mapping[str, complex] | None = None) -> Model:
        """Return the model where the parameters have these values; the first of each if None.

        Raises
        ------
        PydanticCustomError
            If an operator has the wrong size or form, or A2 is not invariant under the swap.
        """
        if values is None:
            values = {name: listed[0] for name, listed in self.parameters.items()}
        parts: dict[str, Any] = {}
        for key, operator in (("one_body", self.one_body), ("two_body", self.two_body)):
            with refusals_at(key), np.errstate(over="ignore", invalid="ignore"):
                parts[key] = set_parameters(operator, values).build(self.dimension)
            if not np.isfinite(_values_of(parts[key])).all():
                raise refusal("a sum that overflows", "finite matrix elements", key)
        try:
            return Model(parts["one_body"], parts["two_body"])
        except ModelError as error:  # shapes and finiteness are checked above; what is left is the swap
            _, _, difference = str(error).partition("but ")
            written = show_value(self.model_dump(mode="json", by_alias=True, exclude_none=True)["two_body"])
            allowed = "an operator that does not change when the two particles are swapped"
            raise refusal(f"{written}, {difference}", allowed, "two_body") from None


def _values_of(part: object) -> Complex:
    """The elements of an operator, dense or sparse."""
    return np.asarray(
        part if isinstance(part, np.ndarray) else getattr(part, "values", getattr(part, "data", part))
    )
