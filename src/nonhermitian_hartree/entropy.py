"""Linear entropy of a one-particle state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def linear_entropy(density: NDArray[np.complex128]) -> float:
    """``S_L = (Tr ρ)² − Tr ρ² = Σ_{i≠j} (ρ_ii ρ_jj − |ρ_ij|²)`` of a (d, d) state of trace one, eq. (11).

    No large terms cancel when one level holds nearly all the weight; for d = 2 this is ``2 det ρ``.
    """
    populations = np.diag(density).real
    minors = np.outer(populations, populations) - np.abs(density) ** 2
    return float(minors.sum() - np.trace(minors))
