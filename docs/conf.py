"""What Sphinx asks for when it builds the documentation site (`make docs`).

The site is made of the pages of the repository where they lie, so that a link holds in both places: README.md is
its first page. In docs/api.md the section of a public name ends with its docstring. Equations are drawn by the
MathJax that is copied into the site; nothing is fetched when a page is read.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

CHAPTERS = {
    "": ("docs/tutorial", "docs/gallery", "docs/published"),
    "Use": ("config/README", "docs/api", "docs/lattices", "docs/cluster"),
    "Theory": (
        "docs/theory",
        "docs/theory_limit",
        "docs/theory_condensate",
        "docs/exact_methods",
        "docs/equations",
        "docs/paper_notes",
    ),
    "Project": ("docs/benchmarks", "CONTRIBUTING", "CHANGELOG"),
}
"""The menu: every page but the first, once; tests/docs/test_site.py says which is missing."""

project = "Can Hartree be trusted?"
html_title = project
root_doc = "README"
include_patterns = ["*.md", "config/*.md", "docs/*.md"]
source_suffix = {".md": "markdown"}
extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
nitpicky = False
suppress_warnings = ["misc.highlighting_failure"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

html_theme = "furo"
html_copy_source = False
html_show_search_summary = False  # it would have to fetch pages, which browsers refuse from disk
html_extra_path = ["play.html"]
html_static_path = ["site.css"]
html_css_files = ["site.css"]
toc_object_entries = False
html_show_sphinx = False
html_show_copyright = False
mathjax_path = "mathjax.js"

default_role = "literal"
numpydoc_show_class_members = False
autosummary_generate = False  # which numpydoc would turn on
autodoc_typehints = "none"  # the docstrings say them, with shapes and units
autodoc_member_order = "bysource"

_SECTION = re.compile(r"^### `(\w+)`$", re.MULTILINE)
_LINKED_HEADING = re.compile(r"^(#+ .*)\[(.*?)\]\(.*?\)", re.MULTILINE)
_LITERAL = re.compile(r"(``.*?``)")


def add_menu(_: Sphinx, docname: str, source: list[str]) -> None:
    """Put the menu, which the forge would show as a list, at the end of the first page."""
    if docname == root_doc:
        for chapter, pages in CHAPTERS.items():
            caption = [f":caption: {chapter}"] if chapter else []
            source[0] += "\n".join(["", "```{toctree}", ":hidden:", *caption, "", *pages, "```", ""])


def unlink_headings(_: Sphinx, docname: str, source: list[str]) -> None:
    """Leave the text alone of a link in a heading: Sphinx knows none there."""
    del docname
    source[0] = _LINKED_HEADING.sub(r"\1\2", source[0])


def add_docstrings(_: Sphinx, docname: str, source: list[str]) -> None:
    """Put the docstring of each public name at the end of its section of docs/api.md."""
    if docname != "docs/api":
        return
    before, *parts = re.split(r"(?=^##)", source[0], flags=re.MULTILINE)
    source[0] = before + "".join(
        part
        + (f"\n```{{eval-rst}}\n{_ask_for_docstring(name[1])}\n```\n\n" if (name := _SECTION.match(part)) else "")
        for part in parts
    )


def _ask_for_docstring(name: str) -> str:
    import nonhermitian_hartree

    public = getattr(nonhermitian_hartree, name)
    kind = "class" if isinstance(public, type) else "module" if isinstance(public, ModuleType) else "function"
    has_members = kind != "function" and not (kind == "class" and issubclass(public, Exception))
    return f".. auto{kind}:: nonhermitian_hartree.{name}" + "\n   :members:" * has_members


def keep_bars(_: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Let |x| in a docstring be two bars, not the name of a substitution."""
    del what, name, obj, options
    lines[:] = [
        "".join(p if p.startswith("``") else p.replace("|", r"\|") for p in _LITERAL.split(x)) for x in lines
    ]


def copy_mathjax(app: Sphinx) -> None:
    """Copy MathJax, one script that draws with paths and needs no fonts, from its package into the site."""
    found = find_spec("mathjax")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package django-static-mathjax is missing: pip install -r docs/requirements.lock")
    script = Path(found.submodule_search_locations[0], "static", "mathjax", "es5", "tex-svg.js")
    target = Path(app.outdir, "_static", mathjax_path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(script.read_bytes())


def open_page_to_play_with(app: Sphinx, doctree: nodes.document) -> None:
    """Let a link to docs/play.html open it, where Sphinx would offer it as a download."""
    from docutils import nodes
    from sphinx.addnodes import download_reference

    for link in list(doctree.findall(download_reference)):
        if link["reftarget"].endswith("play.html"):
            depth = app.env.docname.count("/")
            link.replace_self(nodes.reference("", "", *link.children, refuri="../" * depth + "play.html"))


def write_index(app: Sphinx, failed: Exception | None) -> None:
    """Let the address of the site lead to its first page."""
    if failed is None:
        Path(app.outdir, "index.html").write_text(
            f'<meta http-equiv="refresh" content="0; url={root_doc}.html">\n'
        )


def setup(app: Sphinx) -> None:
    """Connect what is above."""
    app.connect("source-read", add_menu)
    app.connect("source-read", unlink_headings)
    app.connect("source-read", add_docstrings)
    app.connect("autodoc-process-docstring", keep_bars, priority=900)
    app.connect("builder-inited", copy_mathjax)
    app.connect("doctree-read", open_page_to_play_with, priority=400)  # before downloads are collected
    app.connect("build-finished", write_index)
