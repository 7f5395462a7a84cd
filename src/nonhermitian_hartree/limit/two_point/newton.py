"""The two-point path as a boundary-value problem on a mesh: Newton's method for all nodes at once.

Unknown are (p_k, χ_k) at every node, with p(0) ∝ φ and ``χ(t) = p(t)†/‖p(t)‖²``. Neither direction of time is
integrated over more than one interval, so that nothing grows however large ‖A‖t is. The scale of p against
χ is free
at each node and kept balanced, ``‖p_k‖ = ‖χ_k‖``: where bra and ket are nearly orthogonal both are large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, lstsq, solve_banded

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import AccuracyError, ConvergenceError
from nonhermitian_hartree.limit.two_point.flow import StepEnds, TwoPointFlow

COARSE_ERROR, FINE_ERROR = 1e-9, 3e-15
"""Local error per interval that the mesh aims at, while Newton's iteration is far away and at the end."""
MESH_SLACK = 30.0
"""A mesh is kept as long as its local errors are below this many times the aim."""
NEWTON_STEPS, CORRECTOR_STEPS = 25, 8
LARGEST_STEP = 0.5
SMALLEST_DAMPING = 1 / 64
COARSE_STEP, FINE_STEP = 1e-6, 1e-11
MESHES = 12
MOST_NODES = 3000
FEWEST_INTERVALS = 8
SINGULAR = 1e-9
"""Relative singular value of the end condition below which a direction is free: a continuous family of paths."""


@dataclass(frozen=True, eq=False)
class TwoPointPath:
    """A mesh and the two-point path on it.

    Parameters
    ----------
    instants : (K + 1,) complex array
        From s_0 = 0 to s_K = t, along the real axis or on a detour around a singularity beside it.
    nodes : (K + 1, 2d) complex array
        (p_k, χ_k) with χ_k p_k = 1, each in its own gauge p → cp, χ → χ/c.
    """

    instants: Complex
    nodes: Complex

    @property
    def time(self) -> float:
        """Observation time t."""
        return float(self.instants[-1].real)

    @property
    def dimension(self) -> int:
        """D of the one-particle space."""
        return int(self.nodes.shape[1] // 2)

    @property
    def wavefunction(self) -> Complex:
        """ν, the direction of p(t), of unit norm."""
        ket = self.nodes[-1, : self.dimension]
        return np.asarray(ket / np.linalg.norm(ket))

    @property
    def near_singularity(self) -> float:
        """Largest ‖p‖‖χ‖/|χp| on the path: 1 where χ = p†, infinite where bra and ket are orthogonal."""
        d = self.dimension
        ket, bra = self.nodes[:, :d], self.nodes[:, d:]
        sizes = np.linalg.norm(ket, axis=1) * np.linalg.norm(bra, axis=1)
        return float((sizes / np.abs((ket * bra).sum(axis=1))).max())


class PathLinearisation:
    """One iterate of the path with everything Newton's method needs of it.

    Parameters
    ----------
    flow : TwoPointFlow
    initial : (d,) complex array
        φ, unit norm.
    path : TwoPointPath
        Any guess.
    ends : StepEnds, optional
        Where the flow arrives from its nodes, if that is known already.
    """

    def __init__(
        self, flow: TwoPointFlow, initial: Complex, path: TwoPointPath, ends: StepEnds | None = None
    ) -> None:
        self.path, self.initial = path, initial
        self.lengths = np.diff(path.instants)
        self.ends = flow.step(path.nodes[:-1], self.lengths) if ends is None else ends
        d = path.dimension
        arrived, target = self.ends.nodes, path.nodes[1:]
        with np.errstate(all="ignore"):
            self.scales = (arrived[:, :d].conj() * target[:, :d]).sum(axis=1) / (np.abs(arrived[:, :d]) ** 2).sum(
                1
            )
            self.gauge = np.repeat(np.stack([self.scales, 1 / self.scales], axis=1), d, axis=1)
            self.transfer = self.gauge[:, :, None] * self.ends.variation
        self.usable = bool(np.isfinite(self.transfer).all())
        self._banded = self._matrix() if self.usable else None
        self._response: Complex | None = None

    def residuals(self) -> tuple[Complex, Complex, Complex]:
        """Miss of p(0) ∝ φ (d,), of continuity (K, 2d), and of the end condition (d,), zero at a solution."""
        return miss(self.path, self.initial, self.ends.nodes * self.gauge)

    def solve(self, start: Complex, jumps: Complex, end: Complex) -> Complex:
        """Change of all nodes, (K + 1, 2d), that takes these misses away to first order.

        Raises
        ------
        ConvergenceError
            If the linear system is singular.
        """
        d, intervals = self.path.dimension, len(self.lengths)
        size = 2 * d * (intervals + 1)
        right = np.zeros(size, dtype=complex)
        right[:d], right[d:-d] = -start, -jumps.ravel()
        particular, response = self._solve_with_responses(right)
        ket = self.path.nodes[-1, :d]
        squared, row = float(np.vdot(ket, ket).real), ket.conj()
        # δχ = −end + B conj(δp) + E δp with p ↦ p†/‖p‖² linearised, and δp = particular + response δχ at s = t.
        by_conjugate = np.eye(d) / squared - np.outer(row, ket) / squared**2
        by_change = -np.outer(row, row) / squared**2
        end_response, end_particular = response[-2 * d : -d], particular[-2 * d : -d]
        constant = -end + by_conjugate @ end_particular.conj() + by_change @ end_particular
        direct, conjugate = np.eye(d) - by_change @ end_response, -by_conjugate @ end_response.conj()
        bra_change = solve_real_linear(direct, conjugate, constant)
        return np.asarray((particular + response @ bra_change).reshape(intervals + 1, 2 * d))

    def response(self, bra_change: Complex) -> Complex:
        """Change of all nodes when χ(t) changes by ``bra_change`` (d,) and p(0) ∝ φ stays."""
        return np.asarray((self._responses() @ bra_change).reshape(self.path.nodes.shape))

    def _responses(self) -> Complex:
        """Change of all nodes with the components of χ(t), (2d(K + 1), d)."""
        return self._solve_with_responses(np.zeros(self.path.nodes.size, dtype=complex))[1]

    def _solve_with_responses(self, right: Complex) -> tuple[Complex, Complex]:
        """Solution for one right-hand side, and the responses; these only once, together with the first."""
        d = self.path.dimension
        if self._response is not None:
            return self._solve_banded(right[:, None])[:, 0], self._response
        columns = np.zeros((len(right), 1 + d), dtype=complex)
        columns[:, 0], columns[-d:, 1:] = right, np.eye(d)
        solutions = self._solve_banded(columns)
        self._response = solutions[:, 1:]
        return solutions[:, 0], self._response

    def _solve_banded(self, right: Complex) -> Complex:
        d = self.path.dimension
        try:  # SciPy's stubs leave complex matrices out
            solution = solve_banded((3 * d - 1, d), self._banded, right, check_finite=False)  # type: ignore[arg-type]
            return np.asarray(solution, dtype=np.complex128)
        except LinAlgError as error:
            raise ConvergenceError(
                f"the two-point path to t = {self.path.time:.6g} is singular: {error}"
            ) from error

    def _matrix(self) -> Complex:
        """Rows: δp_0 (d), ``transfer_k δ_k − δ_{k+1}`` (2d each), δχ_K (d); as the bands of `solve_banded`."""
        d, intervals = self.path.dimension, len(self.lengths)
        width, upper = 2 * d, d
        bands = np.zeros((4 * d, width * (intervals + 1)), dtype=complex)
        bands[upper, :d] = 1
        columns = width * np.arange(intervals)[:, None, None] + np.arange(width)[None, None, :]
        rows = d + width * np.arange(intervals)[:, None, None] + np.arange(width)[None, :, None]
        bands[upper + rows - columns, np.broadcast_to(columns, self.transfer.shape)] = self.transfer
        bands[0, width:] = -1  # row − column = −d
        last = width * (intervals + 1) - d + np.arange(d)
        bands[upper, last] = 1
        return bands


def miss(path: TwoPointPath, initial: Complex, arrived: Complex) -> tuple[Complex, Complex, Complex]:
    """Residuals of a path whose intervals end in ``arrived``, in the gauge of the next node."""
    d = path.dimension
    ket, bra = path.nodes[-1, :d], path.nodes[-1, d:]
    first = path.nodes[0, :d]
    start = first - initial * np.vdot(initial, first)
    return start, arrived - path.nodes[1:], bra - ket.conj() / np.vdot(ket, ket).real


def solve_real_linear(direct: Complex, conjugate: Complex, right: Complex) -> Complex:
    """Shortest a of ``direct·a + conjugate·ā = right``; directions that this leaves free are left alone."""
    top = np.concatenate([(direct + conjugate).real, (conjugate - direct).imag], axis=1)
    bottom = np.concatenate([(direct + conjugate).imag, (direct - conjugate).real], axis=1)
    solution = lstsq(np.concatenate([top, bottom]), np.concatenate([right.real, right.imag]), cond=SINGULAR)[0]
    half = len(right)
    return np.asarray(solution[:half] + 1j * solution[half:])


def balance(path: TwoPointPath, initial: Complex) -> TwoPointPath:
    """The same path with ``χ p = 1`` and ``‖p‖ = ‖χ‖`` at every node, and p(0) along φ."""
    d = path.dimension
    ket, bra = path.nodes[:, :d].copy(), path.nodes[:, d:]
    ket[0] = initial * np.vdot(initial, ket[0])
    with np.errstate(all="ignore"):
        bra = bra / (ket * bra).sum(axis=1)[:, None]
        ratio = np.sqrt(np.linalg.norm(bra, axis=1) / np.linalg.norm(ket, axis=1))[:, None]
        return TwoPointPath(path.instants, np.concatenate([ket * ratio, bra / ratio], axis=1))


def relative_size(step: Complex, path: TwoPointPath) -> float:
    """Largest change of a node relative to its size; infinite if it is not a number."""
    with np.errstate(all="ignore"):
        largest = float((np.linalg.norm(step, axis=1) / np.linalg.norm(path.nodes, axis=1)).max())
    return largest if np.isfinite(largest) else np.inf


def solve_path(flow: TwoPointFlow, initial: Complex, guess: TwoPointPath) -> PathLinearisation:
    """Solve for the path near a rough guess: a coarse mesh first, then one for an error of about 1e-13.

    Raises
    ------
    ConvergenceError
        If Newton's method stalls, or the mesh would need more than :data:`MOST_NODES` nodes.
    """
    coarse = solve_on_meshes(flow, initial, guess, COARSE_ERROR, COARSE_STEP, NEWTON_STEPS)
    return solve_on_meshes(flow, initial, coarse.path, FINE_ERROR, FINE_STEP, NEWTON_STEPS)


def correct_path(flow: TwoPointFlow, initial: Complex, guess: TwoPointPath) -> PathLinearisation:
    """Solve for the path near a good guess, on its own mesh if that is fine enough; errors as `solve_path`."""
    return solve_on_meshes(flow, initial, guess, FINE_ERROR, FINE_STEP, CORRECTOR_STEPS)


def solve_on_meshes(
    flow: TwoPointFlow, initial: Complex, guess: TwoPointPath, aim: float, shortest: float, iterations: int
) -> PathLinearisation:
    """Newton's method on one mesh after the other, until the local errors are what was aimed at."""
    path = balance(guess, initial)
    for _ in range(MESHES):
        path = refine_mesh(flow, path, aim)
        linear = iterate_newton(flow, initial, path, shortest, iterations)
        path = linear.path
        if linear.ends.error.max() <= MESH_SLACK * aim:
            return linear
    raise ConvergenceError(f"no mesh resolves the two-point path to t = {path.time:.6g}")


def iterate_newton(
    flow: TwoPointFlow, initial: Complex, path: TwoPointPath, shortest: float, iterations: int
) -> PathLinearisation:
    """Damped Newton iteration on a fixed mesh until the step is shorter than ``shortest`` (relative to the nodes).

    The damping is chosen by the natural test: the *simplified* step at the new iterate must be shorter.
    """
    linear = PathLinearisation(flow, initial, path)
    damping = 1.0
    for _ in range(iterations):
        if not linear.usable:
            break
        step = linear.solve(*linear.residuals())
        length = relative_size(step, linear.path)
        if not np.isfinite(length):
            break
        if length <= shortest:
            # the step itself is still taken: what is left is its square, or rounding
            return PathLinearisation(
                flow, initial, balance(TwoPointPath(linear.path.instants, linear.path.nodes + step), initial)
            )
        damping = min(1.0, 4 * damping, LARGEST_STEP / length)
        while damping >= SMALLEST_DAMPING:
            trial = TwoPointPath(linear.path.instants, linear.path.nodes + damping * step)
            simplified = linear.solve(*_trial_residuals(flow, initial, trial, linear))
            if relative_size(simplified, linear.path) <= max((1 - damping / 4) * length, shortest / 4):
                break
            damping /= 2
        else:
            break
        linear = PathLinearisation(flow, initial, balance(trial, initial))
    raise ConvergenceError(f"Newton's method for the two-point path to t = {path.time:.6g} stalls")


def _trial_residuals(
    flow: TwoPointFlow, initial: Complex, trial: TwoPointPath, linear: PathLinearisation
) -> tuple[Complex, Complex, Complex]:
    """Residuals at a trial iterate in the gauge of the linearisation (the shift of energy included)."""
    ends = flow.step(trial.nodes[:-1], linear.lengths, variations=False, energies=linear.ends.energies)
    start, jumps, end = miss(trial, initial, ends.nodes * linear.gauge)
    return start, np.where(np.isfinite(jumps), jumps, np.inf), end


def refine_mesh(flow: TwoPointFlow, path: TwoPointPath, aim: float) -> TwoPointPath:
    """Move the nodes so that every interval has the local error ``aim``; unchanged if it is fine already.

    Raises
    ------
    ConvergenceError
        If that takes more than :data:`MOST_NODES` nodes.
    """
    lengths = np.diff(path.instants)
    ends = flow.step(path.nodes[:-1], lengths, variations=False)
    if ends.error.max() <= MESH_SLACK * aim and ends.error.max() >= aim * 1e-6:
        return path
    factors = np.clip(0.9 * (aim / np.maximum(ends.error, 1e-30)) ** 0.125, 0.1, 4.0)
    counts = np.concatenate([[0.0], np.cumsum(1 / factors)])
    intervals = max(FEWEST_INTERVALS, int(np.ceil(counts[-1])))
    if intervals > MOST_NODES:
        raise ConvergenceError(
            f"the two-point path to t = {path.time:.6g} needs more than {MOST_NODES} nodes: it is singular"
        )
    places = np.interp(np.linspace(0, counts[-1], intervals + 1), counts, np.arange(len(counts)))
    return resample(flow, path, places)


def resample(flow: TwoPointFlow, path: TwoPointPath, places: Real, ends: bool = True) -> TwoPointPath:
    """The path at other places, counted in intervals: steps from the node before, straight lines where those fail.

    With ``ends`` the first and the last place are those of the path, to the last digit.
    """
    d, last = path.dimension, len(path.instants) - 1
    left = np.clip(places.astype(int), 0, last - 1)
    fraction = places - left
    instants = path.instants[left] + fraction * (path.instants[left + 1] - path.instants[left])
    if ends:
        instants[0], instants[-1] = path.instants[0], path.instants[-1]
    before, after = path.nodes[left], path.nodes[left + 1]
    steps = flow.step(before, instants - path.instants[left], variations=False)
    with np.errstate(all="ignore"):
        scale = (after[:, :d].conj() * before[:, :d]).sum(axis=1) / (np.abs(after[:, :d]) ** 2).sum(axis=1)
        aligned = after * np.repeat(np.stack([scale, 1 / scale], axis=1), d, axis=1)
    line = before + fraction[:, None] * (aligned - before)
    nodes = np.where((steps.error < 1e-2)[:, None], steps.nodes, line)
    if ends:
        nodes[-1] = path.nodes[-1]
    return TwoPointPath(instants, nodes)


def sample_path(flow: TwoPointFlow, path: TwoPointPath, instants: Real) -> tuple[Complex, Complex]:
    """Ket p(s) and bra χ(s), each (n, d), at instants in [0, t] of a path along the real axis; error about 1e-12.

    Each instant has a gauge of its own with χ·p = 1: only ``p/‖p‖``, ``χ‖p‖`` and H(χ, p) have a meaning.

    Raises
    ------
    AccuracyError
        If the path takes a detour around a singularity, so that it has no values there.
    """
    if np.abs(path.instants.imag).max() > 0:
        raise AccuracyError(
            f"the path to t = {path.time:.6g} passes a singularity and is known on a detour in the complex plane"
        )
    places = np.interp(instants, path.instants.real, np.arange(len(path.instants)))
    nodes = resample(flow, path, np.asarray(places), ends=False).nodes
    bra, ket = nodes[:, path.dimension :], nodes[:, : path.dimension]
    return ket, bra / (ket * bra).sum(axis=1)[:, None]
