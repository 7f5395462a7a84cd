"""A dense non-Hermitian model of three levels: float64 and certified against N."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.measure import describe_machine, distance_to_truth, time_call
from benchmarks.models import random_qutrit
from benchmarks.page import Row, format_table, write_section
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.float64 import evolve_float64

TIMES = (0.4, 1.0)
PROVED = 1e-13
SIZES = (20, 40, 60, 100)
COLUMNS = {
    "N": "g",
    "components": "d",
    "float64: s": ".2f",
    "float64: estimate": ".0e",
    "float64: error": ".0e",
    "certified: s": ".2f",
    "certified: bound": ".0e",
}


def measure_size(particles: int) -> Row:
    """CPU times of one evolution through both times, and the worse of the errors."""
    model, state = random_qutrit()
    fast, fast_time = time_call(partial(evolve_float64, model, state, particles, TIMES, np.inf))
    proved, slow_time = time_call(partial(certify_marginals, model, state, particles, TIMES, PROVED))
    bound = float(proved.error_bound.max())
    return {
        "N": particles,
        "components": (particles + 1) * (particles + 2) // 2,
        "float64: s": fast_time,
        "float64: estimate": float(fast.error_bound.max()),
        "float64: error": distance_to_truth(fast.density, proved.density, bound),
        "certified: s": slow_time,
        "certified: bound": bound,
    }


def main() -> None:
    """Measure and write the section."""
    head = f"t = {' and '.join(map(str, TIMES))} in one evolution. {describe_machine('python-flint')}"
    write_section(__file__, f"{head}\n\n{format_table(COLUMNS, map(measure_size, SIZES))}")


if __name__ == "__main__":
    main()
