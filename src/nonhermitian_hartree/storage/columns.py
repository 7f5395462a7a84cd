"""Complex vectors and matrices as pairs of real columns ``…_re``, ``…_im``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


MEMBER = "member"
"""Column of the number of a member of a study, from 0: the product of its states and of the parameters."""
ROW_KEYS = [MEMBER, "time"]
"""What tells rows apart, beside the number of particles or the branch."""
STATE_COLUMNS = (MEMBER, "state", "p0", "tilt")
"""First columns of every table: the member, and its initial state; the parameters of its model come next."""


def parameter_columns(names: Iterable[str]) -> list[str]:
    """Columns of the parameters of the model among all columns of a table, which are in order."""
    listed = list(names)
    start = listed.index(STATE_COLUMNS[-1]) + 1
    ends = [index for index, name in enumerate(listed) if name in _AFTER_PARAMETERS]
    return listed[start : min(ends)]


_AFTER_PARAMETERS = frozenset(["particles", "time", "judgement", "x"])


def join_complex(columns: Mapping[str, float]) -> dict[str, complex]:
    """Parameters by name, from their columns: ``…_re`` and ``…_im`` are one complex number."""
    joined: dict[str, complex] = {}
    for name, value in columns.items():
        stem = name.removesuffix("_re").removesuffix("_im")
        joined[stem] = joined.get(stem, 0.0) + (1j * value if name.endswith("_im") else value)
    return joined
