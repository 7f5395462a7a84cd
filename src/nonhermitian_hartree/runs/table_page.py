"""A table as an HTML page that stands alone: a click on the head of a column sorts by it."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from nonhermitian_hartree.storage.atomic_write import replace_atomically

_STYLE = """
body { font: 14px/1.4 sans-serif; margin: 1em; }
table { border-collapse: collapse; }
caption { text-align: left; }
th, td { border-bottom: 1px solid #ccc; padding: .3em .7em; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th button { all: unset; cursor: pointer; font-weight: bold; white-space: nowrap; }
th button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
"""

_SCRIPT = """
const heads = [...document.querySelectorAll("th")];
const body = document.querySelector("tbody");
heads.forEach((head, column) => head.firstChild.addEventListener("click", () => {
  const sign = head.ariaSort === "ascending" ? -1 : 1;
  heads.forEach(other => other.removeAttribute("aria-sort"));
  head.ariaSort = sign > 0 ? "ascending" : "descending";
  const value = row => row.cells[column].dataset.value;
  const compareText = (a, b) => value(a).localeCompare(value(b));
  const compareNumbers = (a, b) => value(a) - value(b);
  const compare = "numbers" in head.dataset ? compareNumbers : compareText;
  body.append(...[...body.rows].sort((a, b) => sign * compare(a, b)));
}));
"""


def write_table_page(table: pd.DataFrame, path: str | Path, title: str) -> None:
    """Write a table as a page that needs no other file; whole or not at all.

    Doubles are shown with six digits, with all of them in a tooltip, and sorted by all of them. Columns
    that hold nothing are left out.
    """
    table = table.dropna(axis="columns", how="all")
    numeric = {name: pd.api.types.is_numeric_dtype(table[name]) for name in table}
    head = "".join(
        f'<th scope="col"{" data-numbers" if numeric[name] else ""}>'
        f'<button type="button">{escape(str(name))}</button></th>'
        for name in table
    )
    rows = "\n".join(
        "<tr>" + "".join(_cell(value, numeric[name]) for name, value in row.items()) + "</tr>"
        for row in table.to_dict("records")
    )
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n<table>\n<caption>{escape(title)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n<script>{_SCRIPT}</script>\n</html>\n"
    )
    with replace_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _cell(value: object, numeric: bool) -> str:
    full = escape(repr(value) if numeric else str(value))
    if not numeric:
        return f'<td data-value="{full}">{full}</td>'
    shown = f"{value:.6g}" if isinstance(value, float) else full
    return f'<td class="number" data-value="{full}" title="{full}">{shown}</td>'
