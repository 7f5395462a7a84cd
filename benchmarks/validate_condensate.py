"""Errors and estimates of the condensate expansion on random models, with exact evolutions as reference.

    python -m benchmarks.validate_condensate [MODELS]

Every case in which the error exceeds 1e-8 or its estimate is printed; the table of totals is a section of
docs/theory_condensate.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from benchmarks.models import random_levels, random_pauli_model
from benchmarks.page import DOCS, Row, format_table, write_section
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.mixture import CondensateMarginal
from nonhermitian_hartree.exact.condensate.solve import refuse_branches, solve_condensate
from nonhermitian_hartree.exact.float64 import evolve_float64
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.limit.two_point.branches import search_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

TOLERANCE = 1e-8
PROVED = 1e-13
TIMES = (0.5, 1.0)
SIZES = {2: (100, 200, 400), 3: (20, 40, 80, 100), 4: (12, 18, 24)}
LARGEST_PROVED = {2: 400, 3: 40, 4: 24}
"""By d: beyond this N the reference is float64, whose estimate is allowed for."""
MODELS = {2: 24, 3: 40, 4: 40}
COLUMNS = {
    "d": "d",
    "N": "g",
    "cases": "d",
    "error ≤ 1e-8": "d",
    "estimate ≤ 1e-8": "d",
    "estimate below the error": "d",
    "refused": "d",
}


def validate(dimension: int, seeds: Iterable[int], sizes: Iterable[int] = ()) -> list[Row]:
    """Totals for each N over all models and times."""
    sizes = tuple(sizes) or SIZES[dimension]
    counted = dict.fromkeys(list(COLUMNS)[2:], 0)
    totals = {size: {"d": dimension, "N": size, **counted} for size in sizes}
    for seed in seeds:
        if dimension == 2:
            model, state = random_pauli_model(seed).to_model(), random_pauli_model(seed).state
        else:
            model, state = random_levels(dimension, seed)
        found = search_branches(model, state, TIMES)
        refusals = refuse_branches(model, state, [result.branches for result in found])
        for size, total in totals.items():
            truth = _evolve(model, state, size)
            for index, (result, refusal) in enumerate(zip(found, refusals, strict=True)):
                total["cases"] += 1
                case = f"d = {dimension}, seed {seed}, t = {result.time}, N = {size}"
                try:
                    if refusal or not result.confirmed:
                        raise refusal or AccuracyError(result.reason)
                    (marginal,) = solve_condensate(model, state, result.branches, [size], TOLERANCE)
                except ArithmeticError as reason:
                    total["refused"] += 1
                    print(f"{case}: {reason}", flush=True)
                    continue
                error = float(np.abs(marginal.density - truth[index].density).max())
                covered = _is_covered(marginal, error, truth[index])
                total["error ≤ 1e-8"] += error <= TOLERANCE
                total["estimate ≤ 1e-8"] += marginal.error_bound <= TOLERANCE
                total["estimate below the error"] += not covered
                if not (marginal.error_bound <= TOLERANCE and covered):
                    verdict = "covered" if covered else "NOT COVERED"
                    softest = max(branch.softness for branch in result.branches)
                    print(
                        f"{case}: error {error:.1e}, {verdict} by {marginal.errors}; softness {softest:.3f}",
                        flush=True,
                    )
    return list(totals.values())


def _evolve(model: Model, state: ProductState, size: int) -> Marginals:
    if size <= LARGEST_PROVED[model.dimension]:
        return certify_marginals(model, state, size, TIMES, PROVED)
    return evolve_float64(model, state, size, TIMES, np.inf)


def _is_covered(found: CondensateMarginal, error: float, truth: Marginals) -> bool:
    slack = float(truth.error_bound)
    entropy_slack = float(truth.linear_entropy_error)
    entropy_error = abs(found.linear_entropy - float(truth.linear_entropy))
    rate_error = abs(found.log_norm_rate - float(truth.log_norm_rate))
    return (
        error <= found.errors.total + slack
        and entropy_error <= found.linear_entropy_error + entropy_slack
        and rate_error <= found.log_norm_rate_error + slack
    )


def main() -> None:
    """Measure and write the section."""
    models = {d: int(sys.argv[1]) if len(sys.argv) > 1 else count for d, count in MODELS.items()}
    rows = [row for d, count in models.items() for row in validate(d, range(count))]
    head = (
        f"{models[2]} random qubit models with all Pauli terms, {models[3]} and {models[4]} dense random "
        f"models of three and four levels, t = {' and '.join(map(str, TIMES))}:"
    )
    write_section(__file__, f"{head}\n\n{format_table(COLUMNS, rows)}", DOCS / "theory_condensate.md")


if __name__ == "__main__":
    main()
