"""The limit of models that are diagonal in another basis: solved there in closed form, and rotated back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits
from nonhermitian_hartree.limit.simplex import find_simplex_limit
from nonhermitian_hartree.limit.state import LimitState, bound_rate_error, combine_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.state import ProductState

DIAGONAL = 1e-13
"""Largest element beside the diagonal, relative to the strength, that is taken for rounding."""
SMALLEST_POPULATION = 1e-20
"""A population below is not told from a rounding of φ, which growth may amplify."""


class CommutingLimit:
    """The limit of a model of which A1 and A2 are diagonal in one product basis, as a function of time.

    Parameters
    ----------
    model, state : Model, ProductState
        The diagonal model and the state in that basis.
    frame : (d, d) complex array
        Its basis vectors, as columns.
    shift : complex
        Energy per particle that was taken off.
    """

    def __init__(self, model: Model, state: ProductState, frame: Complex, shift: complex) -> None:
        self.model, self.state, self.frame, self.shift = model, state, frame, shift

    def at(self, time: float) -> LimitState:
        """Limit at one time; rates that agree to `bound_rate_error`, what they are known to, are a tie.

        Raises
        ------
        ConvergenceError
            If no maximum is found, or a mixture contains a critical branch.
        """
        if self.model.dimension == 2:
            (found,) = diagonal_qubit_limits(self.model, self.state, [time])
        else:
            found = find_simplex_limit(self.model, self.state, time)
        branches = [
            replace(
                branch,
                wavefunction=self.frame @ branch.wavefunction,
                rate=branch.rate + 2 * self.shift.imag * time,
            )
            for branch in (*found.branches, *found.subdominant)
        ]
        return combine_branches(time, branches, bound_rate_error(strength(self.model), time))


def find_commuting_limit(model: Model, state: ProductState) -> CommutingLimit | None:
    """Limit in the basis in which A1 and A2 are both diagonal; None if there is none.

    Diagonal means on permutation-symmetric pairs: elements between ``|ij⟩`` and ``|ji⟩`` count as diagonal. None
    also if φ has a population so small in that basis that rounding decides its fate.
    """
    reduced, shift = irreducible_model(model)
    d, frame = model.dimension, _guess_frame(model)
    pair = np.kron(frame, frame)
    one_body = frame.conj().T @ reduced.one_body @ frame
    two_body = (pair.conj().T @ reduced.two_body @ pair).reshape(d, d, d, d)
    levels = np.einsum("ijij->ij", two_body) + np.einsum("ijji->ij", two_body) * (1 - np.eye(d))
    rest = two_body.copy()
    first, second = np.indices((d, d))
    rest[first, second, first, second] = rest[first, second, second, first] = 0
    beside = max(float(np.abs(part).max()) for part in (one_body - np.diag(np.diag(one_body)), rest))
    amplitudes = frame.conj().T @ state.amplitudes
    is_diagonal = beside <= DIAGONAL * strength(reduced)
    if not (is_diagonal and np.min(np.abs(amplitudes)) ** 2 > SMALLEST_POPULATION):
        return None
    diagonal = Model(np.diag(np.diag(one_body)), np.diag(((levels + levels.T) / 2).ravel()))
    return CommutingLimit(diagonal, ProductState(amplitudes / np.linalg.norm(amplitudes)), frame, shift)


def _guess_frame(model: Model) -> Complex:
    """The basis in which A1 and A2 are diagonal, if they are: that of a generic ``A1 + Tr₂[A2 (1⊗σ)]``."""
    d = model.dimension
    generator = np.random.default_rng(7)
    root = generator.normal(size=(d, d)) + 1j * generator.normal(size=(d, d))
    field = np.einsum("ijkl,lj->ik", model.two_body_tensor, root @ root.conj().T / d)
    mixed = np.exp(1j) * model.one_body + np.exp(2.5j) * field
    _, frame = np.linalg.eigh(mixed + mixed.conj().T)
    return np.asarray(frame)
