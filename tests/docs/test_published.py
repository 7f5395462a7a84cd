"""docs/published.md says what the tables say, and what it says of the models and of their mean fields is true."""

from functools import reduce
from itertools import combinations

import numpy as np
import pytest
from PIL import Image
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from docs.make_gallery import MADE_BY, excerpt_of_figures
from docs.make_published import CASES, FIGURE, PAGE, PICTURES, published_page, read_description, read_numbers
from nonhermitian_hartree.compare.assess import assess_hartree
from nonhermitian_hartree.config.configuration import load_config
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model.state import ProductState

CONFIGURATION = CASES.parents[1] / "config" / "published.yaml"
CONFIG = load_config(CONFIGURATION)
DESCRIPTION = read_description()
NUMBERS = read_numbers()
MODELS = {name: spec.build() for name, spec in CONFIG.models.items()}
PAULI = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
SPIN_1 = [
    np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / np.sqrt(2),
    np.array([[0, -1j, 0], [1j, 0, -1j], [0, 1j, 0]]) / np.sqrt(2),
    np.diag([1, 0, -1]),
]
PARTICLES = 3


def row_of(study, state=None):
    (row,) = [row for row in NUMBERS if row["study"] == study and state in (None, row["state"])]
    return row


def on_particle(operator, *places):
    """Operators on some of the particles in the full space: one operator, or as many as places."""
    factors = dict(zip(places, operator if isinstance(operator, list) else [operator], strict=True))
    identity = np.eye(len(next(iter(factors.values()))))
    return reduce(np.kron, [factors.get(place, identity) for place in range(PARTICLES)])


def total(operator):
    return sum(on_particle(operator, i) for i in range(PARTICLES))


def full_hamiltonian(model):
    """A^(N), eq. (1), in the full space."""
    d = model.dimension
    pairs = model.two_body.reshape(d, d, d, d)
    units = [np.outer(np.eye(d)[i], np.eye(d)[k]) for i in range(d) for k in range(d)]
    couplings = pairs.transpose(0, 2, 1, 3).reshape(d * d, d * d)
    interaction = sum(
        couplings[a, b] * on_particle([units[a], units[b]], i, j)
        for i, j in combinations(range(PARTICLES), 2)
        for a, b in np.argwhere(couplings)
    )
    return total(model.one_body) + interaction / (PARTICLES - 1)


def collective_hamiltonians():
    """The Hamiltonians of qubits as published.md quotes them, from collective spins."""
    m = PARTICLES - 1
    jx, jy, jz = (total(matrix / 2) for matrix in PAULI)
    up = total(np.diag([1, 0]))  # Σ σ₊σ₋ = n1
    down = total(np.diag([0, 1]))
    raise_ = jx + 1j * jy
    hopping, imbalance = 2 * jx, 2 * jz
    pairs = raise_ @ raise_.conj().T - up  # without the self-term
    return {
        "lossy_dimer": -2j * 0.1 * up + hopping + 2 / m / 2 * (up - down) @ (up - down),
        "interaction_loss_dimer": hopping + (1 - 0.5j) / m / 2 * imbalance @ imbalance,
        "pt_dimer_below_threshold": -2j * 0.5 * jz + 2 * jx + 2 / m * jz @ jz,
        "pt_dimer_above_threshold": -2j * 1.5 * jz + 2 * jx + 2 / m * jz @ jz,
        "superradiance": -1j * 2 / 2 * pairs / m,
        "driven_superradiance": jx - 1j * 2 / 2 * pairs / m - 0.5j * up,
        "lossy_lipkin": (jx @ jx - jy @ jy) / m - 0.5j * jz - 1j * PARTICLES / 4 * np.eye(2**PARTICLES),
        "heralded_magnet": 4 / m * (jx @ jx - 0.25 * jy @ jy) / 2 - 0.5j * up,
    }


COLLECTIVE = collective_hamiltonians()


def test_page_is_made_from_its_numbers():
    assert published_page(NUMBERS, DESCRIPTION) == PAGE.read_text(encoding="utf-8"), "run make published"


def test_page_is_refused_if_a_sentence_assumes_another_judgement():
    changed = [row | {"judgement": "holds"} if row["study"] == "lossy_dimer" else row for row in NUMBERS]
    with pytest.raises(SystemExit, match="lossy_dimer: published_cases"):
        published_page(changed, DESCRIPTION)


def test_every_model_has_a_case_a_figure_and_sources():
    cases = DESCRIPTION["cases"]
    assert set(cases) == {study for study in CONFIG.studies if not study.endswith("_many")}
    assert {FIGURE.format(study=study) for study in cases} == set(CONFIG.figures)
    assert {CONFIG.studies[study].model for study in cases} == set(CONFIG.models)
    assert {key for case in cases.values() for key in case["sources"]} == set(DESCRIPTION["sources"])
    for key in DESCRIPTION["sources"]:
        assert key in CONFIGURATION.read_text(encoding="utf-8") or key == "G12"
    states = [(study, state) for study in cases for state in CONFIG.studies[study].states]
    assert [(row["study"], row["state"]) for row in NUMBERS] == states


def test_pictures_are_small_and_of_the_figures_as_they_are_configured():
    assert {path.stem for path in PICTURES.iterdir()} == set(CONFIG.figures)
    for name in CONFIG.figures:
        file = PICTURES / f"{name}.png"
        assert file.stat().st_size < 40_000, name
        with Image.open(file) as picture:
            assert picture.text[MADE_BY] == excerpt_of_figures(CONFIGURATION, [name]), (
                f"{name}: run make published"
            )


@pytest.mark.parametrize("name", sorted(COLLECTIVE))
def test_model_is_the_hamiltonian_that_the_page_quotes(name):
    difference = full_hamiltonian(MODELS[name]) - COLLECTIVE[name]
    np.testing.assert_allclose(difference, difference[0, 0] * np.eye(2**PARTICLES), atol=1e-13)


def test_spin_1_is_spin_mixing():
    exchange = sum(np.kron(spin, spin) for spin in SPIN_1)
    np.testing.assert_allclose(MODELS["spin_1_quench"].two_body, -0.5 * exchange, atol=1e-13)
    loss = np.diag([0, -0.25j, 0])
    np.testing.assert_allclose(MODELS["spin_1_quench"].one_body, 0.2 * SPIN_1[2] @ SPIN_1[2] + loss, atol=1e-15)


@pytest.mark.parametrize("study", ["pt_dimer_above_threshold", "logistic_copies"])
def test_numbers_of_the_page_are_the_verdict_of_the_model(study):
    row, spec = row_of(study), CONFIG.studies[study]
    (member,) = CONFIG.states[spec.states[0]].members()
    verdict = assess_hartree(MODELS[spec.model], member.state, max(spec.times))
    assert verdict.judgement == row["judgement"]
    assert verdict.largest_infidelity == pytest.approx(float(row["largest_infidelity"]), rel=2e-3)
    written = [[float(end) for end in pair.split(":")] for pair in row["failure_intervals"].split()]
    np.testing.assert_allclose(verdict.failure_intervals, written, atol=1e-5)


def test_superradiance_has_the_closed_form_of_the_counterexample():
    # on symmetric states XX + YY is a constant − ZZ: A2 = 0.5i ZZ, for which y = tanh(2 · 0.5 t y)
    row = row_of("superradiance")
    y = brentq(lambda y: np.tanh(3 * y) - y, 0.5, 1)
    assert float(row["largest_infidelity_time"]) == 3
    assert float(row["largest_infidelity"]) == pytest.approx((1 - np.sqrt(1 - y * y)) / 2, rel=1e-5)
    assert float(row["transitions"].removeprefix("splitting at ")) == pytest.approx(1, abs=2e-6)


def test_pairs_from_m_0_split_where_the_page_says():
    # squeezing of the pairs (+1, −1), dz/dt = −i (c z² + 2 b z + c), until |z| = 1
    c, b = -0.5, 0.2 + 0.25j - 0.5
    reach = solve_ivp(
        lambda _, z: -1j * (c * z**2 + 2 * b * z + c),
        (0, 2),
        np.zeros(1, complex),
        rtol=1e-11,
        atol=1e-12,
        events=lambda _, z: abs(z[0]) - 1,
    )
    split = float(row_of("spin_1_quench")["transitions"].removeprefix("splitting at "))
    assert split == pytest.approx(reach.t_events[0][0], abs=5e-6)


@pytest.mark.parametrize(
    ("model", "amplitudes"),
    [
        ("superradiance", [np.sqrt(0.5), np.sqrt(0.5)]),
        ("lossy_lipkin", [0, 1]),
        ("heralded_magnet", [0, 1]),
        ("spin_1_quench", [0, 1, 0]),
    ],
)
def test_mean_field_stays_where_the_page_says_so(model, amplitudes):
    state = ProductState(np.array(amplitudes, dtype=complex))
    (late,) = hartree_wavefunctions(MODELS[model], state, [3])
    assert abs(np.vdot(state.amplitudes, late)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "growing", "rate"),
    # V − γ/2 = ½; √(−4 Jx Jy) − γ/2 = ½; the vectors are those of the linearised equation
    [("lossy_lipkin", -1 + 1j, 0.5), ("heralded_magnet", -0.5 + 1j, 0.5)],
)
def test_all_down_is_unstable_in_the_mean_field(model, growing, rate):
    small = 1e-5 * growing
    state = ProductState(np.array([small, 1]) / np.sqrt(1 + abs(small) ** 2))
    (late,) = hartree_wavefunctions(MODELS[model], state, [3])
    assert abs(late[0] / late[1]) == pytest.approx(abs(small) * np.exp(rate * 3), rel=1e-6)


def test_pt_threshold_is_where_the_page_says():
    below, above = (
        np.linalg.eigvals(MODELS[f"pt_dimer_{side}_threshold"].one_body) for side in ("below", "above")
    )
    assert abs(below.imag).max() < 1e-14
    assert abs(above.real).max() < 1e-14
    first = ProductState(np.array([1, 0], dtype=complex))
    settled = hartree_wavefunctions(MODELS["pt_dimer_above_threshold"], first, [3, 30])
    assert (np.abs(settled[:, 1]) ** 2 > 0.8).all()


def test_mean_field_of_the_copies_is_their_equation():
    times = np.linspace(0.25, 1, 4)
    (tenth,), (wave,) = (CONFIG.states[name].members() for name in ("tenth", "wave"))
    logistic = hartree_wavefunctions(MODELS["logistic_copies"], tenth.state, times)
    np.testing.assert_allclose(np.abs(logistic[:, 0]) ** 2, 1 / (1 + 9 * np.exp(-times)), atol=1e-8)

    def burgers(_, u):
        after, before = np.roll(u, -1), np.roll(u, 1)
        return -0.6 * (u * (after - before) + after**2 - before**2)

    truth = solve_ivp(burgers, (0, 1), [0.64, 0.48, 0], t_eval=times, rtol=1e-11, atol=1e-12).y.T
    waves = hartree_wavefunctions(MODELS["burgers_copies"], wave.state, times)
    np.testing.assert_allclose(np.abs(waves[:, 0]), 0.6, atol=1e-9)
    np.testing.assert_allclose((waves[:, 1:] / waves[:, :1] * 0.6), truth, atol=1e-8)
