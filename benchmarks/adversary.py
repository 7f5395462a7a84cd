"""A standing adversary: true errors of every engine against its stated bounds, on inputs made to break it.

    python -m benchmarks.adversary [--cases N] [--seed S] [--method M …] [--only FAMILY[:INDEX] …]

Each case is drawn from a family of `adversary_families` and solved in balls (`tests/references`), with the doubles
of the input as exact data. Every engine that takes such an input is called, also where `exact_marginals` would
choose another. A number may be off by its bound, never more; nan and inf are off by infinitely much. What is
beyond its bound is printed with all that is needed to run it again, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from math import inf, nan
from statistics import median

from flint import acb, arb, ctx
from tqdm import tqdm

from benchmarks.adversary_engines import ENGINES, Case
from benchmarks.adversary_families import schedule_cases
from benchmarks.page import Row, format_table
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.marginals import Marginals
from tests.references.ball_reference import Truth

CASES = 1000
LONGEST_SECONDS = 30
"""An engine that has not answered after so much processor time counts as too slow."""
COMPARISON_BITS = 512
USELESS_BOUND = 1.0
"""A bound from here on says nothing about ρ̂: the engine has refused."""
QUANTITIES = ("density", "linear_entropy", "log_norm_rate")
COLUMNS = {
    "method": "",
    "cases": "d",
    "refused": "d",
    "too slow": "d",
    "crashed": "d",
    "beyond the bound": "d",
    "ρ̂: error/bound": ".2g",
    "S_L: error/bound": ".2g",
    "norm rate: error/bound": ".2g",
    "median bound": ".0e",
}


@dataclass
class Tally:
    """What has been seen of one engine."""

    cases: int = 0
    refused: int = 0
    too_slow: int = 0
    crashed: int = 0
    beyond: int = 0
    bounds: list[float] = field(default_factory=list)
    worst: dict[str, float] = field(default_factory=lambda: dict.fromkeys(QUANTITIES, 0.0))

    def to_row(self, method: str) -> Row:
        """Row of the table."""
        counts = (self.cases, self.refused, self.too_slow, self.crashed, self.beyond)
        typical = median(self.bounds) if self.bounds else nan
        return dict(zip(COLUMNS, (method, *counts, *self.worst.values(), typical), strict=True))

    @property
    def is_broken(self) -> bool:
        """Whether anything was wrong, not only refused or slow."""
        return self.beyond + self.crashed > 0


def judge_marginals(found: Marginals, truth: Truth) -> dict[str, float]:
    """Largest error over stated bound for each quantity; inf for what is not a number."""
    with ctx.workprec(COMPARISON_BITS):
        errors = {
            "density": [
                abs(acb(complex(value)) - entry)
                for row, entries in zip(found.density, truth.density, strict=True)
                for value, entry in zip(row, entries, strict=True)
            ],
            "linear_entropy": [abs(arb(float(found.linear_entropy)) - truth.linear_entropy)],
            "log_norm_rate": [abs(arb(float(found.log_norm_rate)) - truth.log_norm_rate)],
        }
        bounds = dict.fromkeys(QUANTITIES, float(found.error_bound))
        bounds["linear_entropy"] = float(found.linear_entropy_error)
        return {name: max(_ratio(error, bounds[name]) for error in errors[name]) for name in QUANTITIES}


def _ratio(error: arb, bound: float) -> float:
    """Error that is proved to be there, over its bound."""
    if not (error.is_finite() and bound >= 0):
        return inf
    proved = float(error.lower())
    if proved <= 0:
        return 0.0
    return proved / bound if bound > 0 else inf


def examine(case: Case, method: str, tally: Tally) -> list[str]:
    """Call one engine, add to its tally, and return what there is to say about the case."""
    engine, inputs = ENGINES[method], case.inputs
    model, state = inputs.build_model(), inputs.build_state()
    if not engine.accepts(inputs, model):
        return []
    tally.cases += 1
    try:
        with limit_seconds(LONGEST_SECONDS):
            found = engine.solve(model, state, inputs.particles, inputs.time)
    except AccuracyError:
        tally.refused += 1
        return []
    except TooSlowError:
        tally.too_slow += 1
        return [f"TOO SLOW   {method}: {case}"]
    except Exception:
        tally.crashed += 1
        return [f"CRASH      {method}: {case}\n{traceback.format_exc(limit=-3)}"]
    if found.error_bound >= USELESS_BOUND:
        tally.refused += 1
        return []
    try:
        with limit_seconds(LONGEST_SECONDS):
            truth = engine.truth(case)
    except (TooSlowError, ArithmeticError):
        tally.cases -= 1
        return [f"NO TRUTH   {method}: {case}"]
    tally.bounds.append(float(found.error_bound))
    ratios = judge_marginals(found, truth)
    tally.worst = {name: max(worst, ratios[name]) for name, worst in tally.worst.items()}
    bad = [f"{name} {ratio:.3g}" for name, ratio in ratios.items() if not ratio <= 1]
    if not bad:
        return []
    tally.beyond += 1
    return [f"BEYOND     {method}: error/bound of {', '.join(bad)}: {case}\n{_compare(found, truth)}"]


def _compare(found: Marginals, truth: Truth) -> str:
    with ctx.workprec(COMPARISON_BITS):
        error = max(
            float(abs(acb(complex(value)) - entry).upper())
            for row, entries in zip(found.density, truth.density, strict=True)
            for value, entry in zip(row, entries, strict=True)
        )
    lines = (
        f"ρ̂   error {error:.3g}, bound {float(found.error_bound):.3g}",
        f"S_L  {float(found.linear_entropy)!r} ± {float(found.linear_entropy_error):.3g}, "
        f"true {float(truth.linear_entropy)!r}",
        f"rate {float(found.log_norm_rate)!r}, true {float(truth.log_norm_rate)!r}",
    )
    return "\n".join(f"    {line}" for line in lines)


class TooSlowError(Exception):
    """An engine has not answered in time."""


@contextmanager
def limit_seconds(seconds: float) -> Iterator[None]:
    """Raise TooSlowError in the block after so many seconds of the processor (main thread, POSIX)."""

    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run_adversary(
    cases: Iterable[tuple[str, int]], seed: int, methods: Iterable[str] = tuple(ENGINES)
) -> tuple[dict[str, Tally], list[str]]:
    """Tallies of the methods over places in families, and a text for each failure."""
    tallies = {method: Tally() for method in methods}
    texts: list[str] = []
    for family, index in cases:
        case = Case.draw(seed, family, index)
        for method, tally in tallies.items():
            for text in examine(case, method, tally):
                tqdm.write(text)
                texts.append(text)
    return tallies, texts


def choose_cases(count: int, only: Iterable[str] = ()) -> list[tuple[str, int]]:
    """First ``count`` cases of the schedule; of those only some families, or just the cases named FAMILY:INDEX."""
    named = [name.split(":") for name in only]
    families = {family for family, *index in named if not index}
    scheduled = islice(schedule_cases(), count)
    places = [(family, int(index[0])) for family, *index in named if index]
    if named and not families:
        return places
    return places + [place for place in scheduled if not named or place[0] in families]


def main() -> int:
    """Print the table; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--only", nargs="+", default=[], help="families, or cases of them as FAMILY:INDEX")
    options = parser.parse_args()
    chosen = choose_cases(options.cases, options.only)
    start = time.perf_counter()
    tallies, _ = run_adversary(tqdm(chosen, mininterval=5), options.seed, options.method)
    print(f"{len(chosen)} cases of {len({family for family, _ in chosen})} families, seed {options.seed}:\n")
    print(format_table(COLUMNS, [tally.to_row(method) for method, tally in tallies.items()]))
    print(f"{time.perf_counter() - start:.0f} s")
    return int(any(tally.is_broken for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
