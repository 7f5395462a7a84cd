"""One- and two-body operators in a configuration: Pauli letters, matrices, or sums of transitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Discriminator, Field, RootModel, Tag

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec, refusal, show_value
from nonhermitian_hartree.fields.coefficient import Coefficient
from nonhermitian_hartree.fields.numbers import WholeNumber
from nonhermitian_hartree.model.hamiltonian import pauli_sum, swap_particles

PauliLetter = Literal["I", "X", "Y", "Z"]
PauliPair = Literal[
    "II", "IX", "IY", "IZ", "XI", "XX", "XY", "XZ", "YI", "YX", "YY", "YZ", "ZI", "ZX", "ZY", "ZZ"
]  # fmt: skip


class OneBodyPauli(RootModel[dict[PauliLetter, Coefficient]]):
    """A1 of a qubit as a map from Pauli letters to coefficients."""

    def matrix_of(self, dimension: int) -> Complex:
        """Return A1, shape (d, d)."""
        return _pauli_matrix(self.root, 1, dimension)


class TwoBodyPauli(RootModel[dict[PauliPair, Coefficient]]):
    """A2 of two qubits as a map from pairs of Pauli letters to coefficients."""

    def matrix_of(self, dimension: int) -> Complex:
        """Return A2, shape (d*d, d*d)."""
        return _pauli_matrix(self.root, 2, dimension)


def _pauli_matrix(coefficients: Mapping[Any, complex], bodies: int, dimension: int) -> Complex:
    try:
        return pauli_sum(coefficients, bodies, dimension)
    except ModelError:
        allowed = f"matrix or terms, because the dimension is {dimension}"
        raise refusal("Pauli letters", allowed) from None


class _Matrix(Spec):
    matrix: tuple[tuple[Coefficient, ...], ...] = Field(
        title="a square matrix, row by row",
        description="matrix elements in units of 1/time, numbers or factors of parameters: d × d for A1; "
        "d² × d² for A2, where the pair (i, j) has the index i·d + j, and which must not change when the two "
        "particles are swapped",
    )

    def _square(self, size: int) -> Complex:
        allowed = f"a {size} × {size} matrix"
        if len(self.matrix) != size:
            raise refusal(f"{len(self.matrix)} rows", allowed, "matrix")
        for index, row in enumerate(self.matrix):
            if len(row) != size:
                raise refusal(f"{len(row)} columns", allowed, "matrix", index)
        return np.array(self.matrix, dtype=np.complex128)


class OneBodyMatrix(_Matrix):
    """A1 written out as a d × d matrix."""

    def matrix_of(self, dimension: int) -> Complex:
        """Return A1, shape (d, d)."""
        return self._square(dimension)


class TwoBodyMatrix(_Matrix):
    """A2 written out as a d² × d² matrix; the pair (i, j) has index ``i*d + j``."""

    def matrix_of(self, dimension: int) -> Complex:
        """Return A2, shape (d*d, d*d)."""
        return self._square(dimension**2)


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


class TwoBodyTerms(Spec):
    """A2 as ``Σ value |out⟩⟨in|``, made symmetric: A2 ← (A2 + S A2 S)/2 with S the swap."""

    terms: tuple[Transition, ...] = Field(
        title="a list of {out: [i, j], in: [k, l], value}",
        description="A2 = Σ value |out⟩⟨in|, then made symmetric: (A2 + S A2 S)/2, where S swaps the particles",
    )

    def matrix_of(self, dimension: int) -> Complex:
        """Return A2, shape (d*d, d*d)."""
        total = np.zeros((dimension**2, dimension**2), dtype=np.complex128)
        for index, term in enumerate(self.terms):
            for key, pair in (("out", term.out), ("in", term.in_)):
                if not all(0 <= i < dimension for i in pair):
                    allowed = f"two indices from 0 to {dimension - 1}"
                    raise refusal(show_value(list(pair)), allowed, "terms", index, key)
            row, column = (i * dimension + j for i, j in (term.out, term.in_))
            total[row, column] += term.value
        return (total + swap_particles(total)) / 2


def _one_body_form(value: Any) -> str:
    is_matrix = isinstance(value, _Matrix) or (isinstance(value, Mapping) and "matrix" in value)
    return "matrix" if is_matrix else "pauli"


def _two_body_form(value: Any) -> str:
    is_terms = isinstance(value, TwoBodyTerms) or (isinstance(value, Mapping) and "terms" in value)
    return "terms" if is_terms else _one_body_form(value)


OneBody = Annotated[
    Annotated[OneBodyPauli, Tag("pauli")] | Annotated[OneBodyMatrix, Tag("matrix")],
    Discriminator(_one_body_form),
]
TwoBody = Annotated[
    Annotated[TwoBodyPauli, Tag("pauli")]
    | Annotated[TwoBodyMatrix, Tag("matrix")]
    | Annotated[TwoBodyTerms, Tag("terms")],
    Discriminator(_two_body_form),
]
