"""Newton's method for a whole two-point path, its linear equations by GMRES.

Unknowns are all kets and bras on the mesh. The equations say that the flow carries each node to the next, and that
``χ(t) = p(t)†/‖p(t)‖²``; p(0) = φ is kept. As ν enters with its conjugate, they are linear over the real numbers
only. A product with the derivative is one linearised step on all intervals at once. The preconditioner sweeps
the kets forward and then the bras backward under the mean fields alone, without what bras do to kets: the
directions in which losses damp both, so that no component is amplified however long the path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator, gmres

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.many_modes.flow import ModeFlow, Steps
from nonhermitian_hartree.limit.many_modes.path import ModePath, count_intervals
from nonhermitian_hartree.numerics.sparse_pattern import multiply

FORCING = 1e-4
"""Relative residual to which the linear equations are solved."""
RESTART = 60
MOST_MEMORY = 400_000_000
"""Bytes for the directions that GMRES keeps."""
CONVERGED = 1e-9
"""Relative size of a Newton step after which the path is good to that size times `FORCING`, and to rounding."""
MOST_ITERATIONS = 10
DECREASE = 0.5
STEP_TOLERANCE = 1e-13
LARGEST_STEP = 0.7
"""A relative Newton step beyond is shortened to this."""
SPACIOUS = 0.5
"""Share of the intervals that would do, below which a mesh is made coarser."""
TAYLOR_ANGLE, TAYLOR_TERMS = 1.0, 6


@dataclass(frozen=True, eq=False)
class Solution:
    """A two-point path that solves the equations.

    Parameters
    ----------
    path : ModePath
    residual : float
        Relative size of the last Newton step.
    first_step : float
        Relative size of the first one: how far the guess was.
    iterations : tuple of int
        GMRES iterations of each Newton step.
    """

    path: ModePath
    residual: float
    first_step: float
    iterations: tuple[int, ...]


class PathEquations:
    """The equations linearised around a path."""

    def __init__(self, flow: ModeFlow, path: ModePath) -> None:
        self.flow, self.path = flow, path
        self.steps: Steps = path.steps(flow)
        self.iterations = 0
        d, last = path.dimension, path.nodes[:, -1]
        self._shape = (2 * d, len(path.energies) + 1)
        self._end, self._squared = last[:d], float(np.vdot(last[:d], last[:d]).real)
        self._sweeps = [_Sweep(flow, path, k) for k in range(len(path.energies))]

    def residual(self) -> Complex:
        """By how much the flow misses each node and the bra the end condition, as one vector."""
        d, out = self.path.dimension, np.zeros(self._shape, dtype=np.complex128)
        out[:, 1:] = self.steps.ends - self.path.nodes[:, 1:]
        return self._pack(out, self._end.conj() / self._squared - self.path.nodes[d:, -1])

    def solve(self, right: Complex) -> Complex:
        """Change of the nodes (2d, K+1) whose image is ``right``; the number of products is counted."""
        size = 2 * right.size
        counted = [0]

        def count(_: float) -> None:
            counted[0] += 1

        found, _ = gmres(
            LinearOperator((size, size), matvec=self._apply, dtype=float),
            right.view(np.float64),
            M=LinearOperator((size, size), matvec=self._precondition, dtype=float),
            rtol=FORCING,
            restart=max(8, min(RESTART, MOST_MEMORY // (8 * size))),
            maxiter=2,
            callback=count,
            callback_type="pr_norm",
        )
        self.iterations += counted[0]
        return self._unpack(found.view(np.complex128))

    def _pack(self, nodes: Complex, end: Complex) -> Complex:
        """Equations as one vector: matching of kets and of bras at nodes 1 … K, then the end condition."""
        return np.concatenate([nodes[:, 1:].ravel(), end])

    def _unpack(self, vector: Complex) -> Complex:
        """Unknowns (2d, K+1) from their vector: kets at nodes 1 … K, then bras at nodes 0 … K."""
        (height, width), out = self._shape, np.zeros(self._shape, dtype=np.complex128)
        d = height // 2
        out[:d, 1:] = vector[: d * (width - 1)].reshape(d, width - 1)
        out[d:] = vector[d * (width - 1) :].reshape(d, width)
        return out

    def _end_bra(self, ket: Complex) -> Complex:
        """Change of ``p†/‖p‖²`` with that of p(t)."""
        along = 2 * float(np.vdot(self._end, ket).real) / self._squared
        return np.asarray((ket.conj() - along * self._end.conj()) / self._squared)

    def _apply(self, real: Real) -> Real:
        change, d, path = (
            self._unpack(np.ascontiguousarray(real).view(np.complex128)),
            self.path.dimension,
            self.path,
        )
        carried = self.flow.vary(self.steps, change[:, :-1], path.lengths, path.energies)
        out = np.zeros(self._shape, dtype=np.complex128)
        out[:, 1:] = change[:, 1:] - carried
        return self._pack(out, change[d:, -1] - self._end_bra(change[:d, -1])).view(np.float64)

    def _precondition(self, real: Real) -> Real:
        vector, d = np.ascontiguousarray(real).view(np.complex128), self.path.dimension
        count = self._shape[1] - 1
        right, end = vector[: 2 * d * count].reshape(2 * d, count), vector[2 * d * count :]
        kets = np.zeros((count + 1, d), dtype=np.complex128)
        bras = np.empty((count + 1, d), dtype=np.complex128)
        rows = np.ascontiguousarray(right.T)
        for k, sweep in enumerate(self._sweeps):
            kets[k + 1] = sweep.ket(kets[k]) + rows[k, :d]
        bras[count] = self._end_bra(kets[count]) + end
        for k in range(count - 1, -1, -1):
            sweep = self._sweeps[k]
            bras[k] = sweep.bra(bras[k + 1] - rows[k, d:] - sweep.pull(kets[k]))
        return np.concatenate([kets[1:].T.ravel(), bras.T.ravel()]).view(np.float64)


class _Sweep:
    """Mean-field propagation over one interval, the field taken at its start: e^{−i(G − ε)h} by its series."""

    def __init__(self, flow: ModeFlow, path: ModePath, interval: int) -> None:
        d, length = path.dimension, path.lengths[interval]
        middle = (path.nodes[:, interval] + path.nodes[:, interval + 1]) / 2
        bra = middle[d:]
        generator, size = flow.generators.kets(middle, path.energies[interval])
        self._parts = max(1, int(np.ceil(size * length / TAYLOR_ANGLE)))
        self._forward = generator * (length / self._parts)
        self._backward = sp.csr_array(self._forward.T)
        self._bra, self._length, self._field = bra, length, flow.field

    def ket(self, vector: Complex) -> Complex:
        return self._exponential(self._forward, vector)

    def bra(self, vector: Complex) -> Complex:
        return self._exponential(self._backward, vector)

    def pull(self, ket: Complex) -> Complex:
        """What a change of the ket does to the bra over the interval, to first order in its length."""
        return np.asarray(1j * self._length * self._field.on_bra(self._bra, self._bra, ket))

    def _exponential(self, generator: sp.csr_array, vector: Complex) -> Complex:
        for _ in range(self._parts):
            term = vector
            for order in range(1, TAYLOR_TERMS + 1):
                term = multiply(generator, term) / order
                vector = vector + term
        return vector


def solve_path(flow: ModeFlow, guess: ModePath, largest_step: float = np.inf) -> Solution | None:
    """Newton's method from a guess; None if it does not converge. The mesh follows the error of the steps.

    Given up early if the first step is larger than ``largest_step``, or one is not half as large as that before.
    """
    path = guess.regauged(flow)
    iterations: list[int] = []
    first = previous = np.inf
    while len(iterations) < MOST_ITERATIONS:
        equations = PathEquations(flow, path)
        if not np.isfinite(equations.steps.error).all():
            return None
        change = equations.solve(equations.residual())
        size = relative_size(change, path.nodes)
        iterations.append(equations.iterations)
        if not size <= min(largest_step, DECREASE * previous):
            return None
        first, previous = (first if len(iterations) > 1 else size), size
        scale = min(1.0, LARGEST_STEP / max(size, 1e-300))
        path = replace(path, nodes=path.nodes + scale * change)
        if scale == 1 and size < 0.1:
            error = path.steps(flow).error
            if not np.isfinite(error).all():
                return None
            if size <= CONVERGED and error.max() <= 4 * STEP_TOLERANCE:
                return Solution(path, size, first, tuple(iterations))
            if error.max() > 4 * STEP_TOLERANCE or SPACIOUS * len(error) > count_intervals(error, STEP_TOLERANCE):
                path = path.remeshed(flow, error, STEP_TOLERANCE)
        path = path.regauged(flow)
    return None


def relative_size(change: Complex, nodes: Complex) -> float:
    """Largest change of a ket or a bra relative to its length."""
    d = len(nodes) // 2
    parts = [
        np.linalg.norm(change[part], axis=0) / np.linalg.norm(nodes[part], axis=0)
        for part in (slice(None, d), slice(d, None))
    ]
    return float(np.max(parts))
