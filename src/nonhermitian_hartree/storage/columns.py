"""Complex vectors and matrices as pairs of real columns ``…_re``, ``…_im``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from nonhermitian_hartree.arrays import Complex, Real


class Columns(Protocol):
    """Columns by name: a mapping of arrays, or a DataFrame."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the names."""

    def __getitem__(self, name: str, /) -> ArrayLike:
        """Return a column."""


def density_columns(density: Complex) -> dict[str, Real]:
    """Columns ``rho_<i><j>_re/_im`` of (R, d, d) matrices."""
    d = density.shape[-1]
    return {
        f"rho_{i}{j}_{part}": getattr(density[:, i, j], attribute)
        for i in range(d)
        for j in range(d)
        for part, attribute in (("re", "real"), ("im", "imag"))
    }


def vector_columns(prefix: str, vectors: Complex) -> dict[str, Real]:
    """Columns ``<prefix>_<i>_re/_im`` of (R, d) vectors."""
    return {
        f"{prefix}_{i}_{part}": getattr(vectors[:, i], attribute)
        for i in range(vectors.shape[-1])
        for part, attribute in (("re", "real"), ("im", "imag"))
    }


def read_density(columns: Columns) -> Complex:
    """(R, d, d) matrices from the columns ``rho_<i><j>_re/_im``."""
    d = round(sum(name.startswith("rho_") and name.endswith("_re") for name in columns) ** 0.5)
    entries = np.stack([_read_column(columns, f"rho_{i}{j}") for i in range(d) for j in range(d)], axis=-1)
    return entries.reshape(-1, d, d)


def read_vectors(columns: Columns, prefix: str) -> Complex:
    """(R, d) vectors from the columns ``<prefix>_<i>_re/_im``."""
    d = sum(name.startswith(f"{prefix}_") and name.endswith("_re") for name in columns)
    return np.stack([_read_column(columns, f"{prefix}_{i}") for i in range(d)], axis=-1)


def _read_column(columns: Columns, name: str) -> Complex:
    return np.asarray(columns[f"{name}_re"]) + 1j * np.asarray(columns[f"{name}_im"])


STATE_KEYS = ("state", "p0", "tilt")
"""What tells initial states apart: the name in the config and, inside a family, p0 and tilt."""
ROW_KEYS = [*STATE_KEYS, "time"]
