"""Reference: the Taylor series of e^{−iAt} in ball arithmetic, for qubits and hundreds of particles.

The amplitudes ψ_n of the configurations with n particles in |0⟩ obey a recursion over five neighbours: eq. (1) on
a permutation-symmetric state. Every digit returned is proven: balls hold the rounding and the rest of the series.
"""

from __future__ import annotations

from math import comb

from flint import acb, arb, ctx

from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

BITS = 800  # enough for ‖A t‖ = 500: the balls say so


def bloch_vector_by_series(model: Model, state: ProductState, particles: int, time: float) -> list[float]:
    """Bloch vector of ρ̂^(1), eq. (7), for the doubles in model and state taken as exact."""
    before = ctx.prec
    ctx.prec = BITS
    try:
        return [_certain(ball) for ball in _bloch_vector(_evolve(model, state, particles, time), particles)]
    finally:
        ctx.prec = before


def _evolve(model: Model, state: ProductState, particles: int, time: float) -> list[acb]:
    rows = [_row(model, particles, n) for n in range(particles + 1)]
    up, down = (acb(a.real, a.imag) for a in state.amplitudes.tolist())
    term = [up**n * down ** (particles - n) for n in range(particles + 1)]
    total, step = term, acb(0, -1) * arb(time)
    # ‖A t‖ in the maximum norm: terms of order k have at most size bound^k / k!
    bound = max(sum(abs(element) for _, element in row) for row in rows) * arb(time)
    size, order = max(abs(amplitude) for amplitude in term), 0
    while not (bound < order / 2 and size < arb(2) ** (100 - BITS)):
        order += 1
        factor = step / order
        term = [factor * sum(element * term[column] for column, element in row) for row in rows]
        total = [a + b for a, b in zip(total, term, strict=True)]
        size = size * bound / order
    rest = acb(arb(0, size), arb(0, size))  # from here on each term is at most half of the one before
    return [amplitude + rest for amplitude in total]


def _row(model: Model, particles: int, n: int) -> list[tuple[int, acb]]:
    """Elements of eq. (1) that lead to a configuration with n particles in |0⟩, by the n they come from."""
    counts = (n, particles - n)
    found: dict[int, complex | acb] = {}

    def add(change: int, number: int, element: complex, divisor: int) -> None:
        if number and element:
            column = n + change
            found[column] = found.get(column, acb(0)) + number * acb(element.real, element.imag) / divisor

    for i, a in ((i, a) for i in (0, 1) for a in (0, 1)):
        add((a == 0) - (i == 0), counts[i], complex(model.one_body[i, a]), 1)
        for j, b in ((j, b) for j in (0, 1) for b in (0, 1)):
            ordered_pairs = counts[i] * (counts[j] - (i == j))
            change = (a == 0) + (b == 0) - (i == 0) - (j == 0)
            add(change, ordered_pairs, complex(model.two_body_tensor[i, j, a, b]), 2 * (particles - 1))
    return list(found.items())


def _bloch_vector(amplitudes: list[acb], particles: int) -> list[arb]:
    rho00 = rho11 = arb(0)
    rho01 = acb(0)
    for s in range(particles):
        ways, up, down = comb(particles - 1, s), amplitudes[s + 1], amplitudes[s]
        rho00 += ways * abs(up) ** 2
        rho11 += ways * abs(down) ** 2
        rho01 += ways * up * down.conjugate()
    norm = rho00 + rho11
    return [2 * rho01.real / norm, -2 * rho01.imag / norm, (rho00 - rho11) / norm]


def _certain(ball: arb) -> float:
    assert ball.rad() < arb(10) ** -15
    return float(ball)
