"""The closed form for diagonal qubit models against a plain full sum of eq. (19), from 10³ to 10¹² particles."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.full_sum import sum_around_peak, sum_every_term, sum_in_doubles
from benchmarks.measure import describe_machine, time_call
from benchmarks.page import Row, format_table, write_section
from benchmarks.plot import IMAGES, draw_against_particles
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.model.state import ProductState
from tests.systems import COUNTEREXAMPLE

P0, TIME = 0.6, 0.8
GRID = tuple(np.linspace(TIME, TIME + 0.01, 128))
SIZES = tuple(10**power for power in (3, 4, 5, 6, 7, 9, 12))
LARGEST_DIRECT = 10**7
LARGEST_FULL = 10**5
"""Largest N at which every term is summed with 150 digits."""
REPEAT = 0.5
"""Seconds for the repetitions of a call; the shortest counts."""
COLUMNS = {
    "N": "g",
    "closed form: s": ".1e",
    "per point of a grid: s": ".1e",
    "closed form: error": ".0e",
    "direct sum: s": ".1e",
    "direct sum: error": ".0e",
    "reference, 150 digits": "",
}
CURVES = {
    "closed form": ("closed form: s", "closed form: error"),
    "direct sum": ("direct sum: s", "direct sum: error"),
}


def measure_size(particles: int) -> Row:
    """Times and relative errors of S_L at one N."""
    state = ProductState.from_population(P0)
    if particles <= LARGEST_FULL:
        truth, reference = sum_every_term(particles, P0, TIME), "every term"
    else:
        truth, reference = sum_around_peak(particles, P0, TIME), "the peak"
    ours = partial(closed_form_marginals, COUNTEREXAMPLE, state, [particles])
    single, seconds = time_call(partial(ours, [TIME]), REPEAT)
    _, grid_seconds = time_call(partial(ours, GRID), REPEAT)
    row: dict[str, float | str] = {
        "N": particles,
        "closed form: s": seconds,
        "per point of a grid: s": grid_seconds / len(GRID),
        "closed form: error": _relative_error(float(single.linear_entropy[0, 0]), truth),
        "reference, 150 digits": reference,
    }
    if particles <= LARGEST_DIRECT:
        direct, row["direct sum: s"] = time_call(partial(sum_in_doubles, particles, P0, TIME), REPEAT)
        row["direct sum: error"] = _relative_error(direct, truth)
    return row


def _relative_error(value: float, truth: float) -> float:
    """Relative error, and not less than the rounding of the truth to a double."""
    return max(abs(value / truth - 1), float(np.finfo(float).eps) / 2)


def main() -> None:
    """Measure, draw, and write the section."""
    rows = [measure_size(particles) for particles in SIZES]
    panels = {r"$A_2 = \mathrm{i} Z \otimes Z$": rows}
    labels = ("CPU time (s)", "relative error of $S_L$")
    draw_against_particles(IMAGES / "benchmark_diagonal.png", panels, CURVES, labels)
    head = f"p0 = {P0}, t = {TIME}; the grid has {len(GRID)} times. {describe_machine('python-flint')}"
    write_section(__file__, f"{head}\n\n{format_table(COLUMNS, rows)}")


if __name__ == "__main__":
    main()
