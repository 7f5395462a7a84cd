"""The two things a physicist brings: a mean-field Hamiltonian, eq. (1), and a product state, eq. (2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nonhermitian_hartree.errors import ModelError

SWAP_TOLERANCE = 1e-12
NORM_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Model:
    """Mean-field Hamiltonian ``A^(N) = Σ A1_i + 1/(N-1) Σ_{i<j} A2_ij`` of eq. (1).

    Parameters
    ----------
    one_body : (d, d) complex array
        ``A1 = A^(1)``.
    two_body : (d*d, d*d) complex array
        ``A2 = A^(2)``; element ``[i*d + j, k*d + l]`` is ``⟨ij|A2|kl⟩``. Energies are in units of
        1/time (ħ = 1).

    Raises
    ------
    ModelError
        If a shape is wrong, an entry is not finite, or A2 changes under the swap of the particles.
    """

    one_body: NDArray[np.complex128]
    two_body: NDArray[np.complex128]

    def __post_init__(self) -> None:
        one_body = _freeze(self.one_body)
        two_body = _freeze(self.two_body)
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
    def two_body_tensor(self) -> NDArray[np.complex128]:
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


@dataclass(frozen=True, eq=False)
class ProductState:
    """One-particle wavefunction φ of the initial product state ``|φ⟩^{⊗N}``, eq. (2).

    Parameters
    ----------
    amplitudes : (d,) complex array
        Components of φ; must have unit norm to 1e-9 and are normalised to rounding.
    tilt : float, optional
        d = 2 only: ``h = artanh(|φ0|² − |φ1|²)``, which resolves states that |φ0|² cannot
        (near ½, 0 or 1). Derived from the amplitudes when not given; ±inf for |0⟩ and |1⟩.
    """

    amplitudes: NDArray[np.complex128]
    tilt: float | None = None

    def __post_init__(self) -> None:
        amplitudes = _freeze(self.amplitudes)
        if amplitudes.ndim != 1 or len(amplitudes) < 2:
            raise ModelError(f"amplitudes must be a vector of length ≥ 2, found shape {amplitudes.shape}")
        norm = float(np.linalg.norm(amplitudes))
        if not abs(norm - 1) <= NORM_TOLERANCE:
            raise ModelError(f"amplitudes must have norm 1 to {NORM_TOLERANCE:g}, found {norm:.12g}")
        object.__setattr__(self, "amplitudes", _freeze(amplitudes / norm))
        if len(amplitudes) == 2 and self.tilt is None:
            with np.errstate(divide="ignore"):
                log_weights = np.log(np.abs(amplitudes))
            object.__setattr__(self, "tilt", float(log_weights[0] - log_weights[1]))

    @property
    def dimension(self) -> int:
        """Dimension d of the one-particle space."""
        return len(self.amplitudes)

    @property
    def relative_phase(self) -> float:
        """``θ = arg φ0 − arg φ1`` of eq. (40), in radians (d = 2)."""
        return float(np.angle(self.amplitudes[0] * self.amplitudes[1].conj()))

    @classmethod
    def from_population(cls, p0: float, phase: float = 0.0) -> ProductState:
        """Qubit state ``φ0 = √p0``, ``φ1 = √(1 − p0) e^{i phase}``; the double p0 is taken as exact."""
        if not 0 <= p0 <= 1:
            raise ModelError(f"p0 must lie in [0, 1], found {p0!r}")
        amplitudes = np.array([np.sqrt(p0), np.sqrt(1 - p0) * np.exp(1j * phase)])
        return cls(amplitudes, tilt_of_population(p0))

    @classmethod
    def from_tilt(cls, tilt: float, phase: float = 0.0) -> ProductState:
        """Qubit state with ``artanh(|φ0|² − |φ1|²) = tilt``."""
        log_p0, log_p1 = -np.logaddexp(0, -2 * tilt), -np.logaddexp(0, 2 * tilt)
        return cls(np.array([np.exp(log_p0 / 2), np.exp(log_p1 / 2 + 1j * phase)]), float(tilt))


def tilt_of_population(p0: float) -> float:
    """``h = artanh(2 p0 − 1)`` to full relative accuracy, p0 a double taken as exact; ±inf at 1 and 0."""
    with np.errstate(divide="ignore"):
        if 0.25 <= p0 <= 0.75:
            return float(np.arctanh(2 * p0 - 1))  # 2 p0 − 1 is exact here
        return float(0.5 * (np.log(p0) - np.log1p(-p0)))


def swap_particles(two_body: ArrayLike) -> NDArray[np.complex128]:
    """``S A2 S`` with S the swap of the two particles; shape (d*d, d*d) in and out."""
    matrix = np.asarray(two_body, dtype=np.complex128)
    d = round(len(matrix) ** 0.5)
    return matrix.reshape(d, d, d, d).transpose(1, 0, 3, 2).reshape(d * d, d * d)


def _freeze(array: ArrayLike) -> NDArray[np.complex128]:
    frozen = np.array(array, dtype=np.complex128)
    frozen.setflags(write=False)
    return frozen
