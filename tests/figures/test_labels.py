"""Labels say which state, number and exponent a curve has, and never less than what is known."""

import math

import pandas as pd
import pytest

from nonhermitian_hartree.figures.labels import label_exponent, label_fit, label_number, label_states
from nonhermitian_hartree.model.state import ProductState, tilt_of_population


def table_of(*states):
    return pd.DataFrame(states, columns=["state", "p0", "tilt"])


@pytest.mark.parametrize(
    ("value", "label"),
    [(0.25, "0.25"), (1000, "1000"), (10_000, "10^{4}"), (1_000_000, "10^{6}"), (0, "0"), (-0.5, "-0.5"),
     (2.5e-7, r"2.5\times 10^{-7}"), (12345, "12345")],
)  # fmt: skip
def test_number(value, label):
    assert label_number(value) == label


@pytest.mark.parametrize(
    ("exponent", "stderr", "label"),
    [
        (-0.99812, 0.00123, r"$b=-0.9981\pm0.0013$"),
        (-2.0, 0.1, r"$b=-2.00\pm0.10$"),
        (-1.0000001, 3e-9, r"$b=-1.00000\pm0.00001$"),
        (-1.0, 0.0, r"$b=-1.00000\pm0.00001$"),
        (-1.3, 2.0, r"$b=-1.3\pm2.0$"),
        (-2e-7, 1e-8, r"$b=0.00000\pm0.00001$"),
    ],
)
def test_exponent_shows_an_error_that_is_not_too_small(exponent, stderr, label):
    assert label_exponent(exponent, stderr) == label


@pytest.mark.parametrize(
    ("fit", "label"),
    [
        (("yes", -1.0, 0.01, -1.01, -1.0), r"$b=-1.000\pm0.010$"),
        (("no", math.nan, math.nan, -0.57, -0.65), "no single power law, $b$ from $-0.570$ to $-0.650$"),
        (("no", math.nan, math.nan, -1e-9, 0.5), "no single power law, $b$ from $0.000$ to $0.500$"),
        (("no", math.nan, math.nan, math.nan, math.nan), "no power law"),
    ],
)
def test_fit_that_is_no_power_law_shows_how_it_bends(fit, label):
    names = ["single_power_law", "exponent", "exponent_stderr", "exponent_at_min", "exponent_at_max"]
    assert label_fit(pd.Series(dict(zip(names, fit, strict=True)))) == label


@pytest.mark.parametrize("p0", [0.0, 1e-6, 0.36, 0.5, 0.6, 1.0])
def test_state_is_named_by_its_population(p0):
    table = table_of(("tilted", p0, tilt_of_population(p0)))
    assert list(label_states(table)) == [f"$p_0={label_number(p0)}$"]


def test_amplitudes_with_rounding_are_still_a_round_population():
    state = ProductState([0.6, 0.8j])
    table = table_of(("general", abs(state.amplitudes[0]) ** 2, state.tilt))
    assert list(label_states(table)) == ["$p_0=0.36$"]


def test_state_that_its_population_does_not_resolve_is_named_by_its_tilt():
    table = table_of(("balanced", 0.5, 0.0), ("near", 0.5, 1e-17))
    assert list(label_states(table)) == ["$p_0=0.5$", r"$h=1\times 10^{-17}$"]


def test_states_that_look_alike_get_their_names():
    table = table_of(("plus", 0.5, 0.0), ("minus_i", 0.5, 0.0), ("tilted", 0.6, tilt_of_population(0.6)))
    assert list(label_states(table)) == ["plus, $p_0=0.5$", "minus i, $p_0=0.5$", "$p_0=0.6$"]


def test_state_of_a_larger_space_is_named_by_its_name():
    assert list(label_states(table_of(("third_level", math.nan, math.nan)))) == ["third level"]
