"""A coefficient of an operator: a number, or a linear function of the parameters of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, PlainSerializer, PlainValidator, RootModel, WithJsonSchema

from nonhermitian_hartree.fields.base import refusal, refusals_at, show_value
from nonhermitian_hartree.fields.numbers import canonical_complex, parse_complex

CONSTANT = "constant"
FACTORS = "factors {parameter: factor, …, constant: c}"
"""How messages call the mapping that may stand in place of a number."""

AnySpec = TypeVar("AnySpec")
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class LinearCoefficient:
    """``Σ factor × parameter + constant``: data, never an expression.

    Parameters
    ----------
    factors : tuple of (str, complex)
        Names of parameters, sorted, with what each is multiplied with.
    constant : complex
        In the unit of the coefficient, as each product is.
    """

    factors: tuple[tuple[str, complex], ...]
    constant: complex

    def at(self, values: Mapping[str, complex]) -> complex:
        """The coefficient where the parameters have these values."""
        return sum((factor * values[name] for name, factor in self.factors), self.constant)


def parse_coefficient(value: Any) -> complex | LinearCoefficient:
    """Read a number, or a mapping of parameters to factors; one without parameters is the number ``constant``.

    Raises
    ------
    PydanticCustomError
        If it is neither: an expression in the parameters, for example.
    """
    if isinstance(value, LinearCoefficient):
        return value
    if not isinstance(value, Mapping):
        return _parse_number(value, f"a finite number, a complex string like '0.3-2j', or {FACTORS}")
    factors: dict[str, complex] = {}
    for name, factor in value.items():
        if not isinstance(name, str):
            raise refusal(f"the key {show_value(name)}", FACTORS)
        with refusals_at(name):
            factors[name] = _parse_number(factor, "a number, for a coefficient is linear in its parameters")
    constant = factors.pop(CONSTANT, 0j)
    return LinearCoefficient(tuple(sorted(factors.items())), constant) if factors else constant


def _parse_number(value: Any, allowed: str) -> complex:
    try:
        return parse_complex(value)
    except ValueError:
        raise refusal(show_value(value), allowed) from None


def canonical_coefficient(coefficient: complex | LinearCoefficient) -> float | str | dict[str, float | str]:
    """Write a coefficient in one way only: a number as such, a linear one by its factors, the constant last."""
    if not isinstance(coefficient, LinearCoefficient):
        return canonical_complex(coefficient)
    factors = {name: canonical_complex(factor) for name, factor in coefficient.factors}
    return factors | ({CONSTANT: canonical_complex(coefficient.constant)} if coefficient.constant else {})


_NUMBER = {"type": ["number", "string"], "title": "Complex number, e.g. 2, -0.5j or '0.3-2j'"}

Coefficient = Annotated[
    complex,  # also a LinearCoefficient, until `set_parameters` makes a number of it
    PlainValidator(parse_coefficient),
    PlainSerializer(canonical_coefficient, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                _NUMBER,
                {"type": "object", "title": f"Linear {FACTORS}", "additionalProperties": _NUMBER},
            ]
        }
    ),
]


def find_coefficients(spec: object, path: Path = ()) -> Iterator[tuple[Path, LinearCoefficient]]:
    """All linear coefficients of a spec, whatever its form, each with its key path."""
    if isinstance(spec, LinearCoefficient):
        yield path, spec
    elif isinstance(spec, RootModel):
        yield from find_coefficients(spec.root, path)
    elif isinstance(spec, BaseModel):
        for name, field in type(spec).model_fields.items():
            yield from find_coefficients(getattr(spec, name), (*path, field.alias or name))
    elif isinstance(spec, Mapping):
        for key, value in spec.items():
            yield from find_coefficients(value, (*path, key))
    elif isinstance(spec, list | tuple):
        for index, value in enumerate(spec):
            yield from find_coefficients(value, (*path, index))


def set_parameters(spec: AnySpec, values: Mapping[str, complex]) -> AnySpec:
    """The same spec with a number in place of every linear coefficient."""
    return spec if next(find_coefficients(spec), None) is None else _set(spec, values)


def _set(spec: Any, values: Mapping[str, complex]) -> Any:
    if isinstance(spec, LinearCoefficient):
        return spec.at(values)
    if isinstance(spec, RootModel):
        return type(spec).model_construct(_set(spec.root, values))
    if isinstance(spec, BaseModel):
        return spec.model_copy(
            update={name: _set(getattr(spec, name), values) for name in type(spec).model_fields}
        )
    if isinstance(spec, Mapping):
        return {key: _set(value, values) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return type(spec)(_set(value, values) for value in spec)
    return spec
