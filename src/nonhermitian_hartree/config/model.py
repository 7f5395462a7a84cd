"""A Hamiltonian in a configuration, eq. (1)."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.config.operators import OneBody, OneBodyPauli, TwoBody, TwoBodyPauli
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec, refusal, refusals_at, show_value
from nonhermitian_hartree.fields.numbers import WholeNumber
from nonhermitian_hartree.model.hamiltonian import Model

DIMENSION, DIMENSION_MAX = 2, 32
UNIT_LENGTH = 40

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
    time_unit: TimeUnit = Field(
        default=None,
        exclude=True,  # a label: what is computed does not depend on it, and jobs are not given it
        title=UNIT_ALLOWED,
        description="unit of time in the labels of axes, such as `inverse hopping`; nothing is computed with it",
    )

    @model_validator(mode="after")
    def _check_model(self) -> ModelSpec:
        self.build()
        return self

    def build(self) -> Model:
        """Return the model.

        Raises
        ------
        PydanticCustomError
            If an operator has the wrong size or form, or A2 is not invariant under the swap.
        """
        parts: dict[str, Complex] = {}
        for key, operator in (("one_body", self.one_body), ("two_body", self.two_body)):
            with refusals_at(key), np.errstate(over="ignore", invalid="ignore"):
                parts[key] = operator.matrix_of(self.dimension)
            if not np.isfinite(parts[key]).all():
                raise refusal("a sum that overflows", "finite matrix elements", key)
        try:
            return Model(parts["one_body"], parts["two_body"])
        except ModelError:  # shapes and finiteness are checked above; what is left is the swap
            found = show_value(self.model_dump(mode="json", by_alias=True)["two_body"])
            allowed = "an operator that does not change when the two particles are swapped"
            raise refusal(found, allowed, "two_body") from None
