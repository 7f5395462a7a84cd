"""Figures as files: the same bytes from run to run, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from nonhermitian_hartree.figures.style import use_figure_style
from nonhermitian_hartree.storage.atomic_write import replace_atomically

# What each format says about when it was made; None leaves it out.
_DATES: dict[str, dict[str, str | None]] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}


def save_figure(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write a figure to each path; the suffix (.pdf, .svg, .png) names the format.

    All formats are rendered before the first file is touched, and each file replaces its
    predecessor in one step, so that an error or a kill never leaves half a file under a final name.

    Raises
    ------
    ValueError
        If a suffix is none of the three.
    """
    rendered = [(path, _render_figure(figure, path)) for path in map(Path, paths)]
    for path, content in rendered:
        with replace_atomically(path) as temporary:
            temporary.write_bytes(content)


def _render_figure(figure: Figure, path: Path) -> bytes:
    suffix = path.suffix.removeprefix(".")
    if suffix not in _DATES:
        raise ValueError(f"cannot write {path.name}: a figure is saved as .pdf, .svg or .png; rename the file")
    buffer = BytesIO()
    with use_figure_style():
        figure.savefig(buffer, format=suffix, metadata=_DATES[suffix])
    return buffer.getvalue()
