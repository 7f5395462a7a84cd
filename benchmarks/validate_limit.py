"""The limit N → ∞ against what is known another way; every case is seeded, and one line is printed for each.

    python -m benchmarks.validate_limit diagonal 200   # rotated diagonal models, against closed forms
    python -m benchmarks.validate_limit random 100     # random qubits against certified N = 100, 200
    python -m benchmarks.validate_limit published      # ten published models, t = 1 … 10

A second number is the first seed. What counts as wrong: a limit that is neither refused nor right.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nonhermitian_hartree.errors import AccuracyError
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.limit.solve import limit_states
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.hamiltonian import Model, swap_particles
from nonhermitian_hartree.model.irreducible import irreducible_model, strength
from nonhermitian_hartree.model.state import ProductState

Complex = NDArray[np.complex128]

CLOSED_FORM_TOLERANCE = 1e-7
PAULI = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def random_unitary(generator: np.random.Generator, size: int) -> Complex:
    """Haar-distributed unitary matrix."""
    gaussian = generator.normal(size=(2, size, size))
    matrix, triangle = np.linalg.qr(gaussian[0] + 1j * gaussian[1])
    return np.asarray(matrix * np.exp(-1j * np.angle(np.diag(triangle))))


def rotate(model: Model, state: ProductState, unitary: Complex) -> tuple[Model, ProductState]:
    """The same physics in another one-particle basis."""
    both = np.kron(unitary, unitary)
    two_body = both @ model.two_body @ both.conj().T
    two_body = (two_body + swap_particles(two_body)) / 2
    rotated = Model(unitary @ model.one_body @ unitary.conj().T, two_body)
    return rotated, ProductState(unitary @ state.amplitudes)


def diagonal_case(seed: int) -> tuple[Model, ProductState, Complex, float]:
    """Diagonal model with complex couplings × t up to 30, a random state, a rotation and a time."""
    generator = np.random.default_rng([seed, 13])
    d = 2 + seed % 4
    size = float(np.exp(generator.uniform(np.log(0.1), np.log(30.0))))
    one = generator.normal(size=d) + 1j * generator.normal(size=d)
    two = generator.normal(size=(d, d)) + 1j * generator.normal(size=(d, d))
    two = (two + two.T) / 2
    one, two = one / np.abs(one).max() / 2, two / np.abs(two).max()
    model = Model(np.diag(one), np.diag(two.ravel()))
    amplitudes = generator.normal(size=d) + 1j * generator.normal(size=d)
    return model, ProductState(amplitudes / np.linalg.norm(amplitudes)), random_unitary(generator, d), size


def random_qubit(seed: int) -> tuple[Model, ProductState, float]:
    """Random A1, A2 of a qubit and a time with ‖A‖t up to 20."""
    generator = np.random.default_rng([seed, 7])
    coefficients = generator.normal(size=(2, 4, 4)) * np.array([1.0, generator.uniform(0, 1)])[:, None, None]
    matrix = coefficients[0] + 1j * coefficients[1]
    letters = list(PAULI.values())
    one_body = sum(matrix[0, k] * letters[k] for k in range(1, 4))
    two_body = sum(
        (matrix[j, k] + matrix[k, j]) / 2 * np.kron(letters[j], letters[k])
        for j in range(1, 4)
        for k in range(1, 4)
    )
    model = Model(np.asarray(one_body), np.asarray(two_body))
    amplitudes = generator.normal(size=2) + 1j * generator.normal(size=2)
    state = ProductState(amplitudes / np.linalg.norm(amplitudes))
    size = float(np.exp(generator.uniform(np.log(0.5), np.log(20.0))))
    return model, state, size / strength(irreducible_model(model)[0])


def published_models() -> Iterator[tuple[str, Model, ProductState]]:
    """Models of the literature on non-Hermitian mean fields, each with the state it is usually started from."""
    x, y, z, one = PAULI["X"], PAULI["Y"], PAULI["Z"], PAULI["I"]
    up = ProductState(np.array([1, 0]))
    plus = ProductState(np.array([1, 1]) / np.sqrt(2))
    tilted = ProductState.from_population(0.6)
    xx, yy, zz = (np.kron(a, a) for a in (x, y, z))
    yield "lossy dimer, weak loss (Graefe, Korsch, Niederle)", Model(x - 0.1j * (one + z), 2 * zz), up
    yield "lossy dimer, strong loss", Model(x - 0.5j * (one + z), 0.5 * zz), up
    yield "lossy dimer, self-trapped", Model(x - 0.01j * (one + z), 3 * zz), tilted
    yield "PT-symmetric dimer, unbroken", Model(x - 0.5j * z, zz), up
    yield "PT-symmetric dimer, broken", Model(x - 1.5j * z, zz), up
    yield "driven superradiance, no jumps", Model(0.5 * x - 0.25j * (one + z), -0.5j * (xx + yy)), up
    yield "superradiance from the inverted state", Model(-0.25j * (one + z), -0.5j * (xx + yy)), tilted
    yield "Lipkin–Meshkov–Glick, complex field", Model((0.5 - 0.2j) * z, -xx), plus
    yield "Lipkin–Meshkov–Glick, two-body loss", Model(0.5 * x, (-1 - 0.3j) * zz), tilted
    yield "transverse field, imaginary coupling", Model(0.5 * x, 1j * zz), plus


def describe(limit: LimitState, seconds: float) -> str:
    """What came out, for a line of the report."""
    if not limit.is_known:
        return f"refused after {seconds:.1f} s: {limit.reason}"
    return (
        f"{limit.confirmed} {limit.particles}, {len(limit.branches)} branches, softness {limit.softness:.3f}, "
        f"{seconds:.1f} s"
    )


def validate_diagonal(seeds: range) -> tuple[int, int]:
    """Count wrong and refused limits of rotated diagonal models."""
    wrong = refused = 0
    for seed in seeds:
        model, state, unitary, instant = diagonal_case(seed)
        (truth,) = limit_states(model, state, [instant])
        started = time.perf_counter()
        (limit,) = limit_states(*rotate(model, state, unitary), [instant])
        text = describe(limit, time.perf_counter() - started)
        if not limit.is_known or not truth.is_known:
            refused += 1
        else:
            error = np.abs(unitary.conj().T @ limit.density @ unitary - truth.density).max()
            bad = not error <= CLOSED_FORM_TOLERANCE / max(1 - truth.softness, 1e-3)
            wrong += bad
            text += f", error {error:.1e}{' WRONG' if bad else ''}"
        print(f"diagonal {seed}: d = {model.dimension}, t = {instant:.3g}: {text}", flush=True)
    return wrong, refused


def check_against_certified(
    model: Model, state: ProductState, instant: float, limit: LimitState
) -> tuple[str, bool]:
    """Distances of the certified states at N = 100, 200 to the branches, and whether they fall like 1/N.

    Near a first-order transition the subdominant branches still carry weight there: they count with C e^{Ng}.
    """
    try:
        exact = [certify_marginals(model, state, n, [instant], 1e-9).density[0] for n in (100, 200)]
    except AccuracyError as error:
        return f"not certified: {error}", True
    distances = []
    for number, density in zip((100, 200), exact, strict=True):
        logs = [number * (b.rate - limit.rate) + b.log_prefactor for b in limit.subdominant]
        leading = limit.branches[0].log_prefactor - np.log(limit.weights[0])
        shares = np.exp(np.minimum(np.array(logs) - leading, 300.0))
        kets = np.array([b.wavefunction for b in limit.subdominant]).reshape(-1, model.dimension)
        mixture = (
            limit.density + np.einsum("b,bi,bj->ij", shares, kets, kets.conj()) if len(shares) else limit.density
        )
        distances.append(float(np.abs(density - mixture / np.trace(mixture).real).max()))
    # 1/N with corrections that are large near criticality; what is exact already stays so.
    right = distances[1] <= max(0.75 * distances[0], 1e-8) and distances[1] < 0.1
    return f"distances {distances[0]:.2e}, {distances[1]:.2e}{'' if right else ' WRONG'}", right


def validate_random(seeds: range) -> tuple[int, int]:
    """Count wrong and refused limits of random qubits."""
    wrong = refused = 0
    for seed in seeds:
        model, state, instant = random_qubit(seed)
        started = time.perf_counter()
        (limit,) = limit_states(model, state, [instant])
        text = describe(limit, time.perf_counter() - started)
        if limit.is_known:
            verdict, right = check_against_certified(model, state, instant, limit)
            wrong, text = wrong + (not right), f"{text}, {verdict}"
        else:
            refused += 1
        print(f"random {seed}: t = {instant:.3g}: {text}", flush=True)
    return wrong, refused


def validate_published() -> tuple[int, int]:
    """Count wrong and refused limits of the published models at t = 1 … 10."""
    wrong = refused = 0
    instants = [float(t) for t in range(1, 11)]
    for name, model, state in published_models():
        started = time.perf_counter()
        limits = limit_states(model, state, instants)
        seconds = time.perf_counter() - started
        print(f"{name}: {seconds:.1f} s", flush=True)
        for instant, limit in zip(instants, limits, strict=True):
            text = describe(limit, 0.0)
            if limit.is_known:
                verdict, right = check_against_certified(model, state, instant, limit)
                wrong, text = wrong + (not right), f"{text}, {verdict}"
            else:
                refused += 1
            print(f"    t = {instant:g}: {text}", flush=True)
    return wrong, refused


def main(arguments: list[str]) -> None:
    """Run one of the validations and print the counts."""
    numbers = [int(argument) for argument in arguments[1:]]
    count, first = [*numbers, *(100, 0)[len(numbers) :]]
    seeds = range(first, first + count)
    runs = {"diagonal": lambda: validate_diagonal(seeds), "random": lambda: validate_random(seeds)}
    wrong, refused = runs.get(arguments[0], validate_published)()
    print(f"{arguments[0]}: {wrong} wrong, {refused} refused")


if __name__ == "__main__":
    main(sys.argv[1:])
