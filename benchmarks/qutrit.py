"""A dense non-Hermitian model of three levels: float64, certified and condensate against N."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.measure import describe_machine, distance_to_truth, time_call
from benchmarks.models import random_qutrit
from benchmarks.page import Row, format_table, write_section
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.mixture import CondensateMarginal
from nonhermitian_hartree.exact.condensate.solve import solve_condensate, verify_branches
from nonhermitian_hartree.exact.float64 import evolve_float64
from nonhermitian_hartree.limit.two_point.branches import find_branches_over_times
from nonhermitian_hartree.limit.two_point.describe import Branch

TIMES = (0.4, 1.0)
TOLERANCE = 1e-9
PROVED = 1e-13
SIZES = (20, 40, 60, 100, 10**3, 10**4, 10**6, 10**8)
LARGEST_EVOLVED = 100
COLUMNS = {
    "N": "g",
    "components": ".3g",
    "float64: s": ".2f",
    "float64: estimate": ".0e",
    "float64: error": ".0e",
    "certified: s": ".2f",
    "certified: bound": ".0e",
    "condensate: s": ".2f",
    "condensate: estimate": ".0e",
    "condensate: error": ".0e",
}


def measure_size(particles: int, found: Sequence[Sequence[Branch]]) -> Row:
    """CPU times for both times, and the worse of the errors."""
    model, state = random_qutrit()

    def expand() -> list[CondensateMarginal]:
        return [solve_condensate(model, state, branches, [particles], TOLERANCE)[0] for branches in found]

    expanded, expand_time = time_call(expand)
    row: dict[str, float] = {
        "N": particles,
        "components": (particles + 1) * (particles + 2) // 2,
        "condensate: s": expand_time,
        "condensate: estimate": max(marginal.error_bound for marginal in expanded),
    }
    if particles > LARGEST_EVOLVED:
        return row
    fast, fast_time = time_call(partial(evolve_float64, model, state, particles, TIMES, np.inf))
    proved, slow_time = time_call(partial(certify_marginals, model, state, particles, TIMES, PROVED))
    bound = float(proved.error_bound.max())
    densities = np.array([marginal.density for marginal in expanded])
    return row | {
        "float64: s": fast_time,
        "float64: estimate": float(fast.error_bound.max()),
        "float64: error": distance_to_truth(fast.density, proved.density, bound),
        "certified: s": slow_time,
        "certified: bound": bound,
        "condensate: error": distance_to_truth(densities, proved.density, bound),
    }


def main() -> None:
    """Measure and write the section."""
    model, state = random_qutrit()
    found, search = time_call(partial(find_branches_over_times, model, state, TIMES))
    _, check = time_call(partial(verify_branches, model, state, found))
    head = (
        f"t = {' and '.join(map(str, TIMES))} in one evolution; the condensate's path took {search:.1f} s and its "
        f"check {check:.1f} s, once for all N. {describe_machine('python-flint')}"
    )
    rows = [measure_size(particles, found) for particles in SIZES]
    write_section(__file__, f"{head}\n\n{format_table(COLUMNS, rows)}")


if __name__ == "__main__":
    main()
