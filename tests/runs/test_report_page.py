"""The report as a page: what it opens with, what it says of failures, and that it stands alone."""

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from nonhermitian_hartree.config.configuration import parse_config
from nonhermitian_hartree.runs.report_page import ReportFigure, ReportStudy, write_report_page
from nonhermitian_hartree.runs.report_studies import order_figures
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS

PROVENANCE = {
    "commit": "abc123",
    "dirty": True,
    "versions": {"python": "3.11.7", "numpy": "2.0"},
    "config": {"name": "run"},
    "differences": {},
    "tables": {"a.parquet": {}, "b.csv": {}},
}
SENTENCE = "infidelity above 0.001 for 0.2 < t ≤ 1, and <b>more</b>"


def make_verdicts(*judgements: str) -> pd.DataFrame:
    rows = [
        {
            "state": "fan",
            "p0": 0.1 * index,
            "judgement": judgement,
            "largest_infidelity": 0.1,
            "largest_infidelity_time": 1.0,
            "verdict": f"{judgement.upper()}   dimer, from fan ({index}): {SENTENCE}",
        }
        for index, judgement in enumerate(judgements)
    ]
    return pd.DataFrame(rows, columns=list(CSV_COLUMNS["verdict"]))


def make_claims(*verdicts: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "claim": f"claim_{index}",
                "study": "first",
                "source": "eq. (1)",
                "statement": f"statement {index} < 2",
                "measured": 0.125,
                "expected": 1.0,
                "tolerance": 0.01,
                "verdict": verdict,
            }
            for index, verdict in enumerate(verdicts)
        ]
    )


@pytest.fixture
def figure(tmp_path: Path) -> ReportFigure:
    file = tmp_path / "curves.svg"
    file.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    return ReportFigure("curves", "hartree infidelity, against time", file)


def write(tmp_path: Path, *studies: ReportStudy, claims: pd.DataFrame | None = None) -> str:
    write_report_page(tmp_path / "report.html", "run", studies, claims, PROVENANCE)
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def read_text(page: str) -> str:
    body = re.sub("<(script|style)>.*?</\\1>", "", page, flags=re.DOTALL)
    return unescape(" ".join(re.sub("<[^>]*>", " ", body).split()))


def test_order_is_verdicts_key_figure_claims_provenance(tmp_path: Path, figure: ReportFigure) -> None:
    study = ReportStudy("first", {"model": "dimer"}, make_verdicts("fails"), None, (figure,))
    page = write(tmp_path, study, claims=make_claims("PASS", "FAIL"))
    found = ["Can Hartree be trusted?", "✗ FAILS dimer, from fan (0)", SENTENCE, "curves: hartree infidelity"]
    found += [
        "1 of 2 claims pass",
        "claim_1 on first : statement 1 < 2",
        "abc123 and changes that were not committed",
    ]
    text = read_text(page)
    where = [text.find(part, text.find("Verdicts") if part != found[0] else 0) for part in found]
    assert where == sorted(where)
    assert where[0] >= 0
    assert "measured 0.125, expected 1 ± 0.01 (eq. (1))" in text
    assert "<b>more</b>" not in page


def test_judgements_differ_by_word_and_sign(tmp_path: Path) -> None:
    study = ReportStudy("first", {}, make_verdicts("holds", "fails", "unknown"))
    text = read_text(write(tmp_path, study))
    assert "✗ FAILS for 1 state, ? UNKNOWN for 1 state, ✓ HOLDS for 1 state; no claims" in text
    assert "This configuration makes no claims." in text


def test_a_family_is_counted_and_has_every_verdict_in_a_table(tmp_path: Path) -> None:
    page = write(tmp_path, ReportStudy("first", {}, make_verdicts(*["holds"] * 3, *["fails"] * 2)))
    assert "FAILS for 2 of 5 states (fan: 0.3 ≤ p0 ≤ 0.4)" in read_text(page)
    assert read_text(page).count(SENTENCE) == 5


def test_page_needs_no_other_file_and_is_the_same_again(tmp_path: Path, figure: ReportFigure) -> None:
    study = ReportStudy("first", {}, make_verdicts("fails"), None, (figure,))
    page = write(tmp_path, study, claims=make_claims("FAIL"))
    assert page == write(tmp_path, study, claims=make_claims("FAIL"))
    assert set(re.findall('src="([^"]{10})', page)) == {"data:image"}
    links = set(re.findall('href="#([^"]*)"', page))
    assert page.count("href=") == page.count('href="#')
    assert links <= set(re.findall('id="([^"]*)"', page))


def test_provenance_says_what_is_not_known_or_mixed(tmp_path: Path) -> None:
    mixed = PROVENANCE | {"commit": None, "dirty": None, "differences": {"numpy": {"1": ["a"], "2": ["b"]}}}
    studies = [ReportStudy("first", {}, make_verdicts("fails"))]
    write_report_page(tmp_path / "report.html", "run", studies, None, mixed)
    text = read_text((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "commit unknown: git does not tell versions" in text
    assert "not all tables were made by the same numpy" in text


def test_the_infidelity_of_hartree_is_the_key_figure() -> None:
    figures = {
        "tails": {"kind": "against_particles", "study": "s", "quantity": "linear_entropy"},
        "curves": {"kind": "against_time", "study": "s", "quantity": "hartree_infidelity"},
        "other": {"kind": "against_time", "study": "r", "quantity": "hartree_infidelity"},
    }
    study = {"model": "m", "states": ["a"], "particles": [10, 20, 30], "times": [0, 1]}
    config = parse_config(
        {
            "name": "run",
            "models": {"m": {"two_body": {"ZZ": "1j"}}},
            "states": {"a": {"p0": 0.6}},
            "studies": {"s": study, "r": study},
            "figures": figures,
        },
        "test",
    )
    assert order_figures(config.figures, "s", list(figures)) == ["curves", "tails"]
