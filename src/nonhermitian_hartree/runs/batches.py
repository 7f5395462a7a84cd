"""Which jobs make one submission to a cluster, so that it ends within the time that a partition gives."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import zip_longest
from typing import TypeVar

Levels = Sequence[Sequence[float]]
"""Minutes of jobs; those of a level may start when those of the levels before have ended."""
Unit = TypeVar("Unit", bound=Hashable)


def join_levels(*parts: Levels) -> list[list[float]]:
    """Jobs of several units level by level."""
    return [[minutes for level in levels for minutes in level] for levels in zip_longest(*parts, fillvalue=())]


def bound_minutes(levels: Levels, cores: int) -> float:
    """Upper bound on how long jobs take, level after level, as many at once as there are cores.

    In a level the longest job is run first, and the next start as cores are free (Graham's list scheduling): with
    the sum S and the longest m of its times, a level takes at most S/c + m (1 - 1/c) on c cores [R. L. Graham,
    SIAM J. Appl. Math. 17, 416 (1969)]. The same holds for rows of c jobs, longest first, by which Snakemake
    counts, since each row is no longer than the mean of the one before.
    """
    return sum(sum(level) / cores + max(level) * (1 - 1 / cores) for level in levels if level)


def pack_batches(units: Mapping[Unit, Levels], cores: int, minutes: float) -> dict[Unit, int]:
    """Number of the batch of each unit: in the order of the units, a new batch where the bound would be exceeded.

    A unit that exceeds the bound by itself has a batch of its own.
    """
    batches: dict[Unit, int] = {}
    number = 0
    sums: list[float] = []
    longest: list[float] = []
    for unit, levels in units.items():
        new_sums = [a + b for a, b in zip_longest(sums, map(sum, levels), fillvalue=0)]
        new_longest = [
            max(a, b) for a, b in zip_longest(longest, (max(x, default=0) for x in levels), fillvalue=0)
        ]
        together = sum(new_sums) / cores + sum(new_longest) * (1 - 1 / cores)
        if sums and together > minutes:
            number += 1
            new_sums, new_longest = [sum(level) for level in levels], [max(level, default=0) for level in levels]
        sums, longest = new_sums, new_longest
        batches[unit] = number
    return batches
