"""Arrays as the numerics hold them: their types, and how they are made immutable."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


def freeze(array: ArrayLike) -> Complex:
    """Read-only complex copy of an array."""
    frozen = np.array(array, dtype=np.complex128)
    frozen.setflags(write=False)
    return frozen
