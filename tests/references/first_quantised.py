"""Eqs. (1)–(7) written out over particles with 50 digits: a slow reference that shares no code with the package.

A permutation-symmetric vector has one amplitude ψ_n per set of occupation numbers n; A^(N) acts on the amplitude
of any one configuration with these occupations, particle by particle and pair by pair.
"""

from itertools import combinations, product
from math import factorial, prod

import mpmath as mp
import numpy as np

DIGITS = 50


def reference_marginal(model, state, particles, time):
    """ρ̂^(1) as an mpmath matrix and (1/N) ln(⟨Ψ|Ψ⟩/⟨φ|φ⟩^N), for the doubles taken as exact."""
    with mp.workdps(DIGITS):
        levels = range(model.dimension)
        classes = sorted({tuple(sorted(c)) for c in product(levels, repeat=particles)})
        generator = mp.matrix(len(classes), len(classes))
        for row, configuration in enumerate(classes):
            for changed, element in hamiltonian_row(model, configuration):
                generator[row, classes.index(tuple(sorted(changed)))] += element
        phi = [mp.mpc(a) for a in state.amplitudes.tolist()]
        start = mp.matrix([mp.fprod(phi[level] for level in configuration) for configuration in classes])
        evolved = mp.expm(-1j * mp.mpf(time) * generator) * start
        amplitude = {configuration: evolved[row] for row, configuration in enumerate(classes)}
        marginal = mp.matrix(model.dimension, model.dimension)
        for rest in sorted({tuple(sorted(c)) for c in product(levels, repeat=particles - 1)}):
            orderings = factorial(particles - 1) // prod(factorial(rest.count(level)) for level in levels)
            for i, j in product(levels, repeat=2):
                ket, bra = (amplitude[tuple(sorted((*rest, level)))] for level in (i, j))
                marginal[i, j] += orderings * ket * mp.conj(bra)
        norm = mp.re(sum(marginal[i, i] for i in levels))
        initial = sum(abs(a) ** 2 for a in phi)
        return marginal / norm, mp.log(norm) / particles - mp.log(initial)


def hamiltonian_row(model, configuration):
    """All (configuration', ⟨configuration|A^(N)|configuration'⟩) of eq. (1)."""
    levels = range(model.dimension)
    for i, level in enumerate(configuration):
        for a in levels:
            changed = list(configuration)
            changed[i] = a
            yield changed, mp.mpc(complex(model.one_body[level, a]))
    for i, j in combinations(range(len(configuration)), 2):
        for a, b in product(levels, repeat=2):
            changed = list(configuration)
            changed[i], changed[j] = a, b
            element = complex(model.two_body_tensor[configuration[i], configuration[j], a, b])
            yield changed, mp.mpc(element) / (len(configuration) - 1)


def largest_difference(density, reference):
    """Largest modulus of an entry of `density` (doubles) minus `reference` (mpmath)."""
    with mp.workdps(DIGITS):
        return float(
            max(abs(mp.mpc(complex(density[i, j])) - reference[i, j]) for i, j in np.ndindex(*density.shape))
        )


def reference_entropy(reference):
    """1 − Tr ρ̂², eq. (11)."""
    with mp.workdps(DIGITS):
        return 1 - sum(abs(entry) ** 2 for entry in reference)
