"""A model from operators of QuTiP, jump operators among them, and marginals back to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.pairs import PairMarginals
from nonhermitian_hartree.extras import require_qutip_extra
from nonhermitian_hartree.limit.state import LimitState
from nonhermitian_hartree.model.arguments import read_particles, refuse
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.operator import read_operator

if TYPE_CHECKING:
    import qutip
    import scipy.sparse as sp


def from_qutip(
    H_one: object,
    jumps: Iterable[object] = (),
    H_pair: object | None = None,
    *,
    collective: Iterable[tuple[complex, object, object]] = (),
    collective_jumps: Iterable[object] = (),
    particles: int | None = None,
) -> Model:
    """No-jump Hamiltonian ``H − (i/2) Σ L†L`` as a model (1), from operators on one and on two particles.

    Parameters
    ----------
    H_one : Qobj, array or sparse array
        (d, d): acts on every particle; goes into A1.
    jumps : list of Qobj or array
        One-body jump operators ℓ that act on each particle on its own, (d, d), or bras (1, d) that take it away:
        each adds ``−(i/2) ℓ†ℓ`` to A1. In units of 1/√time, rates included.
    H_pair : Qobj or array, optional
        On the tensor square, (d², d²), unchanged if the particles are swapped: A2 itself, which eq. (1) divides by
        N − 1.
    collective : list of (coefficient, X, Y)
        Each adds ``(coefficient/N) (Σ_i X_i)(Σ_j Y_j)``, X and Y of shape (d, d): ``(chi, sz, sz)`` is χ J_z²/N,
        ``(g, sp, sm)`` is g J₊J₋/N.
    collective_jumps : list of Qobj or array
        ℓ of jump operators ``L = N^{−1/2} Σ_i ℓ_i``, (d, d): each adds ``−(i/2N) (Σ_i ℓ_i†)(Σ_j ℓ_j)``.
    particles : int, optional
        N ≥ 2 for which the terms of the last two are exact. Without it they are those of N → ∞.

    Returns
    -------
    Model
        On N particles ``(Σ X_i)(Σ Y_j)/N`` is ``1/(N−1) Σ_{i<j} (1 − 1/N)(X⊗Y + Y⊗X)_ij + (1/N) Σ_i (XY)_i``.
        With `particles`, A2 has the factor 1 − 1/N and A1 the shift XY/N, and the model is exact at this N alone.
        Without, both 1/N are left out, which changes no limit, but every finite N at order 1/N.

    Raises
    ------
    ModelError
        Naming the operator that is none, or has a wrong shape.
    """
    import scipy.sparse as sp

    one_body = _read(H_one, "H_one", "a square")
    d = one_body.shape[0]
    square, pair = (d, d), (d * d, d * d)
    if one_body.shape != square:
        raise refuse("H_one", f"the shape {one_body.shape}", "a square operator", quote=False)
    two_body = sp.csr_array(pair, dtype=np.complex128)
    if H_pair is not None:
        two_body = two_body + _read_shape(H_pair, "H_pair", pair)
    for jump in jumps:
        amplitude = _read_jump(jump, d)
        one_body = one_body - 0.5j * (amplitude.conj().T @ amplitude)
    terms = [
        (complex(coefficient), _read_shape(left, "collective", square), _read_shape(right, "collective", square))
        for coefficient, left, right in collective
    ]
    for jump in collective_jumps:
        amplitude = _read_shape(jump, "collective_jumps", square)
        terms.append((-0.5j, sp.csr_array(amplitude.conj().T), amplitude))
    shift = 0.0 if particles is None else 1 / read_particles([particles])[0]
    for coefficient, left, right in terms:
        two_body = two_body + coefficient * (1 - shift) * (sp.kron(left, right) + sp.kron(right, left))
        one_body = one_body + coefficient * shift * (left @ right)
    return Model(sp.csr_array(one_body), sp.csr_array(two_body))


def to_qutip(result: Marginals | PairMarginals | LimitState) -> qutip.Qobj | list[qutip.Qobj]:
    """Density matrices as operators of QuTiP, one for each time, or one for a single time.

    Parameters
    ----------
    result : Marginals, PairMarginals or LimitState
        With at most one leading axis; of pairs ρ̂^(2), on the tensor square.

    Raises
    ------
    ModelError
        If it is something else.
    MissingExtraError
        Without QuTiP, which the extra ``qutip`` installs.
    """
    if not isinstance(result, (Marginals, PairMarginals, LimitState)):
        raise refuse("result", result, "Marginals, PairMarginals or a LimitState")
    require_qutip_extra()
    import qutip

    density = np.asarray(result.density)
    if density.ndim > 3:
        raise ModelError(f"found densities with {density.ndim - 2} leading axes; allowed: at most one, take one N")
    size = density.shape[-1]
    dims: Sequence[Any] = [[size], [size]]
    if isinstance(result, PairMarginals):
        d = result.one_body.density.shape[-1]
        dims = [[d, d], [d, d]]
    if density.ndim == 2:
        return qutip.Qobj(density, dims=dims)
    return [qutip.Qobj(matrix, dims=dims) for matrix in density]


def _read(operator: object, name: str, shape: str) -> sp.csr_array:
    import scipy.sparse as sp

    return sp.csr_array(
        np.atleast_2d(found) if isinstance(found := read_operator(name, operator, shape), np.ndarray) else found
    )


def _read_shape(operator: object, name: str, shape: tuple[int, int]) -> sp.csr_array:
    matrix = _read(operator, name, f"a {shape[0]} × {shape[1]}")
    if matrix.shape != shape:
        raise refuse(name, f"an operator of shape {matrix.shape}", f"one of shape {shape}", quote=False)
    return matrix


def _read_jump(jump: object, dimension: int) -> sp.csr_array:
    """A jump operator on one particle, or the bra ⟨ℓ| of one that takes it away."""
    if getattr(jump, "isbra", False):
        jump = jump.full()  # type: ignore[attr-defined]  # a Qobj, as only those have isbra
    matrix = _read(jump, "jumps", "a d × d")
    if matrix.shape[1] != dimension:
        allowed = f"operators of shape {(dimension, dimension)}, or bras of shape {(1, dimension)}"
        raise refuse("jumps", f"the shape {matrix.shape}", allowed, quote=False)
    return matrix
