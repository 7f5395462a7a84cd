"""Rate, squeezing and prefactor of a two-point path (docs/theory_limit.md derives all three)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.limit.fluctuations import entropy_coefficient
from nonhermitian_hartree.limit.state import LimitBranch
from nonhermitian_hartree.limit.symmetry.orbit import softness_across_orbit
from nonhermitian_hartree.limit.two_point.flow import complete_basis
from nonhermitian_hartree.limit.two_point.newton import PathLinearisation, TwoPointPath, relative_size


@dataclass(frozen=True, eq=False)
class Branch(LimitBranch):
    """One solution of the two-point equations.

    ``rate`` is ``2 Re S + ln(‖p(t)‖²/‖p(0)‖²)`` and ``softness`` the largest singular value of Z.

    Parameters
    ----------
    path : TwoPointPath
        p(s), χ(s) on a mesh.
    initial_bra : (d,) complex array
        χ(0) in the gauge p(0) = φ; Hartree's choice is φ†.
    squeezing : (d, d) complex array
        Z, symmetric, acting across ν: ``δp(t) = Z δχ(t)`` for all paths with p(0) ∝ φ. Near ν the many-body state
        is a condensate times ``exp(½ x·Z x)`` in the excitations x.
    log_amplitude : float
        ``ln |⟨ν^⊗N|Ψ⟩|² → N g + log_amplitude``: the prefactor of the branch's own amplitude, finite also at
        criticality, where ``log_prefactor = log_amplitude − ½ Σ ln(1 − σ²)`` is not.
    residual : float
        Relative size of the last Newton step over all nodes.
    orbit_dimension : int
        Number of one-parameter symmetry groups that move ν: as many singular values of Z are one, and
        ``softness``, ``log_prefactor`` leave them out.
    """

    path: TwoPointPath
    initial_bra: Complex
    squeezing: Complex
    log_amplitude: float
    residual: float
    orbit_dimension: int = 0


def describe_path(linear: PathLinearisation) -> Branch:
    """Everything the limit needs of a solved path.

    The Lagrangian plane δp(0) = 0 is carried along, orthonormalised at every node, so that Z and the
    determinant of δχ(t) against δχ(0) keep their digits at any ‖A‖t.
    """
    path, initial, ends = linear.path, linear.initial, linear.ends
    d = path.dimension
    across = complete_basis(initial[None])[0]
    plane = np.concatenate([np.zeros((d, d - 1)), across.conj()]).astype(complex)
    log_growth = 0.0
    for transfer in linear.transfer:
        plane, log_size = orthonormalise(transfer @ plane)
        log_growth += log_size
    wavefunction = path.wavefunction
    basis = complete_basis(wavefunction[None])[0]
    ket = path.nodes[-1, :d]
    squared = float(np.vdot(ket, ket).real)
    bra_part = basis.T @ plane[d:]
    inner = np.linalg.solve(bra_part.T, (basis.conj().T @ plane[:d]).T).T / squared
    inner = (inner + inner.T) / 2
    log_determinant = log_growth + float(np.linalg.slogdet(bra_part)[1])

    start = complex(np.vdot(initial, path.nodes[0, :d]))
    log_start = float(np.log(np.abs(start)))
    phases = ends.energies * linear.lengths
    # ln |f| with p = f × node in the gauge p(0) = φ without any shift of the energy
    log_factor = -log_start + float((phases.imag - np.log(np.abs(linear.scales))).sum())
    log_length = float(np.log(squared)) / 2 + log_factor
    action = float(ends.action.real.sum())
    trace = float((ends.trace + d * phases).imag.sum())
    log_amplitude = -log_determinant + (d - 1) * (log_start + log_factor) - trace - 2 * action + log_length

    singular = np.linalg.svd(inner, compute_uv=False)
    stretched = -np.inf if singular[0] >= 1 else float(np.log1p(-(singular**2)).sum())
    return Branch(
        time=path.time,
        wavefunction=wavefunction,
        rate=2 * (action + log_length),
        log_prefactor=log_amplitude - stretched / 2,
        softness=float(singular[0]),
        entropy_coefficient=entropy_coefficient(inner),
        path=path,
        initial_bra=np.asarray(path.nodes[0, d:] * start),
        squeezing=np.asarray(basis @ inner @ basis.T),
        log_amplitude=log_amplitude,
        residual=relative_size(linear.solve(*linear.residuals()), path),
    )


def orthonormalise(vectors: Complex) -> tuple[Complex, float]:
    """Orthonormal columns with the span of ``vectors`` (n, k), and the logarithm of the volume of these."""
    if vectors.shape[1] == 1:  # qubits: no more than a norm, at a tenth of the time
        size = float(np.sqrt(np.vdot(vectors, vectors).real))
        return vectors / size, float(np.log(size))
    orthonormal, triangle = np.linalg.qr(vectors)
    return np.asarray(orthonormal), float(np.log(np.abs(np.diag(triangle))).sum())


def describe_on_orbit(branch: Branch, directions: Complex) -> Branch:
    """A branch of a broken continuous symmetry: softness and prefactor across the orbit alone.

    Parameters
    ----------
    branch : Branch
        As `describe_path` has it, with singular values one.
    directions : (d, r) complex array
        In which the symmetries move ν (`orbit.broken_directions`).

    Raises
    ------
    ConvergenceError
        If Z does not leave these directions as they are.
    """
    softness = softness_across_orbit(branch.squeezing, directions)
    count = directions.shape[1]
    singular = np.linalg.svd(branch.squeezing, compute_uv=False)
    others = np.delete(singular, np.argsort(np.abs(singular - 1))[:count])
    stretched = -np.inf if softness >= 1 else float(np.log1p(-(others**2)).sum())
    return replace(
        branch,
        softness=softness,
        log_prefactor=branch.log_amplitude - stretched / 2,
        entropy_coefficient=np.nan,
        orbit_dimension=count,
    )
