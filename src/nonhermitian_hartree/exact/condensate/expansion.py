"""What the Gaussian fluctuations of a condensate leave over at finite N: a short polynomial for every N at once.

In the frame of :mod:`~nonhermitian_hartree.exact.condensate.frame` the state is ``ξ = e^{xᵀZx/2 + c} ζ(x)``,
where ``x^k/√k!`` stands for k_a excitations of each kind a and ``ζ = 1 + O(r)``, ``r = (N−1)^{−1/2}``. With the
couplings T of the frame, ``D_a = ∂_a + (Zx)_a``, X = r x, and sums over repeated indices, the exact equation is

    i ζ̇ = ½ T[00,ce] ∂_c ∂_e ζ + s + X_a (v_a + X_b w_ab),
    s    = ½ T[00,00] S − T[00,e0] S_e,                                      S_e = X_c D_c D_e ζ,   S = X_e S_e,
    v_a  = T[a0,ce] D_c D_e ζ − 2 T[a0,e0] S_e + T[a0,00] (S − x_c D_c ζ),
    w_ab = ½ T[ab,ce] D_c D_e ζ + T[ab,e0] (D_e ζ/r − S_e) + T[ab,00] (S/2 − x_c D_c ζ + ζ/2).

ζ is cut at total degree K; the path does not depend on N, so that all N share one integration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.exact.condensate.frame import (
    MovingFrame,
    align_frame,
    frame_size,
    move_frame,
    start_frame,
    symmetric_two_body,
)
from nonhermitian_hartree.exact.condensate.polynomials import MonomialBasis, monomial_basis
from nonhermitian_hartree.limit.two_point.describe import Branch
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.integrate import integrate

RELATIVE_TOLERANCE = 1e-13
ABSOLUTE_TOLERANCE = 1e-15


@dataclass(frozen=True, eq=False)
class CondensateExpansion:
    """The many-body state near one branch at its time, for several N.

    Parameters
    ----------
    frame : MovingFrame
        At time t; the columns of G are orthogonal and of equal length, and Z is diagonal, up to the error of the
        path.
    basis : MonomialBasis
        Of the polynomials.
    polynomials : (2, n, len(basis)) complex array
        ζ, cut at a smaller (zeros above) and at a larger degree K, for n values of N.
    """

    frame: MovingFrame
    basis: MonomialBasis
    polynomials: Complex


def expand_condensate(
    model: Model, state: ProductState, branch: Branch, particles: Sequence[int], degrees: tuple[int, int]
) -> CondensateExpansion:
    """Carry frame, Gaussian part and ζ from s = 0 to the time of ``branch`` by DOP853, for all N at once.

    Parameters
    ----------
    particles : sequence of int
        Values of N.
    degrees : (int, int)
        The smaller and the larger degree K to cut ζ at, at most the smallest N.

    Raises
    ------
    AccuracyError
        If the integrator gives up.
    """
    # The basis q is free; in this one errors of ζ do not grow at the end, and Z factorises.
    free = start_frame(state.amplitudes, branch)
    start = align_frame(free, _integrate(model, free, branch.time, [], (0, 0)).frame)
    return _integrate(model, start, branch.time, particles, degrees)


def _integrate(
    model: Model, start: MovingFrame, time: float, particles: Sequence[int], degrees: tuple[int, int]
) -> CondensateExpansion:
    """Integrate over the scaled time s/t from 0 to 1; without ``particles`` only the frame."""
    d = model.dimension
    two_body, size = symmetric_two_body(model), frame_size(d)
    basis = monomial_basis(d - 1, degrees[1])
    ratios = np.tile(1 / np.sqrt(np.asarray(particles, dtype=float) - 1), 2)
    inside = np.repeat(basis.degrees[:, None] <= np.array(degrees), len(particles), axis=1)
    polynomials = np.zeros(inside.shape, dtype=complex)
    polynomials[0] = 1

    def velocity(_: float, y: Complex) -> Complex:
        frame_velocity, couplings = move_frame(model.one_body, two_body, y[:size])
        if not particles:
            return np.asarray(time * frame_velocity)
        squeezing = MovingFrame.unpack(y, d).squeezing
        force = apply_generator(couplings, squeezing, ratios, y[size:].reshape(inside.shape), basis)
        return np.asarray(time * np.concatenate([frame_velocity, (-1j * inside * force).ravel()]))

    initial: Complex = np.concatenate([start.pack(), polynomials.ravel()])
    end = integrate(
        velocity,
        initial,
        [1.0],
        relative=RELATIVE_TOLERANCE,
        absolute=ABSOLUTE_TOLERANCE,
        what=f"the condensate frame could not be followed to t = {time:g}: use the certified method; s/t",
    )[0]
    columns = end[size:].reshape(len(basis), 2, len(particles))
    return CondensateExpansion(MovingFrame.unpack(end, d), basis, columns.transpose(1, 2, 0))


def apply_generator(
    couplings: Complex, squeezing: Complex, ratios: Real, polynomials: Complex, basis: MonomialBasis
) -> Complex:
    """Right-hand side of i ζ̇ for polynomials (n, columns); powers above K are cut off.

    Parameters
    ----------
    couplings : (d, d, d, d) complex array
        T, symmetric under exchange of its first and of its last two indices.
    squeezing : (d-1, d-1) complex array
        Z.
    ratios : (columns,) array
        r = (N−1)^{−1/2} of each column.
    """
    m, (n, columns) = basis.variables, polynomials.shape
    # Differentiate before multiplying, so that the cut at degree K commutes with every step.
    first = np.moveaxis(basis.differentiate(polynomials), 0, 1)
    gaussian = np.moveaxis(_combine(squeezing, basis.multiply(polynomials)), 0, 1)
    second = basis.differentiate(first)
    cross = _combine(squeezing, basis.multiply(first + gaussian / 2))
    twice = second + cross + cross.swapaxes(0, 2) + squeezing[:, None, :, None] * polynomials[:, None, :]
    dressed = first + gaussian
    single = ratios * basis.contract(twice)
    pair = np.stack([ratios * single, dressed], axis=2)
    double, number = np.moveaxis(basis.contract(np.moveaxis(pair, 1, 0)), 1, 0)

    features = np.concatenate(
        [
            twice.transpose(0, 2, 1, 3).reshape(m * m, n, columns),
            np.moveaxis(single, 1, 0),
            np.moveaxis(dressed / ratios - single, 1, 0),
            np.stack([double / 2, double - number, (double + polynomials) / 2 - number]),
        ]
    )
    combined = _combine(_arrange_couplings(couplings), features)
    energy, one, two = combined[0], combined[1 : m + 1], combined[m + 1 :].reshape(m, m, n, columns)
    inner = one + ratios * np.moveaxis(basis.contract(two.swapaxes(1, 2)), 1, 0)
    free = np.tensordot(couplings[0, 0, 1:, 1:], second, axes=([0, 1], [0, 2])) / 2
    return np.asarray(free + energy + ratios * basis.contract(inner))


def _arrange_couplings(couplings: Complex) -> Complex:
    """Rows s, v_a, w_ab; columns D D ζ, S_e, D ζ/r − S_e, S/2, S − x·D ζ, (S + ζ)/2 − x·D ζ."""
    m = len(couplings) - 1
    out = np.zeros((1 + m + m * m, m * m + 2 * m + 3), dtype=complex)
    scalar, vector, matrix = slice(0, 1), slice(1, m + 1), slice(m + 1, None)
    twice, single, merged = slice(0, m * m), slice(m * m, m * m + m), slice(m * m + m, m * m + 2 * m)
    out[scalar, single] = -couplings[0, 0, 1:, 0]
    out[scalar, -3] = couplings[0, 0, 0, 0]
    out[vector, twice] = couplings[1:, 0, 1:, 1:].reshape(m, m * m)
    out[vector, single] = -2 * couplings[1:, 0, 1:, 0]
    out[vector, -2] = couplings[1:, 0, 0, 0]
    out[matrix, twice] = couplings[1:, 1:, 1:, 1:].reshape(m * m, m * m) / 2
    out[matrix, merged] = couplings[1:, 1:, 1:, 0].reshape(m * m, m)
    out[matrix, -1] = couplings[1:, 1:, 0, 0].ravel()
    return out


def _combine(matrix: Complex, fields: Complex) -> Complex:
    """``Σ_b matrix[a, b] fields[b, ...]``."""
    return np.asarray((matrix @ fields.reshape(len(fields), -1)).reshape(len(matrix), *fields.shape[1:]))
