"""Fluctuations around a path of many modes: Z, softness, prefactor and the coefficient of 1/N.

Z maps δχ(t) to δp(t) over all paths that start with p(0) = φ, and obeys the matrix Riccati equation
``Ż = −i(G Z + Z Gᵀ + C + Z D Z)``, Z(0) = 0, with G = H + K, ``C = ⟨··|A2|pp⟩``, ``D = ⟨χχ|A2|··⟩``. It is
carried by the linear flow behind it: (X, Y) from (Z, 1) with ``Ẋ = −i(G X + C Y)``, ``Ẏ = i(D X + Gᵀ Y)``, and
Z ← X Y⁻¹ before Y loses digits. The steps are those of the path. Each costs products of sparse with dense d × d
arrays, and each renewal one LU factorisation, whose determinant is that of δχ(t) against δχ(0).

That χ·p = 1 holds at all times removes one direction: with ``r = p + Z χ`` at time t, the rows of δχ(0)·φ = 0 are
``r·δχ(t) = 0``. So the Z across ν is ``P Z (1 − ν̄ r/(r·ν̄)) Pᵀ``, and the determinant across φ and ν is
``|det Y| |r·ν̄|``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import lu_factor, lu_solve

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.fluctuations import entropy_coefficient, singular_values
from nonhermitian_hartree.limit.many_modes.flow import STAGES, TABLEAU, WEIGHTS, ModeFlow, Steps
from nonhermitian_hartree.limit.many_modes.path import ModePath
from nonhermitian_hartree.limit.state import LimitBranch
from nonhermitian_hartree.numerics.progress import show_progress
from nonhermitian_hartree.numerics.sparse_pattern import multiply

LARGEST_ANGLES, AFFORDED_STEPS = (0.6, 1.5), 200
RENEWAL = 2.0
"""‖G‖ times the time after which Z is renewed."""


@dataclass(frozen=True, eq=False)
class ModeBranch(LimitBranch):
    """A solution of the two-point equations for many modes.

    Parameters
    ----------
    path : ModePath
    log_amplitude : float
        ``ln |⟨ν^⊗N|Ψ⟩|² → N g + log_amplitude``.
    squeezing : (d, d) complex array
        Z across ν, symmetric.
    """

    path: ModePath
    log_amplitude: float
    squeezing: Complex


def describe_path(flow: ModeFlow, path: ModePath) -> ModeBranch:
    """Everything the limit needs of a solved path.

    O(d³) for each renewal of Z, memory for 30 d × d arrays. Where the path itself would allow longer steps, they
    are divided until ‖G‖ times their length is below 0.6, or on long paths 1.5: the fastest modes, which the path
    does not excite, are then good to 1e-8 and 1e-5 a step.
    """
    solved = path
    path = path.divided(flow, _parts(flow, path))
    steps, d = path.steps(flow), path.dimension
    inner, log_determinant = carry_squeezing(flow, path, steps)
    ket, bra = path.nodes[:d, -1], path.nodes[d:, -1]
    length = float(np.linalg.norm(ket))
    unit = ket / length
    row = ket + inner @ bra
    along = complex(row @ unit.conj())
    moved = inner - np.outer(inner @ unit.conj(), row / along)
    squeezing = _across(_across(moved, unit).T, unit) / length**2
    squeezing = (squeezing + squeezing.T) / 2

    phases = complex(path.energies @ path.lengths)
    log_length = float(np.log(length)) + phases.imag
    action = flow.integrate_action(steps, path.lengths).real
    trace = flow.integrate_trace(steps, path.lengths).imag
    log_across = log_determinant + float(np.log(abs(along)))
    log_amplitude = -log_across + (d - 1) * phases.imag - trace - 2 * action + log_length
    singular = singular_values(squeezing)
    stretched = -np.inf if singular[0] >= 1 else float(np.log1p(-(singular**2)).sum())
    return ModeBranch(
        time=path.time,
        wavefunction=unit,
        rate=2 * (action + log_length),
        log_prefactor=log_amplitude - stretched / 2,
        softness=float(singular[0]),
        entropy_coefficient=entropy_coefficient(squeezing),
        path=solved,
        log_amplitude=log_amplitude,
        squeezing=squeezing,
    )


def carry_squeezing(flow: ModeFlow, path: ModePath, steps: Steps) -> tuple[Complex, float]:
    """Z at time t before the direction of χ·p = 1 is removed, and ``ln |det δχ(t)/δχ(0)|``."""
    d = path.dimension
    plane = np.concatenate([np.zeros((d, d)), np.eye(d)]).astype(np.complex128)
    turned, log_determinant = 0.0, 0.0
    for k, length in show_progress(list(enumerate(path.lengths)), len(path.lengths), "fluctuations"):
        stages = [flow.generators.whole(stage[:, k], path.energies[k]) for stage in steps.stages]
        plane = _take_step([matrix for matrix, _ in stages], plane, float(length))
        turned += float(length) * stages[0][1]
        if turned >= RENEWAL or k == len(path.lengths) - 1:
            factors = lu_factor(plane[d:].T, check_finite=False)
            log_determinant += float(np.log(np.abs(np.diag(factors[0]))).sum())
            inner = lu_solve(factors, plane[:d].T, check_finite=False).T
            plane[:d] = (inner + inner.T) / 2
            plane[d:] = np.eye(d)
            turned = 0.0
    return plane[:d], log_determinant


def _parts(flow: ModeFlow, path: ModePath) -> NDArray[np.intp]:
    """Into how many parts each interval is divided."""
    sizes = [flow.generators.whole(path.nodes[:, k], energy)[1] for k, energy in enumerate(path.energies)]
    angles = np.array(sizes) * path.lengths
    largest = float(np.clip(angles.sum() / AFFORDED_STEPS, *LARGEST_ANGLES))
    return np.maximum(1, np.ceil(angles / largest)).astype(np.intp)


def _take_step(generators: list[sp.csr_array], plane: Complex, length: float) -> Complex:
    slopes: list[Complex] = []
    for s in range(STAGES):
        inner = _combine(plane, length, TABLEAU[s, :s], slopes)
        slopes.append(multiply(generators[s], inner))
    return _combine(plane, length, WEIGHTS, slopes)


def _combine(start: Complex, length: float, weights: Real, slopes: list[Complex]) -> Complex:
    total, scratch = start.copy(), np.empty_like(start)
    for weight, slope in zip(weights, slopes, strict=False):
        if weight:
            np.multiply(slope, length * weight, out=scratch)
            total += scratch
    return total


def _across(matrix: Complex, unit: Complex) -> Complex:
    """``P M`` with P the projector beside a unit vector."""
    return matrix - np.outer(unit, unit.conj() @ matrix)
