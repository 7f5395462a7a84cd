"""Cells and level lines of a function on a grid, against functions whose level lines are known."""

import numpy as np
import pytest

from nonhermitian_hartree.numerics.plane_grid import cell_edges, is_logarithmic, level_lines


def test_edges_are_half_way_between_uneven_values():
    assert cell_edges([0, 1, 4], logarithmic=False).tolist() == [0, 0.5, 2.5, 4]
    np.testing.assert_allclose(cell_edges([1, 4, 64], logarithmic=True), [1, 2, 16, 64], rtol=1e-15)


@pytest.mark.parametrize(
    ("values", "is_log"),
    [([1, 2, 4], True), ([1, 2, 3], False), ([0, 1, 2], False), ([1, 2], False), (np.geomspace(0.1, 7, 30), True)],
)
def test_logarithmic_grids_are_recognised(values, is_log):
    assert is_logarithmic(values) is is_log


@pytest.mark.parametrize("points", [8, 16, 32])
def test_lines_of_a_circle_converge_with_the_square_of_the_spacing(points):
    """x² + y² = 1: interpolated to within h²/4, from h² max|f''|/(8 |f'|) = h²/8 with f' = 2 and f'' = 2."""
    x = y = np.linspace(-1.5, 1.5, points)
    (line,) = level_lines(x, y, x**2 + y[:, None] ** 2, 1.0)
    spacing = x[1] - x[0]
    assert np.abs(np.hypot(*line.T) - 1).max() <= spacing**2 / 4
    np.testing.assert_allclose(line[0], line[-1])  # it is closed


def test_lines_in_logarithmic_coordinates_are_exact_for_powers():
    """log(x y²) is linear in the logarithms."""
    x, y = np.geomspace(0.1, 10, 5), np.geomspace(0.01, 100, 7)
    (line,) = level_lines(x, y, np.log(x * y[:, None] ** 2), 0.3, log_x=True, log_y=True)
    np.testing.assert_allclose(np.log(line[:, 0] * line[:, 1] ** 2), 0.3, rtol=1e-12)


def test_no_line_passes_what_is_not_known():
    x = y = np.linspace(0, 1, 11)
    values = np.tile(x, (11, 1))
    values[3, 4] = np.nan
    lines = level_lines(x, y, values, 0.42)
    assert len(lines) == 2
    heights = np.concatenate(lines)[:, 1]
    assert not ((heights > 0.2) & (heights < 0.4)).any()
