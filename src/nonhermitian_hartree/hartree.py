r"""The non-Hermitian Hartree equation, eq. (9) and (10), and its closed form (21)–(22).

For a qubit with A1 = 0 and A2 = iZ⊗Z the flow (20) has the unstable fixed points |φ0|² = |φ1|² = ½ and
the stable ones |0⟩ and |1⟩; eq. (21) is ``sinh b = e^{2t} sinh h`` with ``|φ0|² − |φ1|² = tanh b``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.diagonal_qubit import DiagonalQubit, reduce_diagonal_qubit
from nonhermitian_hartree.model.hamiltonian import DENSE_STORE, Model
from nonhermitian_hartree.model.mean_field import mean_field_hamiltonian
from nonhermitian_hartree.model.state import ProductState, require_pair
from nonhermitian_hartree.numerics.flow import FlowPath, Velocity, estimate_flow_error, follow_flow, take_step
from nonhermitian_hartree.numerics.integrate import integrate

RELATIVE_TOLERANCE = 1e-13
ABSOLUTE_TOLERANCE = 1e-15


def hartree_wavefunctions(model: Model, state: ProductState, times: ArrayLike) -> Complex:
    """Hartree wavefunctions φ(t) of eq. (10), by the closed form (21) where it applies.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        Strictly ascending, ≥ 0, in inverse units of the couplings.

    Returns
    -------
    (T, d) complex array
        Unit norm. The phase common to all components is that of the method and has no meaning.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    ConvergenceError
        If the integrator gives up.
    """
    require_pair(model, state)
    instants = read_times(times, ascending=True)
    if has_closed_form(model):
        return closed_form_wavefunctions(model, state, instants)
    return integrate_wavefunction(model, state, instants)


class HartreeCurve:
    """Hartree wavefunctions at any times of an interval, for those who do not know all of them beforehand.

    Parameters
    ----------
    model, state : Model, ProductState
        Of the same dimension d.
    last : float
        End of the interval from 0, ≥ 0; inverse energy.
    """

    def __init__(self, model: Model, state: ProductState, last: float) -> None:
        self._model, self._state, self._last = model, state, last
        self._path: FlowPath | None = None

    def at(self, times: Sequence[float] | Real) -> Complex:
        """φ at times in [0, last], in any order; (T, d), unit norm, as `hartree_wavefunctions`.

        Eq. (10) is integrated once; every time is one shorter step from the last step before it.

        Raises
        ------
        ConvergenceError
            If the integrator gives up.
        """
        instants = np.asarray(times, dtype=float)
        if has_closed_form(self._model):
            return closed_form_wavefunctions(self._model, self._state, list(instants))
        if self._path is None:
            self._path = _follow_ray(self._model, self._state, [self._last], RELATIVE_TOLERANCE)
        before = np.searchsorted(self._path.times, instants, side="right") - 1
        velocity = _ray_velocity(self._model)
        steps = (instants - self._path.times[before])[:, None]
        values = take_step(velocity, self._path.values[before], steps)
        return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def estimate_projector_error(
    model: Model, state: ProductState, times: Sequence[float], wavefunctions: Complex
) -> Real:
    """Error of every entry of |φ⟩⟨φ| with ``wavefunctions`` φ from `hartree_wavefunctions`; (T,), at most 1.

    Closed form: rounding of its exponent. Otherwise the errors of all steps, each amplified by the flow from there
    on as its linearisation says (`numerics.flow`), plus the distance of ``wavefunctions`` from that path. Rounding
    of the initial vector and of A1, A2 counts as an error too, so that an unstable point is not taken for exactly
    hit.
    """
    instants = np.asarray(times, dtype=float)
    if has_closed_form(model):
        qubit = reduce_diagonal_qubit(model, state)
        return np.asarray(2.0**-50 * (1 + 2 * np.abs(qubit.gain_at(instants))))
    path = _follow_ray(model, state, times, RELATIVE_TOLERANCE)
    found = path.values[path.requested]
    found = found / np.linalg.norm(found, axis=1, keepdims=True)
    overlaps = np.einsum("ti,ti->t", found.conj(), wavefunctions)
    beside = np.linalg.norm(wavefunctions - overlaps[:, None] * found, axis=1)
    followed = estimate_flow_error(_ray_velocity(model), path, _largest_speed(model))
    return np.asarray(np.minimum(followed + beside + 2.0**-50, 1.0))


def has_closed_form(model: Model) -> bool:
    """Whether eq. (21) solves the model: a diagonal qubit without drift, with purely imaginary coupling."""
    if not (model.is_diagonal and model.dimension == 2):
        return False
    qubit = reduce_diagonal_qubit(model, ProductState.from_population(0.5))
    return _has_no_drift(qubit)


def _has_no_drift(qubit: DiagonalQubit) -> bool:
    return qubit.field.real == qubit.field.imag == qubit.coupling.real == 0


def closed_form_wavefunctions(model: Model, state: ProductState, times: Sequence[float]) -> Complex:
    """Eq. (21)–(22): ``|φ0|² − |φ1|² = tanh b``, ``sinh b = e^{2τ} sinh h``, phases constant; (T, 2).

    Evaluated through ``ln sinh h + 2τ``, so that neither e^{2τ} overflows nor a tilt near 0 is lost.
    """
    qubit = reduce_diagonal_qubit(model, state)
    if not _has_no_drift(qubit):
        raise ModelError("eq. (21) needs αz + βz = 0 and a purely imaginary ZZ coupling")
    size = abs(qubit.tilt)
    with np.errstate(divide="ignore", over="ignore"):
        log_sinh = size + np.log(-np.expm1(-2 * size) / 2) if np.isfinite(size) else np.inf
        exponent = log_sinh + 2 * qubit.gain_at(times)
        imbalance = np.where(exponent < 20, np.arcsinh(np.exp(np.minimum(exponent, 20))), exponent + np.log(2))
    imbalance = np.copysign(imbalance, qubit.tilt)
    up = np.exp(-np.logaddexp(0, -2 * imbalance) / 2)
    down = np.exp(-np.logaddexp(0, 2 * imbalance) / 2)
    return np.stack([up * np.exp(1j * qubit.phase), down.astype(complex)], axis=1)


def integrate_wavefunction(
    model: Model, state: ProductState, times: Sequence[float], tolerance: float = RELATIVE_TOLERANCE
) -> Complex:
    """Solution of eq. (10) by the Runge–Kutta method DOP853 of order 8; (T, d), unit norm.

    ``tolerance`` is relative, for each step. What is integrated is the flow of rays,
    ``φ̇ = −i(1 − |φ⟩⟨φ|) H_φ φ``, which is eq. (10) up to the phase of φ.
    """
    path = _follow_ray(model, state, times, tolerance)
    values = path.values[path.requested]
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def _follow_ray(model: Model, state: ProductState, times: Sequence[float], tolerance: float) -> FlowPath:
    require_pair(model, state)
    velocity = _ray_velocity(model)
    return follow_flow(velocity, state.amplitudes, times, tolerance, ABSOLUTE_TOLERANCE)


def _remove_traces(model: Model) -> tuple[Complex, Complex]:
    """A1 and A2 less a multiple of the identity each, which moves no ray and would only cost digits and steps."""
    one_body, two_body = model.one_body, model.two_body
    shifts = (np.trace(one_body) / len(one_body), np.trace(two_body) / len(two_body))
    return one_body - shifts[0] * np.eye(len(one_body)), two_body - shifts[1] * np.eye(len(two_body))


def _largest_speed(model: Model) -> float:
    """Bound of ``|H_φ φ|`` for unit φ: ``‖A1‖ + ‖A2‖`` without traces, for many modes by row and column sums."""
    if model.dimension <= DENSE_STORE:
        return float(sum(np.linalg.norm(operator, 2) for operator in _remove_traces(model)))
    one_body = model.one_body - np.trace(model.one_body) / model.dimension * np.eye(model.dimension)
    sizes = np.abs(one_body)
    return float(np.sqrt(sizes.sum(axis=0).max() * sizes.sum(axis=1).max())) + model.couplings.bound_norm()


def _ray_velocity(model: Model) -> Velocity:
    """``−i(1 − |φ⟩⟨φ|/⟨φ|φ⟩) H_φ φ`` for a batch (C, d) of φ of any norm."""
    return _sparse_velocity(model) if model.dimension > DENSE_STORE else _dense_velocity(*_remove_traces(model))


def _sparse_velocity(model: Model) -> Velocity:
    import scipy.sparse as sp  # here, because small models do without

    mean = np.trace(model.one_body) / model.dimension
    generator = -1j * sp.csr_array(model.sparse_one_body - mean * sp.eye_array(model.dimension))
    field = model.field

    def velocity(rays: Complex) -> Complex:
        if len(rays) == 1:  # the integration itself, where products are cheaper than sums over an axis
            ket = rays[0]
            square = np.vdot(ket, ket).real
            driven = field.on_ket(ket.conj(), ket, ket)
            driven *= -1j / square
            driven += generator @ ket
            driven -= (np.vdot(ket, driven) / square) * ket
            return driven[None]
        kets = np.ascontiguousarray(rays.T)
        bras = kets.conj()
        squares = (bras * kets).real.sum(axis=0)
        drift = generator @ kets - (1j / squares) * field.on_ket(bras, kets, kets)
        return np.ascontiguousarray((drift - ((bras * drift).sum(axis=0) / squares) * kets).T)

    return velocity


def _dense_velocity(one_body: Complex, two_body: Complex) -> Velocity:

    def velocity(rays: Complex) -> Complex:
        count, d = rays.shape
        squares = np.einsum("ci,ci->c", rays.conj(), rays).real[:, None]
        pairs = (rays[:, :, None] * rays[:, None, :]).reshape(count, d * d)
        field = np.einsum("cij,cj->ci", (pairs @ two_body.T).reshape(count, d, d), rays.conj()) / squares
        driven = rays @ one_body.T + field
        along = np.einsum("ci,ci->c", rays.conj(), driven)[:, None] / squares
        return np.asarray(-1j * (driven - along * rays))

    return velocity


def integrate_density(model: Model, state: ProductState, times: Sequence[float]) -> Complex:
    """Solution γ(t) of eq. (9) by DOP853 from γ(0) = |φ⟩⟨φ|; (T, d, d). It stays pure with trace one."""
    require_pair(model, state)
    d = model.dimension

    def velocity(_: float, y: Real) -> Real:
        return density_velocity(model, y.view(np.complex128).reshape(d, d)).reshape(-1).view(np.float64)

    initial = np.outer(state.amplitudes, state.amplitudes.conj()).reshape(-1).view(np.float64)
    return _integrate(velocity, initial, times, RELATIVE_TOLERANCE).view(np.complex128).reshape(-1, d, d)


def wavefunction_velocity(model: Model, wavefunction: Complex) -> Complex:
    """∂_t φ of eq. (10), which is eq. (20) for the counterexample, for a unit vector φ (d,)."""
    hamiltonian = mean_field_hamiltonian(model, wavefunction.conj(), wavefunction)
    one_body = model.one_body
    pair = np.kron(wavefunction, wavefunction)
    anti_one = np.vdot(wavefunction, (one_body - one_body.conj().T) @ wavefunction) / 2
    anti_two = np.vdot(pair, (model.two_body - model.two_body.conj().T) @ pair) / 2
    return np.asarray(-1j * (hamiltonian @ wavefunction - (anti_one + anti_two) * wavefunction))


def density_velocity(model: Model, density: Complex) -> Complex:
    """∂_t γ of eq. (9) for a (d, d) density matrix γ."""
    one_body, two_body = model.one_body, model.two_body
    field = np.einsum("ijkl,lj->ik", model.two_body_tensor, density)
    drift = (one_body + field) @ density
    loss = np.trace((one_body - one_body.conj().T) @ density)
    loss += np.trace((two_body - two_body.conj().T) @ np.kron(density, density))
    return np.asarray(-1j * (drift - drift.conj().T - loss * density))


def _integrate(
    velocity: Callable[[float, Real], Real], initial: Real, times: Sequence[float], tolerance: float
) -> Real:
    times = read_times(times, ascending=True)
    what = "the Hartree equation could not be solved"
    return integrate(velocity, initial, times, relative=tolerance, absolute=ABSOLUTE_TOLERANCE, what=what)
