"""Curves stay apart without colour, zeros are not drawn as small numbers, and no global state is left changed."""

import matplotlib as mpl
import numpy as np
import pytest

from nonhermitian_hartree.figures.style import (
    LINE_PATTERNS,
    REFERENCE_LINE,
    distinguish_styles,
    new_figure,
    order_styles,
    plot_curve,
    use_figure_style,
)


def lightness(color: str) -> float:
    """CIE L*, from 0 (black) to 100 (white), of an sRGB colour (IEC 61966-2-1)."""
    srgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return float(116 * np.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance)


@pytest.mark.parametrize("make_styles", [order_styles, distinguish_styles])
def test_every_two_of_six_curves_differ_in_pattern_and_in_marker(make_styles):
    styles = make_styles(6)
    assert len({str(style.linestyle) for style in styles}) == 6
    assert len({style.marker for style in styles}) == 6


def test_forty_curves_differ_without_colour():
    assert len({(str(style.linestyle), style.marker) for style in distinguish_styles(40)}) == 40


def test_no_curve_has_the_pattern_of_the_limit():
    assert REFERENCE_LINE["linestyle"] not in LINE_PATTERNS


@pytest.mark.parametrize("count", [2, 4, 6])
def test_ordered_curves_grow_lighter_and_stay_visible_on_white(count):
    shades = [lightness(style.color) for style in order_styles(count)]
    assert min(np.diff(shades)) > 60 / count * 0.8
    assert max(shades) < 80


def test_style_is_used_inside_the_context_only():
    before = dict(mpl.rcParams)
    with use_figure_style():
        assert mpl.rcParams["font.family"] == ["STIXGeneral"]
    assert dict(mpl.rcParams) == before


def test_fonts_are_at_least_seven_points():
    with use_figure_style():
        sizes = {name: mpl.rcParams[name] for name in mpl.rcParams if name.endswith(("fontsize", "labelsize"))}
    assert all(size in ("medium", "large") or size >= 7 for size in sizes.values()), sizes


@pytest.mark.parametrize(("width", "inches"), [("column", 3.4), ("page", 7.0)])
def test_width_is_that_of_a_two_column_paper(width, inches):
    assert new_figure(width, "")[0].get_figwidth() == inches


def test_zeros_are_left_out_of_a_logarithmic_axis():
    _, axes = new_figure("column", "")
    axes.set_yscale("log")
    plot_curve(axes, [0, 1, 2], [0.0, 1e-5, -1e-20], "some")
    plot_curve(axes, [0, 1, 2], [0.0, 0.0, 0.0], "none")
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [np.nan, 1e-5, np.nan])
    assert [line.get_label() for line in axes.lines] == ["some", "none (zero)"]


def test_missing_values_are_not_called_zero():
    _, axes = new_figure("column", "")
    axes.set_yscale("log")
    plot_curve(axes, [0, 1], [np.nan, np.nan], "absent")
    assert axes.lines[0].get_label() == "absent"


def test_single_point_can_be_seen():
    _, axes = new_figure("column", "")
    plot_curve(axes, [1], [0.5], "point")
    plot_curve(axes, [1, 2], [0.5, 0.6], "line")
    assert [line.get_marker() for line in axes.lines] == ["o", "None"]


def test_zeros_stay_on_a_linear_axis():
    _, axes = new_figure("column", "")
    plot_curve(axes, [0, 1], [0.0, 0.5], "curve")
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [0, 0.5])
