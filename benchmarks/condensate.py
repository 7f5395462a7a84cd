"""Time and error of the exact methods against N; ``--validate M`` compares with proofs on M random models instead.

Set OMP_NUM_THREADS=1: threads only slow down the small matrix products here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np

from nonhermitian_hartree.condensate_mixture import CondensateMarginal
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.exact_condensate import solve_condensate, verify_branches
from nonhermitian_hartree.exact_float64 import evolve_float64
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.two_point_branches import find_branches

Result = TypeVar("Result")

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
TIME = 0.5
TOLERANCE = 1e-9
LARGEST = {"float64": 800, "certified": 800}
VALIDATED = (100, 200, 400)


def loss_with_hopping() -> tuple[Model, ProductState]:
    """``A1 = X − 0.5i Z``, ``A2 = 2 Z⊗Z``."""
    x, _, z = PAULI
    return Model(x - 0.5j * z, 2 * np.kron(z, z)), ProductState.from_population(0.7, 0.4)


def random_model(seed: int) -> tuple[Model, ProductState]:
    """All nine symmetric pairs of Pauli matrices and all fields, Hermitian and anti-Hermitian parts."""
    rng = np.random.default_rng(seed)
    fields = rng.uniform(-1, 1, 3) + 1j * rng.uniform(-0.5, 0.5, 3)
    pairs = rng.uniform(-0.8, 0.8, (3, 3)) + 1j * rng.uniform(-0.6, 0.6, (3, 3))
    pairs = np.triu(pairs) + np.triu(pairs, 1).T
    two_body = sum(pairs[a, b] * np.kron(PAULI[a], PAULI[b]) for a in range(3) for b in range(3))
    state = ProductState.from_population(rng.uniform(0.1, 0.9), rng.uniform(-3, 3))
    return Model(np.einsum("a,aij->ij", fields, PAULI), np.asarray(two_body)), state


def compare_methods() -> None:
    """Print a Markdown table of CPU times and errors against N."""
    model, state = loss_with_hopping()
    branches, search = _timed(lambda: find_branches(model, state, TIME))
    _, check = _timed(lambda: verify_branches(model, state, [branches]))
    sizes = [100, 200, 400, 800, *(10**power for power in range(4, 9))]
    together, seconds = _timed(lambda: solve_condensate(model, state, branches, sizes[4:], TOLERANCE))
    print(f"A1 = X − 0.5i Z, A2 = 2 Z⊗Z, t = {TIME}. CPU seconds on one core.")
    print(f"Two-point path {search:.2f} s, check against a proof {check:.2f} s.")
    print(f"All N ≥ 10⁴ together {seconds:.2f} s.")
    print(f"Largest estimate among those: {max(marginal.error_bound for marginal in together):.0e}\n")
    print("| N | float64: s | true error | certified: s | proved bound | condensate: s | estimate | true error |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for size in sizes:
        row, truth = [f"{size}"], None
        if size <= LARGEST["certified"]:
            fast, fast_time = _timed(partial(evolve_float64, model, state, size, [TIME], np.inf))
            truth, slow_time = _timed(partial(certify_marginals, model, state, size, [TIME], 1e-13))
            error = np.abs(fast.density - truth.density).max()
            row += [f"{fast_time:.2f}", f"{error:.0e}", f"{slow_time:.2f}", f"{truth.error_bound[0]:.0e}"]
        else:
            row += ["–"] * 4
        (found,), found_time = _timed(partial(solve_condensate, model, state, branches, [size], TOLERANCE))
        row += [f"{found_time:.2f}", f"{found.error_bound:.0e}"]
        row.append("–" if truth is None else f"{np.abs(found.density - truth.density[0]).max():.0e}")
        print("| " + " | ".join(row) + " |", flush=True)


def validate(models: Sequence[int]) -> None:
    """Print every case in which the error exceeds 1e-9 or its estimate, and the totals for each N."""
    outcome = {size: [0, 0, 0, 0] for size in VALIDATED}
    for seed in models:
        model, state = random_model(seed)
        for instant in (0.5, 1.0):
            branches = find_branches(model, state, instant)
            for size in VALIDATED:
                counts = outcome[size]
                try:
                    (found,) = solve_condensate(model, state, branches, [size], TOLERANCE)
                except AccuracyError as error:
                    counts[3] += 1
                    print(f"seed {seed}, t = {instant}, N = {size}: refused: {error}", flush=True)
                    continue
                truth = certify_marginals(model, state, size, [instant], 1e-13)
                error = float(np.abs(found.density - truth.density[0]).max())
                covered = _is_covered(found, error, truth.linear_entropy[0], truth.log_norm_rate[0])
                counts[0] += error <= TOLERANCE
                counts[1] += found.error_bound <= TOLERANCE
                counts[2] += not covered
                if error > TOLERANCE or not covered:
                    verdict = "covered" if covered else "NOT COVERED"
                    print(
                        f"seed {seed}, t = {instant}, N = {size}: error {error:.1e}, {verdict} by {found.errors}"
                    )
    print("\n| N | cases | error ≤ 1e-9 | estimate ≤ 1e-9 | estimate below the error | refused |")
    print("|--:|--:|--:|--:|--:|--:|")
    for size, counts in outcome.items():
        print(f"| {size} | {2 * len(models)} | " + " | ".join(map(str, counts)) + " |")


def _is_covered(found: CondensateMarginal, error: float, entropy: float, log_norm_rate: float) -> bool:
    slack = 2e-13
    return (
        error <= found.errors.total + slack
        and abs(found.linear_entropy - entropy) <= found.linear_entropy_error + slack
        and abs(found.log_norm_rate - log_norm_rate) <= found.log_norm_rate_error + slack
    )


def _timed(run: Callable[[], Result]) -> tuple[Result, float]:
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validate", type=int, metavar="M", help="number of random models")
    models = parser.parse_args().validate
    if models is None:
        compare_methods()
    else:
        validate(range(models))


if __name__ == "__main__":
    main()
