"""A collapse shows S_L of every study against u = h N, with its law for N → ∞."""

import numpy as np
import pytest
from matplotlib.colors import same_color

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.spec import CollapseFigure
from nonhermitian_hartree.limit.laws import coexistence_entropy
from tests.figures.example_tables import make_collapse

TABLES = make_collapse()


def draw_collapse(**changes):
    states = ["tilted_1000", "tilted_100"]
    fields = {"kind": "collapse", "studies": list(TABLES), "states": states, "quantity": "linear_entropy"}
    return draw_figure(CollapseFigure(**fields | changes), TABLES)


def test_labels():
    (axes,) = draw_collapse().axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("scaled tilt $u=hN$", "linear entropy $S_L$")
    legend = axes.get_legend()
    assert axes.get_title(loc="left") == "$t=0.8$"
    assert [text.get_text() for text in legend.get_texts()] == ["$N=100$", "$N=1000$", r"$N\to\infty$"]


def test_markers_that_coincide_are_told_apart_by_shape_and_size():
    *curves, _ = draw_collapse().axes[0].get_lines()
    for curve in curves:
        np.testing.assert_allclose(curve.get_xdata(), [-2, 0, 4], rtol=1e-12)
        np.testing.assert_allclose(curve.get_ydata(), [2, 0, 4])
    small, large = curves
    assert small.get_marker() != large.get_marker()
    assert small.get_markersize() > large.get_markersize()  # the larger N is drawn on top


def test_law_is_black_dashes_over_all_u():
    law = draw_collapse().axes[0].get_lines()[-1]
    assert same_color(law.get_color(), "black")
    assert law.get_linestyle() == "--"
    u = law.get_xdata()
    assert (u[0], u[-1]) == pytest.approx((-2, 4))
    np.testing.assert_allclose(law.get_ydata(), coexistence_entropy(u, 0.8))


def test_tables_are_those_of_its_studies():
    fields = {"kind": "collapse", "studies": ["b", "a"], "states": ["y", "x"], "quantity": "linear_entropy"}
    assert CollapseFigure(**fields).tables == {"b": ("b", "comparison"), "a": ("a", "comparison")}


def test_study_without_the_state_is_named():
    with pytest.raises(TableError, match="comparison of near_100 table has no states absent; it has tilted_100"):
        draw_collapse(states=["tilted_1000", "absent"])
