"""Tables in pages: a script here owns one section of a Markdown page, between two markers with its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nonhermitian_hartree.storage.atomic_write import replace_atomically

DOCS = Path(__file__).parents[1] / "docs"

Row = Mapping[str, float | str]


def format_table(columns: Mapping[str, str], rows: Iterable[Row]) -> str:
    """Markdown table.

    Parameters
    ----------
    columns : mapping of str to str
        Format specification of each column by its heading; an empty one is for text.
    rows : iterable of mapping
        Values by heading; what a row lacks stays blank.

    Raises
    ------
    ValueError
        If a row has a value for which there is no column.
    """
    lines = [list(columns), ["--:" if specification else "---" for specification in columns.values()]]
    for row in rows:
        if unknown := row.keys() - columns.keys():
            raise ValueError(f"no column for {', '.join(sorted(unknown))}; there are {', '.join(columns)}")
        lines.append([format(row[name], columns[name]) if name in row else "" for name in columns])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def replace_section(page: str, owner: str, content: str) -> str:
    """Text of a page with new content between the markers of ``owner``.

    Raises
    ------
    ValueError
        If the page does not have these two markers, each once and in this order.
    """
    begin, end = f"<!-- {owner}: begin -->", f"<!-- {owner}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page needs the line {begin!r} once and {end!r} once after it: put them in by hand")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content.strip()}\n{end}{after}"


def write_section(script: str, content: str, page: Path = DOCS / "benchmarks.md") -> None:
    """Print what a script (its ``__file__``) found and put it into its section of a page, whole or not at all."""
    print(content, flush=True)
    text = replace_section(page.read_text(encoding="utf-8"), Path(script).name, content)
    with replace_atomically(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
