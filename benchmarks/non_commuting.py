"""Qubit models that do not commute, from 10² to 10⁸ particles: QuTiP, float64, certified and condensate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.measure import describe_machine, distance_to_truth, time_call
from benchmarks.models import PauliModel, name_pauli_models
from benchmarks.page import Row, format_table, write_section
from benchmarks.plot import IMAGES, draw_against_particles
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate.solve import solve_condensate, verify_branches
from nonhermitian_hartree.exact.float64 import evolve_float64
from nonhermitian_hartree.limit.two_point.branches import Branch, find_branches

TIME = 0.5
TOLERANCE = 1e-9
"""That the condensate expansion is asked for."""
PROVED = 1e-13
SIZES = (100, 200, 400, 800, 1600, *(10**power for power in range(4, 9)))
LARGEST_EVOLVED = 1600
"""Largest N of the methods whose cost grows with N."""
COLUMNS = {
    "N": "g",
    "QuTiP: s": ".2f",
    "QuTiP: error": ".0e",
    "float64: s": ".2f",
    "float64: estimate": ".0e",
    "float64: error": ".0e",
    "certified: s": ".2f",
    "certified: bound": ".0e",
    "condensate: s": ".2f",
    "condensate: estimate": ".0e",
    "condensate: error": ".0e",
}
CURVES = {
    "QuTiP": ("QuTiP: s", "QuTiP: error"),
    "float64": ("float64: s", "float64: error"),
    "certified": ("certified: s", "certified: bound"),
    "condensate": ("condensate: s", "condensate: estimate"),
}
TOLERANCES = ((1e-6, 1e-8), (1e-8, 1e-10), (1e-10, 1e-12), (1e-12, 1e-14))
TOLERANCE_COLUMNS = {"model": "", **{f"rtol {rtol:.0e}": ".0e" for rtol, _ in TOLERANCES}}
VARIED = 800
"""N at which QuTiP's tolerances are varied."""
ONCE_COLUMNS = {"model": "", "two-point path: s": ".2f", "check against a proof: s": ".2f"}


def measure_size(model: PauliModel, branches: Sequence[Branch], particles: int, with_qutip: bool = True) -> Row:
    """Times at one N, and errors as distances to the certified value, where there is one."""
    couplings, state = model.to_model(), model.state
    (found,), seconds = time_call(partial(solve_condensate, couplings, state, branches, [particles], TOLERANCE))
    row: dict[str, float] = {
        "N": particles,
        "condensate: s": seconds,
        "condensate: estimate": found.error_bound,
    }
    if particles > LARGEST_EVOLVED:
        return row
    proved, row["certified: s"] = time_call(
        partial(certify_marginals, couplings, state, particles, [TIME], PROVED)
    )
    truth, bound = proved.density[0], float(proved.error_bound[0])
    row["certified: bound"] = bound
    row["condensate: error"] = distance_to_truth(found.density, truth, bound)
    fast, row["float64: s"] = time_call(partial(evolve_float64, couplings, state, particles, [TIME], np.inf))
    row["float64: estimate"] = float(fast.error_bound[0])
    row["float64: error"] = distance_to_truth(fast.density[0], truth, bound)
    if with_qutip:
        from benchmarks.qutip_spins import solve_with_qutip  # only `make benchmark` installs QuTiP

        theirs, row["QuTiP: s"] = time_call(partial(solve_with_qutip, model, particles, TIME))
        row["QuTiP: error"] = distance_to_truth(theirs, truth, bound)
    return row


def vary_tolerances(model: PauliModel) -> Row:
    """Errors of QuTiP for looser and tighter tolerances, at one N."""
    from benchmarks.qutip_spins import solve_with_qutip  # only `make benchmark` installs QuTiP

    truth = certify_marginals(model.to_model(), model.state, VARIED, [TIME], PROVED)[0]
    row: dict[str, float | str] = {"model": model.name}
    for tolerances in TOLERANCES:
        theirs = solve_with_qutip(model, VARIED, TIME, tolerances)
        row[f"rtol {tolerances[0]:.0e}"] = distance_to_truth(theirs, truth.density, float(truth.error_bound))
    return row


def prepare_condensate(model: PauliModel) -> tuple[Sequence[Branch], Row]:
    """Branches of the limit, and the times of what the condensate expansion needs once for all N."""
    couplings = model.to_model()
    branches, search = time_call(partial(find_branches, couplings, model.state, TIME))
    _, check = time_call(partial(verify_branches, couplings, model.state, [branches]))
    return branches, {"model": model.name, "two-point path: s": search, "check against a proof: s": check}


def main() -> None:
    """Measure, draw, and write the section."""
    models = name_pauli_models()
    once, tables = [], {}
    for model in models:
        print(f"{model.name} …", flush=True)
        branches, preparation = prepare_condensate(model)
        once.append(preparation)
        tables[model.name] = [measure_size(model, branches, particles) for particles in SIZES]
    draw_against_particles(
        IMAGES / "benchmark_non_commuting.png", tables, CURVES, ("CPU time (s)", r"error of $\hat\rho^{(1)}$")
    )
    parts = [f"t = {TIME}. {describe_machine('qutip', 'python-flint')}"]
    parts += [f"**{name}**\n\n{format_table(COLUMNS, rows)}" for name, rows in tables.items()]
    parts += [f"Errors of QuTiP at N = {VARIED} for looser and tighter tolerances (atol = rtol/100):"]
    parts += [format_table(TOLERANCE_COLUMNS, map(vary_tolerances, models))]
    parts += ["Once for all N, before the condensate column:", format_table(ONCE_COLUMNS, once)]
    write_section(__file__, "\n\n".join(parts))


if __name__ == "__main__":
    main()
