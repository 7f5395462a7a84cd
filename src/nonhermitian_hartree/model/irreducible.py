"""Which part of A2 is no interaction: it acts on each particle alone, or only shifts all energies.

On permutation-symmetric states A2 counts only through ``P A2 P``, P the projector on symmetric pairs, and that
holds a part ``b⊗1 + 1⊗b``. In eq. (1) it is an addition to A1, for ``Σ_{i<j} (b_i + b_j)/(N−1) = Σ_i b_i`` at
every N. Where b is large, numbers that belong together stand apart and cancel; moving it to A1 changes nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.model.hamiltonian import Model

GaussianArray = tuple[NDArray[Any], NDArray[Any]]
"""Arrays of Python integers: real and imaginary parts."""
DOUBLE_DIGITS = 53


def irreducible_model(model: Model) -> tuple[Model, complex]:
    """Model without a one-body part in A2 and without a constant, and that constant c (energy per particle).

    On permutation-symmetric states ``A^(N) = A'^(N) + N c`` at every N. All comes from the doubles in A1 and A2 as
    if they were exact, and is rounded once: however large a shift or a change of gauge, it is gone.
    """
    d = model.dimension
    (one_body, two_body), denominator = clear_denominators(model.one_body, model.two_body_tensor)
    parts = [split_one_body_part(*part) for part in zip(one_body, two_body, strict=True)]
    denominator *= parts[0].factor

    def join(real: NDArray[Any], imag: NDArray[Any]) -> NDArray[np.complex128]:
        # Python divides integers of any length with one rounding.
        return (real / denominator).astype(np.float64) + 1j * (imag / denominator).astype(np.float64)

    reduced = Model(
        join(*(part.one_body for part in parts)), join(*(part.two_body.reshape(d * d, d * d) for part in parts))
    )
    return reduced, complex(*(part.constant / denominator for part in parts))


def strength(model: Model) -> float:
    """``‖A1‖ + ‖A2‖`` (spectral norms) of a model without gauge parts: the inverse time scale of its flow."""
    return max(float(np.linalg.norm(model.one_body, 2) + np.linalg.norm(model.two_body, 2)), 1e-300)


@dataclass(frozen=True, eq=False)
class SplitOperators:
    """A1 and A2 apart from the constant, all times one integer factor.

    Parameters
    ----------
    factor : int
        ``K = 8 d (d+1) (d+2)``.
    one_body : (d, d) array
        K times ``A1 + b − c``, without trace.
    two_body : (d, d, d, d) array
        K times ``P (A2 − b⊗1 − 1⊗b) P``, whose partial trace is zero.
    constant : number
        K times the energy per particle c.
    """

    factor: int
    one_body: NDArray[Any]
    two_body: NDArray[Any]
    constant: Any


def split_one_body_part(one_body: NDArray[Any], two_body: NDArray[Any]) -> SplitOperators:
    """Move the one-body part of A2 to A1, and then the trace of A1 to a constant.

    Parameters
    ----------
    one_body : (d, d) array
        A1, or any multiple of its real or of its imaginary part.
    two_body : (d, d, d, d) array
        ``⟨ij|A2|kl⟩``, the same multiple of the same part.

    Notes
    -----
    With R the partial trace of ``P A2 P``, ``b = 2/(d+2) [R − Tr R/(2(d+1))]``: what is left has no part that
    transforms under U(d) as the identity or as a one-body operator does. There is no division here, so that arrays
    of integers (as objects) stay exact.
    """
    d = len(one_body)
    unit = np.eye(d, dtype=one_body.dtype)
    symmetric = two_body + two_body.swapaxes(0, 1)
    symmetric = symmetric + symmetric.swapaxes(2, 3)
    partial = np.trace(symmetric, axis1=1, axis2=3)
    part = 2 * (d + 1) * partial - np.trace(partial) * unit
    beside = np.multiply.outer(part, unit).transpose(0, 2, 1, 3)  # part_ik δ_jl
    beside = beside + beside.transpose(1, 0, 3, 2)
    beside = beside + beside.swapaxes(0, 1)
    whole = 8 * (d + 1) * (d + 2) * one_body + 2 * part
    trace = np.trace(whole)
    return SplitOperators(
        8 * d * (d + 1) * (d + 2),
        d * whole - trace * unit,
        d * (2 * (d + 1) * (d + 2) * symmetric - beside),
        trace,
    )


def clear_denominators(*arrays: NDArray[np.complex128]) -> tuple[list[GaussianArray], int]:
    """Real and imaginary parts of the arrays as integers (Python's, in object arrays) over one power of two."""
    split = [[np.frexp(part) for part in (array.real, array.imag)] for array in arrays]
    exponents = [exponent[mantissa != 0] for pair in split for mantissa, exponent in pair]
    lowest = min(0, *(int(exponent.min(initial=DOUBLE_DIGITS)) - DOUBLE_DIGITS for exponent in exponents))

    def scale(mantissa: NDArray[np.float64], exponent: NDArray[np.intc]) -> NDArray[Any]:
        digits = np.ldexp(mantissa, DOUBLE_DIGITS).astype(np.int64).astype(object)
        above = np.where(mantissa != 0, exponent - DOUBLE_DIGITS - lowest, 0).astype(object)
        return np.asarray(digits * 2**above)

    integers = [(scale(*real), scale(*imag)) for real, imag in split]
    return integers, 1 << -lowest
