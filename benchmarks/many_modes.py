"""Hartree and its limit on lattices of 8 to 1024 modes: processor time, memory, and products of GMRES.

python -m benchmarks.many_modes [--most MODES] prints the tables of docs/benchmarks.md. The lattice is a chain with
J = 1 and open ends, a loss of −i at its middle site, contact interaction U = d (one a site and particle), and the
uniform state. Set OMP_NUM_THREADS=1. Each size runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import logging
import resource
import subprocess
import sys
from collections.abc import Sequence
from time import process_time

import numpy as np
import scipy.sparse as sp
from scipy.integrate import solve_ivp

from nonhermitian_hartree import Model, ProductState, assess_hartree, hartree_wavefunctions
from nonhermitian_hartree.limit.many_modes.follow import BranchFollower
from nonhermitian_hartree.limit.many_modes.solve import ManyModesCurve
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.model.lattice.operators import contact, hopping, onsite
from nonhermitian_hartree.model.lattice.states import gaussian, uniform

SIZES = (8, 32, 128, 512, 1024)
TIMES = {8: (0.5, 1.0, 1.5, 2.0), 32: (0.5, 1.0, 1.5, 2.0), 128: (0.5, 1.0)}
PACKET_TIME = 20.0


def make_chain(modes: int) -> tuple[Model, ProductState]:
    """The lossy chain of this benchmark."""
    losses = onsite([(modes // 2, -1j)], modes)
    return Model(hopping(-1.0, [modes]) + losses, contact(float(modes), modes)), uniform(modes)


def measure_limit(modes: int) -> str:
    """One row: modes, times, what the limit with Z and its tests costs, and what it is."""
    model, state = make_chain(modes)
    times = TIMES.get(modes, (1.0,))
    iterations: list[str] = []

    class Counter(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "GMRES" in record.msg and isinstance(record.args, tuple):
                time, _, counts = record.args
                if any(abs(float(str(time)) - wanted) < 1e-9 for wanted in times):
                    iterations.append(f"{np.mean(counts):.0f}")  # type: ignore[arg-type]  # a list of int, as logged

    logger = logging.getLogger(BranchFollower.__module__)
    logger.addHandler(Counter())
    logger.setLevel(logging.INFO)
    start = process_time()
    limits = ManyModesCurve(model, state, times).states()
    spent = process_time() - start
    last = limits[-1]
    hartree = hartree_wavefunctions(model, state, times)[-1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    how = " ".join([last.confirmed, *map(str, last.particles)])
    shown = ", ".join(f"{time:g}" for time in times)
    return (
        f"| {modes} | {shown} | {spent:.1f} | {memory:.0f} | {', '.join(iterations)} | {last.softness:.3f} | "
        f"{last.entropy_coefficient:.3f} | {last.infidelity_to(hartree):.2e} | {how} |"
    )


def measure_hartree(modes: int) -> str:
    """One row: Hartree beside an integration of the Gross–Pitaevskii equation as one would write it in scipy."""
    one_body = hopping(-1.0, [modes]) + onsite([(modes // 2, -1j)], modes)
    strength = modes / 8
    model, state = Model(one_body, contact(strength, modes)), gaussian([modes / 3], modes / 16, 0.3, [modes])
    model.field  # noqa: B018  # prepared once for a model
    generator = sp.csr_array(-1j * one_body)

    def velocity(_: float, wavefunction: np.ndarray) -> np.ndarray:
        square = np.vdot(wavefunction, wavefunction).real
        return generator @ wavefunction - 1j * strength * np.abs(wavefunction) ** 2 / square * wavefunction

    def solve(tolerance: float) -> tuple[np.ndarray, float]:
        start = process_time()
        solution = solve_ivp(
            velocity, (0, PACKET_TIME), state.amplitudes, method="DOP853", rtol=tolerance, atol=tolerance * 1e-2
        )
        spent = process_time() - start
        return solution.y[:, -1] / np.linalg.norm(solution.y[:, -1]), spent

    reference, _ = solve(1e-14)
    plain, plain_time = solve(1e-13)
    start = process_time()
    ours = hartree_wavefunctions(model, state, [PACKET_TIME])[0]
    spent = process_time() - start
    return (
        f"| {modes} | {spent:.3f} | {ray_distance(ours, reference):.0e} | {plain_time:.3f} | "
        f"{ray_distance(plain, reference):.0e} |"
    )


def measure_verdict(modes: int) -> str:
    """One row: a verdict up to t = 1."""
    model, state = make_chain(modes)
    start = process_time()
    verdict = assess_hartree(model, state, [1.0])
    return f"| {modes} | {process_time() - start:.1f} | {verdict} |"


TABLES = {
    "limit": (
        measure_limit,
        SIZES,
        "| modes | times | processor time (s) | memory (MB) | GMRES products a Newton step | softness | lim N·S_L "
        "| infidelity of Hartree | confirmed |\n|---|---|---|---|---|---|---|---|---|",
    ),
    "hartree": (
        measure_hartree,
        (64, 256, 1024),
        "| modes | here (s) | error | scipy (s) | error |\n|---|---|---|---|---|",
    ),
    "verdict": (measure_verdict, (8, 64), "| modes | processor time (s) | verdict |\n|---|---|---|"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or one row of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="largest number of modes")
    parser.add_argument("--row", nargs=2, metavar=("TABLE", "MODES"), help="one row only")
    chosen = parser.parse_args(arguments)
    if chosen.row:
        print(TABLES[chosen.row[0]][0](int(chosen.row[1])), flush=True)
        return
    for name, (_, sizes, head) in TABLES.items():
        print(f"\n{head}", flush=True)
        for modes in sizes:
            if modes <= chosen.most:
                command = [sys.executable, "-m", "benchmarks.many_modes", "--row", name, str(modes)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
