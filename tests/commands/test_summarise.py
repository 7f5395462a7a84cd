"""What `make` prints in the end: a line a study, the claims as counts, and where things are."""

import pandas as pd

from nonhermitian_hartree.commands.summarise import main
from nonhermitian_hartree.runs.summary import summarise_study
from nonhermitian_hartree.steps.assessment import assess_members
from nonhermitian_hartree.steps.verdict import name_member, tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.study_tables import CLAIM_COLUMNS
from tests.members import members_of
from tests.systems import COUNTEREXAMPLE


def tabulate(**states):
    assessments = [
        assessment
        for name, form in states.items()
        for assessment in assess_members(members_of(COUNTEREXAMPLE, name, **form), 1.0, 1e-3, 100)
    ]
    return tabulate_verdicts("anti_hermitian_zz", assessments, None)


def test_run_in_a_few_lines(tmp_path, capsys):
    write_csv(tabulate(tilted={"p0": 0.6}), tmp_path / "studies" / "one" / "verdict.csv", {})
    write_csv(tabulate(fan={"p0": [0.5, 0.6, 0.9]}), tmp_path / "studies" / "many" / "verdict.csv", {})
    claim = dict.fromkeys(CLAIM_COLUMNS, "x") | {
        "measured": 1.0,
        "expected": 1.0,
        "tolerance": 0.1,
        "verdict": "PASS",
    }
    write_csv(pd.DataFrame([claim, claim | {"claim": "bad", "verdict": "FAIL"}]), tmp_path / "claims.csv", {})
    assert main([str(tmp_path)]) == 0
    many, one, *rest = capsys.readouterr().out.splitlines()
    fails, holds = "FAILS for 2 of 3 states (fan: 0.5 ≤ p0 ≤ 0.6)", "HOLDS for 1 of 3 states (fan: p0 = 0.9)"
    assert many.startswith(f"many: {fails}; {holds};")
    assert one.startswith("one: FAILS   anti hermitian zz, from tilted (p0 = 0.6): infidelity above 0.001 for ")
    assert rest[0] == "claims: 1 of 2 pass"
    assert rest[1].startswith("  FAIL bad on x: measured 1, expected 1 ± 0.1")
    assert rest[2].startswith(f"tables: {tmp_path / 'studies'}")
    assert len(rest) == 3
    assert main([]) == 2


def test_damaged_table_is_named(tmp_path, capsys):
    (tmp_path / "studies" / "one").mkdir(parents=True)
    (tmp_path / "studies" / "one" / "verdict.csv").write_text("state,p0\nx,1\n")
    assert main([str(tmp_path)]) == 1
    assert "verdict.csv" in capsys.readouterr().err


def test_states_of_several_names_are_listed():
    table = pd.DataFrame(tabulate(balanced={"p0": 0.5}, north={"p0": 1})).to_dict("records")
    assert summarise_study("poles", table).startswith(
        "poles: FAILS for 1 of 2 states (balanced (p0 = 0.5)); HOLDS for 1 of 2 states (north (p0 = 1));"
    )


def test_members_are_named_by_what_tells_them_apart():
    def name(state, p0, tilt, **parameters):
        return name_member({"state": state, "p0": p0, "tilt": tilt, **parameters})

    assert name("a_state", None, None) == "a state"
    assert name("north", 1.0, float("inf")) == "north (p0 = 1)"
    assert name("near", 0.5000005, 1e-6) == "near (h = 1e-06)"
    assert name("a_state", None, None, hop=0.5, loss_re=0.0, loss_im=-2.0) == "a state (hop = 0.5, loss = -2i)"
