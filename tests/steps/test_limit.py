"""The limit table: rows of branches, and a gap with its reason where there is no answer."""

import numpy as np
import pytest

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.solve import DirectCurve, limit_curve
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.steps import limit as step
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.steps.members import Members
from nonhermitian_hartree.storage.columns import density_columns, vector_columns
from nonhermitian_hartree.storage.parquet import make_table, read_parquet, table_columns, write_parquet
from tests.members import members_of, members_of_family
from tests.systems import COUNTEREXAMPLE

TIMES = [0.2, 0.8, 1.2]


@pytest.fixture
def tables(monkeypatch):
    """Hartree and limit table of a balanced state, the limit unknown at the second time."""

    def with_a_gap(model, state, times, seeds):
        found = limit_curve(model, state, times, seeds).states()
        found[1] = LimitState.unknown(times[1], "no path was found")
        return DirectCurve(lambda time: found[times.index(time)], times)

    monkeypatch.setattr(step, "limit_curve", with_a_gap)
    state = ProductState.from_population(0.5)
    kets = hartree_wavefunctions(COUNTEREXAMPLE, state, TIMES)
    keys = {"member": 0, "state": "balanced", "p0": 0.5, "tilt": 0.0, "time": np.array(TIMES)}
    hartree = make_table({**keys, **vector_columns("phi", kets), "error_bound": 1e-15})
    limit = step.tabulate_limit(members_of(COUNTEREXAMPLE, "balanced", p0=0.5), TIMES, hartree)
    return table_columns(hartree), table_columns(limit)


def test_a_gap_is_one_row_of_nulls_with_a_reason(tables):
    _, limit = tables
    assert limit["time"].tolist() == [0.2, 0.8, 1.2, 1.2]
    assert limit["reason"].tolist() == ["", "no path was found", "", ""]
    assert np.isnan(limit["weight"]).tolist() == [False, True, False, False]
    for name in ("nu_0_re", "rate", "linear_entropy", "hartree_infidelity", "error_bound", "softness"):
        assert np.isnan(limit[name][1])
        assert np.isfinite(limit[name][[0, 2, 3]]).all()
    assert limit["confirmed"].tolist() == ["closed_form", "", "closed_form", "closed_form"]


def test_a_table_with_a_gap_is_written_and_read_but_not_one_with_an_unknown_error(tables, tmp_path):
    _, limit = tables
    write_parquet(make_table(limit), tmp_path / "limit.parquet", {})
    assert np.isnan(read_parquet(tmp_path / "limit.parquet")["error_bound"].to_numpy()).sum() == 1
    unknown = limit | {"error_bound": np.full(4, np.nan)}
    with pytest.raises(TableError, match="unknown error"):
        write_parquet(make_table(unknown), tmp_path / "unknown.parquet", {})


def test_the_comparison_has_a_null_there_and_nowhere_else(tables):
    hartree, limit = tables
    state = ProductState.from_population(0.5)
    marginals = closed_form_marginals(COUNTEREXAMPLE, state, [50], TIMES)
    exact = {
        "member": np.zeros(3, dtype=int),
        "state": np.full(3, "balanced"),
        "p0": np.full(3, 0.5),
        "tilt": np.zeros(3),
        "particles": np.full(3, 50),
        "time": np.array(TIMES),
        **density_columns(marginals.density[0]),
        "linear_entropy": marginals.linear_entropy[0],
        "linear_entropy_error": marginals.linear_entropy_error[0],
        "error_bound": marginals.error_bound[0],
    }
    compared = table_columns(compare_states(exact, hartree, limit))
    assert np.isnan(compared["limit_infidelity"]).tolist() == [False, True, False]
    assert np.isfinite(compared["hartree_infidelity"]).all()


def test_members_of_a_family_start_from_their_neighbours_and_end_where_they_do_alone(monkeypatch):
    """Dimers with loss; seeds are paths at the times of the study, none for the first member."""
    given = []

    def remember_seeds(model, state, times, seeds):
        given.append(sorted(seeds))
        return limit_curve(model, state, times, seeds)

    monkeypatch.setattr(step, "limit_curve", remember_seeds)
    model = """{
        "parameters": {"gamma": [0.5, 1], "u": [1, 1.5]},
        "one_body": {"X": -1, "I": {"gamma": "-0.25j"}, "Z": {"gamma": "-0.25j"}},
        "two_body": {"II": {"u": 0.5}, "ZZ": {"u": 0.5}}
    }"""
    members, times = members_of_family(model, p0=1), [0.5, 1]
    together = table_columns(step.tabulate_limit(members, times, tabulate_hartree(members, times)))
    assert given == [[], times, times, times]
    for index, member in enumerate(members):
        single = Members([member], is_family=False)
        alone = table_columns(step.tabulate_limit(single, times, tabulate_hartree(single, times)))
        rows = together["member"] == index
        for name in ("rate", "softness", "entropy_coefficient", "hartree_infidelity"):
            assert together[name][rows] == pytest.approx(alone[name], rel=1e-9, abs=1e-12)
    assert given[4:] == [[]] * 4
