"""Exact one-particle marginals of any model: the method is chosen here and recorded with the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.exact_closed_form import closed_form_marginals
from nonhermitian_hartree.marginals import Marginals
from nonhermitian_hartree.model import Model, ProductState


def exact_marginals(
    model: Model, state: ProductState, particles: Sequence[int], times: Sequence[float], tolerance: float
) -> list[Marginals]:
    """Exact marginals ρ̂^(1), eq. (7), for each N; the leading axis of each is time."""
    if not (model.is_diagonal and model.dimension == 2):
        raise ModelError("only diagonal qubit models can be computed so far")
    closed = closed_form_marginals(model, state, particles, times)
    return [closed[i] for i in range(len(particles))]
