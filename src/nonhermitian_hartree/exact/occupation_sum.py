"""Exact marginals of diagonal models with any number of levels, as a sum of positive terms.

With diagonal A1 = diag(a_i) and A2 = diag(b_ij) the state keeps its occupation numbers. Removing one particle from
``|Ψ⟩`` and finding the others with occupations m, Σ m_i = N − 1, leaves that particle in the pure state

    v_i(m) = φ_i exp(−i t [a_i + (b m)_i/(N−1)]),

with the weight ``(N−1)!/Π m_i! Π |φ_i|^{2 m_i} exp(2 t Im E(m))``, E(m) = a·m + (m·b·m − Σ b_ii m_i)/(2(N−1)). The
marginal (7) is the average of ``|v⟩⟨v|`` over these weights: eqs. (16)–(19) for any d and any couplings.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from nonhermitian_hartree.bosons.subspace import list_occupations, log_multinomials
from nonhermitian_hartree.errors import AccuracyError, ModelError
from nonhermitian_hartree.exact.marginals import Marginals, linear_entropy
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import irreducible_model
from nonhermitian_hartree.model.state import ProductState

LARGEST_TERM_COUNT = 2_000_000
"""Largest number C(N + d − 2, d − 1) of terms, which takes 0.8 GB: N = 1999 for d = 3, N = 227 for d = 4."""
EPSILON = float(np.finfo(np.float64).eps)


def sum_diagonal_marginals(model: Model, state: ProductState, particles: int, times: Sequence[float]) -> Marginals:
    """One-particle marginals (7) of a diagonal model, by the sum over all occupations of N − 1 particles.

    Parameters
    ----------
    model : Model
        Diagonal A1 and A2, any complex coefficients, any d.
    state : ProductState
        φ.
    particles : int
        N ≥ 2.
    times : (T,) sequence of float
        Times ≥ 0, in inverse units of the couplings.

    Returns
    -------
    Marginals
        Leading axis t; method ``"closed_form"``. ``error_bound`` is first-order error analysis: the largest
        exponent times a few units of the last place. S_L is taken in the eigenbasis of the marginal, where
        its terms are positive, so its error is relative to its size.

    Raises
    ------
    ModelError
        If A1 or A2 is not diagonal.
    AccuracyError
        If there are more than :data:`LARGEST_TERM_COUNT` terms.
    """
    if not model.is_diagonal:
        raise ModelError("the sum over occupations needs diagonal A1 and A2; use another exact method")
    d = model.dimension
    count = comb(particles + d - 2, d - 1)
    if count > LARGEST_TERM_COUNT:
        raise AccuracyError(
            f"the closed form at N = {particles}, d = {d} has {count} terms, more than the {LARGEST_TERM_COUNT} "
            f"that are summed, so no digit is known; lower N"
        )
    rest = list_occupations(d, particles - 1)
    return Marginals.stack([_marginals_at(model, state, particles, float(time), rest) for time in times])


def _marginals_at(
    model: Model, state: ProductState, particles: int, time: float, rest: NDArray[np.int64]
) -> Marginals:
    """Marginals at one time; `rest` are the occupations of the other N − 1 particles."""
    d, others = model.dimension, particles - 1
    # Without constants and gauges, so that no large energies cancel.
    reduced, constant = irreducible_model(model)
    pairs = reduced.two_body_tensor
    one_body = np.diag(reduced.one_body)
    two_body = np.einsum("ijij->ij", pairs) + np.where(np.eye(d), 0, np.einsum("ijji->ij", pairs))
    fields = rest @ two_body / others
    energies = (rest * (one_body + (fields - np.diag(two_body) / others) / 2)).sum(axis=1)
    log_populations = xlogy(rest, np.abs(state.amplitudes) ** 2).sum(axis=1)
    exponents = -1j * time * (one_body + fields)
    # Each v is divided by its largest factor: what grows most need not be where the weight is.
    occupied = np.flatnonzero(state.amplitudes)
    growth = exponents.real[:, occupied].max(axis=1)
    states = np.zeros_like(exponents)
    states[:, occupied] = state.amplitudes[occupied] * np.exp(exponents[:, occupied] - growth[:, None])
    log_weights = log_multinomials(rest) + log_populations + 2 * time * energies.imag + 2 * growth
    shift = log_weights.max()
    weights = np.exp(log_weights - shift)

    total = float((weights * (np.abs(states) ** 2).sum(axis=1)).sum())
    density = (states.T * (weights / total)) @ states.conj()
    # In the eigenbasis the small populations are sums of small positive terms, not differences of large ones.
    frame = np.linalg.eigh(density)[1][:, ::-1]
    rotated = states @ frame.conj()
    entropy = np.maximum(linear_entropy((rotated.T * (weights / total)) @ rotated.conj()), 0.0)
    hidden = 2 * constant.imag * time
    rate = (np.log(total) + shift) / particles + hidden

    coupling = float(np.abs(one_body).max() + np.abs(two_body).max())
    logarithms = float(gammaln(particles) + np.abs(log_populations[weights > 0]).max())
    relative_error = 8 * EPSILON * (logarithms + particles * (1 + 2 * time * coupling) + d)
    angle_error = 16 * EPSILON * (1 + 2 * time * coupling)
    entropy_error = relative_error * entropy + angle_error * np.sqrt(entropy) + angle_error**2
    bound = relative_error + angle_error + EPSILON * (abs(rate) + 2 * abs(hidden))
    return Marginals(
        density=density,
        linear_entropy=np.asarray(entropy),
        linear_entropy_error=np.asarray(entropy_error),
        log_norm_rate=np.asarray(rate),
        error_bound=np.asarray(bound),
        method="closed_form",
    )
