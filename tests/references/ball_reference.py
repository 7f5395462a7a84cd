"""Exact marginals of eq. (1), (2) and (7) in balls (Arb): every digit is proved, and no code of an engine is used.

The state vector is written down in the occupation basis ``|n⟩`` of Sym^N C^d, with its square roots, as balls:

- diagonal A1 and A2: each amplitude is one exponential, ``√(N!/Π n_i!) Π φ_i^{n_i} e^{−i t E(n)}``;
- any other model: one Taylor series of ``e^{−i t (A^(N) − c)}``, whose remainder after K terms is at most
  ``(bt)^{K+1}/(K+1)! / (1 − bt/(K+2))`` of the initial norm, b² the product of the largest row and column sums.

All input numbers (doubles) are exact data. The precision is raised until the enclosures are sharp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from flint import acb, arb, ctx
from numpy.typing import NDArray

Occupation = tuple[int, ...]
Rows = list[list[tuple[int, acb]]]
Amplitudes = Callable[[], list[acb]]
"""φ as balls of the precision at which it is called; it need not be normalised."""

FIRST_BITS = 256
MOST_BITS = 1 << 16
DENSITY_RADIUS = 1e-40
ENTROPY_RADIUS = 1e-25
"""Relative."""
ENTROPY_ZERO = 1e-90
"""Radius at which an enclosure of S_L around zero is sharp."""
RATE_RADIUS = 1e-35


@dataclass(frozen=True, eq=False)
class Truth:
    """Proved enclosures of one answer.

    Attributes
    ----------
    density : list of lists of acb
        ρ̂^(1), eq. (7), trace one.
    linear_entropy : arb
        ``1 − Tr ρ̂²``, eq. (11).
    log_norm_rate : arb
        ``(1/N) ln(⟨Ψ(t)|Ψ(t)⟩/⟨Ψ(0)|Ψ(0)⟩)``.
    """

    density: list[list[acb]]
    linear_entropy: arb
    log_norm_rate: arb

    @property
    def is_sharp(self) -> bool:
        """Whether every radius is far below what a double can show; nan is not."""
        entries = [part for row in self.density for entry in row for part in (entry.real, entry.imag)]
        entropy = self.linear_entropy
        return bool(
            all(entry.rad() <= DENSITY_RADIUS for entry in entries)
            and (entropy.rad() <= ENTROPY_RADIUS * abs(entropy) or entropy.rad() <= ENTROPY_ZERO)
            and self.log_norm_rate.rad() <= RATE_RADIUS * (1 + abs(self.log_norm_rate))
        )


def exact_amplitudes(vector: NDArray[np.complex128]) -> Amplitudes:
    """φ from its doubles."""
    return lambda: [acb(value.real, value.imag) for value in vector.tolist()]


def population_amplitudes(p0: float, phase: float) -> Amplitudes:
    """``φ0 = √p0``, ``φ1 = √(1 − p0) e^{i phase}``."""
    return lambda: [acb(p0).sqrt(), (1 - acb(p0)).sqrt() * acb(0, phase).exp()]


def tilt_amplitudes(tilt: float, phase: float) -> Amplitudes:
    """``|φ0/φ1|² = e^{2 tilt}``."""
    return lambda: [(arb(tilt) / 2).exp() * acb(1), (-arb(tilt) / 2).exp() * acb(0, phase).exp()]


def solve_exactly(
    one_body: NDArray[np.complex128],
    two_body: NDArray[np.complex128],
    amplitudes: Amplitudes,
    particles: int,
    time: float,
) -> Truth:
    """Marginal (7) of the solution of (2) under ``A^(N) = Σ A1_i + 1/(N−1) Σ_{i<j} A2_ij``.

    Parameters
    ----------
    one_body, two_body : (d, d), (d*d, d*d) complex arrays
        A1 and the exchange-symmetric A2 with ``[i*d + j, k*d + l] = ⟨ij|A2|kl⟩``.
    amplitudes : callable
        φ.
    particles, time : int, float
        N ≥ 2 and t.

    Raises
    ------
    ArithmeticError
        If 65536 bits do not suffice.
    """
    diagonal = not any(np.any(matrix - np.diag(np.diag(matrix))) for matrix in (one_body, two_body))
    evolve = _evolve_diagonal if diagonal else _evolve_by_taylor
    bits = FIRST_BITS if diagonal else FIRST_BITS + _bits_lost(one_body, two_body, particles, time)
    return sharpen(lambda: _marginal(*evolve(one_body, two_body, amplitudes(), particles, time)), bits)


def sharpen(solve: Callable[[], Truth], bits: int = FIRST_BITS) -> Truth:
    """Call ``solve`` with ever higher precision until its balls are sharp."""
    while bits <= MOST_BITS:
        with ctx.workprec(bits):
            truth = solve()
            if truth.is_sharp:
                return truth
        bits *= 2
    raise ArithmeticError(f"no sharp enclosure with {MOST_BITS} bits")


def truth_from_density(density: list[list[acb]], log_norm_rate: arb) -> Truth:
    """Normalise a marginal and take its entropy."""
    trace = sum((density[i][i] for i in range(len(density))), acb(0)).real
    density = [[entry / trace for entry in row] for row in density]
    purity = sum((square(entry) for row in density for entry in row), arb(0))
    return Truth(density, 1 - purity, log_norm_rate)


def square(value: acb) -> arb:
    """``|z|²`` (x·x, for x**2 of a ball around zero is not a number in python-flint 0.9)."""
    return value.real * value.real + value.imag * value.imag


def list_occupations(levels: int, particles: int) -> Iterator[Occupation]:
    """All ``n`` with ``Σ n_i = N``."""
    if levels == 1:
        yield (particles,)
        return
    for first in range(particles + 1):
        for rest in list_occupations(levels - 1, particles - first):
            yield (first, *rest)


def _product_state(amplitudes: Sequence[acb], particles: int) -> dict[Occupation, acb]:
    """``⟨n|φ^{⊗N}⟩ = √N! Π φ_i^{n_i}/√n_i!``."""
    weighted = [[acb(1)] for _ in amplitudes]  # φ^n/√n!
    for amplitude, of_level in zip(amplitudes, weighted, strict=True):
        for number in range(1, particles + 1):
            of_level.append(of_level[-1] * amplitude / arb(number).sqrt())
    scale = acb(arb(particles).fac().sqrt())
    return {
        occupation: prod((of[n] for of, n in zip(weighted, occupation, strict=True)), start=scale)
        for occupation in list_occupations(len(amplitudes), particles)
    }


Evolved = tuple[dict[Occupation, acb], arb, int]
"""State vector, logarithm of what must be multiplied to its squared norm, and N."""


def _evolve_diagonal(
    one_body: NDArray[np.complex128],
    two_body: NDArray[np.complex128],
    amplitudes: Sequence[acb],
    particles: int,
    time: float,
) -> Evolved:
    """Everything commutes: ``E(n) = Σ a_i n_i + [Σ b_ij n_i n_j − Σ b_ii n_i]/(2(N−1))``."""
    d = len(one_body)
    fields = [_ball(one_body[i, i]) for i in range(d)]
    pairs = [[_ball(two_body[i * d + j, i * d + j]) for j in range(d)] for i in range(d)]
    initial = _product_state(amplitudes, particles)
    start = sum((square(value) for value in initial.values()), arb(0))
    vector = {}
    for occupation, value in initial.items():
        energy = acb(0)
        for i, n in enumerate(occupation):
            energy += fields[i] * n
            for j, m in enumerate(occupation):
                energy += pairs[i][j] * (n * (m - (i == j))) / (2 * (particles - 1))
        vector[occupation] = value * (acb(0, -1) * energy * time).exp()
    return vector, -start.log(), particles


def _evolve_by_taylor(
    one_body: NDArray[np.complex128],
    two_body: NDArray[np.complex128],
    amplitudes: Sequence[acb],
    particles: int,
    time: float,
) -> Evolved:
    initial = _product_state(amplitudes, particles)
    rows, centre = _centred_hamiltonian(one_body, two_body, particles)
    start = sum((square(value) for value in initial.values()), arb(0))
    exponent = _norm_bound(rows) * time
    term = total = list(initial.values())
    smallest = start.sqrt() * arb(2) ** -ctx.prec
    count, size = 0, start.sqrt()  # size bounds the norm of the term of that count
    while True:
        count += 1
        size = size * exponent / count
        factor = acb(0, -time) / count
        term = [factor * sum((value * term[column] for column, value in row), acb(0)) for row in rows]
        total = [a + b for a, b in zip(total, term, strict=True)]
        ratio = exponent / (count + 2)
        if ratio < 0.5:
            tail = size * exponent / (count + 1) / (1 - ratio)
            if tail < smallest:
                break
    slack = arb(0, tail.upper())
    vector = [value + acb(slack, slack) for value in total]
    return dict(zip(initial, vector, strict=True)), 2 * centre.imag * time - start.log(), particles


def _centred_hamiltonian(
    one_body: NDArray[np.complex128], two_body: NDArray[np.complex128], particles: int
) -> tuple[Rows, acb]:
    """Rows of A^(N) − c in the occupation basis, and c, the mean of its diagonal (exact).

    ``A^(N) = Σ A1[i,j] a_i†a_j + 1/(2(N−1)) Σ A2[ij,kl] a_i†a_j†a_l a_k``.
    """
    d = len(one_body)
    places = {occupation: place for place, occupation in enumerate(list_occupations(d, particles))}
    singles = [(i, j, _ball(one_body[i, j])) for i, j in product(range(d), repeat=2) if one_body[i, j]]
    doubles = [
        (i, j, k, m, _ball(two_body[i * d + j, k * d + m]) / (2 * (particles - 1)))
        for i, j, k, m in product(range(d), repeat=4)
        if two_body[i * d + j, k * d + m]
    ]
    columns: list[dict[int, acb]] = []
    for occupation in places:
        column: dict[int, acb] = {}
        for i, j, value in singles:
            _add_hop(column, places, occupation, (j,), (i,), value)
        for i, j, k, m, value in doubles:
            _add_hop(column, places, occupation, (k, m), (i, j), value)
        columns.append(column)
    size = len(columns)
    mean = sum((column.get(place, acb(0)) for place, column in enumerate(columns)), acb(0)) / size
    centre = acb(mean.real.mid(), mean.imag.mid())
    rows: Rows = [[] for _ in range(size)]
    for place, column in enumerate(columns):
        column[place] = column.get(place, acb(0)) - centre
        for target, value in column.items():
            rows[target].append((place, value))
    return rows, centre


def _add_hop(
    column: dict[int, acb],
    places: dict[Occupation, int],
    occupation: Occupation,
    removed: Sequence[int],
    added: Sequence[int],
    value: acb,
) -> None:
    """Add ``value · a†…a…|n⟩`` to a column."""
    radicand, numbers = 1, list(occupation)
    for level in removed:
        radicand *= numbers[level]
        numbers[level] -= 1
    if radicand == 0:
        return
    for level in added:
        numbers[level] += 1
        radicand *= numbers[level]
    target = places[tuple(numbers)]
    column[target] = column.get(target, acb(0)) + value * arb(radicand).sqrt()


def _norm_bound(rows: Rows) -> arb:
    """``√(‖H‖_1 ‖H‖_∞) ≥ ‖H‖``."""
    in_rows = [arb(0) for _ in rows]
    in_columns = [arb(0) for _ in rows]
    for place, row in enumerate(rows):
        for column, value in row:
            size = abs(value)
            in_rows[place] += size
            in_columns[column] += size
    return (_largest(in_rows) * _largest(in_columns)).sqrt().upper()


def _largest(values: Sequence[arb]) -> arb:
    largest = arb(0)
    for value in values:
        largest = largest.max(value.upper())
    return largest


def _bits_lost(
    one_body: NDArray[np.complex128], two_body: NDArray[np.complex128], particles: int, time: float
) -> int:
    """Guess of the digits that growth of the balls and decay of the norm cost: e^{bt} each at most."""
    with ctx.workprec(FIRST_BITS):
        rows, _ = _centred_hamiltonian(one_body, two_body, particles)
        return int(2.5 * float(_norm_bound(rows)) * time / 0.693)


def _marginal(vector: dict[Occupation, acb], log_scale: arb, particles: int) -> Truth:
    """``ρ_ij ∝ ⟨a_j† a_i⟩ = Σ_m L_i(m) L_j(m)*``, ``L_i(m) = √(m_i + 1) ⟨m + e_i|Ψ⟩``."""
    d = len(next(iter(vector)))
    lowered: list[list[acb]] = [[] for _ in range(d)]
    roots = [arb(number).sqrt() for number in range(particles + 1)]
    for rest in list_occupations(d, particles - 1):
        for i in range(d):
            raised = (*rest[:i], rest[i] + 1, *rest[i + 1 :])
            lowered[i].append(vector[raised] * roots[rest[i] + 1])
    conjugates = [[value.conjugate() for value in row] for row in lowered]
    density = [
        [sum((a * b for a, b in zip(left, right, strict=True)), acb(0)) for right in conjugates]
        for left in lowered
    ]
    norm = sum((square(value) for value in vector.values()), arb(0))
    return truth_from_density(density, (norm.log() + log_scale) / particles)


def _ball(value: complex) -> acb:
    number = complex(value)
    return acb(number.real, number.imag)


def turn_by_hadamard(amplitudes: Amplitudes) -> Amplitudes:
    """``H φ`` with the Hadamard matrix H."""

    def turned() -> list[acb]:
        up, down = amplitudes()
        root = arb(2).sqrt()
        return [(up + down) / root, (up - down) / root]

    return turned


def turn_truth(truth: Truth) -> Truth:
    """``H ρ̂ H``: what a model ``H A1 H``, ``(H⊗H) A2 (H⊗H)`` does to φ, from what A1 and A2 do to H φ.

    A diagonal model becomes one that no engine knows to be solvable.
    """
    with ctx.workprec(2 * FIRST_BITS):
        (a, b), (c, d) = truth.density
        density = [[(a + b + c + d) / 2, (a - b + c - d) / 2], [(a + b - c - d) / 2, (a - b - c + d) / 2]]
    return Truth(density, truth.linear_entropy, truth.log_norm_rate)
