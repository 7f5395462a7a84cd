"""A map shows each point of the plane (p0, t) in its colour, and marks where the limit table has two branches."""

import numpy as np
import pytest
from matplotlib.colors import LogNorm

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.spec import MapFigure
from tests.figures.example_tables import TIMES, make_plane

POPULATIONS = np.array([0.25, 0.5, 1.0])


def draw_map(**changes):
    fields = {"kind": "map", "study": "paper", "state": "plane", "quantity": "linear_entropy", **changes}
    spec = MapFigure(**fields if changes.get("limit") else {"particles": 30, **fields})
    comparison, limit = make_plane()
    return draw_figure(spec, {"comparison": comparison, "limit": limit})


def read_map(figure):
    (mesh,) = figure.axes[0].collections
    return mesh


def test_colours_are_the_rows_of_one_particle_number():
    figure = draw_map()
    mesh = read_map(figure)
    np.testing.assert_allclose(mesh.get_array(), 2 * np.outer(TIMES, POPULATIONS))
    assert mesh.get_clim() == (0, 2)
    axes, bar = figure.axes
    assert axes.get_xlabel() == r"initial population $p_0=|\varphi_0|^2$"
    assert axes.get_ylabel() == r"time $t$ ($\hbar=1$)"
    assert bar.get_ylabel() == "linear entropy $S_L$, $N=30$"
    assert (axes.get_xlim(), axes.get_ylim()) == ((0.25, 1), (0, 1))
    assert axes.get_legend() is None


def test_cell_of_a_point_is_around_it():
    edges = read_map(draw_map()).get_coordinates()
    np.testing.assert_allclose(edges[0, 1:-1, 0], [0.375, 0.75])
    np.testing.assert_allclose(edges[1:-1, 0, 1], [0.125, 0.375, 0.75])


def test_map_of_the_limit_has_one_value_a_point_not_one_a_branch():
    figure = draw_map(limit=True, quantity="hartree_infidelity")
    np.testing.assert_allclose(read_map(figure).get_array(), np.outer(TIMES, 1 - POPULATIONS))
    assert figure.axes[1].get_ylabel() == r"infidelity to Hartree $I$, $N\to\infty$"


def test_marks_are_the_ends_of_the_line_on_which_the_limit_has_two_branches():
    figure = draw_map(mark_mixed=True)
    (line,) = figure.axes[0].get_lines()
    np.testing.assert_array_equal(line.get_xdata(), [0.5, 0.5])
    np.testing.assert_array_equal(line.get_ydata(), [0.5, 1.0])
    assert line.get_linestyle() == "None"  # the colours between them are to be seen
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["mixed limit on the line between"]
    figure.draw_without_rendering()
    assert figure.legends[0].get_window_extent().y0 > figure.axes[0].get_window_extent().y1  # not on the map


def test_values_below_the_floor_have_the_lowest_colour_and_the_bar_says_so():
    mesh = read_map(draw_map(scale="log", floor=0.3))
    assert isinstance(mesh.norm, LogNorm)
    assert (mesh.norm.vmin, mesh.norm.vmax) == (0.3, 2)
    np.testing.assert_allclose(mesh.get_array(), np.maximum(2 * np.outer(TIMES, POPULATIONS), 0.3))
    assert mesh.colorbar.extend == "min"


def test_zeros_lie_below_a_logarithmic_scale_without_a_floor():
    mesh = read_map(draw_map(scale="log"))
    assert (mesh.norm.vmin, mesh.norm.vmax) == (2 * 0.25 * 0.25, 2)
    assert mesh.colorbar.extend == "min"
    assert not np.ma.getmaskarray(mesh.norm(mesh.get_array())).any()


def test_bar_without_values_below_it_has_no_arrow():
    assert read_map(draw_map()).colorbar.extend == "neither"


def test_map_of_zeros_is_drawn_on_a_linear_scale():
    assert read_map(draw_map(limit=True)).get_clim() == (0, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": True, "scale": "log"}, "nothing to show between 0 and its largest value, 0; give"),
        ({"scale": "log", "floor": 2}, "nothing to show between 2 and its largest value, 2; give"),
        ({"state": "absent"}, "comparison table has no states absent; it has plane"),
        ({"particles": 11}, "comparison table has no particles 11; it has 10, 30"),
    ],
)
def test_what_cannot_be_shown_is_named(changes, message):
    with pytest.raises(TableError, match=message):
        draw_map(**changes)
