"""The report in a browser without a network: its page, and that of Snakemake with the numbers of the run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.browser.chromium import Page, open_page

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
RESULTS = Path("results/small")


@pytest.fixture(scope="module")
def chromium() -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here")
    return program


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a run of a small configuration, with Snakemake's report."""
    directory = tmp_path_factory.mktemp("run")
    command = [sys.executable, "-m", "snakemake", "report", "--snakefile", f"{HERE.parents[1]}/Snakefile"]
    command += ["--cores", "2", "--configfile", f"{HERE}/report.yaml", "--directory", f"{directory}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for arguments in ([], ["--report", f"{directory}/workflow_report.html"]):
        subprocess.run([*command, *arguments], check=True, env=environment, cwd=HERE.parents[1], timeout=500)
    return directory


@pytest.fixture
def page(chromium: str, run: Path, tmp_path: Path) -> Iterator[Page]:
    with open_page(chromium, tmp_path / "profile") as page:
        page.open(run / "workflow_report.html")
        page.wait_for("typeof app !== 'undefined' && app !== undefined")
        yield page


def click_in_row(page: Page, panel: str, shows: str, link: int) -> None:
    """Click the eye (0) or the information (1) of a result of the study."""
    page.evaluate("app.showCategory('scaling')")
    cells = "[...row.cells].map(cell => cell.innerText.trim())"
    row = f"[...document.querySelectorAll('tr')].find(row => {cells}.slice(0, 2).join() === '{panel},{shows}')"
    page.wait_for(f"{row} !== undefined")
    page.evaluate(f"{row}.querySelectorAll('a')[{link}].click()")


def read_caption(page: Page, panel: str, shows: str) -> str:
    click_in_row(page, panel, shows, 1)
    page.wait_for("document.body.innerText.includes('Exact states:')")
    return page.evaluate("document.body.innerText")


def describe_exact(run: Path) -> str:
    table = pq.read_table(run / RESULTS / "studies/scaling/exact.parquet").to_pandas()
    return f"40 points up to N = 100000, by closed form, error ≤ {table['error_bound'].max():.0e}"


def test_opens_with_the_rule_graph_and_the_claims(page: Page) -> None:
    page.wait_for("document.querySelector('canvas, .vega-embed svg') !== null")
    text = page.evaluate("document.body.innerText")
    assert "1 of 1 claims pass" in text
    assert "Hartree fails for 1 of 1 states" in text
    assert re.search("results *\n+ *(.*)", text, re.IGNORECASE)[1] == "(overview)"
    assert page.complaints == []


def test_run_times_show(page: Page) -> None:
    page.evaluate("app.setView({content: 'stats'})")
    page.wait_for("document.querySelectorAll('canvas, .vega-embed svg').length >= 2")
    assert page.complaints == []


@pytest.mark.parametrize(("figure", "shows"), [("landscape", "rate function"), ("tails", "linear entropy")])
def test_every_figure_shows(page: Page, tmp_path: Path, figure: str, shows: str) -> None:
    click_in_row(page, figure, shows, 0)
    image = f"[...document.images].find(image => image.src.includes('filename={figure}.svg'))"
    page.wait_for(f"{image}?.complete && {image}.naturalWidth > 100")
    page.save_screenshot(tmp_path / f"{figure}.png")
    assert page.complaints == []


def test_caption_of_a_figure_has_the_numbers_of_the_run(page: Page, run: Path) -> None:
    text = read_caption(page, "tails", "linear entropy")
    comparison = pq.read_table(run / RESULTS / "studies/scaling/comparison.parquet").to_pandas()
    assert f"largest value {comparison['linear_entropy'].max():.4g}" in text
    assert describe_exact(run) in " ".join(text.split())


def test_caption_of_the_fits_has_the_numbers_of_the_run(page: Page, run: Path) -> None:
    text = read_caption(page, "table", "power law")
    exponents = pd.read_csv(run / RESULTS / "studies/scaling/power_law.csv")["exponent"]
    assert f"2 exponents from {exponents.min():.4f} to {exponents.max():.4f}" in text
    assert describe_exact(run) in " ".join(text.split())


@pytest.mark.parametrize("shows", ["power law", "verdict"])
def test_tables_show_in_the_report(page: Page, tmp_path: Path, shows: str) -> None:
    click_in_row(page, "table", shows, 0)
    page.wait_for("document.querySelector('iframe')?.src.startsWith('data:text/html')")
    page.save_screenshot(tmp_path / f"{shows}.png")
    assert page.complaints == []


def test_a_click_on_a_head_sorts(page: Page, run: Path) -> None:
    page.open(run / RESULTS / "studies/scaling/power_law.html")
    times = "[...document.querySelectorAll('tbody tr')].map(row => row.cells[column].innerText)"
    column = (
        "const column = [...document.querySelectorAll('th')].findIndex(th => th.innerText.startsWith('time'));"
    )
    click = f"(() => {{ {column} document.querySelectorAll('th button')[column].click(); return {times}; }})()"
    assert page.evaluate(click) == ["0.25", "1"]
    assert page.evaluate(click) == ["1", "0.25"]
    assert page.complaints == []


@pytest.mark.parametrize("width", [400, 1400])
def test_report_opens_with_the_verdict_and_fits_the_window(
    page: Page, run: Path, tmp_path: Path, width: int
) -> None:
    page.set_width(width)
    page.open(run / RESULTS / "report.html")
    page.save_screenshot(tmp_path / f"report_{width}.png")
    (verdict,) = pd.read_csv(run / RESULTS / "studies/scaling/verdict.csv")["verdict"]
    sentence = verdict.partition(" ")[2].strip()
    box = page.evaluate("(({top, bottom, right}) => [top, bottom, right])"
                        "(document.querySelector('.sentence').getBoundingClientRect())")  # fmt: skip
    assert page.evaluate("document.querySelector('.sentence').innerText").endswith(sentence)
    assert 0 < box[0] < box[1] < 1000
    assert box[2] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 100)")
    assert page.complaints == []


def test_a_search_leaves_the_rows_with_all_words(page: Page, run: Path) -> None:
    page.open(run / RESULTS / "studies/scaling/power_law.html")
    search = (
        "(text => {const box = document.querySelector('input'); box.value = text;"
        "box.dispatchEvent(new Event('input')); return document.querySelector('output').value})"
    )
    assert page.evaluate(f"{search}('linear tilted')") == "2 of 2 rows"
    assert page.evaluate(f"{search}('linear nothing_of_this_name')") == "0 of 2 rows"
    assert page.evaluate("[...document.querySelectorAll('tbody tr')].every(row => row.offsetHeight === 0)")
    assert page.evaluate(f"{search}('')") == "2 of 2 rows"
