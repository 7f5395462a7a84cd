"""Time and error of our exact marginal against a direct full sum of eq. (19), in one run.

The peer is what one would write down from eq. (19): all N terms in numpy, log-weights from `gammaln`, log-sum-exp,
S_L = 1 − Tr ρ̂². Prints a Markdown table and puts it into docs/benchmarks.md between its markers.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.special import gammaln, logsumexp

from nonhermitian_hartree.exact_closed_form import closed_form_marginals
from nonhermitian_hartree.model import Model, ProductState
from nonhermitian_hartree.rate_function import dominant_field

P0, TIME = 0.6, 0.8
BATCH = 128
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MARKERS = "<!-- exact_marginal: begin -->", "<!-- exact_marginal: end -->"
Z = np.diag([1.0, -1.0])
COUNTEREXAMPLE = Model(np.zeros((2, 2)), 1j * np.kron(Z, Z))


def ours(particles: int, times: list[float]) -> np.ndarray:
    """S_L for one N and several times."""
    state = ProductState.from_population(P0)
    return closed_form_marginals(COUNTEREXAMPLE, state, [particles], times).linear_entropy[0]


def direct_sum(particles: int, p0: float, t: float) -> float:
    """S_L from eq. (14) and (19), every term, vectorised."""
    s = np.arange(particles, dtype=float)
    p1, others = 1 - p0, particles - 1
    eigenvalues = ((particles - 2 * np.arange(particles + 1.0)) ** 2 - particles) / (2 * others)
    binomials = gammaln(particles) - gammaln(s + 1) - gammaln(particles - s)
    forward = binomials + s * np.log(p1) + (others - s) * np.log(p0)
    backward = binomials + s * np.log(p0) + (others - s) * np.log(p1)
    rho00 = np.log(p0) + logsumexp(forward + 2 * t * eigenvalues[:-1])
    rho11 = np.log(p1) + logsumexp(backward + 2 * t * eigenvalues[:-1])
    rho01 = (np.log(p0) + np.log(p1)) / 2 + logsumexp(backward + t * (eigenvalues[:-1] + eigenvalues[1:]))
    density = np.exp(np.array([rho00, rho11, rho01]) - np.logaddexp(rho00, rho11))
    return float(1 - density[0] ** 2 - density[1] ** 2 - 2 * density[2] ** 2)


def reference(particles: int) -> tuple[float, str]:
    """S_L to compare with: all terms up to 10⁵, beyond that the large-N prefactor."""
    if particles <= 10**5:
        return full_sum_in_ball_arithmetic(particles), "all terms, 150 digits"
    y = float(np.tanh(dominant_field(ProductState.from_population(P0).tilt or 0.0, TIME)))
    width = 1 - y * y
    return 2 * TIME**2 * width**2 / (1 - 2 * TIME * width) / particles, "prefactor / N"


def full_sum_in_ball_arithmetic(particles: int) -> float:
    """S_L of eq. (19) with every term as a ball of 500 bits, from the same double p0."""
    from flint import arb, ctx

    ctx.prec = 500
    p, t, m = arb(P0), arb(TIME), particles - 1
    # μ-form of eq. (19): G_s = C(M, s) e^{h d + t d²/M}, ρ ∝ Σ G_s [[e^a, 1], [1, e^{−a}]], a = h + 2td/M
    odds, bend = p / (1 - p), (8 * t / m).exp()
    weight, ratio = (t * m).exp(), (-4 * t + 4 * t / m).exp() * odds
    field, field_ratio = (-2 * t).exp() * odds.sqrt(), (4 * t / m).exp()
    up = down = across = arb(0)
    for s in range(particles):
        up, down, across = up + weight * field, down + weight / field, across + weight
        weight, ratio, field = weight * ratio * (m - s) / (s + 1), ratio * bend, field * field_ratio
    return float(2 * (up * down - across * across) / (up + down) ** 2)


def best_time(call: Callable[[], object], seconds: float = 0.5) -> float:
    """Shortest of at least three runs, repeated for about ``seconds``."""
    runs: list[float] = []
    while len(runs) < 3 or (sum(runs) < seconds and len(runs) < 200):
        start = time.perf_counter()
        call()
        runs.append(time.perf_counter() - start)
    return min(runs)


def measure(particles: int, largest_direct: int) -> str:
    """One row of the table."""
    single = best_time(lambda: ours(particles, [TIME]))
    times = list(np.linspace(TIME, TIME + 0.01, BATCH))
    batch = best_time(lambda: ours(particles, times)) / BATCH
    exact, source = reference(particles)
    error = abs(ours(particles, [TIME])[0] / exact - 1)
    cells = [f"10^{np.log10(particles):.0f}", f"{1e3 * single:.2f}", f"{1e3 * batch:.3f}", f"{error:.1e}"]
    if particles <= largest_direct:
        direct = best_time(lambda: direct_sum(particles, P0, TIME))
        direct_error = abs(direct_sum(particles, P0, TIME) / exact - 1)
        cells += [f"{1e3 * direct:.2f}", f"{direct_error:.1e}", f"{direct / single:.2g}", f"{direct / batch:.2g}"]
    else:
        cells += ["–"] * 4
    return "| " + " | ".join([*cells, source]) + " |"


def main() -> None:
    """Measure, print, and update the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest-direct", type=float, default=1e7, help="largest N of the direct sum")
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    lines = [
        f"S_L at p0 = {P0}, t = {TIME}; time in ms, best of several runs; relative errors of S_L.",
        f"*One*: one call for one (N, t); *grid*: per point of one call for {BATCH} times.",
        "Made by `python benchmarks/exact_marginal.py`.",
        "",
        "| N | ours, one | ours, grid | error | direct sum | its error | ratio, one | ratio, grid | reference |",
        "|---|---|---|---|---|---|---|---|---|",
        *(measure(10**k, int(options.largest_direct)) for k in (3, 4, 5, 6, 7, 9, 12)),
        "",
        "Above 10^5 the error is the distance to the leading large-N term and includes its 1/N correction.",
    ]
    table = "\n".join(lines)
    print(table)
    if not options.no_write:
        empty = f"# Benchmarks\n\n{MARKERS[0]}\n{MARKERS[1]}\n"
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else empty
        pattern = re.compile(re.escape(MARKERS[0]) + ".*?" + re.escape(MARKERS[1]), re.DOTALL)
        section = f"{MARKERS[0]}\n{table}\n{MARKERS[1]}"
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(pattern.sub(lambda _: section, page), encoding="utf-8")


if __name__ == "__main__":
    main()
