"""The documentation site: its menu has every page, links hold, and each public name gets its docstring."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

import nonhermitian_hartree as nh

ROOT = Path(__file__).parents[2]
CONF = runpy.run_path(str(ROOT / "docs" / "conf.py"))
PAGES = sorted(path for pattern in CONF["include_patterns"] for path in ROOT.glob(pattern))


def name(page):
    return page.relative_to(ROOT).with_suffix("").as_posix()


def anchors(text):
    """The anchors that a forge and MyST give to the headings of a page."""
    outside_code = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ +(.*)$", outside_code, re.MULTILINE)
    plain = [re.sub(r"\[(.*?)\]\(.*?\)", r"\1", title).lower() for title in titles]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def test_menu_has_every_page_once():
    listed = Counter(page for pages in CONF["CHAPTERS"].values() for page in pages)
    listed[CONF["root_doc"]] += 1
    existing = {name(page) for page in PAGES}
    assert existing - set(listed) == set(), "put them into CHAPTERS of docs/conf.py"
    assert set(listed) - existing == set(), "pages of CHAPTERS in docs/conf.py that do not exist"
    assert [page for page, count in listed.items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_into_a_page_lead_to_a_heading(page):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", text):
        goal = page.parent / target if target else page
        assert anchor in anchors(goal.read_text(encoding="utf-8")), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_has_one_title(page):
    outside_code = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", outside_code, re.MULTILINE)) == 1


def test_every_public_name_gets_its_docstring_after_its_own_examples():
    source = [(ROOT / "docs" / "api.md").read_text(encoding="utf-8")]
    CONF["add_docstrings"](None, "docs/api", source)
    found = re.findall(r"^\.\. auto(class|module|function):: nonhermitian_hartree\.(\w+)", source[0], re.MULTILINE)
    assert sorted(public for _, public in found) == sorted(nh.__all__)
    assert all((kind == "class") == isinstance(getattr(nh, public), type) for kind, public in found)
    headings = re.findall(r"^### `(\w+)`$", source[0], re.MULTILINE)
    assert headings == [public for _, public in found]


def test_other_pages_are_left_as_they_are_but_for_links_in_headings():
    source = ["# A\n\n## [b](c.md) d\n\n[e](f.md)\n"]
    CONF["add_docstrings"](None, "docs/theory", source)
    CONF["add_menu"](None, "docs/theory", source)
    CONF["unlink_headings"](None, "docs/theory", source)
    assert source == ["# A\n\n## b d\n\n[e](f.md)\n"]


def test_bars_of_a_docstring_stay_bars():
    lines = ["the norm |r|² of ``|r⟩``"]
    CONF["keep_bars"](None, "function", "f", None, None, lines)
    assert lines == [r"the norm \|r\|² of ``|r⟩``"]


def test_equations_need_no_network():
    assert "://" not in CONF["mathjax_path"]
    assert "django-static-mathjax" in (ROOT / "docs" / "requirements.in").read_text()
