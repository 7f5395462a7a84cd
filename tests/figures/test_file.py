"""Figure files have the same bytes from run to run, and are there whole or not at all."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.file import save_figure
from nonhermitian_hartree.figures.spec import AgainstTimeFigure, MapFigure
from tests.figures.example_tables import make_plane, make_tables

FORMATS = ("pdf", "svg", "png")
SPEC = AgainstTimeFigure(
    kind="against_time", study="paper", quantity="hartree_infidelity", limit=True, mark_times=[0.5]
)


def write_figure(folder):
    paths = [folder / f"panel.{suffix}" for suffix in FORMATS]
    save_figure(draw_figure(SPEC, make_tables()), paths)
    return paths


def hash_figure(folder):
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in write_figure(folder)]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return hash_figure(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def figure():
    return draw_figure(SPEC, make_tables())


def test_second_render_has_the_same_bytes_whatever_the_user_s_style(reference, tmp_path):
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 5, "svg.hashsalt": "other", "savefig.bbox": "tight"}):
        assert hash_figure(tmp_path) == reference


def test_another_process_writes_the_same_bytes(reference, tmp_path):
    code = "import sys, pathlib, tests.figures.test_file as t; print(*t.hash_figure(pathlib.Path(sys.argv[1])))"
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": path, "SOURCE_DATE_EPOCH": "86400"}
    command = [sys.executable, "-c", code, str(tmp_path)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.split() == reference


def test_map_has_the_same_bytes_again_though_its_colours_are_an_image(tmp_path):
    spec = MapFigure(kind="map", study="paper", state="plane", quantity="hartree_infidelity", limit=True)
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        figure = draw_figure(spec, {"limit": make_plane()[1]})
        save_figure(figure, [tmp_path / run / f"map.{suffix}" for suffix in FORMATS])
    for suffix in FORMATS:
        first, second = ((tmp_path / run / f"map.{suffix}").read_bytes() for run in ("first", "second"))
        assert first == second


def test_files_carry_no_date_and_the_permissions_of_any_other_file(tmp_path):
    other = tmp_path / "other"
    other.touch()
    for path in write_figure(tmp_path):
        content = path.read_bytes()
        assert not any(word in content for word in (b"CreationDate", b"ModDate", b"<dc:date>", b"tIME"))
        assert path.stat().st_mode == other.stat().st_mode


def test_unknown_format_is_refused_before_anything_is_written(figure, tmp_path):
    with pytest.raises(ValueError, match=r"saved as \.pdf, \.svg or \.png"):
        save_figure(figure, [tmp_path / "panel.pdf", tmp_path / "panel.gif"])
    assert list(tmp_path.iterdir()) == []


def test_failing_write_leaves_the_old_file_and_nothing_else(figure, tmp_path, monkeypatch):
    old = tmp_path / "panel.png"
    old.write_bytes(b"old")

    def write_half(path, content):
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="no space"):
        save_figure(figure, [old])
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["panel.png"]
    assert old.read_bytes() == b"old"
