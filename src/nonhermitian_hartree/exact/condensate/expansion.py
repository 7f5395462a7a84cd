"""What the Gaussian fluctuations of a condensate leave over at finite N: a short polynomial for every N at once.

In the frame of `condensate_frame` the state is ``ξ = e^{z x²/2 + c} ζ(x)``, where ``x^k/√k!`` stands for k
excitations and ``ζ = 1 + O(r)``, ``r = (N−1)^{−1/2}``. With ``D_z = ∂ + z x`` the exact equation of motion is

    i ζ̇ = [½ T[00,11] ∂² + α D_z² + β D_z + ½ r² T[11,00] x²] ζ,
    α = r x (D + r x (W/2 − r x (U − r x T[11,00]/2))),    β = r x² (U − r x T[11,00]).

ζ is cut at degree K; the path does not depend on N, so that all N share one integration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.exact.condensate.frame import (
    FRAME_SIZE,
    FrameCouplings,
    MovingFrame,
    move_frame,
    start_frame,
    symmetric_two_body,
)
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
        At time t; p and q are orthogonal and of equal length up to the error of the path.
    polynomials : (2, n, K + 1) complex array
        ζ in the basis ``x^k/√k!``, cut at a smaller (zeros above) and at a larger degree K, for n values of N.
    """

    frame: MovingFrame
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
    # x is free up to a scale; this one makes q as long as p at the end, where errors of ζ then do not grow.
    unscaled = start_frame(state.amplitudes, branch, 1.0)
    lengths = np.linalg.norm(_integrate(model, unscaled, branch.time, [], degrees).frame.columns, axis=0)
    start = start_frame(state.amplitudes, branch, float(lengths[0] / lengths[1]))
    return _integrate(model, start, branch.time, particles, degrees)


def _integrate(
    model: Model, start: MovingFrame, time: float, particles: Sequence[int], degrees: tuple[int, int]
) -> CondensateExpansion:
    """Integrate over the scaled time s/t from 0 to 1; without ``particles`` only the frame."""
    two_body = symmetric_two_body(model)
    ratios = 1 / np.sqrt(np.asarray(particles, dtype=float) - 1)
    polynomials = np.zeros((2, len(particles), degrees[1] + 1), dtype=complex)
    polynomials[:, :, 0] = 1
    shape = polynomials.shape
    inside = np.arange(shape[2]) <= np.array(degrees)[:, None, None]

    def velocity(_: float, y: Complex) -> Complex:
        frame_velocity, couplings = move_frame(model.one_body, two_body, y[:FRAME_SIZE])
        force = apply_generator(couplings, y[5], ratios[:, None], y[FRAME_SIZE:].reshape(shape))
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
    return CondensateExpansion(MovingFrame.unpack(end[:FRAME_SIZE]), end[FRAME_SIZE:].reshape(shape))


def apply_generator(couplings: FrameCouplings, squeezing: complex, ratio: Real, polynomials: Complex) -> Complex:
    """Right-hand side of i ζ̇ for polynomials (..., K + 1); powers above K are cut off.

    Parameters
    ----------
    ratio : array, broadcast against ``polynomials``
        r = (N−1)^{−1/2}.
    """
    first = _differentiate(polynomials)
    second = _differentiate(first)
    raised = _multiply(polynomials)
    # Differentiate before multiplying, so that the cut at degree K commutes with every step.
    dressed = first + squeezing * raised
    twice_dressed = second + squeezing * (2 * _multiply(first) + polynomials + squeezing * _multiply(raised))
    pair = couplings.pair_creation
    inner = couplings.creation * twice_dressed - ratio / 2 * pair * _multiply(twice_dressed)
    inner = couplings.scattering / 2 * twice_dressed - ratio * _multiply(inner)
    alpha = ratio * _multiply(couplings.annihilation * twice_dressed + ratio * _multiply(inner))
    beta = ratio * _multiply(_multiply(couplings.creation * dressed - ratio * pair * _multiply(dressed)))
    return np.asarray(
        couplings.pair_annihilation / 2 * second + alpha + beta + ratio**2 / 2 * pair * _multiply(raised)
    )


def _multiply(polynomials: Complex) -> Complex:
    """Multiply by x in the basis ``x^k/√k!``; the highest power is lost."""
    out = np.zeros_like(polynomials)
    out[..., 1:] = polynomials[..., :-1] * np.sqrt(np.arange(1, polynomials.shape[-1]))
    return out


def _differentiate(polynomials: Complex) -> Complex:
    """Derivative by x in the basis ``x^k/√k!``."""
    out = np.zeros_like(polynomials)
    out[..., :-1] = polynomials[..., 1:] * np.sqrt(np.arange(1, polynomials.shape[-1]))
    return out
