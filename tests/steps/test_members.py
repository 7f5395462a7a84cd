"""Tables of the members of a family: a member that fails is a row with its reason, and known rows are taken."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nonhermitian_hartree.compare import screening
from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.steps import assessment, exact, hartree, limit
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.members import Members, concatenate_members
from nonhermitian_hartree.steps.power_law import tabulate_power_laws
from nonhermitian_hartree.steps.verdict import tabulate_verdicts
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, write_parquet
from tests.members import members_of
from tests.systems import COUNTEREXAMPLE

TIMES, PARTICLES = [0.2, 0.8], [1000, 2000, 4000, 8000, 16000]
FAN = members_of(COUNTEREXAMPLE, "fan", p0=[0.3, 0.6, 0.9])
BAD = FAN.items[1]


def refuse(function):
    """The function of a step, which refuses the middle member."""

    def refusing(model, state, *rest):
        if state is BAD.state:
            raise AccuracyError("the middle one\nis hard")
        return function(model, state, *rest)

    return refusing


@pytest.fixture
def tables(monkeypatch):
    """The tables of three members of which every step refuses the middle one."""
    for step, name in (
        (hartree, "hartree_wavefunctions"),
        (exact, "exact_marginals"),
        (limit, "limit_curve"),
        (screening, "assess_beside"),
    ):
        monkeypatch.setattr(step, name, refuse(getattr(step, name)))
    solutions = hartree.tabulate_hartree(FAN, TIMES)
    return {
        "exact": exact.tabulate_exact(FAN, PARTICLES, TIMES, 1e-8),
        "hartree": solutions,
        "limit": limit.tabulate_limit(FAN, TIMES, solutions),
    }


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("exact", ["rho_00_re", "linear_entropy", "log_norm_rate", "error_bound"]),
        ("hartree", ["phi_0_re", "error_bound"]),
        ("limit", ["weight", "nu_0_re", "rate", "hartree_infidelity", "error_bound"]),
    ],
)
def test_a_member_that_fails_is_rows_with_the_reason(tables, tmp_path, name, numbers):
    write_parquet(tables[name], tmp_path / f"{name}.parquet", {})
    columns = table_columns(read_parquet(tmp_path / f"{name}.parquet"))
    failed = columns["member"] == 1
    assert list(dict.fromkeys(columns["member"].tolist())) == [0, 1, 2]
    assert set(columns["reason"][failed]) == {"the middle one"}
    assert set(columns["reason"][~failed]) == {""}
    assert failed.sum() == len(TIMES) * (len(PARTICLES) if name == "exact" else 1)
    for number in numbers:
        assert np.isnan(columns[number]).tolist() == failed.tolist()


def test_what_follows_has_gaps_there_and_numbers_elsewhere(tables, tmp_path):
    comparison = compare_states(*(table_columns(tables[name]) for name in ("exact", "hartree", "limit")))
    write_parquet(comparison, tmp_path / "comparison.parquet", {})
    columns = table_columns(read_parquet(tmp_path / "comparison.parquet"))
    for quantity in ("linear_entropy", "hartree_infidelity", "limit_infidelity"):
        assert np.isnan(columns[quantity]).tolist() == (columns["member"] == 1).tolist()
    laws = tabulate_power_laws(comparison.to_pandas(), ["linear_entropy"], 1.0)
    assert laws["exponent"].isna().tolist() == (laws["member"] == 1).tolist()
    assert (laws["reason"].ne("") == (laws["member"] == 1)).all()
    verdicts = tabulate_verdicts("zz", assessment.assess_members(FAN, 0.8, 1e-3, 16000), columns)
    assert [judgement == "unknown" for judgement in verdicts["judgement"]] == [False, True, False]
    assert "no answer for 0 ≤ t ≤ 0.8: the middle one" in verdicts["verdict"][1]
    assert [at.partition(":")[0] for at in verdicts["at_particles"]] == ["16000", "", "16000"]


def test_the_only_member_fails_loudly(monkeypatch):
    monkeypatch.setattr(exact, "exact_marginals", refuse(exact.exact_marginals))
    with pytest.raises(AccuracyError):
        exact.tabulate_exact(Members([BAD], is_family=False), PARTICLES, TIMES, 1e-8)


def test_known_rows_are_not_computed(monkeypatch):
    """The middle member would fail, were it computed; its rows get its new number."""
    known = hartree.tabulate_hartree(Members([BAD], is_family=True), TIMES)
    monkeypatch.setattr(hartree, "hartree_wavefunctions", refuse(hartree.hartree_wavefunctions))
    table = table_columns(hartree.tabulate_hartree(FAN, TIMES, {1: known}))
    assert table["member"].tolist() == [0, 0, 1, 1, 2, 2]
    assert not np.isnan(table["phi_0_re"]).any()


def test_parts_are_numbered_through():
    one, two = hartree.tabulate_hartree(FAN, [0.2]), hartree.tabulate_hartree(FAN, [0.2])
    table = table_columns(concatenate_members([one, two], [0, 3]))
    assert table["member"].tolist() == [0, 1, 2, 3, 4, 5]


def test_steps_do_not_wait_for_libraries_that_they_do_not_use():
    """Where a closed form is known, no step imports pandas or SciPy, which would take longer than the step."""
    program = """
import sys
from nonhermitian_hartree.steps import assessment, exact, hartree, limit
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.members import concatenate_members
from nonhermitian_hartree.storage.parquet import table_columns
from tests.members import members_of
from tests.systems import COUNTEREXAMPLE
family = members_of(COUNTEREXAMPLE, "fan", p0=[0.3, 0.9])
hartree = hartree.tabulate_hartree(family, [0.2, 0.8])
limit = limit.tabulate_limit(family, [0.2, 0.8], hartree)
exact = exact.tabulate_exact(family, [1000], [0.2, 0.8], 1e-8)
compare_states(*(table_columns(concatenate_members([table], [0])) for table in (exact, hartree, limit)))
print(sorted({"pandas", "scipy"} & sys.modules.keys()))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
