"""Orbits of limiting states under the symmetries of a model: closed sets of branches, averages over a group."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ConvergenceError
from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.limit.symmetry.group import SymmetryGroup
from nonhermitian_hartree.limit.symmetry.pair_operator import hermitian_matrices

SAME_RAY = 1e-6
"""Branches are known to about 1e-11, and their images under different symmetries are far apart."""
STAYS = 1e-7
LARGEST_ORBIT = 2000
FIXED = 1e-8


def close_under_symmetries(kets: Iterable[Complex], group: SymmetryGroup) -> list[Complex]:
    """Kets with all their images under the symmetries, each ray once, the given ones first.

    A ket that a one-parameter group moves has an orbit without end: it is kept without images, and `orbit_average`
    is for those.

    Parameters
    ----------
    kets : iterable of (d,) complex arrays
        Unit vectors.
    group : SymmetryGroup

    Raises
    ------
    ConvergenceError
        If there are more than 2000 images.
    """
    closed: list[Complex] = []

    def add(ket: Complex) -> None:
        if all(ray_distance(ket, other) > SAME_RAY for other in closed):
            closed.append(ket)

    for ket in kets:
        add(np.asarray(ket, dtype=np.complex128))
    reached = 0
    while reached < len(closed):
        ket = closed[reached]
        reached += 1
        if group.elements and not broken_directions(ket, group).shape[1]:
            for element in group.elements:
                add(element.apply(ket))
        if len(closed) > LARGEST_ORBIT:
            raise ConvergenceError(
                f"the symmetries of the model give more than {LARGEST_ORBIT} branches of the limit; break the "
                "symmetry slightly, or start from a state that is less symmetric"
            )
    return closed


def orbit_average(ket: Complex, group: SymmetryGroup) -> Complex:
    """Average of ``|ν⟩⟨ν|`` over the whole group, continuous and discrete; (d, d), trace one.

    The group acts on Hermitian matrices, a real space of dimension d², by rotations (antiunitary maps as well).
    The average over a compact group is the orthogonal projection onto what it leaves as it is: linear algebra,
    exact to rounding.
    """
    d = len(ket)
    basis = hermitian_matrices(d)
    changes = [1j * (generator @ basis - basis @ generator) for generator in group.generators]
    for element in group.elements:
        moved = basis.conj() if element.is_antiunitary else basis
        changes.append(element.matrix @ moved @ element.matrix.conj().T - basis)
    density = np.outer(ket, ket.conj())
    if not changes:
        return density
    conditions = np.concatenate([np.einsum("bij,aji->ba", basis, change).real for change in changes])
    _, singular, rows = np.linalg.svd(conditions)
    fixed = rows[singular <= FIXED]
    components = np.einsum("aij,ji->a", basis, density).real
    return np.asarray(np.einsum("a,aij->ij", fixed.T @ (fixed @ components), basis))


def broken_directions(ket: Complex, group: SymmetryGroup) -> Complex:
    """Unit vectors ``P⊥ iGν`` in which one-parameter groups move ν, orthonormal over the reals; (d, r).

    r is the number of broken generators: the dimension of the orbit of the ray.
    """
    if not len(group.generators):
        return np.empty((len(ket), 0), dtype=complex)
    motions = (1j * group.generators) @ ket
    motions = motions - np.outer(motions @ ket.conj(), ket)
    columns = np.concatenate([motions.real, motions.imag], axis=1).T
    left, singular, _ = np.linalg.svd(columns, full_matrices=False)
    kept = left[:, singular > STAYS]
    return np.asarray(kept[: len(ket)] + 1j * kept[len(ket) :])


def softness_across_orbit(squeezing: Complex, directions: Complex) -> float:
    """Largest singular value of Z that the motion along an orbit does not explain.

    The weight of final states is constant along an orbit, so that each of its directions a obeys ``a = Z ā``: as
    many singular values of Z are one as there are broken generators. The branch is a maximum, up to the orbit,
    if all others are below one.

    Parameters
    ----------
    squeezing : (d, d) complex array
        Z across ν, symmetric.
    directions : (d, r) complex array
        See `broken_directions`.

    Raises
    ------
    ConvergenceError
        If Z does not leave the directions as they are to 1e-5: ν is not a solution, or Z is not its squeezing.
    """
    error = float(np.abs(squeezing @ directions.conj() - directions).max(initial=0.0))
    if not error <= 1e-5:
        raise ConvergenceError(
            f"the squeezing of a branch changes a direction of its symmetry by {error:.2g}; the branch is not a "
            "solution of the two-point equations: look for it again from other starts"
        )
    unitary, _ = np.linalg.qr(directions)
    across = np.eye(len(squeezing)) - unitary @ unitary.conj().T
    return float(np.linalg.svd(across @ squeezing @ across.T, compute_uv=False)[0])
