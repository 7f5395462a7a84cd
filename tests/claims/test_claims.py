"""Every claim passes on true tables and fails on false ones; the verdicts are written, read and printed whole."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from nonhermitian_hartree.claims.catalogue import CLAIMS, CLAIMS_ON_THE_COUNTEREXAMPLE
from nonhermitian_hartree.claims.catalogue_beyond import CLAIMS_BEYOND
from nonhermitian_hartree.claims.catalogue_lattices import CLAIMS_ON_LATTICES
from nonhermitian_hartree.claims.claim import Claim
from nonhermitian_hartree.claims.judge import judge_claims, measure_claim, require_passed
from nonhermitian_hartree.claims.measures.beyond import symmetric_splitting_time
from nonhermitian_hartree.claims.rows import farthest
from nonhermitian_hartree.claims.spec import ClaimSpec, tables_of_claims
from nonhermitian_hartree.errors import ClaimError
from nonhermitian_hartree.storage.csv_files import read_csv, write_csv
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS
from tests.claims.example_tables import LATTICE_OF_CLAIM, STUDY_OF_CLAIM, make_tables, true_tables
from tests.claims.falsifications import FALSIFICATIONS
from tests.claims.falsifications_beyond import FALSIFICATIONS_BEYOND
from tests.claims.falsifications_lattices import FALSIFICATIONS_ON_LATTICES

ALL_FALSIFICATIONS = FALSIFICATIONS | FALSIFICATIONS_BEYOND | FALSIFICATIONS_ON_LATTICES
KEYS = {"state", "p0", "tilt", "particles", "time", "branch", "quantity"}


def holds(claim, tables):
    return CLAIMS[claim].holds(measure_claim(claim, tables))


def test_catalogue_and_tests_name_the_same_claims():
    assert len(CLAIMS) == len(CLAIMS_ON_THE_COUNTEREXAMPLE) + len(CLAIMS_BEYOND) + len(CLAIMS_ON_LATTICES)
    assert set(STUDY_OF_CLAIM | LATTICE_OF_CLAIM) == set(ALL_FALSIFICATIONS) == set(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_holds_on_true_tables(claim):
    tables = true_tables(claim)
    measured = measure_claim(claim, {name: tables[name] for name in CLAIMS[claim].tables})
    assert CLAIMS[claim].holds(measured), measured


@pytest.mark.parametrize(
    ("claim", "falsify"),
    [
        pytest.param(claim, falsify, id=f"{claim}: {what}")
        for claim, ways in ALL_FALSIFICATIONS.items()
        for what, falsify in ways.items()
    ],
)
def test_a_claim_fails_on_false_tables(claim, falsify):
    assert not holds(claim, falsify(claim))


@pytest.mark.parametrize(
    ("claim", "table"), [(claim, table) for claim, entry in CLAIMS.items() for table in entry.tables]
)
def test_a_claim_fails_on_missing_numbers(claim, table):
    tables = true_tables(claim)
    frame = tables[table]
    assert not holds(claim, tables | {table: frame.iloc[:0]})
    # NaN in every number of the last time; a verdict is about all times
    last = frame["time"] == frame["time"].max() if "time" in frame else frame.index
    values = [name for name in frame if name not in KEYS and (table == "verdict" or frame[name].dtype == float)]
    frame.loc[last, values] = nan
    for name in frame.filter(regex="^(phi|nu)_(re|im)$"):  # lists of many modes
        frame[name] = [
            numbers * factor for numbers, factor in zip(frame[name], np.where(last, nan, 1), strict=True)
        ]
    assert not holds(claim, tables)


def test_the_error_of_laplace_is_of_second_order_at_one_point():
    # the 1/N term of ρ00 and ρ11 vanishes at p0 = ½, t = ¼, not that of ρ01
    exact = make_tables((0.5,), (2000, 10000, 50000), (0.25,))["exact"]
    assert measure_claim("laplace_converges", {"exact": exact}) == pytest.approx(-2, abs=0.01)


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(1.25, True), (0.75, True), (np.nextafter(1.25, 2), False), (nan, False), (-1, False)],
)
def test_a_claim_holds_up_to_its_tolerance_and_never_for_nan(measured, verdict):
    assert Claim(farthest, "", "", (), expected=1, tolerance=0.25).holds(measured) is verdict


@pytest.mark.parametrize("field", [1e-4, 0.5, 1.0])
def test_splitting_time_of_the_symmetric_branch(field):
    # the Riccati equation of its fluctuations, integrated; without a field the transition is at t = ½, §3.1
    time = symmetric_splitting_time(field)
    path = solve_ivp(lambda _, z: (1 + z) ** 2 + 4j * field * z, (0, time), [0j], rtol=1e-12, atol=1e-12)
    assert abs(path.y[0, -1]) == pytest.approx(1, abs=1e-9)
    assert (np.abs(path.y[0, :-1]) < 1).all()
    assert symmetric_splitting_time(1e-6) == pytest.approx(0.5, abs=1e-6)


def test_farthest():
    assert farthest([1.0, 2.5, -1.0], 1) == -1
    assert isnan(farthest([], 1))
    assert isnan(farthest([1.0, nan], 1))
    assert isnan(farthest([nan, 1.0], 1))


@pytest.fixture
def judged():
    """Claims of which the first passes, one fails, one is measured on nothing, and the last passes again."""
    true, false = true_tables("poles_stay"), true_tables("poles_stay")
    false["comparison"]["linear_entropy"] += 0.25
    specs = [
        ClaimSpec(claim="poles_stay", study="true"),
        ClaimSpec(claim="poles_stay", study="false"),
        ClaimSpec(claim="hartree_fails", study="true", states=["absent"]),
        ClaimSpec(claim="poles_stay", study="true", states=["s"], times=[0.5, 1]),
    ]
    return judge_claims(specs, {"true": true, "false": false})


def test_every_claim_gets_its_row(judged):
    assert list(judged.columns) == list(CLAIM_COLUMNS)
    assert judged["verdict"].tolist() == ["PASS", "FAIL", "FAIL", "PASS"]
    assert judged["measured"].tolist() == pytest.approx([0, 0.25, nan, 0], nan_ok=True)
    assert judged["statement"].tolist() == [CLAIMS[claim].statement for claim in judged["claim"]]


def test_states_and_times_select_what_is_judged():
    tables = true_tables("poles_stay")
    comparison = tables["comparison"]
    comparison.loc[comparison["time"] == 10, "linear_entropy"] = 1
    other = comparison.assign(state="other", linear_entropy=1.0)
    tables["comparison"] = pd.concat([comparison, other])
    parts = [{}, {"states": ["s"]}, {"times": [0, 1]}, {"states": ["s"], "times": [0, 1]}]
    specs = [ClaimSpec(claim="poles_stay", study="a", **part) for part in parts]
    assert judge_claims(specs, {"a": tables})["verdict"].tolist() == ["FAIL", "FAIL", "FAIL", "PASS"]


def test_only_the_tables_of_the_claims_are_asked_for():
    specs = [
        ClaimSpec(claim=c, study=s)
        for c, s in (("poles_stay", "b"), ("hartree_fails", "b"), ("poles_attract", "a"))
    ]
    assert tables_of_claims(specs) == {"a": ["hartree"], "b": ["comparison", "limit"]}


def test_failed_claims_are_named(judged):
    require_passed(judged[judged["verdict"] == "PASS"], "claims.csv")
    with pytest.raises(ClaimError) as caught:
        require_passed(judged, "results/paper/claims.csv")
    assert str(caught.value) == (
        "2 of 4 claims fail: poles_stay on false (measured 0.25, expected 0 ± 1e-15); "
        "hartree_fails on true (measured nan, expected 1 ± 0.001); the table is results/paper/claims.csv"
    )


def test_the_table_is_read_as_it_was_written(judged, tmp_path):
    path = tmp_path / "claims.csv"
    write_csv(judged, path, {})
    pd.testing.assert_frame_equal(read_csv(path, CLAIM_COLUMNS), judged, check_dtype=False, check_exact=True)
