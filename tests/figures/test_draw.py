"""Each kind of figure shows the rows that its spec names, labelled, and says what is missing."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.figures.draw import draw_figure
from nonhermitian_hartree.figures.labels import Setting
from nonhermitian_hartree.figures.spec import AgainstParticlesFigure, AgainstTimeFigure, RateFunctionFigure
from tests.figures.example_tables import PARTICLES, STATES, TIMES, make_tables


def rate_function(**changes):
    return RateFunctionFigure(**{"kind": "rate_function", "study": "paper", "state": "tilted", **changes})


def against_time(**changes):
    fields = {"kind": "against_time", "study": "paper", "quantity": "hartree_infidelity", **changes}
    return AgainstTimeFigure(**fields)


def against_particles(**changes):
    fields = {"kind": "against_particles", "study": "paper", "quantity": "linear_entropy", **changes}
    return AgainstParticlesFigure(**fields)


def read_legend(figure):
    (axes,) = figure.axes
    legend = axes.get_legend() or figure.legends[0]
    return legend.get_title().get_text(), [text.get_text() for text in legend.get_texts()]


def find_line(figure, label):
    (line,) = [line for line in figure.axes[0].get_lines() if line.get_label() == label]
    return line


def is_black_and_dashed(line):
    return same_color(line.get_color(), "black") and line.get_linestyle() == "--"


# rate_function


def test_rate_function_labels():
    figure = draw_figure(rate_function(), make_tables())
    (axes,) = figure.axes
    assert axes.get_xlabel() == r"fraction $x$ of particles in $|1\rangle$"
    assert axes.get_ylabel() == "exponent $f_t(x)$"
    times = ["$t=0$", "$t=0.25$", "$t=0.5$", "$t=1$"]
    assert read_legend(figure) == ("", [*times, "global maximum", "local maximum"])
    assert axes.get_title(loc="left") == "from tilted ($p_0=0.6$)"


def test_global_maximisers_are_filled_and_local_ones_open():
    figure = draw_figure(rate_function(), make_tables())
    marks = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o" and len(line.get_xdata())]
    assert len(marks) == 2 * len(TIMES)
    for mark in marks:
        face = mark.get_color() if mark.get_xdata()[0] == 0.25 else "white"
        assert same_color(mark.get_markerfacecolor(), face)


def test_rate_function_refuses_a_family_of_states():
    tables = make_tables()
    tables["rate_function"].loc[0, "tilt"] = 0.123
    with pytest.raises(TableError, match="family"):
        draw_figure(rate_function(), tables)


# against_time


def test_against_time_labels():
    figure = draw_figure(against_time(states=["tilted"], limit=True, mark_times=[0.5]), make_tables())
    (axes,) = figure.axes
    assert axes.get_xlabel() == r"time $t$ ($\hbar=1$)"
    assert axes.get_title(loc="left") == "from tilted ($p_0=0.6$)"
    assert axes.get_ylabel() == "infidelity to Hartree $I$"
    entries = [f"$N={n}$" for n in PARTICLES] + [r"$N\to\infty$", "marked: $t=0.5$"]
    assert read_legend(figure) == ("", entries)


def test_against_time_draws_the_rows_of_the_table():
    figure = draw_figure(against_time(states=["balanced"], particles=[30], limit=True), make_tables())
    np.testing.assert_array_equal(find_line(figure, "$N=30$").get_xdata(), TIMES)
    np.testing.assert_allclose(find_line(figure, "$N=30$").get_ydata(), 0.5 * np.array(TIMES) * (1 + 1 / 30))
    limit = find_line(figure, r"$N\to\infty$")
    np.testing.assert_allclose(limit.get_ydata(), 0.5 * np.array(TIMES))  # one point a time, not one a branch
    assert is_black_and_dashed(limit)


def test_two_states_have_the_colours_of_n_and_the_markers_of_the_state():
    figure = draw_figure(against_time(), make_tables())
    tilted = [find_line(figure, f"$p_0=0.6$, $N={n}$") for n in PARTICLES]
    balanced = [find_line(figure, f"$p_0=0.5$, $N={n}$") for n in PARTICLES]
    assert [line.get_color() for line in tilted] == [line.get_color() for line in balanced]
    assert len({line.get_color() for line in tilted}) == len(PARTICLES)
    assert {line.get_marker() for line in tilted} != {line.get_marker() for line in balanced}


def test_limit_that_is_zero_says_so_on_a_logarithmic_axis():
    spec = against_time(quantity="linear_entropy", states=["tilted"], limit=True, scale="log")
    figure = draw_figure(spec, make_tables())
    assert read_legend(figure)[1][-1] == r"$N\to\infty$ (zero)"
    assert figure.axes[0].get_ylim()[0] > 1e-6  # the zeros at t = 0 do not stretch the axis


# against_particles


def test_against_particles_labels():
    spec = against_particles(times=[0.25, 1.0], fits=True)
    figure = draw_figure(spec, make_tables())
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("number of particles $N$", "linear entropy $S_L$")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    curves = [f"$p_0={p0}$, $t={t}$" for p0 in STATES.values() for t in (0.25, 1)]
    assert read_legend(figure) == ("", [f"{curve}, $b=-1.0000\\pm0.0012$" for curve in curves] + ["fit $aN^b$"])


def test_against_particles_draws_the_rows_and_the_fit():
    spec = against_particles(quantity="limit_infidelity", states=["tilted"], times=[0.5], fits=True)
    figure = draw_figure(spec, make_tables())
    curve = find_line(figure, r"$t=0.5$, $b=-2.0000\pm0.0012$")
    np.testing.assert_array_equal(curve.get_xdata(), PARTICLES)
    np.testing.assert_allclose(curve.get_ydata(), 0.5 / np.array(PARTICLES) ** 2.0)
    (fit,) = [line for line in figure.axes[0].get_lines() if is_black_and_dashed(line) and len(line.get_xdata())]
    assert (fit.get_xdata()[0], fit.get_xdata()[-1]) == (
        pytest.approx(100),
        pytest.approx(1000),
    )  # the fitted tail
    np.testing.assert_allclose(fit.get_ydata(), 0.5 * fit.get_xdata() ** -2.0)


@pytest.mark.parametrize(("quantity", "share"), [("linear_entropy", 1), ("limit_infidelity", 0.5)])
def test_law_is_a_grey_line_from_the_coefficient_of_the_limit(quantity, share):
    spec = against_particles(quantity=quantity, times=[0.25], law="leading")
    figure = draw_figure(spec, make_tables())
    assert read_legend(figure)[1] == ["$p_0=0.6$, $t=0.25$", "$p_0=0.5$, $t=0.25$", "leading law"]
    assert find_line(figure, "$p_0=0.6$, $t=0.25$").get_linestyle() == "None"
    (law,) = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 50]  # the other is mixed
    assert (law.get_xdata()[0], law.get_xdata()[-1]) == (10, pytest.approx(1000))
    np.testing.assert_allclose(law.get_ydata() * law.get_xdata(), share * 1.2 * 0.25)


def test_law_that_no_curve_has_is_refused():
    with pytest.raises(
        TableError, match="no curve of the figure has a leading law: the limit is mixed or critical"
    ):
        draw_figure(against_particles(states=["balanced"], law="leading"), make_tables())


def test_law_needs_the_limit_of_its_curve():
    tables = make_tables()
    tables["limit"] = tables["limit"][tables["limit"]["time"] != 0.25]
    with pytest.raises(TableError, match="limit table has no row for state tilted"):
        draw_figure(against_particles(law="leading"), tables)


def test_critical_law_has_the_same_values_for_every_curve():
    figure = draw_figure(against_particles(states=["balanced"], times=[0.5], law="critical"), make_tables())
    (law,) = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 50]
    prefactor = np.sqrt(3) * math.gamma(0.75) / math.gamma(0.25)  # half the mean of x² under e^{−x⁴/12}
    np.testing.assert_allclose(law.get_ydata() * np.sqrt(law.get_xdata()), prefactor, rtol=1e-12)


def test_neighbouring_curves_have_different_markers():
    figure = draw_figure(against_particles(times=[0.25, 0.5, 1.0], scale="linear"), make_tables())
    markers = [line.get_marker() for line in figure.axes[0].get_lines()]
    assert len(set(markers)) == 6


def test_quantity_that_is_zero_at_every_n_is_said_to_be_zero():
    figure = draw_figure(against_particles(states=["tilted"], times=[0.0]), make_tables())
    assert read_legend(figure)[1] == ["$t=0$ (zero)"]


def test_curve_that_is_no_power_law_says_so_and_has_no_fit():
    tables = make_tables()
    fits = tables["power_law"]
    fits.loc[fits["time"] == 1.0, "single_power_law"] = "no"
    fits.loc[fits["time"] == 1.0, ["exponent", "exponent_stderr", "prefactor"]] = np.nan
    figure = draw_figure(against_particles(states=["tilted"], times=[1.0], fits=True), tables)
    assert read_legend(figure)[1] == ["$t=1$, no single power law, $b$ from $-0.990$ to $-1.000$"]
    assert not any(is_black_and_dashed(line) for line in figure.axes[0].get_lines())
    figure = draw_figure(against_particles(states=["tilted"], times=[0.5, 1.0], fits=True), tables)
    assert read_legend(figure)[1][-1] == "fit $aN^b$"


# all kinds


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (rate_function(state="absent"), "rate_function table has no states absent; it has tilted"),
        (against_time(states=["absent"]), "comparison table has no states absent; it has tilted, balanced"),
        (against_time(particles=[10, 11]), "comparison table has no particles 11; it has 10, 30, 100, 300, 1000"),
        (against_particles(times=[0.3]), "comparison table has no time 0.3; it has 0.0, 0.25, 0.5, 1.0"),
        (against_particles(quantity="hartree_infidelity", times=[1], fits=True), "power_law table has 0 fits"),
    ],
)
def test_what_a_table_lacks_is_named(spec, message):
    with pytest.raises(TableError, match=message):
        draw_figure(spec, make_tables())


def test_limit_table_without_the_state_is_named():
    tables = make_tables()
    tables["limit"] = tables["limit"][tables["limit"]["state"] == "tilted"]
    with pytest.raises(TableError, match="limit table has no states balanced"):
        draw_figure(against_time(limit=True), tables)


@pytest.mark.parametrize("spec", [rate_function(), against_time(limit=True), against_particles(times=[0.25, 1])])
def test_best_legend_covers_no_curve(spec):
    figure = draw_figure(spec, make_tables())
    (axes,) = figure.axes
    box = (axes.get_legend() or figure.legends[0]).get_window_extent()
    for line in axes.get_lines():
        points = axes.transData.transform(np.column_stack([line.get_xdata(), line.get_ydata()]))
        inside = (points > box.p0).all(axis=1) & (points < box.p1).all(axis=1)
        assert not inside.any()


def test_model_state_and_unit_of_time_are_those_of_the_setting():
    spec = against_time(states=["balanced"], mark_times=[0.5], mark_label="transition")
    figure = draw_figure(spec, make_tables(), Setting("lossy dimer", "inverse hopping"))
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "lossy dimer, from balanced ($p_0=0.5$)"
    assert axes.get_xlabel() == r"time $t$ (inverse hopping, $\hbar=1$)"
    assert read_legend(figure)[1][-1] == "transition $t=0.5$"
    several = draw_figure(against_time(), make_tables(), Setting("lossy dimer"))
    assert several.axes[0].get_title(loc="left") == "lossy dimer"


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_all_panels_have_the_same_height_however_long_the_legend(scale):
    model = Setting("lossy dimer")
    short = draw_figure(against_time(states=["tilted"], particles=[10], scale=scale), make_tables(), model)
    long = draw_figure(against_time(limit=True, scale=scale), make_tables(), model)  # twelve entries
    assert long.get_figheight() == short.get_figheight()
    heights = [figure.axes[0].get_window_extent().height for figure in (short, long)]
    assert heights[0] == pytest.approx(heights[1], rel=0.02)


def test_points_below_their_error_are_grey_and_apart_from_the_curve():
    tables = make_tables()
    table = tables["comparison"]
    table.loc[table["particles"] == 1000, "linear_entropy_error"] = 0.02 * table["linear_entropy"]
    figure = draw_figure(against_particles(states=["tilted"], times=[0.0, 0.25]), tables)
    curve = find_line(figure, "$t=0.25$")
    assert np.isnan(curve.get_ydata()[-1])
    assert np.isfinite(curve.get_ydata()[:-1]).all()
    (points,) = [line for line in figure.axes[0].get_lines() if line.get_marker() == "x" and len(line.get_xdata())]
    np.testing.assert_array_equal(points.get_xdata(), [1000])
    assert read_legend(figure)[1] == ["$t=0$ (zero)", "$t=0.25$", "error above 1 %"]


def test_title_and_width_are_those_of_the_spec():
    figure = draw_figure(against_time(title="A title", width="page"), make_tables())
    assert figure.axes[0].get_title() == "A title"
    assert figure.get_figwidth() == 7.0


def make_family(count):
    """I = t γ (1 + 1/N) for γ = 1, 2, …; in the limit t γ. γ is complex, γ_re is not varied."""
    start = {"state": "left", "p0": 0.7, "tilt": np.arctanh(0.4), "gamma_re": 0.0}
    keys = [{"member": g, **start, "gamma_im": g + 1.0} for g in range(count)]
    comparison = [
        {**key, "particles": n, "time": t, "hartree_infidelity": t * key["gamma_im"] * (1 + 1 / n)}
        | {"hartree_infidelity_error": 0.0}
        for key in keys
        for n in (10, 100)
        for t in (0.5, 1.0)
    ]
    limit = [
        {**key, "time": t, "branch": b, "hartree_infidelity": t * key["gamma_im"]}
        for key in keys
        for t in (0.5, 1.0)
        for b in (0, 1)
    ]
    return {"comparison": pd.DataFrame(comparison), "limit": pd.DataFrame(limit)}


def test_curves_of_a_family_have_a_colour_for_each_value():
    """Solid at N, dashed in the limit, in the same colour; from dark to light with γ."""
    figure = draw_figure(against_time(particles=[10], limit=True, by="gamma"), make_family(3))
    _, labels = read_legend(figure)
    assert labels == [r"$\gamma$ $=1$", r"$\gamma$ $=2$", r"$\gamma$ $=3$", "$N=10$", r"$N\to\infty$"]
    curves = [line for line in figure.axes[0].get_lines() if len(line.get_xdata())]
    assert [line.get_linestyle() for line in curves] == ["-"] * 3 + ["--"] * 3
    assert [line.get_color() for line in curves[:3]] == [line.get_color() for line in curves[3:]]
    assert len({line.get_color() for line in curves}) == 3
    np.testing.assert_allclose([line.get_ydata()[-1] for line in curves], [1.1, 2.2, 3.3, 1, 2, 3])


def test_many_curves_of_a_family_have_a_colour_bar():
    figure = draw_figure(against_particles(quantity="hartree_infidelity", times=[1], by="gamma"), make_family(9))
    axes, bar = figure.axes
    assert bar.get_ylabel() == r"Im $\gamma$"
    assert axes.get_legend() is None
    assert axes.get_title(loc="left") == "from left ($p_0=0.7$), $t=1$"
    assert len({line.get_color() for line in axes.get_lines()}) == 9


def test_members_of_a_family_are_told_by_their_parameters():
    """Without ``by``: as states are, by markers and names."""
    figure = draw_figure(against_time(limit="only"), {"limit": make_family(2)["limit"]})
    assert read_legend(figure)[1] == [r"$\gamma$ $=i$, $N\to\infty$", r"$\gamma$ $=2i$, $N\to\infty$"]
