"""Tables as pages: what is shown, and what is sorted by."""

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from nonhermitian_hartree.runs.html_table import render_table
from nonhermitian_hartree.runs.table_page import write_table_page


class Cells(HTMLParser):
    """Texts of the heads and cells of a page, and the full values beside the shown ones."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.values: list[str | None] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag in ("td", "button")
        if tag == "td":
            self.values.append(dict(attrs)["data-value"])

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts.append(data)
            self.inside = False


def write(tmp_path: Path, **columns: list[object]) -> str:
    write_table_page(pd.DataFrame(columns), tmp_path / "table.html", "a title & more")
    return (tmp_path / "table.html").read_text(encoding="utf-8")


def test_numbers_are_shown_with_six_digits_and_sorted_by_all(tmp_path: Path) -> None:
    cells = Cells(write(tmp_path, exponent=[-1.0000123456789, 2.0], points=[12, 1000000]))
    assert cells.texts == ["exponent", "points", "-1.00001", "12", "2", "1000000"]
    assert cells.values == ["-1.0000123456789", "12", "2.0", "1000000"]


def test_text_cannot_become_markup(tmp_path: Path) -> None:
    text = '<script>alert("N < 2 & more")</script>'
    page = write(tmp_path, statement=[text])
    assert Cells(page).values == [text]
    assert text not in page
    assert "a title &amp; more" in page


def test_columns_that_hold_nothing_are_left_out(tmp_path: Path) -> None:
    assert Cells(write(tmp_path, p0=[None, None], state=["a", "b"])).texts == ["state", "a", "b"]


def test_the_sentence_comes_first_and_wraps(tmp_path: Path) -> None:
    page = write(tmp_path, state=["a"], verdict=["FAILS for all of the times that anybody has asked for"])
    assert Cells(page).texts[:2] == ["verdict", "state"]
    assert '<td class="long"' in page


def test_missing_numbers_are_empty(tmp_path: Path) -> None:
    whole = pd.array([None, 147], dtype="Int64")
    write_table_page(pd.DataFrame({"needed": whole, "p0": [0.5, float("nan")]}), tmp_path / "table.html", "t")
    assert Cells((tmp_path / "table.html").read_text(encoding="utf-8")).values == ["", "0.5", "147", ""]


def test_page_needs_no_other_file(tmp_path: Path) -> None:
    page = write(tmp_path, state=["a"])
    assert "src=" not in page
    assert "href=" not in page


def test_of_a_large_table_the_first_rows_are_shown():
    table = pd.DataFrame({"member": range(2500)})
    html = render_table(table)
    assert html.count("<tr>") == 2001  # with the head
    assert "<output>the first 2000 of 2500 rows</output>" in html
