"""Linear entropy of a one-particle state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def linear_entropy(density: NDArray[np.complex128]) -> NDArray[np.float64]:
    """``S_L = (Tr ρ)² − Tr ρ² = Σ_{i≠j} (ρ_ii ρ_jj − |ρ_ij|²)`` of (..., d, d) states of trace one, eq. (11).

    In a basis in which one level holds nearly all the weight no large terms cancel; for d = 2 this is ``2 det ρ``.
    """
    populations = np.diagonal(density, axis1=-2, axis2=-1).real
    minors = populations[..., :, None] * populations[..., None, :] - np.abs(density) ** 2
    entropy: NDArray[np.float64] = minors.sum(axis=(-2, -1)) - np.trace(minors, axis1=-2, axis2=-1)
    return entropy
