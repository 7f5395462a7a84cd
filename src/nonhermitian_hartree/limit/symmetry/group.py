"""Symmetries of a model and its initial state: the maps that carry branches of the limit onto branches.

On symmetric states ``A^(N) = (N/2) × mean over pairs of K``, ``K = A1⊗1 + 1⊗A1 + A2``, and only the block of K on
symmetric pairs matters. A unitary U with ``(U⊗U) K (U⊗U)† = K`` there and ``Uφ = φ`` commutes with A^(N) at every
N, however A1 and A2 share what a gauge may move between them. An antiunitary Θ = U·conj with ``Θφ = φ`` and
``Θ A^(N) Θ⁻¹ = −A^(N)``, up to a real constant, maps solutions of ``i ∂Ψ = A^(N) Ψ`` onto solutions as well.
Derivation: docs/theory_limit.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.limit.symmetry.pair_operator import TOLERANCE, PairOperator, hermitian_matrices
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

WEAKEST_CONSTRAINTS = (1e-4, 1e-7, 1e-10)
"""Linear conditions weaker than this only make the search space larger, where they are left out."""
SAME_ELEMENT = 1e-6
LARGEST_DIMENSION = 12
LARGEST_GROUP = 1500
STARTS = 24
ROUNDS = 12
DESCENT_STEPS = 60
PATIENCE = 5
SOLVED = 1e-27
NEARLY = 0.03
"""Residual below which there may be a symmetry nearby that leaves an approximate commutant."""
LARGEST_SAMPLE_OF_COSETS = 6
INVERTIBLE = 1e-6
INDEPENDENT = 1e-6


@dataclass(frozen=True, eq=False)
class Symmetry:
    """A map of one-particle states that leaves φ and, up to the sign of an antiunitary map, A^(N) as they are.

    Parameters
    ----------
    matrix : (d, d) complex array
        U, unitary.
    is_antiunitary : bool
        Whether the map is ``U·conj`` instead of U.
    """

    matrix: Complex
    is_antiunitary: bool

    def apply(self, kets: Complex) -> Complex:
        """Image of kets of shape (..., d)."""
        return np.asarray((kets.conj() if self.is_antiunitary else kets) @ self.matrix.T)


@dataclass(frozen=True, eq=False)
class SymmetryGroup:
    """The stabiliser of (A^(N), φ): its Lie algebra, and maps that generate the rest.

    Parameters
    ----------
    generators : (n, d, d) complex array
        Orthonormal Hermitian G with ``Gφ = 0`` whose groups ``e^{iαG}`` are symmetries; n = 0 if there are none.
    elements : tuple of Symmetry
        Maps that generate, together with the generators, all that were found; without the identity.
    """

    generators: Complex
    elements: tuple[Symmetry, ...]

    @property
    def is_continuous(self) -> bool:
        """Whether there are one-parameter groups of symmetries."""
        return len(self.generators) > 0


def find_symmetries(model: Model, state: ProductState) -> SymmetryGroup:
    """Find the unitary and antiunitary maps that leave (A^(N), φ) as they are, in any basis.

    Algorithm, in a basis that begins with φ, where ``U = 1 ⊕ V``: the Lie algebra is the kernel of
    ``X → [X⊗1 + 1⊗X, K]``. For the other elements, operators O that are built from K and φ alone (partial traces,
    contractions) commute with every symmetry; their common commutant is linear algebra, and usually trivial, and
    then so is the group. Otherwise ``‖(U⊗U) K (U⊗U)† − K‖`` is minimised over the unitaries of the commutant
    (Levenberg–Marquardt from 24 random starts at a time, until a round of starts finds nothing that products of
    known elements do not give), and where that ends close to zero, over all unitaries. Weak conditions count as
    such or not in several tries, so that an almost symmetric model keeps the symmetries that it does have.

    What is returned holds to 1e-13 of the Frobenius norm of K: with a larger asymmetry there is no symmetry, and a
    smaller one is hidden by rounding. That nothing is missing is very likely, and not proved. Above d = 12 nothing
    is looked for. Takes milliseconds where the commutant is trivial, otherwise about 0.1 s for d ≤ 4, and some
    seconds for highly symmetric models of d = 10.
    """
    d = model.dimension
    pairs = PairOperator.of(model)
    if d > LARGEST_DIMENSION or pairs is None:
        return SymmetryGroup(np.empty((0, d, d), dtype=complex), ())
    frame = _complete_frame(state.amplitudes)
    pairs = pairs.in_basis(frame)
    everything = _hermitian_matrices_beside_first(d)
    generators = _lie_algebra(pairs, everything)
    unitaries = _UnitaryGroup(d, is_finite=len(generators) == 0)
    antiunitaries: list[Complex] = []  # one will do: the others are its products with unitary ones
    dimension = 0
    for weakest in WEAKEST_CONSTRAINTS:
        commutant = _intertwiners(pairs, pairs, weakest)
        if len(commutant) == dimension:
            continue
        dimension = len(commutant)
        algebras = [_hermitian_basis(commutant), everything]
        if len(algebras[0]):
            for found in _search(pairs, pairs, commutant, algebras):
                if not sum(unitaries.add(matrix) for matrix in found):
                    break
        if not antiunitaries:
            space = _intertwiners(pairs.reversed, pairs, weakest)
            antiunitaries += next(_search(pairs.reversed, pairs, space, algebras), [])[:1]
    elements = [Symmetry(frame @ matrix @ frame.conj().T, False) for matrix in unitaries.generating]
    elements += [Symmetry(frame @ matrix @ frame.T, True) for matrix in antiunitaries]
    return SymmetryGroup(frame @ generators @ frame.conj().T, tuple(elements))


def _complete_frame(first: Complex) -> Complex:
    """Unitary matrix whose first column is the given unit vector."""
    _, _, rows = np.linalg.svd(first.conj()[None], full_matrices=True)
    return np.concatenate([first[:, None], rows[1:].conj().T], axis=1)


def _hermitian_matrices_beside_first(d: int) -> Complex:
    """Orthonormal basis of the Hermitian matrices whose first row and column are zero; ((d-1)**2, d, d)."""
    basis = np.zeros(((d - 1) ** 2, d, d), dtype=complex)
    basis[:, 1:, 1:] = hermitian_matrices(d - 1)
    return basis


def _covariants(pairs: PairOperator) -> list[Complex]:
    """One-particle operators made of K and φ only, φ the first basis vector; each (d, d)."""
    tensor = pairs.tensor
    d = len(tensor)
    matrix = tensor.reshape(d * d, d * d)
    adjoint = matrix.conj().T
    products = [matrix, matrix @ matrix, matrix @ adjoint, adjoint @ matrix]
    traces = [np.einsum("ijkj->ik", product.reshape(d, d, d, d)) for product in products]
    created, removed = tensor[:, :, 0, 0], tensor[0, 0]
    pairings = [created @ created.conj().T, removed.conj().T @ removed, created @ removed]
    return [np.diag(np.eye(d, dtype=complex)[0]), *traces, tensor[:, 0, :, 0], *pairings]


def _intertwiners(source: PairOperator, target: PairOperator, weakest: float) -> Complex:
    """Basis (m, d, d) of all M with ``M O' = O M`` for the covariants O' → O and their adjoints."""
    before, after = _covariants(source), _covariants(target)
    d = len(before[0])
    identity = np.eye(d)
    rows = []
    for one, other in zip(before, after, strict=True):
        for b, a in ((one, other), (one.conj().T, other.conj().T)):
            rows.append(np.kron(identity, b.T) - np.kron(a, identity))
    return _null_space(np.concatenate(rows), weakest).T.reshape(-1, d, d)


def _null_space(matrix: Complex, tolerance: float) -> Complex:
    """Orthonormal columns that ``matrix`` maps to less than ``tolerance``."""
    triangle = np.linalg.qr(matrix, mode="r") if matrix.shape[0] > matrix.shape[1] else matrix
    _, singular, rows = np.linalg.svd(triangle, full_matrices=True)
    small = np.ones(len(rows), dtype=bool)
    small[: len(singular)] = singular <= tolerance
    return np.asarray(rows[small].conj().T)


def _hermitian_basis(commutant: Complex) -> Complex:
    """Orthonormal Hermitian matrices X (m, d, d) with ``Xφ = 0`` that span the commutant up to the identity."""
    d = commutant.shape[1]
    space = commutant - commutant[:, :1, :1] * np.eye(d)
    space[:, 0], space[:, :, 0] = 0, 0
    adjoint = space.conj().swapaxes(1, 2)
    both = np.concatenate([space + adjoint, 1j * (space - adjoint)]).reshape(-1, d * d)
    _, singular, rows = np.linalg.svd(np.concatenate([both.real, both.imag], axis=1), full_matrices=False)
    kept = rows[singular > INDEPENDENT]
    return np.asarray((kept[:, : d * d] + 1j * kept[:, d * d :]).reshape(-1, d, d))


def _lie_algebra(pairs: PairOperator, everything: Complex) -> Complex:
    """Orthonormal Hermitian X among real combinations of ``everything`` with ``[X⊗1 + 1⊗X, K] = 0``."""
    lifted = pairs.lifted(everything)
    change = (lifted @ pairs.block - pairs.block @ lifted).reshape(len(everything), -1)
    kernel = _null_space(np.concatenate([change.real, change.imag], axis=1).T, TOLERANCE).real
    return np.asarray(np.einsum("km,kij->mij", kernel, everything))


class _UnitaryGroup:
    """Unitaries found so far; those of a finite group together with all their products."""

    def __init__(self, dimension: int, is_finite: bool) -> None:
        self.generating: list[Complex] = []
        self._is_finite = is_finite
        self._members = [np.eye(dimension, dtype=complex)]

    @property
    def is_full(self) -> bool:
        """Whether no more are to be looked for; beside a Lie algebra six random ones generate the rest."""
        return len(self._members) >= (LARGEST_GROUP if self._is_finite else LARGEST_SAMPLE_OF_COSETS + 1)

    def add(self, matrix: Complex) -> bool:
        """Whether the matrix was new."""
        if self.is_full or self._has(matrix):
            return False
        self.generating.append(matrix)
        self._members.append(matrix)
        frontier = list(self._members) if self._is_finite else []
        while frontier:
            products = [generator @ member for generator in self.generating for member in frontier]
            frontier = []
            for product in products:
                if not self.is_full and not self._has(product):
                    self._members.append(product)
                    frontier.append(product)
        return True

    def _has(self, matrix: Complex) -> bool:
        return bool((np.abs(np.array(self._members) - matrix).max(axis=(1, 2)) < SAME_ELEMENT).any())


def _search(
    source: PairOperator, target: PairOperator, space: Complex, algebras: list[Complex]
) -> Iterator[list[Complex]]:
    """Unitaries with ``(U⊗U) K' (U⊗U)† = K`` that random starts lead to, one round of starts at a time."""
    generator = np.random.default_rng(7)
    rounds, starts = (ROUNDS, STARTS) if len(algebras[0]) else (1, 1)
    for _ in range(rounds if len(space) else 0):
        weights = generator.normal(size=(starts, len(space))) + 1j * generator.normal(size=(starts, len(space)))
        mixed = np.einsum("nm,mij->nij", weights, space)
        left, singular, right = np.linalg.svd(mixed[:, 1:, 1:])
        unitaries = np.zeros_like(mixed)
        unitaries[:, 0, 0] = 1
        unitaries[:, 1:, 1:] = left @ right * np.exp(-1j * np.angle(mixed[:, 0, 0]))[:, None, None]
        unitaries = unitaries[singular[:, -1] > INVERTIBLE]
        found: list[Complex] = []
        for algebra in algebras:
            unitaries = _descend(source, target, unitaries, algebra)
            residual = np.abs(source.rotated(unitaries) - target.block).max(axis=(1, 2), initial=0.0)
            exact = residual <= TOLERANCE
            found += list(unitaries[exact])
            unitaries = unitaries[~exact & (residual < NEARLY)]
        yield found


def _descend(source: PairOperator, target: PairOperator, unitaries: Complex, algebra: Complex) -> Complex:
    """Minimise ``‖(U⊗U) K' (U⊗U)† − K‖`` over ``U ← e^{iX} U``, X in the algebra, from each start at once.

    What has stopped falling far from zero, in a local minimum, is left out; (≤ n, d, d).
    """
    if not len(algebra) or not len(unitaries):
        return unitaries
    lifted = target.lifted(algebra)
    rotated = source.rotated(unitaries)
    cost = _squares(rotated - target.block)
    damping, earlier = np.full(len(cost), 1e-2), cost
    for count in range(1, DESCENT_STEPS + 1):
        miss = (rotated - target.block).reshape(len(unitaries), -1)
        slope = 1j * (lifted @ rotated[:, None] - rotated[:, None] @ lifted)
        slope = slope.reshape(len(unitaries), len(algebra), -1)
        gram = (slope.conj() @ slope.swapaxes(1, 2)).real
        gradient = (slope.conj() @ miss[:, :, None]).real
        gram = gram + damping[:, None, None] * np.eye(len(algebra))
        step = -np.linalg.solve(gram, gradient)[:, :, 0]
        trial = _exponential(np.einsum("nm,mij->nij", step, algebra)) @ unitaries
        trial_rotated = source.rotated(trial)
        trial_cost = _squares(trial_rotated - target.block)
        better = trial_cost < cost
        unitaries = np.where(better[:, None, None], trial, unitaries)
        rotated = np.where(better[:, None, None], trial_rotated, rotated)
        cost = np.where(better, trial_cost, cost)
        damping = np.clip(np.where(better, damping / 8, damping * 4), 1e-14, 1e4)
        if np.abs(step[cost > SOLVED]).max(initial=0.0) < 1e-12:
            break
        if count % PATIENCE == 0:
            alive = cost < np.maximum(0.7 * earlier, NEARLY**2)
            unitaries, rotated, cost, damping = unitaries[alive], rotated[alive], cost[alive], damping[alive]
            earlier = cost
    left, _, right = np.linalg.svd(unitaries)  # unitary to rounding again
    return np.asarray(left @ right)


def _squares(blocks: Complex) -> Real:
    return np.asarray((np.abs(blocks) ** 2).sum(axis=(1, 2)))


def _exponential(hermitian: Complex) -> Complex:
    energies, vectors = np.linalg.eigh(hermitian)
    return np.asarray((vectors * np.exp(1j * energies)[:, None, :]) @ vectors.conj().swapaxes(1, 2))
