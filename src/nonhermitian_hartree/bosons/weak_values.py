"""Weak values of one-body operators between a product ket and a product bra that N particles evolve into.

The bra runs *against* the amplification that a non-Hermitian Hamiltonian causes, so that overlaps half-way may be
e^{−N} smaller than either norm. Ball arithmetic with a few hundred binary digits holds them, and says if
it does not.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from flint import acb, acb_mat, arb, ctx

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.bosons.integer_hamiltonian import exact_multinomials
from nonhermitian_hartree.bosons.subspace import (
    annihilation_operator,
    list_occupations,
    many_body_hamiltonian,
)
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.model.hamiltonian import Model

SPARE_BITS = 128
LARGEST_RADIUS = 1e-6
"""Largest relative radius of an overlap; more digits are taken where it is larger."""
ATTEMPTS = 5
WRAPPING = 0.6
"""Share of the bound of the growth of errors, e^{‖A‖t}, that is usually lost."""
ROUNDING = 1e-12
"""Relative size below which two steps count as equal."""


def weak_values(model: Model, amplitudes: Complex, final: Complex, particles: int, instants: Complex) -> Complex:
    """``⟨X(s)|a_i† a_j|Ψ(s)⟩ / (N ⟨X|Ψ⟩)`` with ``⟨X(s)| = ⟨ν^⊗N| e^{−iA(t−s)}`` at each instant s; (n, d, d).

    Parameters
    ----------
    amplitudes, final : (d,) complex arrays
        φ and ν.
    particles : int
        N; dense matrices of the symmetric subspace are exponentiated.
    instants : (n,) complex array
        From 0 to t, anywhere in the complex plane; equal steps are cheap.

    For N → ∞ this is ``χ_i(s) p_j(s)`` of the two-point path, up to O(1/N).

    Raises
    ------
    AccuracyError
        If the overlap is too small for the precision.
    """
    hamiltonian = many_body_hamiltonian(model, particles).toarray()
    steps = np.diff(instants)
    growth = float(np.abs(hamiltonian).sum(axis=1).max() * np.abs(steps).sum())
    bits = SPARE_BITS + ceil(WRAPPING * growth / np.log(2))
    for _ in range(ATTEMPTS):
        with ctx.workprec(bits):
            values = _evolve_and_contract(hamiltonian, amplitudes, final, particles, steps)
        if values is not None:
            return values
        bits += bits // 2
    raise AccuracyError(f"weak values of N = {particles} particles need more than {2 * bits // 3} bits")


def _evolve_and_contract(
    hamiltonian: Complex, amplitudes: Complex, final: Complex, particles: int, steps: Complex
) -> Complex | None:
    """Weak values at the working precision; None if a radius is too large."""
    generator = _to_balls(-1j * hamiltonian)
    kets = [_product_state(amplitudes, particles)]
    bras = [_product_state(final, particles).conjugate().transpose()]
    propagators: list[tuple[complex, acb_mat]] = []

    def propagator(step: complex) -> acb_mat:
        for known, matrix in propagators:
            if abs(known - step) <= ROUNDING * abs(step):
                return matrix
        matrix = (generator * acb(step.real, step.imag)).exp()
        propagators.append((step, matrix))
        return matrix

    for step in steps.tolist():
        kets.append(propagator(step) * kets[-1])
    for step in reversed(steps.tolist()):
        bras.append(bras[-1] * propagator(step))
    lowering = _lowering_matrices(len(amplitudes), particles, ctx.prec)
    d = len(lowering)
    values = np.empty((len(kets), d, d), dtype=complex)
    for k, (ket, bra) in enumerate(zip(kets, reversed(bras), strict=True)):
        overlap = (bra * ket)[0, 0] * particles
        if not abs(overlap).rel_accuracy_bits() > -np.log2(LARGEST_RADIUS):
            return None
        lowered_kets = [matrix * ket for matrix in lowering]
        lowered_bras = [bra * matrix.transpose() for matrix in lowering]
        values[k] = [
            [complex((lowered_bras[i] * lowered_kets[j])[0, 0] / overlap) for j in range(d)] for i in range(d)
        ]
    return values


def _to_balls(matrix: Complex) -> acb_mat:
    return acb_mat([[acb(z.real, z.imag) for z in row] for row in matrix.tolist()])


def _product_state(amplitudes: Complex, particles: int) -> acb_mat:
    """``|φ⟩^⊗N`` in the orthonormal basis (13), a column."""
    occupations = list_occupations(len(amplitudes), particles)
    column = []
    for row, multinomial in zip(occupations.tolist(), exact_multinomials(occupations), strict=True):
        value = acb(arb(multinomial).sqrt())
        for z, number in zip(amplitudes.tolist(), row, strict=True):
            value *= acb(z.real, z.imag) ** number
        column.append([value])
    return acb_mat(column)


@lru_cache(maxsize=4)
def _lowering_matrices(dimension: int, particles: int, bits: int) -> tuple[acb_mat, ...]:
    """``a_i`` from N to N − 1 particles; the square roots in doubles are enough for a guess, but not for zeros."""
    del bits  # part of the key: the entries carry the working precision
    squares = [
        np.rint(annihilation_operator(dimension, particles, level).toarray() ** 2).astype(int)
        for level in range(dimension)
    ]
    return tuple(
        acb_mat([[acb(arb(int(n)).sqrt()) for n in row] for row in square.tolist()]) for square in squares
    )
