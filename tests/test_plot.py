"""Pictures for notebooks: they show the numbers of the API, and leave the settings of matplotlib alone."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from mpl_toolkits.mplot3d.proj3d import proj_transform

import nonhermitian_hartree as nh
from nonhermitian_hartree.compare.distances import bloch_vector
from tests.systems import BALANCED, COUNTEREXAMPLE

TIMES = [0.2, 0.6, 0.9]
TILTED = nh.build_state(p0=0.6)


@pytest.fixture(autouse=True)
def without_a_screen():
    backend = mpl.get_backend()
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(backend)


def curves(axes):
    return {line.get_label(): line.get_ydata() for line in axes.lines}


def test_infidelity_shows_exact_states_and_the_limit():
    axes = nh.plot.infidelity(COUNTEREXAMPLE, TILTED, TIMES, [10, 100])
    found = curves(axes)
    kets = nh.hartree_wavefunctions(COUNTEREXAMPLE, TILTED, TIMES)
    for count, marginals in zip(
        (10, 100), nh.exact_marginals(COUNTEREXAMPLE, TILTED, [10, 100], TIMES), strict=True
    ):
        overlaps = np.einsum("ti,tij,tj->t", kets.conj(), marginals.density, kets).real
        assert found[f"$N={count}$"] == pytest.approx(1 - overlaps, abs=1e-12)
    limits = nh.limit_states(COUNTEREXAMPLE, TILTED, TIMES)
    expected = [limit.infidelity_to(ket) for limit, ket in zip(limits, kets, strict=True)]
    assert found[r"$N\to\infty$"] == pytest.approx(expected)
    assert axes.get_ylabel() == "infidelity to Hartree $I$"
    assert axes.get_xlabel() == r"time $t$ ($\hbar=1$)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(found)


def test_entropy_of_one_n_and_of_the_limit_alone():
    found = curves(nh.plot.entropy(COUNTEREXAMPLE, BALANCED, TIMES, 50))
    (marginals,) = nh.exact_marginals(COUNTEREXAMPLE, BALANCED, 50, TIMES)
    assert found["$N=50$"] == pytest.approx(marginals.linear_entropy)
    assert list(curves(nh.plot.entropy(COUNTEREXAMPLE, BALANCED, TIMES))) == [r"$N\to\infty$"]


def test_bloch_paths_start_at_the_state_and_hold_the_vectors():
    axes = nh.plot.bloch(COUNTEREXAMPLE, BALANCED, TIMES, 20)
    paths = {line.get_label(): np.array(line.get_data_3d()).T for line in axes.lines}
    (marginals,) = nh.exact_marginals(COUNTEREXAMPLE, BALANCED, 20, TIMES)
    assert paths["$N=20$"] == pytest.approx(bloch_vector(marginals.density))
    assert np.linalg.norm(paths["Hartree"], axis=1) == pytest.approx(1)
    limits = nh.limit_states(COUNTEREXAMPLE, BALANCED, TIMES)
    assert np.linalg.norm(paths[r"$N\to\infty$"], axis=1) ** 2 == pytest.approx(
        [1 - 2 * limit.linear_entropy for limit in limits]
    )
    top, bottom = (proj_transform(0, 0, z, axes.get_proj())[1] for z in (1, -1))
    assert top > bottom  # |0⟩ is up


def test_times_without_an_answer_are_gaps(monkeypatch):
    known = nh.limit_states(COUNTEREXAMPLE, TILTED, TIMES)
    gappy = [known[0], nh.LimitState.unknown(TIMES[1], "no branch"), known[2]]
    monkeypatch.setattr(nh.plot, "limit_states", lambda *_: gappy)
    for draw in (nh.plot.infidelity, nh.plot.entropy):
        values = curves(draw(COUNTEREXAMPLE, TILTED, TIMES))[r"$N\to\infty$"]
        assert np.isnan(values).tolist() == [False, True, False]
    (path,) = [
        line for line in nh.plot.bloch(COUNTEREXAMPLE, TILTED, TIMES).lines if line.get_label() == r"$N\to\infty$"
    ]
    assert np.isnan(path.get_data_3d()).any(axis=0).tolist() == [False, True, False]


def test_axes_of_the_caller_are_used_and_settings_are_left_alone():
    before = dict(mpl.rcParams)
    figure, axes = pyplot.subplots()
    axes.set_ylim(-1, 2)
    assert nh.plot.entropy(COUNTEREXAMPLE, BALANCED, TIMES, ax=axes) is axes
    assert axes.get_ylim() == (-1, 2)
    assert figure.axes == [axes]
    assert dict(mpl.rcParams) == before


def test_names_for_completion_are_the_three():
    assert dir(nh.plot) == ["bloch", "entropy", "infidelity"]


def test_what_is_refused():
    with pytest.raises(nh.ModelError, match="3 levels; allowed: 2"):
        nh.plot.bloch(nh.Model(np.eye(3)), nh.build_state(amplitudes=[1, 0, 0]), TIMES)
    with pytest.raises(nh.ModelError, match="ascending"):
        nh.plot.entropy(COUNTEREXAMPLE, BALANCED, [1, 0.5])


def test_matplotlib_is_asked_for_when_something_is_drawn(monkeypatch):
    monkeypatch.setattr("nonhermitian_hartree.extras._is_there", lambda _: False)
    with pytest.raises(nh.MissingExtraError, match="matplotlib"):
        nh.plot.entropy(COUNTEREXAMPLE, BALANCED, TIMES)
