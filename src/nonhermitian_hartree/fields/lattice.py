"""Parts of operators on lattices in a configuration: hopping, energies of sites, and what pairs of sites do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from nonhermitian_hartree.fields.base import Spec
from nonhermitian_hartree.fields.coefficient import Coefficient
from nonhermitian_hartree.fields.numbers import WholeNumber

VALUE = "a number, a complex string like '0.3-2j', or factors {parameter: factor, …, constant: c}"


class Hopping(Spec):
    """``J Σ (|i⟩⟨j| + |j⟩⟨i|)`` over nearest neighbours of a lattice."""

    amplitude: Coefficient = Field(
        title=VALUE,
        description="J, in units of 1/time, the same in both directions of a bond, also where it is complex",
    )
    shape: tuple[WholeNumber, ...] = Field(
        min_length=1,
        title="a list of whole numbers, [Lx] or [Lx, Ly] …",
        description="sites in each direction, pure numbers whose product is d; sites are numbered from 0 in "
        "row-major order, `x·Ly + y`",
    )
    boundary: Literal["open", "periodic"] = Field(
        default="open",
        title="`open` or `periodic`",
        description="whether the ends of every direction are neighbours",
    )


class SiteValue(Spec):
    """A number at one site."""

    site: WholeNumber = Field(title="a whole number", description="the site, from 0 to d − 1")
    value: Coefficient = Field(title=VALUE, description="what stands there, in units of 1/time")


class Entry(Spec):
    """``value |to⟩⟨from|``."""

    to: WholeNumber = Field(
        title="a whole number", description="the site that a particle goes to, from 0 to d − 1"
    )
    from_: WholeNumber = Field(
        alias="from", title="a whole number", description="the site that it comes from, from 0 to d − 1"
    )
    value: Coefficient = Field(title=VALUE, description="the matrix element, in units of 1/time")


class PairEnergy(Spec):
    """``V_ij |ij⟩⟨ij|``."""

    sites: tuple[WholeNumber, WholeNumber] = Field(
        title="two whole numbers [i, j]", description="the sites, indices from 0 to d − 1"
    )
    value: Coefficient = Field(
        title=VALUE,
        description="V_ij, in units of 1/time; half of it counts for (i, j) and half for (j, i), so that both "
        "entries together are an energy of the pair",
    )


def _site_form(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return "number"
    first = value[0] if value else None
    has_site = isinstance(first, SiteValue) or (isinstance(first, Mapping) and "site" in first)
    return "sites" if has_site else "list"


class _AnyOf:
    """Makes the JSON schema of a union lenient: {site, value} could be factors of parameters of these names."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        return {"anyOf": found["oneOf"]}


SiteValues = Annotated[
    Annotated[Coefficient, Tag("number")]
    | Annotated[tuple[Coefficient, ...], Tag("list")]
    | Annotated[tuple[SiteValue, ...], Tag("sites")],
    Discriminator(_site_form),
    _AnyOf(),
]


def plain_site_values(values: object) -> object:
    """A number, numbers, or pairs (site, number), as `model.lattice.operators` takes them."""
    if not isinstance(values, tuple):
        return values
    return [(item.site, item.value) if isinstance(item, SiteValue) else item for item in values]


def plain_entries(items: Iterable[Entry]) -> list[tuple[int, int, complex]]:
    """(to, from, value) of every entry."""
    return [(item.to, item.from_, item.value) for item in items]


def plain_pairs(items: Iterable[PairEnergy]) -> list[tuple[int, int, complex]]:
    """(i, j, value) of every pair of sites."""
    return [(*item.sites, item.value) for item in items]
