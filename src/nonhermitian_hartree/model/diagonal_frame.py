"""The basis in which A1 and A2 are both diagonal, where there is one: a rotation of it is no other physics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.hamiltonian import DENSE_STORE, Model
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.state import ProductState

DIAGONAL = 1e-13
"""Largest element beside the diagonal, relative to the strength, that is taken for rounding."""
SMALLEST_POPULATION = 1e-20
"""A population below is not told from a rounding of φ, which growth may amplify."""


@dataclass(frozen=True, eq=False)
class DiagonalFrame:
    """A model and a state in the basis in which A1 and A2 are diagonal.

    Parameters
    ----------
    model, state : Model, ProductState
        The diagonal model, without gauge parts, and the state in that basis.
    columns : (d, d) complex array
        The basis vectors.
    shift : complex
        Energy per particle that was taken off.
    rounding : float
        Largest element that was left beside the diagonal, relative to the strength of the model.
    """

    model: Model
    state: ProductState
    columns: Complex
    shift: complex
    rounding: float


def find_diagonal_frame(model: Model, state: ProductState) -> DiagonalFrame | None:
    """Model and state in the basis in which A1 and A2 are both diagonal; None if there is none.

    Diagonal means on permutation-symmetric pairs: elements between ``|ij⟩`` and ``|ji⟩`` count as diagonal. None
    also if φ has a population so small in that basis that rounding decides its fate, and beyond d = 8, where A2
    is no array any more.
    """
    if model.dimension > DENSE_STORE:
        return None
    reduced, shift = irreducible_model(model)
    d, columns = model.dimension, _guess_columns(model)
    pair = np.kron(columns, columns)
    one_body = columns.conj().T @ reduced.one_body @ columns
    two_body = (pair.conj().T @ reduced.two_body @ pair).reshape(d, d, d, d)
    levels = np.einsum("ijij->ij", two_body) + np.einsum("ijji->ij", two_body) * (1 - np.eye(d))
    rest = two_body.copy()
    first, second = np.indices((d, d))
    rest[first, second, first, second] = rest[first, second, second, first] = 0
    beside = max(float(np.abs(part).max()) for part in (one_body - np.diag(np.diag(one_body)), rest))
    amplitudes = columns.conj().T @ state.amplitudes
    rounding = beside / strength(reduced)
    if not (rounding <= DIAGONAL and np.min(np.abs(amplitudes)) ** 2 > SMALLEST_POPULATION):
        return None
    diagonal = Model(np.diag(np.diag(one_body)), np.diag(((levels + levels.T) / 2).ravel()))
    inside = ProductState(amplitudes / np.linalg.norm(amplitudes))
    return DiagonalFrame(diagonal, inside, columns, shift, rounding)


def _guess_columns(model: Model) -> Complex:
    """The basis in which A1 and A2 are diagonal, if they are: that of a generic ``A1 + Tr₂[A2 (1⊗σ)]``."""
    d = model.dimension
    generator = np.random.default_rng(7)
    root = generator.normal(size=(d, d)) + 1j * generator.normal(size=(d, d))
    field = np.einsum("ijkl,lj->ik", model.two_body_tensor, root @ root.conj().T / d)
    mixed = np.exp(1j) * model.one_body + np.exp(2.5j) * field
    _, columns = np.linalg.eigh(mixed + mixed.conj().T)
    return np.asarray(columns)
