"""A mean-field Hamiltonian, eq. (1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, freeze
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array

SWAP_TOLERANCE = 1e-12
_ARRAY = "array of numbers (of an operator of another package its matrix, e.g. .full())"


@dataclass(frozen=True, eq=False)
class Model:
    """Mean-field Hamiltonian ``A^(N) = Σ A1_i + 1/(N-1) Σ_{i<j} A2_ij`` of eq. (1).

    Parameters
    ----------
    one_body : (d, d) complex array
        ``A1 = A^(1)``.
    two_body : (d*d, d*d) complex array, optional
        ``A2 = A^(2)``; element ``[i*d + j, k*d + l]`` is ``⟨ij|A2|kl⟩``; zero if absent. Energies are in units of
        1/time (ħ = 1).

    Raises
    ------
    ModelError
        If one is no array of numbers, a shape is wrong, an entry is not finite, or A2 changes under the swap of
        the particles.
    """

    one_body: Complex
    two_body: Complex = None  # type: ignore[assignment]  # an array once the model is made

    def __post_init__(self) -> None:
        one_body = read_array("one_body", self.one_body, f"a d × d {_ARRAY}")
        if self.two_body is None:
            two_body = freeze(np.zeros((one_body.size, one_body.size)))
        else:
            two_body = read_array("two_body", self.two_body, f"a d² × d² {_ARRAY}")
        if one_body.ndim != 2 or one_body.shape[0] != one_body.shape[1] or len(one_body) < 2:
            raise ModelError(f"one_body must be a square matrix of size ≥ 2, found shape {one_body.shape}")
        d = len(one_body)
        if two_body.shape != (d * d, d * d):
            raise ModelError(f"two_body must have shape {(d * d, d * d)}, found {two_body.shape}")
        if not (np.isfinite(one_body).all() and np.isfinite(two_body).all()):
            raise ModelError("one_body and two_body must have finite entries")
        asymmetry = np.abs(two_body - swap_particles(two_body)).max()
        if not asymmetry <= SWAP_TOLERANCE * max(1.0, float(np.abs(two_body).max())):
            raise ModelError(
                "two_body must not change when the two particles are swapped, "
                f"but it differs from its mirror image by {asymmetry:.3g}"
            )
        object.__setattr__(self, "one_body", one_body)
        object.__setattr__(self, "two_body", two_body)

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space."""
        return len(self.one_body)

    @cached_property
    def two_body_tensor(self) -> Complex:
        """A2 as ``T[i, j, k, l] = ⟨ij|A2|kl⟩``, shape (d, d, d, d)."""
        d = self.dimension
        return self.two_body.reshape(d, d, d, d)

    @cached_property
    def is_hermitian(self) -> bool:
        """Whether A1 and A2 are both Hermitian."""
        return all(np.array_equal(a, a.conj().T) for a in (self.one_body, self.two_body))

    @cached_property
    def is_anti_hermitian(self) -> bool:
        """Whether A1 and A2 are both anti-Hermitian."""
        return all(np.array_equal(a, -a.conj().T) for a in (self.one_body, self.two_body))

    @cached_property
    def is_diagonal(self) -> bool:
        """Whether A1 and A2 are both diagonal in the given basis, so that all terms of eq. (1) commute."""
        return all(not np.any(a - np.diag(np.diag(a))) for a in (self.one_body, self.two_body))


def swap_particles(two_body: ArrayLike) -> Complex:
    """``S A2 S`` with S the swap of the two particles; shape (d*d, d*d) in and out."""
    matrix = np.asarray(two_body, dtype=np.complex128)
    d = round(len(matrix) ** 0.5)
    return matrix.reshape(d, d, d, d).transpose(1, 0, 3, 2).reshape(d * d, d * d)


PAULI_MATRICES = {
    "I": np.array([[1, 0], [0, 1]], dtype=np.complex128),
    "X": np.array([[0, 1], [1, 0]], dtype=np.complex128),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=np.complex128),
    "Z": np.array([[1, 0], [0, -1]], dtype=np.complex128),
}


def pauli_sum(coefficients: Mapping[str, complex], bodies: int, dimension: int = 2) -> Complex:
    """Add up coefficient × Pauli string; shape (d**bodies, d**bodies).

    Raises
    ------
    ModelError
        If there is a Pauli string and d is not 2; the empty sum is zero in any dimension.
    """
    if coefficients and dimension != 2:
        raise ModelError(f"Pauli letters are for dimension 2, found {dimension}")
    total: Complex = np.zeros((dimension**bodies, dimension**bodies), dtype=np.complex128)
    for letters, coefficient in coefficients.items():
        string: Complex = np.ones((1, 1), dtype=np.complex128)
        for letter in letters:
            string = np.asarray(np.kron(string, PAULI_MATRICES[letter]), dtype=np.complex128)
        total = total + coefficient * string
    return total
