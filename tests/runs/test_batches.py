"""Batches keep within their bound as Snakemake counts a group's time: rows of as many jobs as there are cores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonhermitian_hartree.runs.batches import bound_minutes, join_levels, pack_batches

LEVELS = st.lists(st.lists(st.integers(1, 14), max_size=7), max_size=4)
CORES = st.integers(1, 5)


def count_rows(levels, cores):
    """Minutes of a group as Snakemake counts them: in each level rows of jobs, longest first, by their longest."""
    return sum(sum(sorted(level, reverse=True)[::cores]) for level in levels)


@given(LEVELS, CORES)
def test_bound_holds_for_rows_of_jobs(levels, cores):
    assert count_rows(levels, cores) <= bound_minutes(levels, cores) + 1e-9


@given(LEVELS)
def test_bound_is_the_sum_on_one_core(levels):
    assert bound_minutes(levels, 1) == sum(map(sum, levels))


def test_bound_of_equal_jobs():
    assert bound_minutes([[3] * 8], 4) == 8 * 3 / 4 + 3 * 3 / 4


@given(st.lists(LEVELS, min_size=1, max_size=30), CORES)
def test_batches_keep_within_the_bound_unless_one_unit_exceeds_it(units, cores):
    batches = pack_batches(dict(enumerate(units)), cores, 30)
    assert list(batches) == list(range(len(units)))
    for number in set(batches.values()):
        together = [units[unit] for unit, batch in batches.items() if batch == number]
        busy = [levels for levels in together if any(levels)]
        assert len(busy) <= 1 or count_rows(join_levels(*together), cores) <= 30


@pytest.mark.parametrize(("cores", "batches"), [(1, 4), (4, 1)])
def test_twenty_states_on_one_core_and_on_four(cores, batches):
    packed = pack_batches({state: [[1, 1, 1, 1], [1]] for state in range(20)}, cores, 30)
    assert len(set(packed.values())) == batches
