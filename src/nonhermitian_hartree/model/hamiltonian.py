"""A mean-field Hamiltonian, eq. (1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, freeze
from nonhermitian_hartree.display import show_card, show_sum
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.operator import read_operator
from nonhermitian_hartree.model.pair_couplings import PairCouplings

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp

    from nonhermitian_hartree.model.pair_field import PairField

SWAP_TOLERANCE = 1e-12
MOST_MODES = 1024
MOST_DENSE_MODES = 32
"""d up to which A2 may be asked for as a d² × d² array."""
DENSE_STORE = 8
"""d up to which A2 is kept as such an array."""


class Model:
    """Mean-field Hamiltonian ``A^(N) = Σ A1_i + 1/(N-1) Σ_{i<j} A2_ij`` of eq. (1).

    Parameters
    ----------
    one_body : (d, d) array, sparse array, or QuTiP operator
        ``A1 = A^(1)``; d from 2 to 1024.
    two_body : (d*d, d*d) array, sparse array, QuTiP operator on the tensor square, or PairCouplings; optional
        ``A2 = A^(2)``; element ``[i*d + j, k*d + l]`` is ``⟨ij|A2|kl⟩``; zero if absent. Energies are in units of
        1/time (ħ = 1).

    Raises
    ------
    ModelError
        If one is no array of numbers, a shape is wrong, an entry is not finite, or A2 changes under the swap of
        the particles.

    Notes
    -----
    Beyond d = 8, A2 is kept by its nonzero elements (`couplings`), from which Hartree, the limit and the verdict
    work; the array `two_body` is formed for those who ask for it, up to d = 32.
    """

    def __init__(self, one_body: object, two_body: object = None) -> None:
        one = read_operator("one_body", one_body, "a d × d")
        if one.ndim != 2 or one.shape[0] != one.shape[1] or one.shape[0] < 2:
            raise ModelError(f"one_body must be a square matrix of size ≥ 2, found shape {one.shape}")
        d = one.shape[0]
        if d > MOST_MODES:
            raise ModelError(f"one_body: found {d} modes; allowed: at most {MOST_MODES}")
        self.one_body: Complex = freeze(one if isinstance(one, np.ndarray) else one.toarray())
        """A1, shape (d, d)."""
        self.couplings, stored = _read_two_body(two_body, d)
        """A2 by its nonzero elements."""
        if stored is not None:
            self.__dict__["two_body"] = stored
        if not (np.isfinite(self.one_body).all() and np.isfinite(self.couplings.values).all()):
            raise ModelError("one_body and two_body must have finite entries")
        asymmetry, where = self.couplings.find_swap_asymmetry()
        if not asymmetry <= SWAP_TOLERANCE * max(1.0, float(np.abs(self.couplings.values).max(initial=0.0))):
            i, j, k, m = where
            raise ModelError(
                "two_body must not change when the two particles are swapped, "
                f"but it differs from its mirror image by {asymmetry:.3g}, most at ⟨{i} {j}|A2|{k} {m}⟩"
            )

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space."""
        return len(self.one_body)

    @cached_property
    def sparse_one_body(self) -> sp.csr_array:
        """A1 as a sparse (d, d) array."""
        import scipy.sparse as sp

        return sp.csr_array(self.one_body)

    @cached_property
    def two_body(self) -> Complex:
        """A2 as a (d*d, d*d) array, for d ≤ 32.

        Raises
        ------
        ModelError
            For more modes.
        """
        d = self.dimension
        if d > MOST_DENSE_MODES:
            raise ModelError(
                f"the two-body array of d = {d} modes would have {d**4} elements, and is formed up to "
                f"d = {MOST_DENSE_MODES} only: Hartree, the limit and the verdict work without it, exact states "
                "do not (leave `particles` out)"
            )
        return freeze(self.couplings.to_sparse().toarray())

    @cached_property
    def two_body_tensor(self) -> Complex:
        """A2 as ``T[i, j, k, l] = ⟨ij|A2|kl⟩``, shape (d, d, d, d), for d ≤ 32; errors as `two_body`."""
        d = self.dimension
        return self.two_body.reshape(d, d, d, d)

    @cached_property
    def field(self) -> PairField:
        """The mean fields that A2 makes, from its nonzero elements."""
        from nonhermitian_hartree.model.pair_field import PairField

        return PairField(self.couplings)

    @cached_property
    def is_hermitian(self) -> bool:
        """Whether A1 and A2 are both Hermitian."""
        return np.array_equal(self.one_body, self.one_body.conj().T) and self.couplings.equals(
            self.couplings.adjoint()
        )

    @cached_property
    def is_anti_hermitian(self) -> bool:
        """Whether A1 and A2 are both anti-Hermitian."""
        return np.array_equal(self.one_body, -self.one_body.conj().T) and self.couplings.equals(
            self.couplings.adjoint().scaled(-1)
        )

    @cached_property
    def is_diagonal(self) -> bool:
        """Whether A1 and A2 are both diagonal in the given basis, so that all terms of eq. (1) commute."""
        return not np.any(self.one_body - np.diag(np.diag(self.one_body))) and self.couplings.is_diagonal

    def __repr__(self) -> str:
        """Whether it is Hermitian, and A1 and A2: in Pauli letters for qubits, else their numbers of elements."""
        return f"Model of {self.dimension} levels, {'' if self.is_hermitian else 'not '}Hermitian: " + ", ".join(
            f"{name} = {text}" for name, text in self._describe().items()
        )

    def _repr_html_(self) -> str:
        sentence = f"Model of {self.dimension} levels, {'' if self.is_hermitian else 'not '}Hermitian"
        return show_card(sentence, self._describe())

    def _describe(self) -> dict[str, str]:
        if self.dimension == 2:
            return {
                "A1": show_sum(pauli_coefficients(self.one_body, 1)),
                "A2": show_sum(pauli_coefficients(self.two_body, 2)),
            }
        counts = {"A1": np.count_nonzero(self.one_body), "A2": len(self.couplings.values)}
        return {name: f"{count} nonzero element{'' if count == 1 else 's'}" for name, count in counts.items()}


def _read_two_body(two_body: object, dimension: int) -> tuple[PairCouplings, Complex | None]:
    """A2 by its elements, and as the array that it was if that is small."""
    d = dimension
    if isinstance(two_body, PairCouplings):
        if two_body.dimension != d:
            raise ModelError(f"two_body is for {two_body.dimension} modes, one_body has {d}; make them equal")
        return two_body, None
    if two_body is None:
        return PairCouplings.from_elements(d, np.empty((4, 0), dtype=np.intp), np.empty(0, dtype=complex)), None
    matrix = read_operator("two_body", two_body, "a d² × d²")
    if matrix.shape != (d * d, d * d):
        raise ModelError(f"two_body must have shape {(d * d, d * d)}, found {matrix.shape}")
    if not isinstance(matrix, np.ndarray):
        return PairCouplings.from_matrix(matrix), None
    if not np.isfinite(matrix).all():
        raise ModelError("one_body and two_body must have finite entries")
    return PairCouplings.from_matrix(matrix), freeze(matrix) if d <= DENSE_STORE else None


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


def pauli_coefficients(matrix: Complex, bodies: int) -> dict[str, complex]:
    """Coefficients ``Tr(P A)/2^bodies`` of the Pauli strings P in a (2^bodies, 2^bodies) matrix, without zeros."""
    found = {}
    for letters in map("".join, product(PAULI_MATRICES, repeat=bodies)):
        coefficient = np.trace(pauli_sum({letters: 1}, bodies) @ matrix) / 2**bodies
        if coefficient != 0:
            found[letters] = complex(coefficient)
    return found
