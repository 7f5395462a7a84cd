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


WIDEST = 8
"""d up to which each component of a vector or matrix has columns of its own; beyond, a column holds lists."""


def density_columns(density: Complex) -> dict[str, Real]:
    """Columns of (R, d, d) matrices: ``rho_<i><j>_re/_im``, beyond d = 8 ``rho_re/_im`` of lists, row by row."""
    d = density.shape[-1]
    names = [f"{i}{j}" for i in range(d) for j in range(d)]
    return _component_columns("rho", names, density.reshape(len(density), d * d), is_wide=d > WIDEST)


def vector_columns(prefix: str, vectors: Complex) -> dict[str, Real]:
    """Columns of (R, d) vectors: ``<prefix>_<i>_re/_im``, beyond d = 8 ``<prefix>_re/_im`` of lists."""
    d = vectors.shape[-1]
    return _component_columns(prefix, list(map(str, range(d))), vectors, is_wide=d > WIDEST)


def read_density(columns: Columns) -> Complex:
    """(R, d, d) matrices from the columns of `density_columns`."""
    entries = read_vectors(columns, "rho")
    d = round(entries.shape[-1] ** 0.5)
    return entries.reshape(-1, d, d)


def read_vectors(columns: Columns, prefix: str) -> Complex:
    """(R, d) vectors from the columns of `vector_columns`."""
    names = list(columns)
    if f"{prefix}_re" in names:
        parts = [np.asarray(columns[f"{prefix}_{part}"]) for part in ("re", "im")]
        real, imaginary = (part if part.ndim == 2 else np.stack(list(part)) for part in parts)
        return np.asarray(real + 1j * imaginary)
    stems = [name[:-3] for name in names if name.startswith(f"{prefix}_") and name.endswith("_re")]
    return np.stack([_read_column(columns, stem) for stem in stems], axis=-1)


def _component_columns(prefix: str, names: list[str], vectors: Complex, *, is_wide: bool) -> dict[str, Real]:
    parts = (("re", vectors.real), ("im", vectors.imag))
    if is_wide:
        return {f"{prefix}_{part}": values for part, values in parts}
    return {f"{prefix}_{name}_{part}": values[:, i] for i, name in enumerate(names) for part, values in parts}


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
