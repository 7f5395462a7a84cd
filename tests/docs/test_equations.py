"""docs/equations.md and the tests, claims and files that pages name: none is missing, none has another name."""

from __future__ import annotations

import re

import pytest
import yaml

from nonhermitian_hartree.claims.catalogue_beyond import CLAIMS_BEYOND
from tests.docs.equation_table import NUMBERS, ROOT, TABLE, cited_equations, find_problems, functions_of

TRUE_TABLE = TABLE.read_text(encoding="utf-8")
NOTES = (ROOT / "docs" / "paper_notes.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "config").glob("*.md"))]
TESTS = {
    path.relative_to(ROOT / "tests").as_posix(): functions_of(path) for path in (ROOT / "tests").rglob("test_*.py")
}
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))


def test_every_equation_has_its_function_and_its_test():
    assert find_problems(TRUE_TABLE) == []


def row_of(number):
    return next(line for line in TRUE_TABLE.splitlines() if line.startswith(f"| ({number}) |"))


def test_a_missing_a_repeated_and_a_senseless_number_are_noticed():
    row = row_of(17)
    assert find_problems(TRUE_TABLE.replace(row, "")) == ["(17) has 0 rows"]
    assert find_problems(TRUE_TABLE.replace(row, f"{row}\n{row}")) == ["(17) has 2 rows"]
    assert "(49) has 1 rows" in find_problems(TRUE_TABLE.replace(row, f"{row}\n{row.replace('17', '49')}"))


FUNCTION = "[`limit.{}`](../src/nonhermitian_hartree/limit/{}.py)".format
TEST = "[`limit/{}`](../tests/limit/{}.py)".format


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        (2, "", "(33) says nothing"),
        (3, "", "(33) has neither function nor reason"),
        (3, "none: ", "(33) has neither function nor reason"),
        (3, FUNCTION("rates.inflection_points", "rates"), "No module named"),
        (3, FUNCTION("rate_function.inflexion_points", "rate_function"), "no attribute 'inflexion_points'"),
        (3, FUNCTION("rate_function._largest_root", "rate_function"), "it is not public"),
        (3, FUNCTION("rate_function.inflection_points", "laplace"), "the link leads elsewhere"),
        (3, FUNCTION("rate_function.rate_function", "rate_function"), "(33) is not named by the docstring"),
        (4, "none:", "(33) has neither test nor reason"),
        (4, TEST("test_rates.py::test_inflection_points", "test_rates"), "No such file"),
        (4, TEST("test_rate_function.py::test_inflexion", "test_rate_function"), "'test_inflexion'"),
        (4, TEST("test_rate_function.py::test_inflection_points", "test_laplace"), "link leads elsewhere"),
        (4, TEST("test_rate_function.py::test_mirror_image", "test_rate_function"), "(33) is not named by"),
    ],
)
def test_a_false_cell_is_noticed(column, cell, problem):
    cells = row_of(33).split("|")
    cells[column] = f" {cell} "
    (found,) = find_problems(TRUE_TABLE.replace(row_of(33), "|".join(cells)))
    assert problem in found


def test_sources_cite_equations_that_exist():
    assert cited_equations(SOURCES) == set(NUMBERS)
    text = "Eq. (8), eqs. (16)–(18) and (49), equation (7); not (3), see eq. (2)."
    assert sorted(cited_equations(text)) == [2, 7, 8, 16, 17, 18, 49]


def broken_links(text, folder):
    """Relative links of a page in `folder` that lead to no file."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    return [target for target in targets if not (folder / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_links_of_a_page_lead_to_files(page):
    assert broken_links(page.read_text(encoding="utf-8"), page.parent) == []


def test_a_broken_link_is_noticed():
    false = TRUE_TABLE.replace("(../src/nonhermitian_hartree/limit/laplace.py)", "(../src/laplace.py)", 1)
    assert broken_links(false + "[w](https://arxiv.org) [h](#x)", TABLE.parent) == ["../src/laplace.py"]


def missing_tests(text):
    """Tests that a page names, with or without their file, and that are not there."""
    with_file = re.findall(r"\b((?:\w+/)?test_\w+\.py)::(test_\w+)", text)
    alone = re.findall(r"`(test_\w+)`", text)
    return [name for file, name in with_file if name not in TESTS.get(file, {})] + [
        name for name in alone if not any(name in functions for functions in TESTS.values())
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_tests_that_a_page_names_exist(page):
    assert missing_tests(page.read_text(encoding="utf-8")) == []


def test_a_test_that_does_not_exist_is_noticed():
    named = "`limit/test_laplace.py::test_stirling` `workflow/test_rules.py::test_stirling`"
    text = f"{named} `test_stirling` `test_sterling`"
    assert missing_tests(text) == ["test_stirling", "test_sterling"]


def test_every_misprint_has_a_test():
    misprints = NOTES.split("\n## ")[1].split("\n### ")[1:]
    assert len(misprints) >= 4
    for misprint in misprints:
        assert re.search(r"test_\w+\.py::test_\w+", misprint), misprint.splitlines()[0]


def test_notes_list_the_claims_beyond_the_paper():
    """All of the catalogue, each judged by config/beyond.yaml."""
    listed = set(re.findall(r"^\| `(\w+)` \|", NOTES, flags=re.MULTILINE))
    judged = yaml.safe_load((ROOT / "config" / "beyond.yaml").read_text(encoding="utf-8"))["claims"]
    assert listed == {claim.name for claim in CLAIMS_BEYOND}
    assert listed <= {entry["claim"] for entry in judged}
