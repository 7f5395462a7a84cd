"""Families of inputs that broke an engine or might: each draws a model, a state, N and t from a seeded rng."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.state import ProductState

Complex = NDArray[np.complex128]

X, Y, Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
ONE, PAIR = np.eye(2), np.eye(4)
SMALL = {2: 24, 3: 8, 4: 5, 5: 3}
"""Largest N of a family without structure, by the number of levels."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """One question to the engines.

    Attributes
    ----------
    one_body, two_body : arrays
        A1 and A2; of the model before the turn if ``turned``.
    form : dict
        How the state is given: ``amplitudes``; or ``p0`` and ``phase``; or ``tilt`` and ``phase``.
    particles, time : int, float
        N and t.
    turned : bool
        The engines get a diagonal qubit model with X in place of Z (a Hadamard turn, exact in doubles).
    """

    one_body: Complex
    two_body: Complex
    form: dict[str, float | list[complex]]
    particles: int
    time: float
    turned: bool = False

    def build_model(self) -> Model:
        """Model that the engines get."""
        if not self.turned:
            return Model(self.one_body, self.two_body)
        return Model(self.one_body[0, 0] * X, self.two_body[0, 0] * np.kron(X, X))

    def build_state(self) -> ProductState:
        """State that the engines get."""
        if "amplitudes" in self.form:
            return ProductState(np.array(self.form["amplitudes"]))
        build = ProductState.from_population if "p0" in self.form else ProductState.from_tilt
        return build(*self.form.values())  # type: ignore[arg-type]  # numbers, where there are no amplitudes

    def __str__(self) -> str:
        """All that is needed to build it again."""
        return (
            f"Inputs(np.array({self.one_body.tolist()!r}), np.array({self.two_body.tolist()!r}), {self.form!r}, "
            f"{self.particles!r}, {self.time!r}, {self.turned!r})"
        )


def _inputs(
    one_body: ArrayLike, two_body: ArrayLike, form: dict[str, float | list[complex]], particles: int, time: float
) -> Inputs:
    """Inputs with an A2 that is exchange-symmetric to the last digit."""
    pair = np.asarray(two_body, dtype=complex)
    pair = (pair + swap_particles(pair)) / 2
    return Inputs(np.asarray(one_body, dtype=complex), pair, form, int(particles), float(time))


def _normal(rng: Generator, *shape: int) -> Complex:
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def _unitary(rng: Generator, levels: int) -> Complex:
    return np.asarray(np.linalg.qr(_normal(rng, levels, levels))[0])


def _amplitudes(vector: ArrayLike) -> dict[str, float | list[complex]]:
    phi = np.asarray(vector, dtype=complex)
    return {"amplitudes": (phi / np.linalg.norm(phi)).tolist()}


def _population(rng: Generator, phase: bool = True) -> dict[str, float | list[complex]]:
    return {"p0": float(rng.uniform(0.02, 0.98)), "phase": float(rng.uniform(-3, 3)) if phase else 0.0}


def _tilt(tilt: float, phase: float = 0.0) -> dict[str, float | list[complex]]:
    return {"tilt": float(tilt), "phase": float(phase)}


def _magnitude(rng: Generator, low: float, high: float) -> float:
    """``±10^u``, u uniform."""
    return float(rng.choice([-1, 1]) * 10 ** rng.uniform(low, high))


def _large(rng: Generator, low: float, high: float) -> int:
    return int(10 ** rng.uniform(np.log10(low), np.log10(high)))


def draw_dense(rng: Generator) -> Inputs:
    """Every entry of A1, A2 and φ, d = 2 … 5."""
    levels = int(rng.choice([2, 2, 3, 3, 4, 5]))
    particles = rng.integers(2, SMALL[levels] + 1)
    pair = _normal(rng, levels**2, levels**2) / (2 * levels)
    one = _normal(rng, levels, levels) / 2
    return _inputs(one, pair, _amplitudes(_normal(rng, levels)), particles, rng.uniform(0.1, 1.5))


def _dense_qubit(rng: Generator, most: int = 24) -> Inputs:
    one, pair = _normal(rng, 2, 2) / 2, _normal(rng, 4, 4) / 4
    return _inputs(one, pair, _population(rng), rng.integers(2, most + 1), rng.uniform(0.1, 1.2))


def draw_rescaled(rng: Generator) -> Inputs:
    """Couplings in units 10^{±9} of those of another clock."""
    case, unit = draw_dense(rng), abs(_magnitude(rng, -9, 9))
    return _inputs(case.one_body * unit, case.two_body * unit, case.form, case.particles, case.time / unit)


def draw_uneven(rng: Generator) -> Inputs:
    """Couplings that differ by many orders of magnitude from entry to entry."""
    case = _dense_qubit(rng, 12)
    one, pair = (matrix * 10 ** rng.uniform(-12, 0, matrix.shape) for matrix in (case.one_body, case.two_body))
    return _inputs(one, pair, case.form, case.particles, case.time)


def draw_trace_shifted(rng: Generator) -> Inputs:
    """A multiple of the identity in A2 or A1, up to 10⁹: changes no state."""
    case = _dense_qubit(rng)
    shift = _magnitude(rng, 0, 9) * rng.choice([1, 1j, 0.6 + 0.8j])
    if rng.random() < 0.3:
        return _inputs(case.one_body + shift * ONE, case.two_body, case.form, case.particles, case.time)
    return _inputs(case.one_body, case.two_body + shift * PAIR, case.form, case.particles, case.time)


def draw_gauged(rng: Generator) -> Inputs:
    """A one-body operator moved from A2 to A1, up to 10⁷: changes nothing at all."""
    case = _dense_qubit(rng)
    moved = _magnitude(rng, 0, 7) * (Z if rng.random() < 0.5 else _normal(rng, 2, 2))
    pair = case.two_body - (np.kron(moved, ONE) + np.kron(ONE, moved))
    return _inputs(case.one_body + moved, pair, case.form, case.particles, case.time)


def draw_gauged_qutrit(rng: Generator) -> Inputs:
    """The same for three levels, with a trace."""
    one, pair, eye = _normal(rng, 3, 3) / 2, _normal(rng, 9, 9) / 6, np.eye(3)
    moved = _magnitude(rng, 0, 6) * _normal(rng, 3, 3)
    pair = pair - (np.kron(moved, eye) + np.kron(eye, moved)) + _magnitude(rng, 0, 6) * np.eye(9)
    form = _amplitudes(_normal(rng, 3))
    return _inputs(one + moved, pair, form, rng.integers(2, 7), rng.uniform(0.1, 1))


def draw_gauged_diagonal(rng: Generator) -> Inputs:
    """Shifts and gauges of a diagonal qubit model."""
    coupling, field = rng.uniform(-1, 1) + 1j * rng.uniform(-1, 1), rng.uniform(-0.3, 0.3) * (1 + 1j)
    moved, shift = _magnitude(rng, 0, 7), _magnitude(rng, 0, 7) * rng.choice([1, 1j])
    pair = coupling * np.kron(Z, Z) + shift * PAIR - moved * (np.kron(Z, ONE) + np.kron(ONE, Z))
    return _inputs((field + moved) * Z, pair, _population(rng), _large(rng, 2, 800), rng.uniform(0.1, 2))


def draw_rotated(rng: Generator) -> Inputs:
    """The counterexample of the paper in another basis."""
    unitary, tilt = _unitary(rng, 2), rng.normal() / 3
    both = np.kron(unitary, unitary)
    phi = unitary @ np.exp([tilt / 2, -tilt / 2])
    pair = both @ np.kron(Z, 1j * Z) @ both.conj().T
    return _inputs(0 * Z, pair, _amplitudes(phi), rng.integers(2, 41), rng.uniform(0.1, 1.5))


def draw_unstable(rng: Generator) -> Inputs:
    """The same at or near the unstable point of Hartree's flow, for long."""
    unitary, tilt = _unitary(rng, 2), rng.choice([0, _magnitude(rng, -15, -3)])
    both = np.kron(unitary, unitary)
    phi = unitary @ np.exp([tilt / 2, -tilt / 2])
    pair = both @ np.kron(Z, 1j * Z) @ both.conj().T
    return _inputs(0 * Z, pair, _amplitudes(phi), rng.integers(2, 13), rng.uniform(2, 14))


def draw_similar(rng: Generator) -> Inputs:
    """A diagonal model seen through a matrix that is far from unitary."""
    basis = np.array([[1, rng.uniform(0.5, 3)], [0, 1]]) @ _unitary(rng, 2)
    both, inverse = np.kron(basis, basis), np.linalg.inv(basis)
    one = basis @ np.diag(_normal(rng, 2) / 2) @ inverse
    pair = both @ ((0.5 + 0.5j) * np.kron(Z, Z)) @ np.kron(inverse, inverse)
    return _inputs(one, pair, _population(rng), rng.integers(2, 17), rng.uniform(0.1, 0.8))


def draw_nilpotent(rng: Generator) -> Inputs:
    """A1² = A2² = 0: all particles drain one way, polynomially in t."""
    size = _magnitude(rng, -2, 1)
    lower = np.array([[0, 1], [0, 0]])
    one, pair = rng.choice([0, 1]) * size * lower, size * _normal(rng)[()] * np.kron(lower, lower)
    time = rng.uniform(0.1, 2) / abs(size)
    return _inputs(one, pair, _population(rng), rng.integers(2, 25), time)


def draw_rank_one(rng: Generator) -> Inputs:
    """``A2 = c |v⟩⟨w|`` for pairs v, w."""
    levels = int(rng.choice([2, 3]))
    left, right = (np.kron(v, v) for v in (_normal(rng, levels), _normal(rng, levels)))
    pair = np.outer(left, right.conj()) / np.linalg.norm(left) / np.linalg.norm(right)
    one = rng.choice([0, 1]) * _normal(rng, levels, levels)
    return _inputs(
        one, 3 * pair, _amplitudes(_normal(rng, levels)), rng.integers(2, SMALL[levels]), rng.uniform(0.1, 1)
    )


def draw_swap(rng: Generator) -> Inputs:
    """A2 = c SWAP is a number on bosons."""
    levels = int(rng.choice([2, 3]))
    swap = np.eye(levels**2).reshape(levels, levels, -1).transpose(1, 0, 2).reshape(levels**2, -1)
    one = _normal(rng, levels, levels) / 2
    form = _amplitudes(_normal(rng, levels))
    return _inputs(one, _normal(rng)[()] * swap, form, rng.integers(2, SMALL[levels]), rng.uniform(0.1, 2))


def draw_strong_loss(rng: Generator) -> Inputs:
    """Loss from one level, γt up to 30, with hopping and contact interaction."""
    loss = 10 ** rng.uniform(0, 1.5)
    one = np.array([[0, -1], [-1, -1j * loss]]) * rng.choice([1, -1])
    pair = rng.uniform(-2, 2) * np.diag([1, 0, 0, 1])
    return _inputs(one, pair, _population(rng), rng.integers(2, 13), rng.uniform(0.2, 1))


def draw_tiny_time(rng: Generator) -> Inputs:
    """S_L ∝ t² down to 1e-26 and below."""
    case = draw_dense(rng)
    return _inputs(case.one_body, case.two_body, case.form, case.particles, 10 ** rng.uniform(-13, -2))


def draw_tiny_time_diagonal(rng: Generator) -> Inputs:
    """The same with many particles."""
    coupling = rng.uniform(-1, 1) + 1j * rng.uniform(-1, 1)
    time = 10 ** rng.uniform(-13, -2)
    return _inputs(0 * Z, coupling * np.kron(Z, Z), _population(rng), _large(rng, 2, 2000), time)


def draw_long_time(rng: Generator) -> Inputs:
    """Few particles, times up to 40."""
    damping = rng.choice([0, 0.05, 0.3])
    one = rng.normal() * X - 1j * damping * (ONE - Z)
    pair = rng.normal() * np.kron(Z, Z) + rng.normal() * np.kron(X, X) / 2
    return _inputs(one, pair, _population(rng), rng.integers(2, 8), rng.uniform(5, 40))


def draw_eigenstate(rng: Generator) -> Inputs:
    """φφ is an eigenvector of A2 and φ of A1, up to rounding: S_L = 0."""
    levels = int(rng.choice([2, 3]))
    frame = _unitary(rng, levels) if rng.random() < 0.6 else np.eye(levels)
    one, pair = _normal(rng, levels, levels) / 2, _normal(rng, levels**2, levels**2) / 4
    one[1:, 0] = 0
    pair[1:, 0] = 0
    both = np.kron(frame, frame)
    one, pair = frame @ one @ frame.conj().T, both @ pair @ both.conj().T
    return _inputs(one, pair, _amplitudes(frame[:, 0]), rng.integers(2, 8), rng.uniform(0.1, 2))


def draw_zeros_in_state(rng: Generator) -> Inputs:
    """Empty levels, d = 2 … 5."""
    levels = int(rng.integers(2, 6))
    phi = _normal(rng, levels)
    phi[rng.permutation(levels)[: rng.integers(1, levels)]] = 0
    one, pair = _normal(rng, levels, levels) / 2, _normal(rng, levels**2, levels**2) / (2 * levels)
    if rng.random() < 0.4:
        one, pair = np.diag(np.diag(one)), np.diag(np.diag(pair))
    return _inputs(one, pair, _amplitudes(phi), rng.integers(2, SMALL[levels] + 1), rng.uniform(0.1, 1))


def draw_tiny_amplitude(rng: Generator) -> Inputs:
    """A level with 10^{−2} … 10^{−150} of the wavefunction, and gain there."""
    levels = int(rng.choice([2, 3]))
    phi = _normal(rng, levels)
    phi[rng.integers(levels)] *= 10 ** rng.uniform(-150, -2)
    if rng.random() < 0.5:
        one = np.diag(_normal(rng, levels) * 2)
        pair = np.diag(_normal(rng, levels**2))
    else:
        one, pair = _normal(rng, levels, levels) / 2, _normal(rng, levels**2, levels**2) / 5
    return _inputs(one, pair, _amplitudes(phi), rng.integers(2, SMALL[levels] + 1), rng.uniform(0.1, 2))


def draw_many_levels(rng: Generator) -> Inputs:
    """Diagonal models of 3 … 5 levels."""
    levels = int(rng.integers(3, 6))
    one, pair = np.diag(_normal(rng, levels)), np.diag(_normal(rng, levels**2))
    particles = rng.integers(2, {3: 50, 4: 16, 5: 8}[levels])
    return _inputs(one, pair, _amplitudes(_normal(rng, levels)), particles, 10 ** rng.uniform(-2, 0.7))


def draw_many_levels_shifted(rng: Generator) -> Inputs:
    """The same with large traces, one-body parts and phases."""
    case = draw_many_levels(rng)
    levels = len(case.one_body)
    moved = _magnitude(rng, 0, 6) * np.diag(_normal(rng, levels))
    pair = case.two_body - np.kron(moved, np.eye(levels)) - np.kron(np.eye(levels), moved)
    pair = pair + _magnitude(rng, 0, 6) * np.eye(levels**2)
    return _inputs(case.one_body + moved, pair, case.form, case.particles, case.time)


def draw_oscillating(rng: Generator) -> Inputs:
    """Real ZZ: phases of 4κt/(N−1) a site, at and near the harmonics of any thinning."""
    particles = _large(rng, 50, 2500)
    harmonic = np.pi / rng.integers(1, 13) * rng.integers(1, 4)
    turn = harmonic * (1 + rng.choice([0, 1e-9, 1e-4, 1e-2]) * rng.normal())  # 2κt/(N−1)
    time = 10 ** rng.uniform(-1, 2)
    coupling = turn * (particles - 1) / (2 * time)
    form = {"p0": 0.5, "phase": 0.0} if rng.random() < 0.4 else _population(rng)
    return _inputs(0 * Z, coupling * np.kron(Z, Z), form, particles, time)


def draw_oscillating_with_gain(rng: Generator) -> Inputs:
    """Complex ZZ and fields: the weights have one peak or two, and the coherence turns."""
    particles, time = _large(rng, 50, 2500), rng.uniform(0.05, 2)
    turn = np.pi * rng.uniform(0, 1) ** 3
    coupling = turn * (particles - 1) / (2 * time) + 1j * rng.choice([-1, 1]) * rng.uniform(0, 1.5)
    field = rng.choice([0, 1]) * rng.normal() * (1 + 0.2j)
    return _inputs(field * Z, coupling * np.kron(Z, Z), _population(rng), particles, time)


def draw_counterexample(rng: Generator) -> Inputs:
    """A2 = i ZZ, any p0 and t."""
    form = {"p0": float(rng.uniform(0, 1)), "phase": 0.0}
    return _inputs(0 * Z, 1j * np.kron(Z, Z), form, _large(rng, 2, 5000), 10 ** rng.uniform(-1, 1))


def draw_near_critical(rng: Generator) -> Inputs:
    """A2 = i ZZ near t = ½ and p0 = ½."""
    tilt = rng.choice([0, _magnitude(rng, -14, -2)])
    time = 0.5 + rng.choice([0, _magnitude(rng, -12, -2)])
    return _inputs(0 * Z, 1j * np.kron(Z, Z), _tilt(tilt, rng.uniform(-3, 3)), _large(rng, 100, 5000), time)


def draw_coexistence(rng: Generator) -> Inputs:
    """Two peaks whose weights differ by e^{O(1)}: h = u/N."""
    particles = _large(rng, 20, 5000)
    field = rng.choice([0, rng.normal()])
    time = rng.uniform(0.5, 3)
    tilt = rng.normal() / particles - 2 * field * time  # the field's drift leads back to coexistence
    coupling = 1j + rng.choice([0, 1]) * rng.normal()
    return _inputs(1j * field * Z, coupling * np.kron(Z, Z), _tilt(tilt), particles, time)


def draw_corner(rng: Generator) -> Inputs:
    """States near a pole, strong amplification: S_L down to 1e-50."""
    coupling = 1j * rng.choice([-1, 1]) + rng.choice([0, 0, 1]) * rng.normal()
    tilt = _magnitude(rng, 0, 1.3)
    return _inputs(0 * Z, coupling * np.kron(Z, Z), _tilt(tilt), _large(rng, 2, 3000), rng.uniform(0.1, 10))


def draw_pole(rng: Generator) -> Inputs:
    """Diagonal qubit models from |0⟩ and |1⟩, or hardly beside them, with gain toward the other pole."""
    beside = rng.choice([0.0, 10 ** rng.uniform(-300, -3), 1.0, 1 - 2.0 ** -rng.integers(10, 54)])
    form = {"p0": float(beside), "phase": 0.0} if rng.random() < 0.6 else _tilt(_magnitude(rng, 1, 2.6))
    field, coupling = 3 * _normal(rng)[()], 2 * _normal(rng)[()]
    return _inputs(field * Z, coupling * np.kron(Z, Z), form, _large(rng, 2, 3000), 10 ** rng.uniform(-1, 1.5))


def draw_long_phase(rng: Generator) -> Inputs:
    """Diagonal qubit models at times up to 10⁸: phases without end, gain of order one."""
    time = 10 ** rng.uniform(1, 8)
    coupling = rng.normal() + 1j * rng.normal() / time
    field = rng.normal() + 0.3j * rng.normal() / time
    return _inputs(field * Z, coupling * np.kron(Z, Z), _population(rng), _large(rng, 2, 1e9), time)


def draw_large(rng: Generator) -> Inputs:
    """Diagonal qubit models of up to 10¹⁵ particles: peaks, fields and phases of order one."""
    coupling = rng.uniform(-1, 1) + 1j * rng.uniform(-1.5, 1.5)
    field = rng.choice([0, 1]) * (rng.normal() + 0.5j * rng.normal())
    form, particles = _population(rng), _large(rng, 5000, 1e15)
    return _inputs(field * Z, coupling * np.kron(Z, Z), form, particles, rng.uniform(0.05, 2))


def draw_large_oscillating(rng: Generator) -> Inputs:
    """Real ZZ with phases of order one a site, or a width, at large N."""
    particles, time = _large(rng, 5000, 1e12), rng.uniform(0.1, 2)
    turn = rng.uniform(0, np.pi) if rng.random() < 0.5 else rng.uniform(0, 10) / np.sqrt(particles)
    coupling = turn * (particles - 1) / (2 * time)
    return _inputs(0 * Z, coupling * np.kron(Z, Z), _population(rng), particles, time)


def draw_large_gauged(rng: Generator) -> Inputs:
    """Fields that cancel between A1 and A2 at coexistence, where rounding them matters as 1/N."""
    moved = _magnitude(rng, -2, 3) * rng.choice([1, 1j, 0.6 + 0.8j])
    coupling = rng.choice([0, 1]) * rng.normal() + 1j * rng.uniform(0.1, 1.5)
    pair = coupling * np.kron(Z, Z) - moved * (np.kron(Z, ONE) + np.kron(ONE, Z)) + rng.normal() * (1 + 1j) * PAIR
    particles = _large(rng, 5000, 1e12)
    form = _tilt(rng.choice([0, rng.normal() / particles, rng.normal()]), rng.uniform(-3, 3))
    return _inputs(moved * Z, pair, form, particles, rng.uniform(0.1, 1.5))


def draw_large_critical(rng: Generator) -> Inputs:
    """A2 = i ZZ near its critical point on the scales N^{−1/2} of t and N^{−3/4} of the tilt."""
    particles = _large(rng, 5000, 1e15)
    tilt = rng.choice([0, 1]) * rng.normal() * 10 ** rng.uniform(-2, 2) * particles**-0.75
    time = 0.5 + rng.choice([0, 1]) * rng.normal() * 10 ** rng.uniform(-2, 2) * particles**-0.5
    coupling = 1j + rng.choice([0, 1]) * rng.normal()
    return _inputs(0 * Z, coupling * np.kron(Z, Z), _tilt(tilt), particles, max(time, 0.1))


def draw_damped_pairs(rng: Generator) -> Inputs:
    """A2 = −i ZZ: the weights become narrower than binomial."""
    coupling = -1j * 10 ** rng.uniform(-1, 1) + rng.choice([0, 1]) * rng.normal()
    return _inputs(0 * Z, coupling * np.kron(Z, Z), _population(rng), _large(rng, 2, 3000), rng.uniform(0.1, 10))


def draw_hermitian(rng: Generator) -> Inputs:
    """Unitary evolution."""
    case = draw_dense(rng)
    one, pair = (matrix + matrix.conj().T for matrix in (case.one_body, case.two_body))
    return _inputs(one, pair, case.form, case.particles, case.time)


def draw_anti_hermitian(rng: Generator) -> Inputs:
    """Imaginary time."""
    case = draw_dense(rng)
    one, pair = (matrix - matrix.conj().T for matrix in (case.one_body, case.two_body))
    return _inputs(one, pair, case.form, case.particles, case.time)


def draw_amplified_noise(rng: Generator) -> Inputs:
    """Loss with hopping at N where double precision loses more and more digits."""
    one = X - 0.5j * Z + 0.1 * _normal(rng, 2, 2)
    particles, time = rng.integers(30, 121), rng.uniform(0.2, 1)
    return _inputs(one, 2 * np.kron(Z, Z), _population(rng), particles, time)


def draw_few_particles(rng: Generator) -> Inputs:
    """N = 2 and 3."""
    levels = int(rng.integers(2, 6))
    one, pair = _normal(rng, levels, levels), _normal(rng, levels**2, levels**2) / levels
    return _inputs(one, pair, _amplitudes(_normal(rng, levels)), rng.choice([2, 3]), rng.uniform(0, 3))


def draw_trivial(rng: Generator) -> Inputs:
    """No Hamiltonian, no interaction, or no time."""
    case = draw_dense(rng)
    keep = [(0, 0, 1.0), (1, 0, 1.0), (1, 1, 0.0), (0, 1, 1e-300)][rng.integers(4)]
    one, pair = case.one_body * keep[0], case.two_body * keep[1]
    return _inputs(one, pair, case.form, case.particles, case.time * keep[2])


def draw_whole_numbers(rng: Generator) -> Inputs:
    """Couplings that are small integers: degenerate levels, exact cancellations."""
    one = sum(int(c) * p for c, p in zip(rng.integers(-1, 2, 3), (X, Y, Z), strict=True))
    pair = sum(int(c) * np.kron(p, p) for c, p in zip(rng.integers(-1, 2, 3), (X, Y, 1j * Z), strict=True))
    form = {"p0": float(rng.choice([0, 0.25, 0.5, 1])), "phase": 0.0}
    return _inputs(one, pair, form, rng.integers(2, 20), rng.choice([0.25, 0.5, 1, 2]))


def draw_turned_critical(rng: Generator) -> Inputs:
    """A2 = i XX near its critical point, for N of the condensate expansion."""
    tilt, turned = rng.choice([0, _magnitude(rng, -6, -1)]), float(rng.uniform(-1, 1))
    up, down = np.exp(tilt / 2), np.exp(-tilt / 2 + 1j * turned)
    time = float(0.5 + rng.choice([0, 1]) * _magnitude(rng, -3, -0.7))
    form = _amplitudes([up + down, up - down])
    return Inputs(0 * Z, 1j * np.kron(Z, Z), form, _large(rng, 100, 1e8), time, turned=True)


def draw_turned(rng: Generator) -> Inputs:
    """A diagonal qubit model with X in place of Z, for N of the condensate expansion."""
    up, down = _normal(rng, 2)
    coupling, field = rng.uniform(-1, 1) + 1j * rng.uniform(-0.8, 0.8), rng.normal() + 0.3j * rng.normal()
    form = _amplitudes([up + down, up - down])
    particles, time = _large(rng, 100, 1e12), float(rng.uniform(0.1, 1))
    return Inputs(field * Z, coupling * np.kron(Z, Z), form, particles, time, turned=True)


def draw_condensate(rng: Generator) -> Inputs:
    """Dense qubit models with enough particles for the condensate expansion."""
    case = _dense_qubit(rng)
    return _inputs(case.one_body, case.two_body, case.form, rng.integers(96, 161), min(case.time, 0.8))


FAMILIES: dict[str, Callable[[Generator], Inputs]] = {
    name.removeprefix("draw_"): function for name, function in list(globals().items()) if name.startswith("draw_")
}
RARE = {"turned", "turned_critical", "condensate", "amplified_noise"}
"""Families that take seconds a case come up once in `RARE_EVERY` rounds."""
RARE_EVERY = 5


def schedule_cases() -> Iterator[tuple[str, int]]:
    """Names of families with an index in each, without end."""
    for turn in count():
        for name in FAMILIES:
            if name not in RARE or turn % RARE_EVERY == 0:
                yield name, turn
