"""Errors and estimates of the condensate expansion on random models, with certified values as reference.

    python -m benchmarks.validate_condensate [MODELS]

Every case in which the error exceeds 1e-9 or its estimate is printed; the table of totals is a section of
docs/theory_condensate.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from benchmarks.models import random_pauli_model
from benchmarks.page import DOCS, Row, format_table, write_section
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.mixture import CondensateMarginal
from nonhermitian_hartree.exact.condensate.solve import solve_condensate
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.limit.two_point.branches import find_branches

TOLERANCE = 1e-9
PROVED = 1e-13
TIMES = (0.5, 1.0)
SIZES = (100, 200, 400)
MODELS = 24
COLUMNS = {
    "N": "g",
    "cases": "d",
    "error ≤ 1e-9": "d",
    "estimate ≤ 1e-9": "d",
    "estimate below the error": "d",
    "refused": "d",
}


def validate(seeds: Iterable[int], sizes: Iterable[int] = SIZES) -> list[Row]:
    """Totals for each N over all models and times."""
    totals = {size: {"N": size, **dict.fromkeys(list(COLUMNS)[1:], 0)} for size in sizes}
    for seed in seeds:
        random = random_pauli_model(seed)
        model, state = random.to_model(), random.state
        for time in TIMES:
            branches = find_branches(model, state, time)
            for size, total in totals.items():
                total["cases"] += 1
                case = f"{random.name}, t = {time}, N = {size}"
                try:
                    (found,) = solve_condensate(model, state, branches, [size], TOLERANCE)
                except AccuracyError as refusal:
                    total["refused"] += 1
                    print(f"{case}: {refusal}", flush=True)
                    continue
                truth = certify_marginals(model, state, size, [time], PROVED)[0]
                error = float(np.abs(found.density - truth.density).max())
                covered = _is_covered(found, error, truth)
                total["error ≤ 1e-9"] += error <= TOLERANCE
                total["estimate ≤ 1e-9"] += found.error_bound <= TOLERANCE
                total["estimate below the error"] += not covered
                if error > TOLERANCE or not covered:
                    verdict = "covered" if covered else "NOT COVERED"
                    print(f"{case}: error {error:.1e}, {verdict} by {found.errors}", flush=True)
    return list(totals.values())


def _is_covered(found: CondensateMarginal, error: float, truth: Marginals) -> bool:
    slack = 2 * PROVED
    entropy_error = abs(found.linear_entropy - float(truth.linear_entropy))
    rate_error = abs(found.log_norm_rate - float(truth.log_norm_rate))
    return (
        error <= found.errors.total + slack
        and entropy_error <= found.linear_entropy_error + slack
        and rate_error <= found.log_norm_rate_error + slack
    )


def main() -> None:
    """Measure and write the section."""
    models = int(sys.argv[1]) if len(sys.argv) > 1 else MODELS
    head = f"{models} random models with all Pauli terms, t = {' and '.join(map(str, TIMES))}:"
    write_section(
        __file__, f"{head}\n\n{format_table(COLUMNS, validate(range(models)))}", DOCS / "theory_condensate.md"
    )


if __name__ == "__main__":
    main()
