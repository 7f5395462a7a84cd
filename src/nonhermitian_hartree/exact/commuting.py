"""Exact marginals of models that are diagonal in another basis: the closed forms there, rotated back.

In that basis the model is known up to rounding only, and what a rounding does depends on the model, N and t: next
to a coexistence of two branches ρ̂ changes on the scale 1/N. So the closed form is evaluated for models and states
that differ by some roundings as well, and the spread is the error of the rotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.model.diagonal_frame import DiagonalFrame
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.irreducible import strength
from nonhermitian_hartree.model.state import ProductState

EPSILON = float(np.finfo(np.float64).eps)
ROUNDING = 4 * EPSILON
"""Least relative error of A1, A2 and φ in the new basis."""
BALANCED = 16 * EPSILON
"""A tilt ``ln |φ0/φ1|`` below this is none, if no growth that is more than rounding drives it."""
RUNS = 2
MARGIN = 6.0
SEED = 20260118


def diagonal_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float]
) -> list[Marginals]:
    """Marginals of a diagonal model by its closed form, one per N, each with leading axis t.

    Raises
    ------
    AccuracyError
        If there is none within the limits of the closed forms.
    """
    if model.dimension == 2:
        closed = closed_form_marginals(model, state, particles, times)
        return [closed[index] for index in range(len(particles))]
    # imported here, so that a closed form does not wait for the special functions of a sum
    from nonhermitian_hartree.exact.occupation_sum import sum_diagonal_marginals

    return [sum_diagonal_marginals(model, state, number, times) for number in particles]


def rotated_marginals(frame: DiagonalFrame, particles: Sequence[int], times: Sequence[float]) -> list[Marginals]:
    """Marginals of the model of which ``frame`` is the diagonal form, in its own basis, as `diagonal_marginals`.

    To the errors of the closed form comes :data:`MARGIN` times the largest change in :data:`RUNS` repetitions in
    which every element of A1 and A2, and φ by as much as what is left beside the diagonal moves it until the last
    time, is changed by its rounding error, with random sizes and signs.

    Raises
    ------
    AccuracyError
        If the closed form has no answer.
    """
    is_balanced = _is_balanced(frame)
    # a tie stays a tie in any basis
    frame = _make_alike(frame) if is_balanced else frame
    centres = diagonal_marginals(frame.model, frame.state, particles, times)
    generator = np.random.default_rng(SEED)
    runs = []
    for _ in range(RUNS):
        moved = _perturb(frame, max(times), generator)
        moved = _make_alike(moved) if is_balanced else moved
        runs.append(diagonal_marginals(moved.model, moved.state, particles, times))
    return [_rotate(frame, centre, others, times) for centre, *others in zip(centres, *runs, strict=True)]


def _rotate(
    frame: DiagonalFrame, centre: Marginals, others: Sequence[Marginals], times: Sequence[float]
) -> Marginals:
    """Marginals in the basis of the model, with what the spread adds to their errors."""
    density = np.max([np.abs(other.density - centre.density).max(axis=(1, 2)) for other in others], axis=0)
    entropy = np.max([np.abs(other.linear_entropy - centre.linear_entropy) for other in others], axis=0)
    rate = np.max([np.abs(other.log_norm_rate - centre.log_norm_rate) for other in others], axis=0)
    hidden = 2 * frame.shift.imag * np.asarray(times, dtype=float)
    log_norm_rate = centre.log_norm_rate + hidden
    rounding = EPSILON * (np.abs(log_norm_rate) + 2 * np.abs(hidden) + 8 * frame.state.dimension)
    return replace(
        centre,
        density=frame.columns @ centre.density @ frame.columns.conj().T,
        log_norm_rate=log_norm_rate,
        error_bound=centre.error_bound + MARGIN * np.maximum(density, rate) + rounding,
        linear_entropy_error=centre.linear_entropy_error + MARGIN * entropy,
    )


def _is_balanced(frame: DiagonalFrame) -> bool:
    """Whether only rounding tells the two levels of a qubit apart, in φ and in what makes them grow."""
    tilt = frame.state.tilt
    growth = np.abs(np.diag(frame.model.one_body).imag).max()
    return tilt is not None and abs(tilt) <= BALANCED and bool(growth <= BALANCED * strength(frame.model))


def _make_alike(frame: DiagonalFrame) -> DiagonalFrame:
    """The same frame with |φ0| = |φ1| and no growth that tells the two levels apart."""
    pairs = np.diag(frame.model.two_body).copy()
    pairs[[0, 3]] = pairs[[0, 3]].mean()
    model = Model(frame.model.one_body.real.astype(complex), np.diag(pairs))
    phases = np.exp(1j * np.angle(frame.state.amplitudes))
    return replace(frame, model=model, state=ProductState(phases / np.sqrt(2), 0.0))


def _perturb(frame: DiagonalFrame, time: float, generator: np.random.Generator) -> DiagonalFrame:
    """A model and state that rounding does not tell from those of the frame."""
    d, energy = frame.model.dimension, strength(frame.model)
    size = max(ROUNDING, frame.rounding)

    def noise(*shape: int) -> Complex:
        return np.asarray(size * (generator.normal(size=shape) + 1j * generator.normal(size=shape)))

    levels = energy * noise(d, d)
    model = Model(
        frame.model.one_body + np.diag(energy * noise(d)),
        frame.model.two_body + np.diag(((levels + levels.T) / 2).ravel()),
    )
    amplitudes = frame.state.amplitudes + (1 + energy * time) * noise(d)
    return replace(frame, model=model, state=ProductState(amplitudes / np.linalg.norm(amplitudes)))
