"""The limit of diagonal models of any dimension d, by maximisation over the simplex of populations.

For diagonal A1, A2 everything commutes and the norm is a multinomial sum: with ``p_i = |φ_i|²``, the occupation
fractions x carry the weight ``exp N [−KL(x‖p) + 2t Im h(x)]``, ``h(x) = Σ a_i x_i + ½ Σ b_ij x_i x_j``. For d = 2
and A2 = iZ⊗Z this is the Laplace argument of the paper, eq. (26)–(32).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.errors import ConvergenceError, ModelError
from nonhermitian_hartree.limit.fluctuations import diagonal_squeezing, entropy_coefficient, singular_values
from nonhermitian_hartree.limit.state import LimitBranch, LimitState, combine_branches, ray_distance
from nonhermitian_hartree.model.arguments import read_times
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

ASCENT_STEPS = 400
NEWTON_STEPS = 40
RESIDUAL_TOLERANCE = 1e-13
SAME_MAXIMUM = 1e-6
MARGINAL = 1e-7
STARTS = 64


@dataclass(frozen=True, eq=False)
class SimplexMaximum(LimitBranch):
    """A local maximum of ``−KL(x‖p) + 2t Im h(x)``, whose value is ``rate``.

    Parameters
    ----------
    populations : (d,) array
        x, with full relative accuracy also where tiny; ``|ν_i|² = x_i``.
    """

    populations: Real


def find_simplex_maxima(model: Model, state: ProductState, time: float) -> list[SimplexMaximum]:
    """Find all maxima over the simplex at one time, largest rate first.

    Algorithm: from 64 seeded starts, among them p and the corners, mirror ascent
    ``ln x ← (1−α) ln x + α u(x)`` with ``u_i = ln p_i + 2t Im ∂h/∂x_i`` and an α for which the
    objective cannot fall; then Newton's method on the self-consistency ``x_i ∝ e^{u_i(x)}`` down to rounding.

    Raises
    ------
    ModelError
        If the model is not diagonal, dimensions differ, or the time is negative or not finite.
    ConvergenceError
        If no start converged.
    """
    if not model.is_diagonal:
        raise ModelError("the simplex limit needs diagonal one_body and two_body; use the two-point limit instead")
    require_pair(model, state)
    (time,) = read_times(time)
    occupied = np.flatnonzero(np.abs(state.amplitudes) > 0)
    log_p = 2 * np.log(np.abs(state.amplitudes[occupied]))
    linear, quadratic = _diagonals(model)
    growth_a = 2 * time * linear.imag[occupied]
    growth_b = 2 * time * quadratic.imag[np.ix_(occupied, occupied)]
    maxima: list[SimplexMaximum] = []
    for x in _solve_from_many_starts(log_p, growth_a, growth_b):
        maximum = _describe(model, state, time, occupied, x)
        seen = any(ray_distance(maximum.wavefunction, other.wavefunction) < SAME_MAXIMUM for other in maxima)
        if not seen and maximum.softness <= 1 + MARGINAL:
            maxima.append(maximum)
    strict = [maximum for maximum in maxima if maximum.softness < 1] or maxima
    if not strict:
        raise ConvergenceError(f"no maximum on the simplex was found at t = {time:.9g} from {STARTS} starts")
    return sorted(strict, key=lambda maximum: -maximum.rate)


def find_simplex_limit(model: Model, state: ProductState, time: float) -> LimitState:
    """Limit of the one-particle marginal of a diagonal model; errors as `find_simplex_maxima`, ν good to 1e-13."""
    return combine_branches(time, find_simplex_maxima(model, state, time))


def _diagonals(model: Model) -> tuple[Complex, Complex]:
    return np.diag(model.one_body), model.couplings.diagonal()


def _softmax(log_weights: Real) -> Real:
    return np.asarray(np.exp(log_weights - logsumexp(log_weights, axis=-1, keepdims=True)))


def _solve_from_many_starts(log_p: Real, growth_a: Real, growth_b: Real) -> list[Real]:
    size = len(log_p)
    generator = np.random.default_rng(36)
    corners = np.full((size, size), 0.01 / size) + 0.99 * np.eye(size)
    spread = generator.dirichlet(np.ones(size), STARTS - size - 1)
    log_x = np.log(np.concatenate([np.exp(log_p)[None], corners, np.maximum(spread, 1e-12)]))
    # −f'' ≤ L diag(1/x) on the simplex with L = 1 + max|growth_b|, so that steps of 1/L climb.
    step = 1 / (1 + np.abs(growth_b).max())
    for _ in range(ASCENT_STEPS):
        x = _softmax(log_x)
        log_x = (1 - step) * np.log(x) + step * (log_p + growth_a + x @ growth_b)
    solutions = []
    for x in _softmax(log_x):
        for _ in range(NEWTON_STEPS):
            y = _softmax(log_p + growth_a + growth_b @ x)
            jacobian = np.eye(size) - (np.diag(y) - np.outer(y, y)) @ growth_b
            move = np.linalg.lstsq(jacobian, y - x, rcond=None)[0]
            x = np.maximum(x + move, 0)
            x = x / x.sum()
            if np.abs(move).max() < 1e-15:
                break
        y = _softmax(log_p + growth_a + growth_b @ x)
        if np.abs(y - x).max() <= RESIDUAL_TOLERANCE:
            solutions.append(y)
    return solutions


def _describe(
    model: Model, state: ProductState, time: float, occupied: NDArray[np.intp], inner: Real
) -> SimplexMaximum:
    linear, quadratic = _diagonals(model)
    populations = np.zeros(model.dimension)
    populations[occupied] = inner
    slope = linear + quadratic @ populations  # ∂h/∂x
    phases = np.angle(state.amplitudes) - time * slope.real
    growth_b = 2 * time * quadratic.imag[np.ix_(occupied, occupied)]
    # C = R Rᵀ with R = diag(√x) (1 − √x √xᵀ): C is singular, a Cholesky factor would not do.
    amplitude = np.sqrt(inner)
    root = amplitude[:, None] * (np.eye(len(inner)) - np.outer(amplitude, amplitude))
    curvature = np.linalg.eigvalsh(root.T @ growth_b @ root)
    # At a solution KL(x‖p) = Σ x_i (2t Im ∂h/∂x_i) − ln Z with Z = Σ p_i e^{2t Im ∂h/∂x_i}.
    log_p = 2 * np.log(np.abs(state.amplitudes[occupied]))
    rate = float(
        logsumexp(log_p + 2 * time * slope.imag[occupied]) - time * (populations @ quadratic.imag @ populations)
    )
    # The interaction is divided by N − 1 instead of N, and a particle does not interact with itself.
    finite = time * float(populations @ quadratic.imag @ populations - np.diag(quadratic).imag @ populations)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = float(np.log1p(-curvature).sum()) if curvature[-1] < 1 else -np.inf
    softness, coefficient = np.inf, nan
    if curvature[-1] <= 1 + MARGINAL:
        squeezing = diagonal_squeezing(quadratic[np.ix_(occupied, occupied)], root, time)
        softness, coefficient = float(singular_values(squeezing)[0]), entropy_coefficient(squeezing)
    return SimplexMaximum(
        time=time,
        wavefunction=np.sqrt(populations) * np.exp(1j * phases),
        rate=rate,
        log_prefactor=finite - determinant / 2,
        softness=softness,
        entropy_coefficient=coefficient,
        populations=populations,
    )
