"""A family of models through the workflow: its tables, and what is computed again when its grids change."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.storage.study_tables import read_study_table
from tests.workflow.small_workflow import CONFIG, Workflow, make_workflow

FAMILY = """
name: small
models:
  loss:
    parameters: {gamma: {start: 0, stop: 1, num: 3}, u: [1, 2j]}
    one_body: {Z: {gamma: -0.25j}}
    two_body: {ZZ: {u: 0.5, constant: 0.1}}
states:
  left: {p0: 0.7}
  fan: {p0: [0.2, 0.4]}
studies:
  finite: {model: loss, states: [left, fan], particles: [10, 30], times: [0.1, 0.5]}
  screening: {model: loss, states: [fan], times: [0.1, 0.5]}
figures:
  verdicts: {kind: map, study: screening, state: fan, x: p0, y: gamma, at: {u: 2j}, quantity: judgement}
  curves:
    {kind: against_time, study: screening, quantity: hartree_infidelity, limit: only, by: p0, at: {gamma: 1, u: 1}}
"""
STEPS = ("exact", "hartree", "limit", "assessment")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workflow:
    workflow = make_workflow(tmp_path_factory.mktemp("family") / "workflow")
    (workflow.root / CONFIG).write_text(FAMILY)
    workflow.build()
    return workflow


def read_table(workflow: Workflow, study: str, name: str) -> pd.DataFrame:
    suffix = "csv" if name == "verdict" else "parquet"
    return read_study_table(name, workflow.results / "studies" / study / f"{name}.{suffix}")


def test_every_table_has_the_members_in_order(built):
    """States outermost, then their members, then γ, then u, which is complex, as two columns."""
    expected = [
        (state, p0, gamma, u.real, u.imag)
        for state, p0 in (("left", 0.7), ("fan", 0.2), ("fan", 0.4))
        for gamma in (0, 0.5, 1)
        for u in (1 + 0j, 2j)
    ]
    for name in ("exact", "hartree", "limit", "comparison", "verdict"):
        table = read_table(built, "finite", name).drop_duplicates("member")
        assert table["member"].tolist() == list(range(18))
        assert list(table.columns[:7]) == ["member", "state", "p0", "tilt", "gamma", "u_re", "u_im"]
        found = table[["state", "p0", "gamma", "u_re", "u_im"]].itertuples(index=False, name=None)
        assert list(found) == expected


def test_rows_are_those_of_the_model_with_its_numbers(built):
    """S_L of all members from the closed form of a model whose numbers are written out."""
    table = read_table(built, "finite", "exact")
    for row in table[table["particles"] == 30].itertuples():
        spec = {"one_body": {"Z": -0.25j * row.gamma}, "two_body": {"ZZ": 0.5 * complex(row.u_re, row.u_im) + 0.1}}
        model, state = ModelSpec.model_validate(spec).build(), ProductState.from_population(row.p0)
        marginals = closed_form_marginals(model, state, [30], [row.time])
        assert row.linear_entropy == pytest.approx(marginals.linear_entropy[0, 0], rel=1e-13, abs=1e-16)


def test_screening_has_no_exact_states(built):
    folder = built.results / "studies" / "screening"
    assert {path.name for path in folder.iterdir() if path.is_file() and path.suffix != ".json"} == {
        "hartree.parquet",
        "limit.parquet",
        "verdict.csv",
    }
    assert len(read_table(built, "screening", "verdict")) == 12
    assert not list(folder.rglob("exact.parquet"))
    one, two = (read_table(built, study, "verdict") for study in ("finite", "screening"))
    same = ["judgement", "failure_intervals", "largest_infidelity", "p0", "gamma", "u_re", "u_im"]
    pd.testing.assert_frame_equal(one[6:].reset_index(drop=True)[same], two[same])


def count_computed(workflow: Workflow) -> dict[str, int]:
    """Members that the last jobs of each step have computed, and not taken from other parts, by their logs."""
    computed = dict.fromkeys(STEPS, 0)
    for step in STEPS:
        for log in (workflow.results / "logs" / step).rglob("*.log"):
            for total, known in re.findall(r"(\d+) members, .*?(\d+) were known", log.read_text()):
                computed[step] += int(total) - int(known)
    return computed


def test_only_new_members_are_computed_when_values_are_added(built, tmp_path):
    """γ wider and finer, 9 values for 3, and u one more, 3 for 2: of 27 members of each state, 21 are new.

    Counted in the logs: for three states and, in the screening, for two.
    """
    new, parameters = 21, {"gamma": {"start": 0, "stop": 2, "num": 9}, "u": [1, "2j", "-1+4j"]}
    workflow = built.copy_to(tmp_path / "workflow")
    before, known = count_computed(workflow), read_table(workflow, "finite", "limit")
    workflow.edit_config(lambda config: config["models"]["loss"].update(parameters=parameters))
    workflow.build()
    after = count_computed(workflow)
    screened = {"exact": 0, "hartree": 2 * new, "limit": 2 * new, "assessment": 2 * new}
    assert {step: after[step] - before[step] for step in STEPS} == {s: 3 * new + screened[s] for s in STEPS}
    table = read_table(workflow, "finite", "limit")
    keys = ["state", "p0", "gamma", "u_re", "u_im", "time"]
    merged = known.merge(table, on=keys, suffixes=("", "_after"))
    assert len(merged) == len(known)
    assert np.array_equal(merged["rate"], merged["rate_after"])
    assert workflow.planned_jobs() == set()
