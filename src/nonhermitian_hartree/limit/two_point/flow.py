"""The two-point (bra/ket) mean-field equations that replace the Hartree equation (10) when N → ∞.

With ``H(χ, p) = A1 + ⟨χ|A2|p⟩`` (A2 contracted on the second particle) a ket p and an independent bra χ obey

    i ṗ = H(χ, p) p,    i χ̇ = −χ H(χ, p),    χ·p = 1,    p(0) ∝ φ,    χ(t) ∝ p(t)†.

The limiting one-particle wavefunction at the observation time t is ``ν ∝ p(t)``. Everything here starts from a
guess of ν, where both p(t) = ν and χ(t) = ν† are bounded, and goes *backward* to s = 0; ν is a solution when the
ket arrives at a multiple of φ. Derivations: docs/theory_limit.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import split_one_body_part
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian
from nonhermitian_hartree.numerics.integrate import integrate

PHASE_PER_STEP = 0.25
"""‖A‖·Δs of one Runge–Kutta step in the search: its error is far inside the reach of Newton's method."""
COARSE_ERROR = 1e-4
COARSE_REFINEMENTS = (1, 4)


@dataclass(frozen=True, eq=False)
class BackwardEnd:
    """What the two-point flow and its variations look like at s = 0 after going backward from ν at s = t.

    The ket and bra are in the gauge p(t) = ν, χ(t) = ν†, for the Hamiltonian shifted by the constant
    ``⟨ν|H(ν†, ν)|ν⟩``: a shift of A1 by a multiple of 1 changes no direction, and this one keeps norms near 1.

    Parameters
    ----------
    ket, bra : (n, d) arrays
        p(0) and χ(0).
    log_action : (n,) array
        ``2 Re S`` with ``dS/ds = (i/2) ⟨χχ|A2|pp⟩``.
    log_shift : (n,) array
        ``2 t Im ⟨ν|H(ν†, ν)|ν⟩``, the growth that the shift hides.
    log_trace : (n,) array
        ``Im ∫ Tr(H + K) ds`` of the shifted linearised flow.
    basis : (n, d, d-1) array
        Orthonormal columns that complete ν.
    ket_variation, bra_variation : (n, d, 2(d-1)) arrays
        Derivatives of p(0) and χ(0) with respect to the components of p(t) along ``basis`` (first d-1 columns) and
        of χ(t) along ``basis†`` (last d-1 columns). The flow is holomorphic in (p, χ), so they are complex-linear.
    """

    ket: Complex
    bra: Complex
    log_action: Real
    log_shift: Real
    log_trace: Real
    basis: Complex
    ket_variation: Complex
    bra_variation: Complex


def strength(model: Model) -> float:
    """``‖A1‖ + ‖A2‖`` (spectral norms) of the irreducible model, the inverse time scale of the flow.

    A shift ``A2 + z 1`` or a change of gauge ``A1 + b, A2 − b⊗1 − 1⊗b`` changes the flow of states as little as
    this number.
    """
    split = split_one_body_part(model.one_body, model.two_body_tensor)
    pairs = split.two_body.reshape(model.two_body.shape)
    norm = np.linalg.norm(split.one_body, 2) + np.linalg.norm(pairs, 2)
    return max(float(norm) / split.factor, 1e-300)


def mean_field_energy(model: Model, bra: Complex, ket: Complex) -> Complex:
    """``E(χ, p) = χ A1 p + ½ ⟨χχ|A2|pp⟩``, shape (...): the Hamilton function of the flow, conserved by it."""
    pair = np.einsum("ijkl,...i,...j,...k,...l->...", model.two_body_tensor, bra, bra, ket, ket, optimize=True)
    return np.asarray(np.einsum("...i,ij,...j->...", bra, model.one_body, ket) + pair / 2)


def complete_basis(states: Complex) -> Complex:
    """Orthonormal columns, shape (n, d, d-1), orthogonal to each of the unit vectors (n, d)."""
    _, _, rows = np.linalg.svd(states.conj()[:, None, :], full_matrices=True)
    return np.asarray(rows[:, 1:, :].conj().swapaxes(1, 2))


def flow_backward_coarse(model: Model, states: Complex, times: Real, variations: bool = True) -> BackwardEnd:
    """Carry many final states ν at times t back to s = 0 at once, for a search (relative error ≈ 1e-4).

    Classical fourth-order Runge–Kutta with equal steps. The flow conserves ``χ·p = 1`` and E(χ, p); paths that
    break either by more than 1e-4 are repeated with four times the steps, and end as nan if that is not enough.

    Parameters
    ----------
    states : (n, d) complex array
        Unit vectors ν.
    times : (n,) array
        Their observation times.
    variations : bool
        Whether to carry the linearised flow as well; without it the variations are empty, (n, d, 0).
    """
    basis = _basis_for(states, variations)
    steps = max(8, int(np.ceil(strength(model) * float(np.max(times, initial=0.0)) / PHASE_PER_STEP)))
    energy = mean_field_energy(model, states.conj(), states)
    y = _start_values(states, basis)
    wrong = np.ones(len(states), dtype=bool)
    for refinement in COARSE_REFINEMENTS:
        velocity = _two_point_velocity(model, states[wrong], times[wrong], basis.shape[2])
        y[wrong] = _runge_kutta(velocity, _start_values(states[wrong], basis[wrong]), steps * refinement)
        end = _unpack(model, states, times, y, basis)
        with np.errstate(all="ignore"):
            overlap = np.einsum("ni,ni->n", end.bra, end.ket)
            drift = np.abs(mean_field_energy(model, end.bra, end.ket) - energy) / strength(model)
            wrong = ~((np.abs(overlap - 1) < COARSE_ERROR) & (drift < COARSE_ERROR))
        if not wrong.any():
            break
    y[wrong] = np.nan
    return _unpack(model, states, times, y, basis)


def flow_backward(model: Model, states: Complex, times: Real, tolerance: float = 1e-13) -> BackwardEnd:
    """Carry final states ν at times t back to s = 0 by DOP853 with relative and absolute tolerance ``tolerance``.

    All trajectories share the adaptive steps, in the scaled time s/t.

    Raises
    ------
    ConvergenceError
        If the integrator gives up: one of the trajectories is singular before s = 0.
    """
    basis = _basis_for(states, variations=True)
    start = _start_values(states, basis)
    velocity = _two_point_velocity(model, states, times, basis.shape[2])
    shape = start.shape
    end = integrate(
        lambda _, y: velocity(y.reshape(shape)).ravel(),
        start.ravel(),
        [0.0],
        start=1.0,
        relative=max(tolerance, 3e-14),
        absolute=tolerance,
        what=f"the two-point flow is singular behind t = {np.max(times):.6g}: discard this final state; s/t",
    )
    return _unpack(model, states, times, end[0].reshape(shape), basis)


def sample_path(model: Model, state: Complex, time: float, instants: Real) -> tuple[Complex, Complex]:
    """Ket p(s) and bra χ(s), each (len(instants), d), of the path that ends in ν at ``time``.

    The gauge is χ·p = 1 with the common factor of p free (only ``p/‖p‖``, ``χ‖p‖`` and H(χ, p) have a meaning).
    Ascending ``instants`` in [0, t]; error ≈ 1e-11.
    """
    dimension = len(state)
    velocity = _two_point_velocity(model, state[None], np.array([time]), directions=0)
    scaled = np.asarray(instants, dtype=float) / time if time > 0 else np.ones(len(instants))
    samples = integrate(
        lambda _, y: velocity(y[None])[0],
        _start_values(state[None], _basis_for(state[None], variations=False))[0],
        scaled[::-1],
        start=1.0,
        relative=3e-14,
        absolute=1e-14,
        what=f"the two-point path that ends at t = {time:.6g} is singular; s/t",
    )[::-1]
    return samples[:, :dimension], samples[:, dimension : 2 * dimension]


def deviation(end: BackwardEnd, initial: Complex) -> tuple[Complex, Real]:
    """How far p(0) is from the ray of φ.

    Returns
    -------
    chart : (n, d-1) complex array
        ``Φ⊥† p(0) / ⟨φ|p(0)⟩``, whose zeros Newton's method looks for.
    sine : (n,) array
        ``‖Φ⊥† p(0)‖ / ‖p(0)‖`` ∈ [0, 1], the residual; nan where the trajectory blew up.
    """
    across = complete_basis(initial[None])[0].conj().T
    with np.errstate(all="ignore"):
        away = end.ket @ across.T
        chart = away / (end.ket @ initial.conj())[:, None]
        sine = np.linalg.norm(away, axis=1) / np.linalg.norm(end.ket, axis=1)
    return chart, sine


def chart_derivatives(end: BackwardEnd, initial: Complex) -> tuple[Complex, Complex]:
    """Differentiate the chart of `deviation` by p(t) and by χ(t) along the basis; two (n, d-1, d-1) arrays."""
    across = complete_basis(initial[None])[0].conj().T
    chart, _ = deviation(end, initial)
    half = end.basis.shape[2]
    with np.errstate(all="ignore"):
        along = np.einsum("i,nik->nk", initial.conj(), end.ket_variation)
        away = np.einsum("ai,nik->nak", across, end.ket_variation)
        matrix = (away - chart[:, :, None] * along[:, None, :]) / (end.ket @ initial.conj())[:, None, None]
    return matrix[:, :, :half], matrix[:, :, half:]


def solve_real_linear(direct: Complex, conjugate: Complex, right: Complex) -> Complex:
    """Solve ``direct·a + conjugate·ā = right`` for complex vectors a; the first axis of each argument is a stack.

    ν enters the equations through p(t) = ν and through χ(t) = ν†, so they are real- but not complex-linear.
    """
    top = np.concatenate([(direct + conjugate).real, (conjugate - direct).imag], axis=2)
    bottom = np.concatenate([(direct + conjugate).imag, (direct - conjugate).real], axis=2)
    stacked = np.concatenate([right.real, right.imag], axis=1)[:, :, None]
    solution = np.linalg.solve(np.concatenate([top, bottom], axis=1), stacked)[:, :, 0]
    half = right.shape[1]
    return np.asarray(solution[:, :half] + 1j * solution[:, half:])


def _final_shift(model: Model, states: Complex) -> Complex:
    hamiltonian = mean_field_hamiltonian(model, states.conj(), states)
    return np.asarray(np.einsum("ni,nij,nj->n", states.conj(), hamiltonian, states))


def _basis_for(states: Complex, variations: bool) -> Complex:
    return complete_basis(states) if variations else np.empty((*states.shape, 0), dtype=complex)


def _start_values(states: Complex, basis: Complex) -> Complex:
    """Pack p, χ, −S, −∫(−i Tr), δp, δχ at s = t into (n, 2d + 2 + 4d·k), k the number of basis vectors."""
    count = len(basis)
    none = np.zeros_like(basis)
    ket_variation = np.concatenate([basis, none], axis=2).reshape(count, -1)
    bra_variation = np.concatenate([none, basis.conj()], axis=2).reshape(count, -1)
    return np.concatenate([states, states.conj(), np.zeros((count, 2)), ket_variation, bra_variation], axis=1)


def _runge_kutta(velocity: Callable[[Complex], Complex], start: Complex, steps: int) -> Complex:
    """Classical fourth-order Runge–Kutta from s/t = 1 to 0."""
    y, step = start, -1.0 / steps
    with np.errstate(all="ignore"):
        for _ in range(steps):
            k1 = velocity(y)
            k2 = velocity(y + step / 2 * k1)
            k3 = velocity(y + step / 2 * k2)
            k4 = velocity(y + step * k3)
            y = y + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def _two_point_velocity(
    model: Model, states: Complex, times: Real, directions: int
) -> Callable[[Complex], Complex]:
    """Velocity, with respect to s/t, of what `_start_values` packs."""
    count, d = states.shape
    columns = 2 * directions
    one_body = model.one_body - _final_shift(model, states)[:, None, None] * np.eye(d)
    # Contractions with the first bra or with two kets, as matrix products over the whole stack.
    by_bra = model.two_body_tensor.transpose(1, 0, 2, 3).reshape(d, d**3)
    by_kets = model.two_body.T
    factor = -1j * np.asarray(times, dtype=float)[:, None]

    def velocity(y: Complex) -> Complex:
        ket, bra = y[:, :d], y[:, d : 2 * d]
        contracted = (bra @ by_bra).reshape(count, d, d, d)  # T_ijkl χ_j as [i, k, l]
        hamiltonian = one_body + (contracted @ ket[:, None, :, None])[..., 0]
        out = np.empty_like(y)
        ket_force = (hamiltonian @ ket[:, :, None])[:, :, 0]
        out[:, :d] = ket_force
        out[:, d : 2 * d] = -(bra[:, None, :] @ hamiltonian)[:, 0]
        pair = (bra * (ket_force - (one_body @ ket[:, :, None])[:, :, 0])).sum(axis=1)  # ⟨χχ|A2|pp⟩
        out[:, 2 * d] = -pair / 2
        if columns:
            exchange = np.einsum("nikl,nk->nil", contracted, ket)  # K
            generator = hamiltonian + exchange
            out[:, 2 * d + 1] = np.einsum("nii->n", generator)
            kets = (ket[:, :, None] * ket[:, None, :]).reshape(count, d * d)
            creation = (kets @ by_kets).reshape(count, d, d)  # T_ijkl p_k p_l
            annihilation = np.einsum("ni,nikl->nkl", bra, contracted)  # χ_i χ_j T_ijkl
            split = 2 * d + 2 + d * columns
            ket_part = y[:, 2 * d + 2 : split].reshape(count, d, columns)
            bra_part = y[:, split:].reshape(count, d, columns)
            out[:, 2 * d + 2 : split] = (generator @ ket_part + creation @ bra_part).reshape(count, -1)
            out[:, split:] = -(annihilation @ ket_part + generator.swapaxes(1, 2) @ bra_part).reshape(count, -1)
        else:
            out[:, 2 * d + 1] = 0
        return factor * out

    return velocity


def _unpack(model: Model, states: Complex, times: Real, y: Complex, basis: Complex) -> BackwardEnd:
    count, d = states.shape
    columns = 2 * basis.shape[2]
    split = 2 * d + 2 + d * columns
    # y holds −S and −(−i ∫ Tr): the integrals run backward from t to 0.
    return BackwardEnd(
        ket=y[:, :d],
        bra=y[:, d : 2 * d],
        log_action=-2 * y[:, 2 * d].real,
        log_shift=2 * times * _final_shift(model, states).imag,
        log_trace=-y[:, 2 * d + 1].real,
        basis=basis,
        ket_variation=y[:, 2 * d + 2 : split].reshape(count, d, columns),
        bra_variation=y[:, split:].reshape(count, d, columns),
    )
