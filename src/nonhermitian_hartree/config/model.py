"""A Hamiltonian in a configuration, eq. (1)."""

from __future__ import annotations

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.config.operators import OneBody, OneBodyPauli, TwoBody, TwoBodyPauli
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec, refusal, show_value
from nonhermitian_hartree.fields.numbers import WholeNumber
from nonhermitian_hartree.model.hamiltonian import Model

DIMENSION_MAX = 32


class ModelSpec(Spec):
    """Dimension d of the one-particle space, A1 and A2; an absent operator is zero."""

    dimension: WholeNumber = Field(default=2, ge=2, le=DIMENSION_MAX)
    one_body: OneBody = OneBodyPauli({})
    two_body: TwoBody = TwoBodyPauli({})

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
            try:
                with np.errstate(over="ignore", invalid="ignore"):
                    parts[key] = operator.matrix_of(self.dimension)
            except PydanticCustomError as error:
                context = error.context or {}
                raise refusal(context["found"], context["allowed"], key, *context["path"]) from None
            if not np.isfinite(parts[key]).all():
                raise refusal("a sum that overflows", "finite matrix elements", key)
        try:
            return Model(parts["one_body"], parts["two_body"])
        except ModelError:  # shapes and finiteness are checked above; what is left is the swap
            found = show_value(self.model_dump(mode="json", by_alias=True)["two_body"])
            allowed = "an operator that does not change when the two particles are swapped"
            raise refusal(found, allowed, "two_body") from None
