"""The page to play with, in a browser without a network: its numbers are those of the package, and it fits."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import nonhermitian_hartree as nh
from nonhermitian_hartree.compare.distances import bloch_vector
from nonhermitian_hartree.compare.verdict import describe_verdict
from tests.browser.chromium import Page, open_page
from tests.systems import COUNTEREXAMPLE

pytestmark = pytest.mark.browser
PLAY = Path(__file__).parents[2] / "docs" / "play.html"
RANDOM = np.random.default_rng(21)
STARTS = [0.5, 0.6, 0.4, 0.5 + 2**-40, 0.501, 1e-9, 1e-300, 1 - 1e-6, 0.0, 1.0, *RANDOM.uniform(0, 1, 6).tolist()]
TIMES = [0.0, 1e-3, 0.25, 0.5, 0.5001, 0.75, 1.0, 3.0, *RANDOM.uniform(0, 3, 3).tolist()]
PARTICLES = [2, 3, 10, 101, 4000, 10**6]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here")
    with open_page(program, tmp_path_factory.mktemp("profile")) as page:
        page.open(PLAY)
        yield page


def ask_package(p0: float) -> np.ndarray:
    """r_x, r_z and S_L of exact, Hartree and limit, then the three infidelities; (N, t, 12)."""
    times, state = sorted(TIMES), nh.build_state(p0=p0)
    exact = nh.Marginals.stack(nh.exact_marginals(COUNTEREXAMPLE, state, PARTICLES, times))
    kets = nh.hartree_wavefunctions(COUNTEREXAMPLE, state, times)
    hartree = np.einsum("ti,tj->tij", kets, kets.conj())
    limits = nh.limit_states(COUNTEREXAMPLE, state, times)
    limit, limit_entropy = (
        np.array([getattr(each, name) for each in limits]) for name in ("density", "linear_entropy")
    )
    zero = np.zeros(len(times))
    rows = [
        *(bloch_vector(exact.density)[..., axis] for axis in (0, 2)),
        exact.linear_entropy,
        *(bloch_vector(hartree)[..., axis] for axis in (0, 2)),
        zero,
        *(bloch_vector(limit)[..., axis] for axis in (0, 2)),
        limit_entropy,
        nh.infidelity(exact.density, exact.linear_entropy, hartree, zero),
        nh.infidelity(exact.density, exact.linear_entropy, limit, limit_entropy),
        [each.infidelity_to(ket) for each, ket in zip(limits, kets, strict=True)],
    ]
    return np.stack(np.broadcast_arrays(*rows), axis=-1)


def ask_page(page: Page, p0: float) -> np.ndarray:
    return np.array(
        page.evaluate(
            f"{json.dumps(PARTICLES)}.map(N => {json.dumps(sorted(TIMES))}.map(t => {{"
            f"const {{exact, hartree, limit, infidelity}} = statesAt({p0!r}, t, N);"
            "return [exact, hartree, limit].flatMap(({x, z, entropy}) => [x, z, entropy])"
            ".concat([exact.hartreeInfidelity, exact.limitInfidelity, infidelity])}))"
        )
    )


@pytest.mark.parametrize("p0", STARTS)
def test_closed_forms_are_those_of_the_package(page: Page, p0: float) -> None:
    ours, theirs = ask_page(page, p0), ask_package(p0)
    assert ours.shape == theirs.shape == (len(PARTICLES), len(TIMES), 12)
    assert np.abs(ours - theirs).max() <= 1e-10
    # what is tiny is right as well: relative, down to squares of roundings
    positive = [2, 9, 10, 11]
    np.testing.assert_allclose(ours[..., positive], theirs[..., positive], rtol=1e-8, atol=1e-18)


@pytest.mark.parametrize("p0", [0.6, 0.5, 0.501, 1e-9, 0.999, 0.3, 0.05])
def test_verdict_is_in_the_words_of_the_package(page: Page, p0: float) -> None:
    last = page.evaluate("LAST_TIME")
    verdict = nh.assess_hartree(COUNTEREXAMPLE, nh.build_state(p0=p0), times=last)
    found = page.evaluate(f"assess({p0!r}, {last})")
    assert found["judgement"] == verdict.judgement
    np.testing.assert_allclose(found["intervals"], verdict.failure_intervals, rtol=0, atol=2e-6)
    assert found["largest"] == pytest.approx(verdict.largest_infidelity, rel=1e-3, abs=1e-18)
    said = page.evaluate(f"describeVerdict(assess({p0!r}, {last}))").split(", at most")[0]
    assert said.split(", zero")[0] in describe_verdict(verdict)


@pytest.mark.parametrize(("p0", "particles"), [(0.501, 10**6), (0.5001, 10**6), (0.5, 1000), (0.6, 100), (0.9, 5)])
def test_largest_infidelities_are_those_over_all_times(page: Page, p0: float, particles: int) -> None:
    times = np.unique([*np.linspace(0, 3, 601), *np.linspace(0.49, 0.53, 601)])  # dense where a peak is narrow
    state = nh.build_state(p0=p0)
    (exact,) = nh.exact_marginals(COUNTEREXAMPLE, state, particles, times)
    kets = nh.hartree_wavefunctions(COUNTEREXAMPLE, state, times)
    limits = nh.limit_states(COUNTEREXAMPLE, state, times)
    limit, entropy = (np.array([getattr(each, name) for each in limits]) for name in ("density", "linear_entropy"))
    others = {
        "hartreeInfidelity": (np.einsum("ti,tj->tij", kets, kets.conj()), 0.0),
        "limitInfidelity": (limit, entropy),
    }
    found = page.evaluate(f"computeCurves({p0}, {particles}).largest")
    for name, (other, other_entropy) in others.items():
        largest = nh.infidelity(exact.density, exact.linear_entropy, other, other_entropy).max()
        assert found[name] == pytest.approx(largest, rel=5e-4), name


def choose(page: Page, kind: str) -> None:
    page.evaluate(f"document.querySelector('[value={kind}]').click()")
    page.evaluate("new Promise(requestAnimationFrame)")


def move(page: Page, slider: str, value: float) -> None:
    page.evaluate(
        f"(() => {{const slider = document.getElementById('{slider}'); slider.value = {value};"
        "slider.dispatchEvent(new Event('input'))})()"
    )
    page.evaluate("new Promise(requestAnimationFrame)")


def test_sliders_change_sentence_curves_and_numbers(page: Page) -> None:
    choose(page, "paper")
    read = "[document.getElementById('verdict').innerText, document.querySelector('#entropy .exact').outerHTML,"
    read += (
        "document.getElementById('numbers').innerText, document.querySelector('#entropy svg .exact').outerHTML]"
    )
    before = page.evaluate(read)
    assert before[0].startswith("✗ FAILS")
    move(page, "p0", 0.999)
    after = page.evaluate(read)
    assert after[0].startswith("✓ HOLDS")
    assert after[2] != before[2]
    move(page, "p0", 0.6)
    assert page.evaluate(read) == before
    assert page.complaints == []


def test_a_number_out_of_range_is_marked_and_changes_nothing(page: Page) -> None:
    choose(page, "paper")
    before = page.evaluate("document.getElementById('verdict').innerText")
    box = "document.querySelector('#p0 + input')"
    page.evaluate(f"(() => {{{box}.value = '1.5'; {box}.dispatchEvent(new Event('input'))}})()")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.evaluate(f"{box}.validity.valid") is False
    assert page.evaluate("document.getElementById('verdict').innerText") == before
    move(page, "p0", 0.6)


def test_dimers_say_what_the_map_says(page: Page) -> None:
    choose(page, "dimer")
    gamma, u = page.evaluate("DIMERS.gamma.length - 1"), page.evaluate("DIMERS.u.length - 1")
    move(page, "gamma", gamma)
    move(page, "u", u)
    member = page.evaluate("DIMERS.members.at(-1)")
    said = page.evaluate("document.getElementById('verdict').innerText")
    assert member["sentence"].split(maxsplit=1)[1] in said
    assert f"γ = {page.evaluate('DIMERS.gamma.at(-1)'):g}" in said
    assert page.evaluate("document.querySelectorAll('#map_of_dimers .cell').length") == (gamma + 1) * (u + 1)
    page.evaluate("document.querySelector('#map_of_dimers .cell').dispatchEvent(new Event('click'))")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert "γ = 0, u = 0, from" in page.evaluate("document.getElementById('verdict').innerText")
    assert page.complaints == []


@pytest.mark.parametrize("kind", ["paper", "dimer"])
@pytest.mark.parametrize("width", [400, 1400])
def test_page_fits_the_window_and_every_control_has_a_name(
    page: Page, tmp_path: Path, width: int, kind: str
) -> None:
    page.set_width(width)
    choose(page, kind)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    controls = "[...document.querySelectorAll('input')]"
    assert page.evaluate(f"{controls}.every(input => input.labels.length > 0 || input.ariaLabel)")
    assert page.evaluate("[...document.querySelectorAll('figure > svg')].every(svg => svg.ariaLabel.length > 20)")
    page.save_screenshot(tmp_path / f"play_{width}.png")
    assert page.complaints == []
