"""Quantum-jump trajectories of bosons that are lost one by one: the ensemble of the Lindblad equation, in runs.

A run that loses no boson until t is in the postselected state, which the rest of the package is about; the average
over all runs is the solution of the Lindblad equation. Both come out of the same runs here, to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.bosons.subspace import (
    annihilation_operator,
    many_body_hamiltonian,
    product_state_vector,
    unnormalised_marginal,
)
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.arguments import read_array, read_particles, read_times, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair

LARGEST_SUBSPACE = 500
"""Largest dimension of Sym^N C^d: propagators are dense matrices."""
HALVINGS = 40
"""A jump is located to 2⁻⁴⁰ of the distance of two times."""


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Runs of bosons that are lost one by one, at all times; R runs.

    Parameters
    ----------
    particles : int
        N at t = 0.
    times : (T,) array
        In inverse units of the couplings.
    remaining : (R, T) integer array
        Bosons that are left.
    correlations : (R, T, d, d) array
        ``⟨a_j† a_i⟩`` at row i and column j in the normalised state of each run; its trace is ``remaining``.
    no_jump_probability : (T,) array
        Probability that no boson has been lost: ⟨Ψ|Ψ⟩ under the no-jump Hamiltonian, without sampling.
    no_jump_density : (T, d, d) array
        ρ̂^(1) of the runs without loss, without sampling: the postselected state.
    """

    particles: int
    times: Real
    remaining: NDArray[np.int64]
    correlations: Complex
    no_jump_probability: Real
    no_jump_density: Complex

    def __repr__(self) -> str:
        """How many runs, of how many bosons, and how many of them have lost nothing."""
        kept = int((self.remaining[:, -1] == self.particles).sum())
        return (
            f"Trajectories: {len(self.remaining)} runs of {self.particles} bosons, {len(self.times)} times, "
            f"{kept} without loss at t = {self.times[-1]:g}"
        )

    @property
    def no_jump_fraction(self) -> tuple[Real, Real]:
        """Share of the runs that have lost nothing, (T,), and the standard error of that."""
        kept = self.remaining == self.particles
        share = kept.mean(axis=0)
        expected = np.clip(self.no_jump_probability, 0, 1)  # at t = 0 it is 1 to rounding
        return share, np.sqrt(expected * (1 - expected) / len(kept))

    @property
    def ensemble(self) -> tuple[Complex, Real]:
        """Average of ``correlations`` over the runs, (T, d, d), and the standard error of its entries.

        It estimates ``Tr(ρ a_j† a_i)`` of the solution ρ of the Lindblad equation.
        """
        spread = np.std(self.correlations, axis=0, ddof=1)  # of a complex number: both parts together
        return self.correlations.mean(axis=0), np.asarray(spread / np.sqrt(len(self.correlations)))


def sample_trajectories(
    hamiltonian: Model,
    jumps: ArrayLike,
    state: ProductState,
    particles: int,
    times: ArrayLike,
    runs: int = 1000,
    seed: int | np.random.Generator = 0,
) -> Trajectories:
    """Sample runs of the Lindblad equation with one-body loss, ``L_k = Σ_i ℓ_ki a_i``.

    Parameters
    ----------
    hamiltonian : Model
        H without the loss, Hermitian, as eq. (1) has it *at this N*: ``A1 = h``, ``A2 = (N − 1) V``. When bosons
        are lost, h and V stay what they are.
    jumps : (K, d) array
        ℓ; one row for each jump operator, in units of 1/√time. One row may stand alone.
    state : ProductState
        Of the same dimension d.
    particles : int
        N at t = 0, from 2; small: Sym^N C^d may have at most 500 dimensions.
    times : (T,) sequence of float, or one number
        Strictly ascending, ≥ 0.
    runs : int
        R ≥ 2.
    seed : int or numpy Generator
        Of the random numbers; the same gives the same runs.

    Raises
    ------
    ModelError
        Naming the argument that is none of these.

    Notes
    -----
    Between jumps the state follows ``H − (i/2) Σ L†L`` exactly (dense propagators); it jumps when its squared norm
    has fallen to a uniform random number, at a time found by halving the interval 40 times. There is no error of a
    time step: averages are off by their statistical error alone (Dalibard, Castin, Mølmer, PRL 68, 580).
    """
    require_pair(hamiltonian, state)
    if not hamiltonian.is_hermitian:
        raise refuse("hamiltonian", "one that is not Hermitian", "H without the loss", quote=False)
    allowed = "numbers of shape (K, d), one row for each jump operator"
    rows = np.atleast_2d(read_array("jumps", jumps, allowed))
    if rows.ndim != 2 or rows.shape[1] != state.dimension or not np.isfinite(rows).all():
        raise refuse("jumps", rows, allowed)
    (number,) = read_particles(particles)
    size = comb(number + state.dimension - 1, number)
    if size > LARGEST_SUBSPACE:
        raise ModelError(
            f"{number} bosons on {state.dimension} levels have {size} states; allowed: at most "
            f"{LARGEST_SUBSPACE}, lower N"
        )
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 2:
        raise refuse("runs", runs, "a whole number ≥ 2")
    instants = read_times(times, ascending=True)
    lossy = LossyBosons(hamiltonian, rows, number)
    start = product_state_vector(state.amplitudes, number)
    start = start / np.linalg.norm(start)
    probability, density = lossy.follow_without_jump(start, instants)
    random = np.random.default_rng(seed)
    sampled = [lossy.sample(start, instants, random) for _ in range(runs)]
    return Trajectories(
        number,
        np.array(instants),
        np.array([left for left, _ in sampled]),
        np.array([correlations for _, correlations in sampled]),
        probability,
        density,
    )


class LossyBosons:
    """What evolves and what jumps, for every number of bosons that can be left.

    Parameters
    ----------
    hamiltonian : Model
        H at N = `particles`.
    jumps : (K, d) array
        ℓ.
    particles : int
        N at t = 0.
    """

    def __init__(self, hamiltonian: Model, jumps: Complex, particles: int) -> None:
        self._hamiltonian, self._jumps, self._particles = hamiltonian, jumps, particles
        self._propagate, self._generate = cache(self._make_propagator), cache(self._make_generator)
        self._lower = cache(self._make_lowering)

    def follow_without_jump(self, start: Complex, instants: Sequence[float]) -> tuple[Real, Complex]:
        """Squared norm (T,) and marginal (T, d, d) of the state that has not jumped."""
        norms, densities = [], []
        vector, now = start, 0.0
        for instant in instants:
            vector, now = self._propagate(self._particles, instant - now, 0) @ vector, instant
            marginal = unnormalised_marginal(vector, self._jumps.shape[1], self._particles, 1)
            norms.append(np.trace(marginal).real)
            densities.append(marginal / norms[-1])
        return np.array(norms), np.array(densities)

    def sample(
        self, start: Complex, instants: Sequence[float], random: np.random.Generator
    ) -> tuple[list[int], list[Complex]]:
        """Bosons left and ``⟨a_j† a_i⟩`` at each of the `instants` of one run."""
        vector, left, threshold, now = start, self._particles, random.random(), 0.0
        counts, correlations = [], []
        for instant in instants:
            vector, left, threshold = self._cross(vector, left, threshold, instant - now, random)
            now = instant
            counts.append(left)
            correlations.append(self._correlate(vector, left))
        return counts, correlations

    def _cross(
        self, vector: Complex, left: int, threshold: float, interval: float, random: np.random.Generator
    ) -> tuple[Complex, int, float]:
        """State, bosons left and threshold of the next jump after an interval.

        The interval is walked in pieces that are 2⁻ⁿ of it and begin at a multiple of their length, each as long
        as it can be: a piece that would cross the threshold is halved, and after one of n = 40 a boson is lost.
        """
        position, whole, level = 0, 1 << HALVINGS, 0
        while position < whole:
            if left == 0:
                break
            while position % (size := whole >> level):
                level += 1
            moved = self._propagate(left, interval, level) @ vector
            if np.vdot(moved, moved).real > threshold:
                vector, position, level = moved, position + size, 0
                continue
            if level < HALVINGS:
                level += 1
                continue
            vector, left, threshold = self._jump(moved, left, random)
            position, level = position + size, 0
        return vector, left, threshold

    def _jump(self, vector: Complex, left: int, random: np.random.Generator) -> tuple[Complex, int, float]:
        lowered = self._jumps @ (self._lower(left) @ vector)
        weights = np.linalg.norm(lowered, axis=1) ** 2
        chosen = lowered[random.choice(len(lowered), p=weights / weights.sum())]
        return chosen / np.linalg.norm(chosen), left - 1, random.random()

    def _correlate(self, vector: Complex, left: int) -> Complex:
        if left == 0:
            return np.zeros((self._jumps.shape[1],) * 2, dtype=np.complex128)
        lowered = self._lower(left) @ vector
        return np.asarray(lowered @ lowered.conj().T / np.linalg.norm(vector) ** 2)

    def _make_propagator(self, left: int, interval: float, level: int) -> Complex:
        """``exp(−i (H − (i/2) Σ L†L) τ)`` for τ = interval/2^level with `left` bosons."""
        return np.asarray(expm(-1j * interval / 2**level * self._generate(left)))

    def _make_generator(self, left: int) -> Complex:
        """``H − (i/2) Σ L†L`` on `left` bosons."""
        one_body = self._hamiltonian.one_body - 0.5j * self._jumps.conj().T @ self._jumps
        if left == 1:
            return one_body[::-1, ::-1]  # the basis (13) begins with the last level
        # V does not change with the number of bosons, and eq. (1) divides A2 by it
        two_body = self._hamiltonian.two_body * ((left - 1) / (self._particles - 1))
        return np.asarray(many_body_hamiltonian(Model(one_body, two_body), left).toarray())

    def _make_lowering(self, left: int) -> Complex:
        """``a_i`` for all i, from `left` bosons to one less: shape (d, D', D)."""
        d = self._jumps.shape[1]
        return np.array([annihilation_operator(d, left, level).toarray() for level in range(d)], dtype=complex)
