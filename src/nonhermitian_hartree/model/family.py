"""Families of Hamiltonians (1): A1 and A2 linear in parameters, a model for every combination of their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real, freeze
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, refuse
from nonhermitian_hartree.model.hamiltonian import PAULI_MATRICES, Model, pauli_sum

CONSTANT = "constant"
"""The part of an operator that goes with no parameter."""

Part = ArrayLike | Mapping[str, complex]
"""A matrix, or Pauli letters with coefficients (d = 2)."""
Operator = Mapping[str, Part] | Callable[..., ArrayLike]


@dataclass(frozen=True, eq=False)
class ModelFamily:
    """Models ``A = A_constant + Σ value × A_parameter`` on the product of the values of all parameters.

    Parameters
    ----------
    parameters : mapping of str to (n,) array
        Values of each parameter, real or complex, in the order in which neighbours are near; one number is a list
        of one. Members are numbered with the last parameter varying fastest.
    one_body, two_body : mapping or callable
        For every parameter that A1 or A2 depends on, the matrix that its value is multiplied with, (d, d) or
        (d², d²) in units of energy over that of the parameter, or for d = 2 Pauli letters with coefficients,
        ``{"gamma": {"I": -0.25j, "Z": -0.25j}}``; ``constant`` is the part without a parameter. What is left out
        is zero. Or a function of the parameters by name that returns the matrix, where it is not linear.

    Raises
    ------
    ModelError
        Naming what is none of these, a parameter that is used nowhere, or a name that is no parameter.
    """

    parameters: Mapping[str, ArrayLike]
    one_body: Operator = field(default_factory=dict)
    two_body: Operator = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.parameters, Mapping) or not self.parameters:
            raise refuse("parameters", self.parameters, "a mapping of names to values")
        values = {name: _read_values(name, given) for name, given in self.parameters.items()}
        object.__setattr__(self, "parameters", values)
        used: set[str] = set()
        for key, bodies in (("one_body", 1), ("two_body", 2)):
            operator = getattr(self, key)
            if callable(operator):
                used |= values.keys()
                continue
            if not isinstance(operator, Mapping):
                raise refuse(key, operator, "a mapping of parameters to matrices, or a function of the parameters")
            for name in operator:
                if name not in (*values, CONSTANT):
                    raise refuse(f"{key}: {name}", name, f"{', '.join(values)} or {CONSTANT}")
            used |= operator.keys()
            matrices = {name: _read_part(f"{key}: {name}", part, bodies) for name, part in operator.items()}
            object.__setattr__(self, key, matrices)
        for name in values.keys() - used:
            raise ModelError(f"parameters: {name} is used by neither A1 nor A2; leave it out")

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each parameter."""
        return tuple(len(np.atleast_1d(values)) for values in self.parameters.values())

    def __len__(self) -> int:
        """How many members there are."""
        return prod(self.shape)

    def coordinates(self) -> Iterator[dict[str, Any]]:
        """Value of every parameter, for one member after the other."""
        for values in product(*(np.asarray(values) for values in self.parameters.values())):
            yield dict(zip(self.parameters, values, strict=True))

    def __iter__(self) -> Iterator[Model]:
        """The members in order."""
        return (self.model(**values) for values in self.coordinates())

    def model(self, **values: complex) -> Model:
        """The Hamiltonian at any values of the parameters, on the grid or not.

        Raises
        ------
        ModelError
            If a value is missing, or A1 and A2 are no operators of the same dimension.
        """
        if values.keys() != self.parameters.keys():
            raise refuse("values", sorted(values), f"one for each of {', '.join(self.parameters)}")
        one_body, two_body = (_evaluate(operator, values) for operator in (self.one_body, self.two_body))
        if one_body is None and two_body is None:
            raise ModelError("a family needs one_body or two_body")
        if one_body is None:
            d = round(len(np.asarray(two_body)) ** 0.5)
            one_body = np.zeros((d, d), dtype=np.complex128)
        if two_body is None:
            two_body = np.zeros((len(one_body) ** 2,) * 2, dtype=np.complex128)
        return Model(one_body, two_body)


def _read_values(name: str, given: ArrayLike) -> Complex | Real:
    array = np.atleast_1d(read_array(f"parameters: {name}", given, "one number or a list of numbers"))
    if name == CONSTANT or not str(name).isidentifier():
        raise refuse("parameters", name, f"names such as gamma, other than {CONSTANT}")
    if array.ndim != 1 or not len(array) or not np.isfinite(array).all():
        raise refuse(f"parameters: {name}", given, "one finite number or a list of them")
    if array.imag.any():
        return array
    values = array.real.copy()
    values.setflags(write=False)
    return values


def _read_part(key: str, part: Part, bodies: int) -> Complex:
    if not isinstance(part, Mapping):
        return freeze(read_array(key, part, "a matrix, or Pauli letters with coefficients"))
    for letters in part:
        if len(letters) != bodies or not set(letters) <= PAULI_MATRICES.keys():
            raise refuse(key, letters, "I, X, Y, Z" if bodies == 1 else "two of the letters I, X, Y, Z")
    return freeze(pauli_sum(part, bodies))


def _evaluate(operator: Operator, values: Mapping[str, complex]) -> Complex | None:
    """The operator at values of the parameters; None if it has no part."""
    if callable(operator):
        return np.asarray(operator(**values), dtype=np.complex128)
    parts = [np.asarray(part) * values.get(name, 1.0) for name, part in operator.items()]
    return np.asarray(sum(parts[1:], start=parts[0])) if parts else None
