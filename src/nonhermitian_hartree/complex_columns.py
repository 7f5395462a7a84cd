"""Complex vectors and matrices as pairs of real columns ``…_re``, ``…_im``."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Complex = NDArray[np.complex128]


def density_columns(density: Complex) -> dict[str, NDArray[np.float64]]:
    """Columns ``rho_<i><j>_re/_im`` of (R, d, d) matrices."""
    d = density.shape[-1]
    return {
        f"rho_{i}{j}_{part}": getattr(density[:, i, j], attribute)
        for i in range(d)
        for j in range(d)
        for part, attribute in (("re", "real"), ("im", "imag"))
    }


def vector_columns(prefix: str, vectors: Complex) -> dict[str, NDArray[np.float64]]:
    """Columns ``<prefix>_<i>_re/_im`` of (R, d) vectors."""
    return {
        f"{prefix}_{i}_{part}": getattr(vectors[:, i], attribute)
        for i in range(vectors.shape[-1])
        for part, attribute in (("re", "real"), ("im", "imag"))
    }


def read_density(frame: pd.DataFrame) -> Complex:
    """(R, d, d) matrices from the columns ``rho_<i><j>_re/_im``."""
    d = round(sum(c.startswith("rho_") and c.endswith("_re") for c in frame.columns) ** 0.5)
    entries = [_read_column(frame, f"rho_{i}{j}") for i in range(d) for j in range(d)]
    return np.stack(entries, axis=-1).reshape(len(frame), d, d)


def read_vectors(frame: pd.DataFrame, prefix: str) -> Complex:
    """(R, d) vectors from the columns ``<prefix>_<i>_re/_im``."""
    d = sum(c.startswith(f"{prefix}_") and c.endswith("_re") for c in frame.columns)
    return np.stack([_read_column(frame, f"{prefix}_{i}") for i in range(d)], axis=-1)


def _read_column(frame: pd.DataFrame, name: str) -> Complex:
    return np.asarray(frame[f"{name}_re"].to_numpy() + 1j * frame[f"{name}_im"].to_numpy())
