"""A table in an HTML page: long text wraps, a click on the head of a column sorts, a box above it searches.

Style and script are in the page, which therefore needs no network; they are the same in every page.
"""

from __future__ import annotations

import math
from html import escape

import pandas as pd

LEADING = ("verdict", "statement")
"""Columns that are sentences or judgements, and come first."""
LONG_TEXT = 40
"""From this length on, text wraps."""
MOST_ROWS = 2000
"""A browser is slow with more; a larger table is read from its file."""

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1rem; color: #1a1a1a; background: #fff; }
.table { margin: .5rem 0 1rem; }
.table label { display: block; margin-bottom: .4rem; }
.table input { font: inherit; padding: .2rem .5rem; width: min(20rem, 60vw); box-sizing: border-box; }
.scroll { overflow: auto; max-height: 85vh; max-width: 100%; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #ccc; padding: .35em .9em .35em 0; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: #fff; }
th, td { white-space: nowrap; }
td.number { font-variant-numeric: tabular-nums; }
td.long { white-space: normal; min-width: min(28rem, 65vw); max-width: 38rem; overflow-wrap: anywhere; }
th button { all: unset; cursor: pointer; font-weight: bold; }
th button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
"""

SCRIPT = """
for (const part of document.querySelectorAll(".table")) {
  const heads = [...part.querySelectorAll("th")];
  const body = part.querySelector("tbody");
  heads.forEach((head, column) => head.firstChild.addEventListener("click", () => {
    const sign = head.ariaSort === "ascending" ? -1 : 1;
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.ariaSort = sign > 0 ? "ascending" : "descending";
    const value = row => row.cells[column].dataset.value;
    const compareText = (a, b) => sign * value(a).localeCompare(value(b));
    const compareNumbers = (a, b) => (value(a) === "") - (value(b) === "") || sign * (value(a) - value(b));
    body.append(...[...body.rows].sort("numbers" in head.dataset ? compareNumbers : compareText));
  }));
  const search = part.querySelector("input");
  const count = part.querySelector("output");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\\s+/);
    for (const row of body.rows) {
      const text = row.innerText || row.textContent;
      row.hidden = !words.every(word => text.toLowerCase().includes(word));
    }
    count.value = `${[...body.rows].filter(row => !row.hidden).length} of ${body.rows.length} rows`;
  });
}
"""


def render_table(table: pd.DataFrame) -> str:
    """Write a table as HTML, with a box that searches its rows, of which it has `MOST_ROWS`, the first ones.

    Doubles are shown with six digits, with all of them in a tooltip, and sorted by all of them; numbers that are
    missing are empty and sorted last. Columns that hold nothing are left out, sentences come first.
    """
    table = table.dropna(axis="columns", how="all")
    names = [name for name in LEADING if name in table] + [name for name in table if name not in LEADING]
    numeric = {
        name: pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
        for name in names
    }
    head = "".join(
        f'<th scope="col"{" data-numbers" if numeric[name] else ""}>'
        f'<button type="button">{escape(name.replace("_", " "))}</button></th>'
        for name in names
    )
    shown = table[names].head(MOST_ROWS)
    count = f"{len(shown)} rows" if len(shown) == len(table) else f"the first {len(shown)} of {len(table)} rows"
    rows = "\n".join(
        "<tr>" + "".join(_cell(value, numeric[name]) for name, value in row.items()) + "</tr>"
        for row in shown.to_dict("records")
    )
    return (
        f'<div class="table">\n<label>Search <input type="search"> <output>{count}</output></label>\n'
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n</div>"
    )


def render_page(title: str, body: str, style: str = "") -> str:
    """Write a whole page that needs no other file and no network."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}{style}</style>\n</head>\n<body>\n{body}\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _cell(value: object, numeric: bool) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return '<td data-value=""></td>'
    full = escape(repr(value) if numeric else str(value))
    if not numeric:
        kind = "long" if len(full) > LONG_TEXT else "short"
        return f'<td class="{kind}" data-value="{full}">{full}</td>'
    shown = f"{value:.6g}" if isinstance(value, float) else full
    return f'<td class="number" data-value="{full}" title="{full}">{shown}</td>'
