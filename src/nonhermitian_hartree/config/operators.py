"""One- and two-body operators in a configuration: Pauli letters, or sums of matrices and parts on a lattice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import Discriminator, Field, RootModel, Tag, model_validator

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.array_file import ArrayFile, refusals_of
from nonhermitian_hartree.fields.base import Spec, refusal, refusals_at, show_value
from nonhermitian_hartree.fields.coefficient import Coefficient
from nonhermitian_hartree.fields.lattice import (
    Entry,
    Hopping,
    PairEnergy,
    SiteValues,
    plain_entries,
    plain_pairs,
    plain_site_values,
)
from nonhermitian_hartree.fields.numbers import WholeNumber
from nonhermitian_hartree.model.hamiltonian import pauli_sum
from nonhermitian_hartree.model.lattice import operators as lattice
from nonhermitian_hartree.model.lattice.operators import read_shape
from nonhermitian_hartree.model.pair_couplings import PairCouplings

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp

PauliLetter = Literal["I", "X", "Y", "Z"]
PauliPair = Literal[
    "II", "IX", "IY", "IZ", "XI", "XX", "XY", "XZ", "YI", "YX", "YY", "YZ", "ZI", "ZX", "ZY", "ZZ"
]  # fmt: skip


class OneBodyPauli(RootModel[dict[PauliLetter, Coefficient]]):
    """A1 of a qubit as a map from Pauli letters to coefficients."""

    def build(self, dimension: int) -> Complex:
        """Return A1, shape (d, d)."""
        return _pauli_matrix(self.root, 1, dimension)


class TwoBodyPauli(RootModel[dict[PauliPair, Coefficient]]):
    """A2 of two qubits as a map from pairs of Pauli letters to coefficients."""

    def build(self, dimension: int) -> Complex:
        """Return A2, shape (d*d, d*d)."""
        return _pauli_matrix(self.root, 2, dimension)


def _pauli_matrix(coefficients: Mapping[Any, complex], bodies: int, dimension: int) -> Complex:
    try:
        return pauli_sum(coefficients, bodies, dimension)
    except ModelError:
        allowed = f"matrix or terms, because the dimension is {dimension}"
        raise refusal("Pauli letters", allowed) from None


class Transition(Spec):
    """The term ``value |out⟩⟨in|`` of A2 between two pairs of one-particle states."""

    out: tuple[WholeNumber, WholeNumber] = Field(
        title="two one-particle indices [i, j]",
        description="the states that the two particles go to, from 0 to d − 1",
    )
    in_: tuple[WholeNumber, WholeNumber] = Field(
        alias="in",
        title="two one-particle indices [k, l]",
        description="the states that the two particles come from, from 0 to d − 1",
    )
    value: Coefficient = Field(
        title="a number, a complex string like '0.3-2j', or factors {parameter: factor, …, constant: c}",
        description="the matrix element, in units of 1/time",
    )


class _Forms(Spec):
    """What operators of one and of two particles may both be written as."""

    matrix: tuple[tuple[Coefficient, ...], ...] | None = Field(
        default=None,
        title="a square matrix, row by row",
        description="matrix elements in units of 1/time, numbers or factors of parameters: d × d for A1; "
        "d² × d² for A2, where the pair (i, j) has the index i·d + j, and which must not change when the two "
        "particles are swapped",
    )
    file: ArrayFile | None = Field(
        default=None,
        title="a path relative to the configuration file, or {path, sha256}",
        description="the same matrix in units of 1/time from a file, of `numpy.save` (.npy) or "
        "`scipy.sparse.save_npz` (.npz); what is computed depends on its content",
    )

    @model_validator(mode="after")
    def _require_a_form(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields):
            allowed = "at least one of " + ", ".join(type(self).model_fields)
            raise refusal("none of them", allowed)
        return self

    def _matrix(self, size: int) -> Complex | None:
        if self.matrix is None:
            return None
        allowed = f"a {size} × {size} matrix"
        if len(self.matrix) != size:
            raise refusal(f"{len(self.matrix)} rows", allowed, "matrix")
        for index, row in enumerate(self.matrix):
            if len(row) != size:
                raise refusal(f"{len(row)} columns", allowed, "matrix", index)
        return np.array(self.matrix, dtype=np.complex128)

    def _file(self, size: int) -> Complex | sp.csr_array | None:
        if self.file is None:
            return None
        with refusals_at("file"):
            numbers = self.file.load()
            if numbers.shape != (size, size):
                raise refusal(f"shape {numbers.shape} in {self.file.path!r}", f"shape ({size}, {size})")
        return numbers


class OneBodyForms(_Forms):
    """A1 as the sum of the forms that are given."""

    hopping: Hopping | None = Field(
        default=None,
        title="{amplitude, shape, boundary}",
        description="J Σ (|i⟩⟨j| + |j⟩⟨i|) over nearest neighbours of a lattice, see below; in units of 1/time",
    )
    onsite: SiteValues | None = Field(
        default=None,
        title="a number, a list of d numbers, or a list of {site, value}",
        description="Σ ε_i |i⟩⟨i|, in units of 1/time; a density that decays at the rate γ is ε = −iγ/2",
    )
    entries: tuple[Entry, ...] | None = Field(
        default=None,
        title="a list of {to, from, value}",
        description="Σ value |to⟩⟨from|, each element once; in units of 1/time",
    )

    def build(self, dimension: int) -> Complex | sp.csr_array:
        """Return A1, dense or sparse, (d, d)."""
        parts: list[Any] = [part for part in (self._matrix(dimension), self._file(dimension)) if part is not None]
        if self.hopping is not None:
            hop = self.hopping
            with refusals_of("hopping", "shape"):
                read_shape(list(hop.shape), dimension)
                parts.append(lattice.hopping(hop.amplitude, list(hop.shape), hop.boundary))
        if self.onsite is not None:
            with refusals_of("onsite"):
                parts.append(lattice.onsite(plain_site_values(self.onsite), dimension))
        if self.entries is not None:
            with refusals_of("entries"):
                parts.append(lattice.entries(plain_entries(self.entries), dimension))
        total: Complex | sp.csr_array = reduce(_add_matrices, parts)
        return total


class TwoBodyForms(_Forms):
    """A2 as the sum of the forms that are given."""

    contact: SiteValues | None = Field(
        default=None,
        title="a number, a list of d numbers, or a list of {site, value}",
        description="Σ U_i |ii⟩⟨ii|, in units of 1/time: two particles interact on the same site",
    )
    density: tuple[PairEnergy, ...] | None = Field(
        default=None,
        title="a list of {sites: [i, j], value}",
        description="Σ V_ij |ij⟩⟨ij|, each pair of indices once, then made symmetric; in units of 1/time",
    )
    terms: tuple[Transition, ...] | None = Field(
        default=None,
        title="a list of {out: [i, j], in: [k, l], value}",
        description="Σ value |out⟩⟨in|, then made symmetric: (A2 + S A2 S)/2, where S swaps the particles",
    )

    def build(self, dimension: int) -> Complex | PairCouplings:
        """Return A2, as a (d*d, d*d) array where it is written as one, otherwise by its elements."""
        matrix = self._matrix(dimension**2)
        if matrix is not None and self.model_fields_set == {"matrix"}:
            return matrix
        parts = [
            PairCouplings.from_matrix(part) for part in (matrix, self._file(dimension**2)) if part is not None
        ]
        if self.contact is not None:
            with refusals_of("contact"):
                parts.append(lattice.contact(plain_site_values(self.contact), dimension))
        if self.density is not None:
            with refusals_of("density"):
                parts.append(lattice.density(plain_pairs(self.density), dimension))
        if self.terms is not None:
            parts.append(self._terms(self.terms, dimension))
        return reduce(add, parts)

    @staticmethod
    def _terms(terms: Sequence[Transition], dimension: int) -> PairCouplings:
        for index, term in enumerate(terms):
            for key, pair in (("out", term.out), ("in", term.in_)):
                if not all(0 <= i < dimension for i in pair):
                    allowed = f"two indices from 0 to {dimension - 1}"
                    raise refusal(show_value(list(pair)), allowed, "terms", index, key)
        levels = np.array([[*term.out, *term.in_] for term in terms], dtype=np.intp).reshape(-1, 4).T
        total = PairCouplings.from_elements(dimension, levels, np.array([term.value for term in terms], complex))
        return (total + total.permuted((1, 0, 3, 2))).scaled(0.5)


def _add_matrices(first: Any, second: Any) -> Any:
    """Sum of arrays, sparse where both are."""
    is_sparse = [hasattr(matrix, "tocoo") for matrix in (first, second)]
    if all(is_sparse):
        return first + second
    return sum(m.toarray() if sparse else m for m, sparse in zip((first, second), is_sparse, strict=True))


def _form(forms: type[_Forms]) -> Callable[[Any], str]:
    """Tell forms, by any of their keys, from Pauli letters."""
    keys = {*forms.model_fields}
    return lambda value: "forms" if isinstance(value, forms) or _has_any(value, keys) else "pauli"


def _has_any(value: object, keys: set[str]) -> bool:
    return isinstance(value, Mapping) and not keys.isdisjoint(value)


OneBody = Annotated[
    Annotated[OneBodyPauli, Tag("pauli")] | Annotated[OneBodyForms, Tag("forms")],
    Discriminator(_form(OneBodyForms)),
]
TwoBody = Annotated[
    Annotated[TwoBodyPauli, Tag("pauli")] | Annotated[TwoBodyForms, Tag("forms")],
    Discriminator(_form(TwoBodyForms)),
]
