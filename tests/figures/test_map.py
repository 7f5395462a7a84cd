"""A map shows each point of the plane (p0, t) in its colour, and marks where the limit table has two branches."""

import numpy as np
import pandas as pd
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


def test_points_without_an_answer_are_named():
    _, limit = make_plane()
    limit.loc[limit["time"] == 1, "hartree_infidelity"] = np.nan
    spec = MapFigure(kind="map", study="paper", state="plane", quantity="hartree_infidelity", limit=True)
    figure = draw_figure(spec, {"limit": limit})
    assert np.ma.getmaskarray(read_map(figure).get_array()).sum() == len(POPULATIONS)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["unknown"]


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


def make_family(gammas, couplings, threshold=1e-3) -> dict[str, pd.DataFrame]:
    """Tables of a family: largest infidelity g² u²/4, above a threshold from t = 1/(g u) on; a limit, g t + u."""
    points = [(g, u) for g in map(float, gammas) for u in map(float, couplings)]
    rows = [
        {
            "member": index, "state": "plane", "p0": 0.7, "tilt": 0.4, "gamma": g, "u_re": 0.0, "u_im": u,
            "judgement": "fails" if (g * u) ** 2 / 4 > threshold else "holds", "threshold": threshold,
            "failure_intervals": f"{1 / (g * u)!r}:2.0" if (g * u) ** 2 / 4 > threshold else "",
            "largest_infidelity": (g * u) ** 2 / 4,
        }
        for index, (g, u) in enumerate(points)
    ]  # fmt: skip
    limit = [
        {**{key: row[key] for key in ("member", "state", "p0", "tilt", "gamma", "u_re", "u_im")}, "time": t}
        | {"branch": 0, "hartree_infidelity": t * row["gamma"] + row["u_im"]}
        for row in rows
        for t in (0.5, 1.0)
    ]
    return {"verdict": pd.DataFrame(rows), "limit": pd.DataFrame(limit)}


def draw_plane(tables, **changes):
    fields = {"kind": "map", "study": "paper", "state": "plane", "x": "gamma", "y": "u", **changes}
    return draw_figure(MapFigure(**fields), tables)


GAMMAS, COUPLINGS = np.linspace(0, 0.5, 9), np.geomspace(0.05, 0.8, 9)


def find_threshold(figure):
    (line,) = [line for line in figure.axes[0].get_lines() if line.get_label().startswith("largest")]
    return line.get_xydata()


@pytest.mark.parametrize("quantity", ["judgement", "largest_infidelity", "first_failure_time"])
def test_boundary_is_located_better_than_the_grid(quantity):
    """The boundary is g u = 2√threshold, to 2 % where neighbours of the grid differ by 40 % in u."""
    figure = draw_plane(make_family(GAMMAS, COUPLINGS), quantity=quantity)
    points = find_threshold(figure)
    assert COUPLINGS[1] / COUPLINGS[0] > 1.4
    np.testing.assert_allclose(points.prod(axis=1), 2 * np.sqrt(1e-3), rtol=0.02)
    assert len(points) > 8


def test_classes_are_the_judgements_in_cells_of_a_logarithmic_axis():
    tables = make_family(GAMMAS, COUPLINGS)
    figure = draw_plane(tables, quantity="judgement")
    mesh = read_map(figure)
    fails = (np.outer(COUPLINGS, GAMMAS) ** 2 / 4 > 1e-3).astype(int)
    np.testing.assert_array_equal(mesh.get_array(), fails)
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    edges = mesh.get_coordinates()[:, 0, 1]
    np.testing.assert_allclose(edges[1:-1], np.sqrt(COUPLINGS[1:] * COUPLINGS[:-1]))
    np.testing.assert_allclose(edges[[0, -1]], COUPLINGS[[0, -1]])
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told == ["Hartree holds", "Hartree fails", "largest $I=0.001$"]
    assert axes.get_xlabel() == r"$\gamma$"
    assert axes.get_ylabel() == "Im $u$"


def test_first_failure_has_no_colour_where_hartree_holds():
    mesh = read_map(draw_plane(make_family(GAMMAS, COUPLINGS), quantity="first_failure_time"))
    product = np.outer(COUPLINGS, GAMMAS)
    fails = product**2 / 4 > 1e-3
    assert (np.ma.getmaskarray(mesh.get_array()) == ~fails).all()
    np.testing.assert_allclose(mesh.get_array()[fails], 1 / product[fails])


def test_plane_of_a_parameter_and_the_time_at_a_value_of_another():
    tables = make_family(GAMMAS, [0.1, 0.3])
    figure = draw_plane(tables, y="time", at={"u": 0.3j}, quantity="hartree_infidelity", limit=True)
    np.testing.assert_allclose(read_map(figure).get_array(), np.outer([0.5, 1], GAMMAS) + 0.3)
    assert figure.axes[0].get_title(loc="left") == "$u$ = 0.3i"
    with pytest.raises(TableError, match=r"limit table has no u 0\.2j; it has"):
        draw_plane(tables, y="time", at={"u": 0.2j}, quantity="hartree_infidelity", limit=True)
