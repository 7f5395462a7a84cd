"""CPU time and error of the exact methods on one core, as a Markdown table; ``--large`` adds minute-long runs."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.exact_float64 import evolve_float64
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState, swap_particles

X = np.array([[0, 1], [1, 0]])
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1])
TIMES = (0.4, 1.0)
TOLERANCE = 1e-8


def loss_with_hopping() -> tuple[Model, ProductState]:
    """``A1 = X − 0.5i Z``, ``A2 = 2 Z⊗Z``."""
    return Model(X - 0.5j * Z, 2 * np.kron(Z, Z)), ProductState.from_population(0.7, 0.4)


def all_bands() -> tuple[Model, ProductState]:
    """Qubit model whose A^(N) fills all five bands, with non-Hermitian A1 and A2."""
    two_body = (1 + 0.5j) * np.kron(X, X) - 0.7j * np.kron(Y, Y) + 0.4 * (np.kron(X, Z) + np.kron(Z, X))
    return Model(0.8 * Y + (0.2 - 0.3j) * Z, two_body), ProductState.from_population(0.35, 1.1)


def random_qutrit() -> tuple[Model, ProductState]:
    """Dense non-Hermitian model of three levels, entries of order ½."""
    rng = np.random.default_rng(1)
    one_body = (rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))) / 2
    two_body = (rng.normal(size=(9, 9)) + 1j * rng.normal(size=(9, 9))) / 5
    return Model(one_body, two_body + swap_particles(two_body)), ProductState(np.array([0.6, 0.8j, 0]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="include the runs that take a minute each")
    large = parser.parse_args().large
    print(f"t = {TIMES}, tolerance {TOLERANCE:g}\n")
    print("| model | N | float64: s | estimate | certified: s | proved bound | true error of float64 |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    qubits, qutrits = [200, 400, 800], [20, 40, 60]
    if large:
        qubits.append(1600)
        qutrits.append(100)
    for build, sizes in ((loss_with_hopping, qubits), (all_bands, qubits), (random_qutrit, qutrits)):
        model, state = build()
        for particles in sizes:
            fast, fast_time = _timed(lambda m=model, s=state, n=particles: evolve_float64(m, s, n, TIMES, np.inf))
            proved, slow_time = _timed(
                lambda m=model, s=state, n=particles: certify_marginals(m, s, n, TIMES, TOLERANCE)
            )
            error = np.abs(fast.density - proved.density).max()
            print(
                f"| {build.__name__} | {particles} | {fast_time:.2f} | {fast.error_bound.max():.0e} "
                f"| {slow_time:.1f} | {proved.error_bound.max():.0e} | {error:.0e} |",
                flush=True,
            )


def _timed(run: Callable[[], Marginals]) -> tuple[Marginals, float]:
    started = time.process_time()
    result = run()
    return result, time.process_time() - started


if __name__ == "__main__":
    main()
