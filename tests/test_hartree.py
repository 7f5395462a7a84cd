"""The Hartree equation, eq. (9), (10) and (20)–(22)."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from scipy.integrate import solve_ivp

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.hartree import (
    HartreeCurve,
    closed_form_wavefunctions,
    density_velocity,
    estimate_projector_error,
    hartree_wavefunctions,
    has_closed_form,
    integrate_density,
    integrate_wavefunction,
    wavefunction_velocity,
)
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.paper.hierarchy import MarginalHierarchy, normalised_sides
from tests.references.hartree_multiprecision import reference_projectors
from tests.systems import COUNTEREXAMPLE, NO_PAIRS, diagonal_model, hermitian_part, random_model, random_state

TIMES = [0.0, 0.1, 0.5, 1.0, 2.0, 4.0]


def projectors(wavefunctions: np.ndarray) -> np.ndarray:
    return np.einsum("ti,tj->tij", wavefunctions, wavefunctions.conj())


@pytest.mark.parametrize(
    ("p0", "phase"), [(0.6, 0.0), (0.5 + 1e-9, 0.0), (0.51, 1.3), (0.1, -2.0), (1 - 1e-6, 0.5)]
)
def test_closed_form_solves_the_flow(p0: float, phase: float) -> None:
    """(21)–(22) against eq. (20) written out as printed, by solve_ivp: every amplitude to 1e-10."""
    state = ProductState.from_population(p0, phase)

    def flow(_: float, y: np.ndarray) -> np.ndarray:
        phi = y[:2] + 1j * y[2:]
        z = abs(phi[0]) ** 2 - abs(phi[1]) ** 2
        velocity = np.array([(z - z * z) * phi[0], (-z - z * z) * phi[1]])
        return np.concatenate([velocity.real, velocity.imag])

    start = np.concatenate([state.amplitudes.real, state.amplitudes.imag])
    solution = solve_ivp(flow, (0, TIMES[-1]), start, method="DOP853", t_eval=TIMES, rtol=1e-13, atol=1e-15).y
    expected = solution[:2] + 1j * solution[2:]
    relative = np.exp(-1j * np.angle(expected[1]))  # eq. (21) fixes arg φ1 = θ1; ours puts the phase on φ0
    ours = closed_form_wavefunctions(COUNTEREXAMPLE, state, TIMES)
    assert np.abs(ours.T - expected * relative).max() <= 1e-10
    general = integrate_wavefunction(COUNTEREXAMPLE, state, TIMES)
    assert np.abs(projectors(ours) - projectors(general)).max() <= 1e-10


@pytest.mark.parametrize("p0", [1e-6, 0.3, 0.5 + 1e-9, 0.51, 0.9, 1 - 1e-6])
def test_closed_form_to_full_accuracy(p0: float) -> None:
    """Eq. (21)–(22) as printed, at 60 digits: populations to 1e-14 relative, where p1 is tiny too."""
    ours = closed_form_wavefunctions(COUNTEREXAMPLE, ProductState.from_population(p0), TIMES)
    with mpmath.workdps(60):
        z = 2 * mpf(p0) - 1
        k = z / mpmath.sqrt(1 - z * z)
        for (up, down), time in zip(np.abs(ours) ** 2, TIMES, strict=True):
            grown = k * mpmath.exp(2 * mpf(time))
            for value, sign in ((up, 1), (down, -1)):
                exact = (1 + sign * grown / mpmath.sqrt(1 + grown**2)) / 2
                assert abs(mpf(value) - exact) <= mpf(1e-14) * exact


@pytest.mark.parametrize("integrate", [closed_form_wavefunctions, integrate_wavefunction])
@pytest.mark.parametrize("p0", [0.0, 0.5, 1.0])
def test_fixed_points(integrate, p0: float) -> None:
    """|0⟩, |1⟩ and |φ0|² = ½ do not move under eq. (20); at ½ a rounding grows by e^{2t} = 3000 up to t = 4."""
    ours = integrate(COUNTEREXAMPLE, ProductState.from_population(p0, 0.4), TIMES)
    assert projectors(ours) == pytest.approx(
        np.repeat(projectors(ours[:1]), len(TIMES), axis=0), abs=1e-14 if p0 != 0.5 else 1e-12
    )


def test_instability_of_the_balanced_state() -> None:
    """A small imbalance grows as e^{2t}: eq. (21) for k e^{2t} ≪ 1."""
    ours = np.abs(closed_form_wavefunctions(COUNTEREXAMPLE, ProductState.from_tilt(1e-12), TIMES)) ** 2
    assert ours[:, 0] - ours[:, 1] == pytest.approx(1e-12 * np.exp(2 * np.array(TIMES)), abs=4e-16)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tilt", [1e-300, 0.2, -3.0, 400.0])
def test_late_times_do_not_overflow(tilt: float) -> None:
    ours = closed_form_wavefunctions(COUNTEREXAMPLE, ProductState.from_tilt(tilt), [0.0, 1.0, 1e3, 1e15])
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-15)
    assert np.abs(ours[-1]) == pytest.approx([1, 0] if tilt > 0 else [0, 1], abs=1e-15)


@pytest.mark.parametrize(("seed", "dimension"), [(1, 2), (2, 2), (3, 3), (4, 4)])
def test_density_and_wavefunction_equations_agree(seed: int, dimension: int) -> None:
    """γ = |φ⟩⟨φ| solves (9) if φ solves (10), for any model; γ stays pure with trace one, φ keeps its norm."""
    model, state = random_model(dimension, seed), random_state(dimension, seed)
    times = [0.0, 0.3, 0.8]
    wavefunctions, densities = integrate_wavefunction(model, state, times), integrate_density(model, state, times)
    assert np.abs(projectors(wavefunctions) - densities).max() <= 1e-10
    assert np.linalg.norm(wavefunctions, axis=1) == pytest.approx(1, abs=1e-15)
    assert np.einsum("tii->t", densities) == pytest.approx(1, abs=1e-10)
    phi = state.amplitudes
    assert np.vdot(phi, wavefunction_velocity(model, phi)).real == pytest.approx(0, abs=1e-14)
    product = np.outer(wavefunction_velocity(model, phi), phi.conj())
    assert density_velocity(model, np.outer(phi, phi.conj())) == pytest.approx(
        product + product.conj().T, abs=1e-13
    )


@pytest.mark.parametrize("particles", [3, 1000])
@pytest.mark.parametrize("dimension", [2, 3])
def test_product_marginals_turn_the_exact_equation_into_hartree(dimension: int, particles: int) -> None:
    """Eq. (9) is eq. (8) with ρ̂^(k) = γ^{⊗k}: the factor N drops out, for mixed γ too."""
    model, state = random_model(dimension, 5), random_state(dimension, 5)
    gamma = 0.7 * np.outer(state.amplitudes, state.amplitudes.conj()) + 0.3 * np.eye(dimension) / dimension
    pair = np.kron(gamma, gamma)
    products = MarginalHierarchy(gamma, pair, np.kron(pair, gamma), np.zeros_like(gamma), particles)
    right = normalised_sides(model, products)[1]
    assert right == pytest.approx(1j * density_velocity(model, gamma), abs=1e-15 * particles + 1e-14)


@pytest.mark.parametrize("dimension", [2, 3])
def test_hermitian_model_conserves_energy(dimension: int) -> None:
    """For Hermitian A1, A2 eq. (10) is the ordinary Hartree equation: ⟨A1⟩ + ½⟨A2⟩ does not change."""
    model, state = hermitian_part(random_model(dimension, 7)), random_state(dimension, 7)
    energies = []
    for phi in integrate_wavefunction(model, state, [0.0, 0.5, 1.0, 3.0]):
        pair = np.kron(phi, phi)
        energies.append((np.vdot(phi, model.one_body @ phi) + np.vdot(pair, model.two_body @ pair) / 2).real)
    assert energies == pytest.approx([energies[0]] * 4, abs=1e-10)


def test_without_interaction_hartree_is_linear() -> None:
    """A2 = 0: φ(t) ∝ exp(−i A1 t) φ, for any A1."""
    one_body = np.array([[0.3, 0.7 - 0.2j], [0.1j, -0.4 + 0.5j]])
    state = ProductState.from_population(0.3, 0.8)
    values, vectors = np.linalg.eig(one_body)
    ours = integrate_wavefunction(Model(one_body, NO_PAIRS), state, [0.0, 0.7, 2.0])
    for phi, time in zip(ours, [0.0, 0.7, 2.0], strict=True):
        exact = vectors @ (np.exp(-1j * time * values) * np.linalg.solve(vectors, state.amplitudes))
        exact /= np.linalg.norm(exact)
        assert abs(np.vdot(exact, phi)) == pytest.approx(1, abs=1e-11)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (COUNTEREXAMPLE, True),
        (diagonal_model([0, 0], [-1j, 1j, 1j, -1j]), True),
        (diagonal_model([1, 0], [1j, -1j, -1j, 1j]), False),
        (diagonal_model([0, 0], [1, -1, -1, 1]), False),
        (random_model(2, 1), False),
    ],
)
def test_where_the_closed_form_holds(model: Model, expected: bool) -> None:
    """Where it is said to hold, it agrees with the integrator; elsewhere it refuses."""
    state = ProductState.from_population(0.6, 0.3)
    assert has_closed_form(model) is expected
    general = projectors(integrate_wavefunction(model, state, [0.0, 0.6]))
    assert projectors(hartree_wavefunctions(model, state, [0.0, 0.6])) == pytest.approx(general, abs=1e-10)
    if not expected:
        with pytest.raises(ModelError):
            closed_form_wavefunctions(model, state, [0.0, 0.6])


@pytest.mark.parametrize("times", [[], [0.5, 0.2], [-1.0, 0.0], [0.0, np.nan], [0.3, 0.3]])
def test_bad_times_are_refused(times: list[float]) -> None:
    with pytest.raises(ModelError, match="times"):
        hartree_wavefunctions(COUNTEREXAMPLE, ProductState.from_population(0.6), times)


def test_dimensions_must_match() -> None:
    with pytest.raises(ModelError, match="dimension"):
        hartree_wavefunctions(random_model(3, 1), ProductState.from_population(0.6), [0.0, 1.0])


def rotate(model: Model, state: ProductState, unitary: np.ndarray) -> tuple[Model, ProductState]:
    pair = np.kron(unitary, unitary)
    turned = Model(unitary @ model.one_body @ unitary.conj().T, pair @ model.two_body @ pair.conj().T)
    return turned, ProductState(unitary @ state.amplitudes)


@pytest.mark.parametrize("seed", range(3))
def test_error_at_an_unstable_point(seed: int) -> None:
    """The balanced state in a rotated basis does not move; roundings leave it as e^{2t}. Stated ≥ true error."""
    unitary = np.linalg.qr(np.random.default_rng(seed).normal(size=(2, 2, 2)) @ [1, 1j])[0]
    model, state = rotate(COUNTEREXAMPLE, ProductState.from_population(0.5), unitary)
    times = [1.0, 5.0, 9.0, 13.0, 20.0]
    ours = hartree_wavefunctions(model, state, times)
    stated = estimate_projector_error(model, state, times, ours)
    plus = unitary @ np.array([1, 1]) / np.sqrt(2)
    true = np.abs(projectors(ours) - np.outer(plus, plus.conj())).max(axis=(1, 2))
    assert (true <= stated).all()
    assert stated[0] <= 1e-13
    assert stated[3] <= 1e-2
    assert stated[4] == 1


@pytest.mark.parametrize("seed", range(3))
def test_stated_errors_hold(seed: int) -> None:
    """Random models, rotated diagonal ones through an unstable region, long times, shifts: true ≤ stated error."""
    rng = np.random.default_rng(seed)
    unitary = np.linalg.qr(rng.normal(size=(2, 2, 2)) @ [1, 1j])[0]
    coupling, field = 1j + rng.normal(), rng.normal() * (1 + 1j) / 2
    diagonal = diagonal_model([field, -field], [coupling, -coupling, -coupling, coupling])
    shifted = Model(diagonal.one_body + 100 * np.eye(2), diagonal.two_body + 1000j * np.eye(4))
    nearly_balanced = ProductState.from_tilt(1e-4 * rng.normal(), 0.3)
    cases = [
        (random_model(3, seed), random_state(3, seed), [0.4, 1.5]),
        (hermitian_part(random_model(2, seed + 10)), random_state(2, seed), [1.0, 6.0]),
        (*rotate(diagonal, nearly_balanced, unitary), [2.0, 5.0]),
        (shifted, nearly_balanced, [0.5, 3.0]),
    ]
    for model, state, times in cases:
        ours = hartree_wavefunctions(model, state, times)
        stated = estimate_projector_error(model, state, times, ours)
        reference_model = diagonal if model is shifted else model
        true = np.abs(projectors(ours) - reference_projectors(reference_model, state.amplitudes, times, 0.25))
        assert (true.max(axis=(1, 2)) <= stated).all()
        assert stated.max() <= 1e-8


def test_stated_error_covers_a_wrong_solution() -> None:
    """What is handed in is compared with the path, not taken on trust."""
    model, state = random_model(2, 3), random_state(2, 3)
    wrong = hartree_wavefunctions(model, state, [1.0]) @ np.array([[1, 1e-6], [-1e-6, 1]])
    assert estimate_projector_error(model, state, [1.0], wrong)[0] >= 1e-7


@pytest.mark.parametrize("model", [random_model(2, 3), random_model(3, 4), COUNTEREXAMPLE])
def test_a_curve_has_at_any_time_what_the_times_give(model):
    """In any order, at steps and between them, and at 0."""
    state = random_state(model.dimension, 5)
    instants = np.array([1.3, 0.0, 0.111, 2.0, 0.112, 1.999])
    order = np.argsort(instants)
    expected = hartree_wavefunctions(model, state, list(instants[order]))
    found = HartreeCurve(model, state, 2.0).at(instants)[order]
    assert np.abs(projectors(found) - projectors(expected)).max() < 1e-11
