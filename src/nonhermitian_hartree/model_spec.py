"""A Hamiltonian in a configuration, eq. (1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model import Model
from nonhermitian_hartree.operator_spec import OneBody, TwoBody
from nonhermitian_hartree.real_number import WholeNumber
from nonhermitian_hartree.spec import Spec, refusal, show_value

DIMENSION_MAX = 32


class ModelSpec(Spec):
    """Dimension d of the one-particle space, A1 and A2; an absent operator is zero."""

    dimension: WholeNumber = Field(default=2, ge=2, le=DIMENSION_MAX)
    one_body: OneBody | None = None
    two_body: TwoBody | None = None

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
        d = self.dimension
        parts: dict[str, NDArray[np.complex128]] = {}
        for key, spec, size in (("one_body", self.one_body, d), ("two_body", self.two_body, d * d)):
            try:
                with np.errstate(over="ignore", invalid="ignore"):
                    parts[key] = np.zeros((size, size), complex) if spec is None else spec.matrix_of(d)
            except PydanticCustomError as error:
                context = error.context or {}
                raise refusal(context["found"], context["allowed"], key, *context["path"]) from None
            if not np.isfinite(parts[key]).all():
                raise refusal("a sum that overflows", "finite matrix elements", key)
        try:
            return Model(parts["one_body"], parts["two_body"])
        except ModelError as error:
            raise refusal(show_value(self._two_body_as_given()), str(error), "two_body") from None

    def _two_body_as_given(self) -> object:
        return self.model_dump(mode="json", by_alias=True)["two_body"]
