"""What the condensate expansion costs: the path with its branches, the check, and one N after that, on one core.

    python -m benchmarks.condensate_cost

The table is a section of docs/theory_condensate.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measure import describe_machine, time_call
from benchmarks.models import name_pauli_models, random_levels
from benchmarks.page import DOCS, Row, format_table, write_section
from nonhermitian_hartree.config.configuration import load_config
from nonhermitian_hartree.exact.condensate.solve import refuse_branches, solve_condensate
from nonhermitian_hartree.limit.two_point.branches import search_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

CONFIG = Path(__file__).parents[1] / "config" / "beyond.yaml"
SIZES = {"100": 100, "10⁴": 10**4, "10⁸": 10**8}
TOLERANCE = 1e-8
COLUMNS = {
    "model": "",
    "t": "g",
    "softness": ".2f",
    "path: s": ".2f",
    "check: s": ".1f",
    **{f"N = {size}: s": ".2f" for size in SIZES},
    "estimate at N = 100": ".0e",
}
SEEDS_OF_FOUR_LEVELS = (0, 8, 13)
"""Of `random_levels`: an ordinary one, and two that cannot be checked at the fewest particles."""


Case = tuple[str, Model, ProductState, tuple[float, ...]]


def list_cases() -> Iterator[Case]:
    """Name, model, state and times."""
    for pauli in name_pauli_models()[1:3]:
        yield f"qubit, {pauli.name}", pauli.to_model(), pauli.state, (1.0,)
    config = load_config(CONFIG)
    for name in ("spin_1_power_laws", "trimer_power_laws"):
        study = config.studies[name]
        (state,) = study.states
        times = (study.times[0], study.times[-1])
        model = config.models[study.model]
        (start,) = config.states[state].on(model.shape).members()
        yield study.model.replace("_", " "), model.build(), start.state, times
    for seed in SEEDS_OF_FOUR_LEVELS:
        yield f"four random levels, seed {seed}", *random_levels(4, seed), (0.5, 1.0)


def measure_case(name: str, model: Model, state: ProductState, time: float) -> Row:
    """One row of the table."""
    (found,), path_seconds = time_call(partial(search_branches, model, state, (time,)))
    (refusal,), check_seconds = time_call(partial(refuse_branches, model, state, [found.branches]))
    row: dict[str, float | str] = {
        "model": name,
        "t": time,
        "softness": max(branch.softness for branch in found.branches),
        "path: s": path_seconds,
        "check: s": check_seconds,
    }
    for label, size in () if refusal else SIZES.items():
        (marginal,), row[f"N = {label}: s"] = time_call(
            partial(solve_condensate, model, state, found.branches, [size], TOLERANCE)
        )
        if size == 100:
            row["estimate at N = 100"] = marginal.error_bound
    return row


def main() -> None:
    """Measure and write the section."""
    rows = [measure_case(name, model, state, time) for name, model, state, times in list_cases() for time in times]
    head = (
        f"CPU seconds on one core; {describe_machine('python-flint')} A row that ends early is of a time at which "
        "there is not enough to check."
    )
    write_section(__file__, f"{head}\n\n{format_table(COLUMNS, rows)}", DOCS / "theory_condensate.md")


if __name__ == "__main__":
    main()
