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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import inf

import numpy as np
from flint import acb, arb, ctx
from tqdm import tqdm

from benchmarks.adversary_families import FAMILIES, Inputs, schedule_cases
from benchmarks.page import Row, format_table
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact_certified import certify_marginals
from nonhermitian_hartree.exact_closed_form import closed_form_marginals
from nonhermitian_hartree.exact_condensate import FEWEST_PARTICLES, condensate_marginals
from nonhermitian_hartree.exact_diagonal import sum_diagonal_marginals
from nonhermitian_hartree.exact_float64 import evolve_float64
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState
from tests.references.ball_reference import (
    Amplitudes,
    Truth,
    exact_amplitudes,
    population_amplitudes,
    solve_exactly,
    tilt_amplitudes,
    turn_by_hadamard,
    turn_truth,
)
from tests.references.gaussian_integral import solve_diagonal_qubit

CASES = 1000
LONGEST_SECONDS = 30
"""An engine that has not answered by then counts as too slow."""
LARGEST_SUM = 5000
"""Up to this N all amplitudes are written down; beyond, a diagonal qubit model is one integral."""
COMPARISON_BITS = 512
USELESS_BOUND = 1.0
"""A bound from here on says nothing about ρ̂: the engine has refused."""
PROVED_TOLERANCE = 1e-12
CONDENSATE_TOLERANCE = 1e-8
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
}


@dataclass(frozen=True)
class Engine:
    """One way to the marginals.

    Attributes
    ----------
    accepts : callable
        Whether it takes (model, N).
    solve : callable
        (model, state, N, t) → Marginals without leading axes.
    takes_given_state : bool
        Whether the state as it was given (p0 or tilt) is its exact input, not the rounded amplitudes.
    """

    accepts: Callable[[Model, int], bool]
    solve: Callable[[Model, ProductState, int, float], Marginals]
    takes_given_state: bool = False


ENGINES = {
    "closed_form": Engine(
        lambda model, _: model.is_diagonal and model.dimension == 2,
        lambda model, state, number, at: closed_form_marginals(model, state, [number], [at])[0][0],
        takes_given_state=True,
    ),
    "occupation_sum": Engine(
        lambda model, number: model.is_diagonal and number <= LARGEST_SUM,
        lambda model, state, number, at: sum_diagonal_marginals(model, state, number, [at])[0],
    ),
    "float64": Engine(
        lambda model, number: number <= (150 if model.dimension == 2 else 30),
        lambda model, state, number, at: evolve_float64(model, state, number, [at], inf)[0],
    ),
    "certified": Engine(
        lambda model, number: number <= (150 if model.dimension == 2 else 12),
        lambda model, state, number, at: certify_marginals(model, state, number, [at], PROVED_TOLERANCE)[0],
    ),
    "condensate": Engine(
        lambda model, number: model.dimension == 2 and not model.is_diagonal and number >= FEWEST_PARTICLES,
        lambda model, state, number, at: condensate_marginals(model, state, [number], [at], CONDENSATE_TOLERANCE)[
            0
        ][0],
    ),
}


@dataclass(frozen=True)
class Case:
    """Inputs by their place in a family, and their truth, computed when first asked for."""

    seed: int
    family: str
    index: int
    inputs: Inputs

    @classmethod
    def draw(cls, seed: int, family: str, index: int) -> Case:
        """Case that stays the same when other families come and go."""
        rng = np.random.default_rng([seed, index, *family.encode()])
        return cls(seed, family, index, FAMILIES[family](rng))

    @cached_property
    def truth_of_rounded_state(self) -> Truth:
        """For the amplitudes as doubles."""
        return self._solve(exact_amplitudes(self.inputs.build_state().amplitudes))

    @cached_property
    def truth_of_given_state(self) -> Truth:
        """For p0, or the tilt, as given."""
        form = self.inputs.form
        if "amplitudes" in form:
            return self.truth_of_rounded_state
        given = population_amplitudes if "p0" in form else tilt_amplitudes
        return self._solve(given(*form.values()))

    def _solve(self, amplitudes: Amplitudes) -> Truth:
        case = self.inputs
        is_large = case.particles > LARGEST_SUM
        solve = solve_diagonal_qubit if is_large else solve_exactly
        given = turn_by_hadamard(amplitudes) if case.turned else amplitudes
        truth = solve(case.one_body, case.two_body, given, case.particles, case.time)
        return turn_truth(truth) if case.turned else truth

    def __str__(self) -> str:
        """How to run it again, and what it is."""
        return f"--seed {self.seed} --only {self.family}:{self.index}\n    {self.inputs}"


@dataclass
class Tally:
    """What has been seen of one engine."""

    cases: int = 0
    refused: int = 0
    too_slow: int = 0
    crashed: int = 0
    beyond: int = 0
    worst: dict[str, float] = field(default_factory=lambda: dict.fromkeys(QUANTITIES, 0.0))

    def to_row(self, method: str) -> Row:
        """Row of the table."""
        counts = (self.cases, self.refused, self.too_slow, self.crashed, self.beyond)
        return dict(zip(COLUMNS, (method, *counts, *self.worst.values()), strict=True))

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
    if not engine.accepts(model, inputs.particles):
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
    truth = case.truth_of_given_state if engine.takes_given_state else case.truth_of_rounded_state
    ratios = judge_marginals(found, truth)
    for name, ratio in ratios.items():
        tally.worst[name] = max(tally.worst[name], ratio)
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
    """Raise TooSlowError in the block after so many seconds (main thread, POSIX)."""

    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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
