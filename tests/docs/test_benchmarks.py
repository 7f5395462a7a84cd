"""Pages and benchmarks agree: sections have their scripts, scripts deliver the columns of their tables."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import pytest
import yaml

from benchmarks import dag_time, diagonal, non_commuting, qutrit, rebuild_time, sizing_table, validate_condensate
from benchmarks.full_sum import sum_around_peak, sum_every_term
from benchmarks.models import name_pauli_models, random_qutrit
from benchmarks.page import format_table, replace_section, write_section
from benchmarks.plot import draw_against_particles
from nonhermitian_hartree.config.configuration import parse_config
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.storage.parquet import make_table, write_parquet

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
SECTIONS = {
    owner: (page, content)
    for page, text in PAGES.items()
    for owner, content in re.findall(r"^<!-- (\S+): begin -->\n(.*?)<!-- \1: end -->$", text, re.M | re.S)
}
PARTS = ("models", "states", "studies", "claims", "figures")
PAGE = "before\n<!-- a.py: begin -->\nold\n<!-- a.py: end -->\nafter\n"


@pytest.mark.parametrize("owner", SECTIONS)
def test_a_section_has_the_script_that_it_names_and_the_columns_of_its_table(owner):
    page, content = SECTIONS[owner]
    script = importlib.import_module(f"benchmarks.{Path(owner).stem}")
    claimed = [value for name, value in vars(script).items() if name.endswith("COLUMNS")]
    headings = re.findall(r"^\| (.*) \|\n\|(?: ?-+:? ?\|)+$", content, re.M)
    assert {tuple(heading.split(" | ")) for heading in headings} == {tuple(columns) for columns in claimed}
    source = Path(script.__file__).read_text(encoding="utf-8")
    assert f'DOCS / "{page}"' in source or page == "benchmarks.md"


def test_every_marker_and_every_script_that_writes_has_its_section():
    assert sum(text.count(": begin -->") for text in PAGES.values()) == len(SECTIONS)
    writing = [path.name for path in (ROOT / "benchmarks").glob("*.py") if "write_section(" in path.read_text()]
    assert sorted(SECTIONS) == sorted(set(writing) - {"page.py"})


def test_make_benchmark_measures_every_section_of_the_page():
    recipe = re.search(r"^benchmark: env.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)[1]
    run = re.findall(r"-m benchmarks\.(\w+)$", recipe, re.M)
    sections = [owner for owner, (page, _) in SECTIONS.items() if page == "benchmarks.md"]
    assert [f"{name}.py" for name in run] == sections


def test_a_section_is_replaced_and_nothing_else():
    assert replace_section(PAGE, "a.py", "new\n") == PAGE.replace("old", "new")
    assert replace_section(PAGE, "a.py", r"\1 \g<0>") == PAGE.replace("old", r"\1 \g<0>")


@pytest.mark.parametrize(
    "page",
    [
        "",
        PAGE.replace("a.py: begin", "b.py: begin"),
        PAGE.replace("<!-- a.py: end -->", ""),
        PAGE + PAGE,
        "<!-- a.py: end --><!-- a.py: begin -->",
    ],
)
def test_a_page_without_the_two_markers_is_refused_and_left_alone(page, tmp_path):
    file = tmp_path / "page.md"
    file.write_text(page)
    with pytest.raises(ValueError, match=r"a\.py: begin"):
        write_section("benchmarks/a.py", "new", file)
    assert file.read_text() == page


def test_a_table_leaves_blank_what_a_row_lacks_and_refuses_what_has_no_column():
    columns = {"N": "g", "s": ".1f", "method": ""}
    table = format_table(columns, [{"N": 10**6, "s": 0.25, "method": "x"}, {"N": 100}])
    assert table.splitlines() == [
        "| N | s | method |",
        "| --: | --: | --- |",
        "| 1e+06 | 0.2 | x |",
        "| 100 |  |  |",
    ]
    with pytest.raises(ValueError, match="no column for speed"):
        format_table(columns, [{"speed": 1.0}])


def test_non_commuting_rows_have_the_columns_of_the_methods_that_reach_so_far():
    model = name_pauli_models()[1]
    branches, once = non_commuting.prepare_condensate(model)
    assert list(once) == list(non_commuting.ONCE_COLUMNS)
    small, large = (non_commuting.measure_size(model, branches, n, with_qutip=False) for n in (100, 10**8))
    assert small.keys() == {name for name in non_commuting.COLUMNS if not name.startswith("QuTiP")}
    assert large.keys() == {"N", "condensate: s", "condensate: estimate"}
    assert small["certified: bound"] <= small["float64: error"] <= small["float64: estimate"]
    assert small["condensate: error"] <= small["condensate: estimate"] <= non_commuting.TOLERANCE
    assert {column for pair in non_commuting.CURVES.values() for column in pair} <= non_commuting.COLUMNS.keys()


def test_diagonal_rows_and_their_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(diagonal, "REPEAT", 0.0)
    rows = [diagonal.measure_size(n) for n in (1000, 10**12)]
    assert rows[0].keys() == diagonal.COLUMNS.keys()
    assert diagonal.COLUMNS.keys() - rows[1].keys() == {"direct sum: s", "direct sum: error"}
    assert all(row["closed form: error"] < 1e-13 for row in rows)
    assert rows[0]["direct sum: error"] > 1e-12
    draw_against_particles(tmp_path / "plot.png", {"title": rows}, diagonal.CURVES, ("s", "error"))
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("particles", [1000, 10000])
def test_terms_around_the_peak_are_as_good_as_every_term(particles):
    # eq. (19): the second maximum carries e^{−0.36 N} at p0 = 0.6, t = 0.8, less than a double can hold
    assert sum_around_peak(particles, 0.6, 0.8) == pytest.approx(sum_every_term(particles, 0.6, 0.8), rel=1e-15)


def test_qutrit_and_validation_rows_have_their_columns():
    model, state = random_qutrit()
    found = [find_branches(model, state, qutrit.TIMES[0])] * 2
    assert qutrit.measure_size(10**6, found).keys() < qutrit.COLUMNS.keys()
    (total,) = validate_condensate.validate(3, [0], [20])
    assert total.keys() == validate_condensate.COLUMNS.keys()
    assert total["cases"] == len(validate_condensate.TIMES)


SNAKEMAKE_OUTPUT = """\
Building DAG of jobs...
Job stats:
job        count
-------  -------
figure         1
all            1
total          2

Select jobs to execute...
"""


def test_job_counts_come_from_what_snakemake_says():
    run = rebuild_time.Run(2.0, 1.5, SNAKEMAKE_OUTPUT)
    assert rebuild_time.describe_run("x", run) == {
        "run": "x",
        "wall: s": 2.0,
        "CPU: s": 1.5,
        "jobs": 2,
        "of which": "figure 1, all 1",
    }
    nothing = rebuild_time.Run(1.0, 1.0, "Nothing to be done (all requested files are present and up to date).")
    assert nothing.jobs == {}
    with pytest.raises(ValueError, match="no job statistics"):
        assert rebuild_time.Run(1.0, 1.0, "Killed").jobs


def test_edits_of_the_configuration_are_edits_and_valid():
    original = yaml.safe_load(rebuild_time.CONFIG.read_text(encoding="utf-8"))
    before = parse_config(original, "config")
    for edit, part in ((rebuild_time.restyle_figure, "figures"), (rebuild_time.add_state, "studies")):
        edit(original)
        after = parse_config(original, "config")
        changed = [name for name in PARTS if getattr(after, name) != getattr(before, name)]
        assert changed == [part]
        before = after


def test_overhead_adds_up_the_benchmarks_of_the_jobs(tmp_path):
    files = [tmp_path / "a.tsv", tmp_path / "b.tsv"]
    files[0].write_text("s\tmax_rss\tcpu_time\n1.5\t70\t1.0\n")
    files[1].write_text("s\tmax_rss\tcpu_time\n0.5\t-\t-\n")  # a job that ended before the first sample
    row = rebuild_time.measure_overhead(rebuild_time.Run(10.0, 9.0, ""), files)
    assert row.keys() == rebuild_time.OVERHEAD_COLUMNS.keys()
    assert (row["computing jobs"], row["their s"], row["their cpu_time: s"]) == (2, 2.0, 1.0)
    assert row["wall × cores: s"] == 10.0 * os.cpu_count()


def test_sizing_rows_have_their_columns(tmp_path):
    table, usage = tmp_path / "studies/s/a/exact.parquet", tmp_path / "benchmarks/exact/s/a.tsv"
    usage.parent.mkdir(parents=True)
    usage.write_text("s\tmax_rss\tcpu_time\n1.5\t70\t1.0\n")
    table.parent.mkdir(parents=True)
    columns = {"particles": [10, 400], "method": ["float64"] * 2, "rho_00_re": [0.5, 0.5]}
    write_parquet(make_table(columns), table, {})
    (row,) = sizing_table.tabulate_jobs([tmp_path])
    assert row.keys() == sizing_table.COLUMNS.keys()
    assert (row["step"], row["method"], row["N up to"], row["rows, most"]) == ("exact", "float64", "1000", 2)


def test_sweeps_have_as_many_points_as_they_say():
    for layout, states in (("one family", 1), ("one state each", 7)):
        config = parse_config(dag_time.sweep_config(7, layout), "sweep")
        assert len(config.studies["sweep"].states) == states
        assert sum(len(state.members()) for state in config.states.values()) == 7
    for layout in ("family of models", "family without closed form"):
        config = parse_config(dag_time.sweep_config(20, layout), "sweep")
        assert config.models["loss"].count_members() == 20
        assert config.models["loss"].representative().is_diagonal is (layout == "family of models")
