"""Where a many-body state has its weight: local maxima of the Husimi function over product states.

``(1/N) ln |⟨ν^⊗N|Ψ_N⟩|²`` tends to g(ν), whose local maxima are the branches of the limit. At moderate N it is a
polynomial on a compact manifold: no stiff equations, no sheets. Its maxima are those of the limit up to O(N^−1/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.evolved_states import EvolvedState, overlap_rates, product_bras
from nonhermitian_hartree.bosons.subspace import annihilation_operator
from nonhermitian_hartree.limit.state import ray_distance

if TYPE_CHECKING:
    import scipy.sparse as sp

STARTS = {2: 800, 3: 400}
STARTS_BEYOND = 600
NEIGHBOURS = 8
ASCENT_STEPS = 300
SHORTEST_STEP = 1e-7
SAME_MAXIMUM = 3e-3


@dataclass(frozen=True, eq=False)
class HusimiMaximum:
    """A local maximum of the Husimi function at finite N.

    Parameters
    ----------
    wavefunction : (d,) complex array
        ν, unit norm.
    rate : float
        ``(1/N) ln |⟨ν^⊗N|Ψ⟩|²`` there.
    """

    wavefunction: Complex
    rate: float


def find_husimi_maxima(evolved: EvolvedState, dimension: int, seeds: Complex) -> list[HusimiMaximum]:
    """Distinct local maxima, largest first, from a grid on CP^{d−1} and from ``seeds`` (n, d) of one's own."""
    grid, nearest = _spread_with_neighbours(dimension, STARTS.get(dimension, STARTS_BEYOND))
    rates = overlap_rates(grid, evolved)
    chosen = rates >= rates[nearest].max(axis=1) if dimension == 2 else rates >= np.median(rates)
    states, rates = climb(np.concatenate([grid[chosen], seeds]), evolved)
    maxima: list[HusimiMaximum] = []
    for index in np.argsort(-rates):
        state = states[index]
        if all(ray_distance(state, other.wavefunction) > SAME_MAXIMUM for other in maxima):
            maxima.append(HusimiMaximum(state, float(rates[index])))
    return maxima


def climb(states: Complex, evolved: EvolvedState) -> tuple[Complex, Real]:
    """Follow the Husimi function uphill from unit vectors (n, d); the states reached and the rates there.

    Steps go along ``p − ν (ν†p)`` with ``p_i = ⟨ν^⊗(N−1)|a_i|Ψ⟩/⟨ν^⊗N|Ψ⟩/√N``, which at N → ∞ is the ket
    of the path
    that ends in the bra ν†; each start has a step length of its own, doubled and halved as it succeeds.
    """
    lowered = _lowered_states(evolved, states.shape[1])
    states, lengths = states.copy(), np.full(len(states), 0.5)
    rates, uphill = _rates_and_slopes(states, evolved, lowered)
    active = np.arange(len(states))
    for _ in range(ASCENT_STEPS):
        trial = states[active] + lengths[active, None] * uphill[active]
        trial /= np.linalg.norm(trial, axis=1, keepdims=True)
        new_rates, new_uphill = _rates_and_slopes(trial, evolved, lowered)
        better = new_rates > rates[active]
        moved = active[better]
        states[moved], rates[moved], uphill[moved] = trial[better], new_rates[better], new_uphill[better]
        lengths[active] *= np.where(better, 1.6, 0.4)
        slope = np.linalg.norm(uphill[active], axis=1)
        active = active[(slope > SHORTEST_STEP) & (lengths[active] * slope > 1e-10)]
        if not len(active):
            break
    return states, rates


def _rates_and_slopes(states: Complex, evolved: EvolvedState, lowered: Complex) -> tuple[Real, Complex]:
    partial = product_bras(states, evolved.particles - 1) @ lowered
    amplitude = (states.conj() * partial).sum(axis=1)
    with np.errstate(all="ignore"):
        rates = (2 * np.log(np.abs(amplitude)) + evolved.log_norm) / evolved.particles
        slopes = partial / amplitude[:, None] - states
    slopes = np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)
    size = np.linalg.norm(slopes, axis=1, keepdims=True)
    return rates, slopes * np.minimum(1, 1 / np.maximum(size, 1e-300))


@lru_cache(maxsize=8)
def _lowering_operators(dimension: int, particles: int) -> tuple[sp.csr_array, ...]:
    return tuple(annihilation_operator(dimension, particles, level) for level in range(dimension))


def _lowered_states(evolved: EvolvedState, dimension: int) -> Complex:
    """``a_i|Ψ⟩/√N`` for every level i, shape (D', d)."""
    operators = _lowering_operators(dimension, evolved.particles)
    columns = [np.asarray(operator @ evolved.vector) for operator in operators]
    return np.asarray(np.stack(columns, axis=1) / np.sqrt(evolved.particles))


def spread_states(dimension: int, count: int) -> Complex:
    """``count`` unit vectors spread evenly over CP^{d-1}, shape (count, d), the same at every call.

    d = 2: Fibonacci lattice on the Bloch sphere. d > 2: normalised complex Gaussians of a fixed seed.
    """
    if dimension == 2:
        index = np.arange(count) + 0.5
        height = 1 - 2 * index / count
        azimuth = np.pi * (1 + np.sqrt(5)) * index
        return np.stack([np.sqrt((1 + height) / 2), np.sqrt((1 - height) / 2) * np.exp(1j * azimuth)], axis=1)
    gaussian = np.random.default_rng(20260113).normal(size=(2, count, dimension))
    states = gaussian[0] + 1j * gaussian[1]
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True))


@lru_cache(maxsize=8)
def _spread_with_neighbours(dimension: int, count: int) -> tuple[Complex, NDArray[np.intp]]:
    grid = spread_states(dimension, count)
    return grid, np.argsort(-np.abs(grid.conj() @ grid.T), axis=1)[:, 1 : NEIGHBOURS + 1]
