"""CPU time of a screening: verdicts for the Bose–Hubbard dimer with loss over (γ, u), from |0⟩, for 0 ≤ t ≤ 2.

    python -m benchmarks.screening            # 9 × 9 members of the grid below, and each of them by itself
    python -m benchmarks.screening 41         # all 41 × 41, and what was found; a second word: file to keep it in
    python -m benchmarks.screening check 30   # seeded members of the 41 × 41 against certified states at N ≤ 400

Neighbours in the 9 × 9 are five steps of the full grid apart, so that their seeds are worse than there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

import numpy as np

from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.compare.scan import scan
from nonhermitian_hartree.compare.screening import assess_family
from nonhermitian_hartree.compare.verdict import Verdict
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model.family import ModelFamily
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.extrapolation import weights_at_infinity

LAST_TIME = 2.0
UP = ProductState(np.array([1, 0]))
CHECKED_PARTICLES = (100, 200, 400)


def lossy_dimers(count: int) -> ModelFamily:
    """γ from 0 to 2 and u from 0 to 4: hopping −X, loss −iγ/4 (1 + Z), interaction u/2 (1 + ZZ)."""
    return ModelFamily(
        {"gamma": np.linspace(0, 2, count), "u": np.linspace(0, 4, count)},
        one_body={"constant": {"X": -1}, "gamma": {"I": -0.25j, "Z": -0.25j}},
        two_body={"u": {"II": 0.5, "ZZ": 0.5}},
    )


def name(values: Mapping[str, float]) -> str:
    """Parameters of a member."""
    return ", ".join(f"{parameter} = {value:.4g}" for parameter, value in values.items())


def compare_with_alone(count: int) -> None:
    """Time each member in the family and by itself, and compare what is said."""
    family = lossy_dimers(count)
    verdicts = assess_family(((model, UP) for model in family), LAST_TIME)
    seeded, alone, different = [], [], 0
    for values, model in zip(family.coordinates(), family, strict=True):
        started = time.process_time()
        verdict = next(verdicts)
        seeded.append(time.process_time() - started)
        started = time.process_time()
        single = assess_hartree(model, UP, LAST_TIME)
        alone.append(time.process_time() - started)
        if not agree(verdict, single):
            different += 1
            print(f"DIFFERENT at {name(values)}:\n    {verdict}\n    {single}")
    for how, seconds in (("in the family", seeded), ("each by itself", alone)):
        print(f"{how}: mean {np.mean(seconds):.2f} s of CPU, largest {max(seconds):.2f}, total {sum(seconds):.0f}")
    print(f"{len(seeded)} members, {different} different")


def agree(first: Verdict, second: Verdict) -> bool:
    """Whether judgement, intervals, transitions and the largest infidelity are the same to their accuracy."""
    values = [v.largest_infidelity or 0.0 for v in (first, second)]
    ends = [np.ravel(v.failure_intervals) for v in (first, second)]
    changes = [np.array([change.time for change in v.transitions]) for v in (first, second)]
    same_shape = len(ends[0]) == len(ends[1]) and len(changes[0]) == len(changes[1])
    return bool(
        first.judgement == second.judgement
        and same_shape
        and abs(values[0] - values[1]) <= 2e-3 * values[1] + 1e-14
        and np.allclose(ends[0], ends[1], rtol=0, atol=3e-6)
        and np.allclose(changes[0], changes[1], rtol=0, atol=1e-5)
    )


def scan_all(count: int, path: str) -> None:
    """Scan the grid in this process and say how many of each there are."""
    started = time.process_time()
    table = scan(lossy_dimers(count), UP, LAST_TIME)
    seconds = time.process_time() - started
    print(f"{table}; {seconds:.0f} s of CPU, {seconds / len(table):.3f} s a member")
    confirmed, numbers = np.unique(table["confirmed"], return_counts=True)
    print(
        dict(zip(confirmed.tolist(), numbers.tolist(), strict=True)),
        "largest",
        np.nanmax(table["largest_infidelity"]),
    )
    print(f"{sum(bool(verdict.transitions) for verdict in table.verdicts)} members with transitions")
    if path:
        np.savez(
            path,
            judgement=table.grid("judgement"),
            largest_infidelity=table.grid("largest_infidelity"),
            failure_time=table.grid("failure_time"),
        )


def check_against_certified(count: int) -> None:
    """Infidelity of Hartree to exact states at three N, extrapolated, at the time of its largest value."""
    family = lossy_dimers(41)
    members = list(zip(family.coordinates(), family, strict=True))
    wrong = 0
    for index in np.random.default_rng(16).choice(len(members), count, replace=False):
        values, model = members[index]
        seeds = members[max(0, index - 2) : index + 1]
        verdict = list(assess_family([(near, UP) for _, near in seeds], LAST_TIME))[-1]
        when = verdict.largest_infidelity_time
        if not verdict.largest_infidelity or when is None:
            print(f"{name(values)}: {verdict}")
            continue
        hartree = hartree_wavefunctions(model, UP, [when])[0]
        exact = np.array(
            [
                1 - np.vdot(hartree, certify_marginals(model, UP, number, [when], 1e-11).density[0] @ hartree).real
                for number in CHECKED_PARTICLES
            ]
        )
        line, parabola = (
            float(weights_at_infinity(CHECKED_PARTICLES[-points:]) @ exact[-points:]) for points in (2, 3)
        )
        error, uncertain = abs(parabola - verdict.largest_infidelity), abs(parabola - line)
        bad = not error <= uncertain + 1e-9
        wrong += bad
        said = f"I({when:.3f}) = {verdict.largest_infidelity:.6g}"
        print(f"{name(values)}: {said}, {parabola:.6g} ± {uncertain:.1g}{' WRONG' if bad else ''}", flush=True)
    print(f"{count} members, {wrong} wrong")


def main(arguments: list[str]) -> None:
    """Run what the module says."""
    if arguments[:1] == ["check"]:
        check_against_certified(int(arguments[1]) if len(arguments) > 1 else 30)
    elif arguments:
        scan_all(int(arguments[0]), arguments[1] if len(arguments) > 1 else "")
    else:
        compare_with_alone(9)


if __name__ == "__main__":
    main(sys.argv[1:])
