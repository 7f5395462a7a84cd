"""A table as an HTML page that stands alone, can be sorted and searched."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from nonhermitian_hartree.runs.html_table import render_page, render_table
from nonhermitian_hartree.storage.atomic_write import replace_atomically


def write_table_page(table: pd.DataFrame, path: str | Path, title: str) -> None:
    """Write a table as a page that needs no other file; whole or not at all."""
    page = render_page(title, f"<h1>{escape(title)}</h1>\n{render_table(table)}")
    with replace_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
