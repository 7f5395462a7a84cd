"""The notebooks: every code cell is run, and what it says is what is stored. No kernel is needed for that."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import pyplot

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {page.stem: page for page in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LARGEST = 200_000


def read_cells(page):
    """Cells of a notebook; a source may be stored as lines."""
    return [cell | {"source": "".join(cell["source"])} for cell in json.loads(page.read_text())["cells"]]


def run_cell(source, names):
    """Standard output and, as a notebook shows it, the value of the last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
    return printed.getvalue(), None if value is None else repr(value)


def stored(cell, kind):
    """Text that is stored of one kind of output, ``stream`` or ``execute_result``."""
    parts = [out.get("text") or out["data"]["text/plain"] for out in cell["outputs"] if out["output_type"] == kind]
    return "".join("".join(part) for part in parts)


@pytest.fixture
def figures():
    """Figures that are open, drawn without a screen; settings and figures are as before in the end."""
    backend = mpl.get_backend()
    pyplot.switch_backend("agg")
    with mpl.rc_context():
        yield pyplot.get_fignums
    pyplot.close("all")
    pyplot.switch_backend(backend)


def test_there_are_three():
    assert list(NOTEBOOKS) == ["lattice", "own_model", "phase_map"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cells_say_what_is_stored(name, figures):
    names = {"__name__": "__main__"}
    for cell in read_cells(NOTEBOOKS[name]):
        if cell["cell_type"] != "code":
            continue
        before = len(figures())
        printed, value = run_cell(cell["source"], names)
        assert printed == stored(cell, "stream"), cell["source"]
        assert (value or "") == stored(cell, "execute_result"), cell["source"]
        pictures = [out for out in cell["outputs"] if "image/png" in out.get("data", {})]
        assert len(pictures) == len(figures()) - before, cell["source"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_small_and_was_run_from_top_to_bottom(name):
    assert NOTEBOOKS[name].stat().st_size < LARGEST
    code = [cell for cell in read_cells(NOTEBOOKS[name]) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(out["output_type"] != "error" for cell in code for out in cell["outputs"])
    assert not re.search(r"/(home|root|tmp|work)/", NOTEBOOKS[name].read_text())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_links_lead_somewhere(name):
    text = "\n".join(cell["source"] for cell in read_cells(NOTEBOOKS[name]) if cell["cell_type"] == "markdown")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("https:")]
    assert links
    assert all((NOTEBOOKS[name].parent / link).is_file() for link in links)
