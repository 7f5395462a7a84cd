"""What every exact method returns: one-particle marginals together with how far they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nonhermitian_hartree.arrays import Complex, Real
from nonhermitian_hartree.model.arguments import read_times, refuse

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-8
"""Largest error bound that is let pass unless another is asked for; absolute, of entries of a state of trace 1."""


@dataclass(frozen=True, eq=False)
class Marginals:
    """Normalised one-particle marginals ρ̂^(1), eq. (7), with their errors; leading axes are N and/or t.

    Parameters
    ----------
    density : (..., d, d) complex array
        ρ̂^(1), trace one.
    linear_entropy : (...) array
        ``S_L = 1 − Tr ρ̂²``, eq. (11), computed without cancellation where the method can.
    linear_entropy_error : (...) array
        Absolute error bound of ``linear_entropy``.
    log_norm_rate : (...) array
        ``(1/N) ln⟨Ψ|Ψ⟩``.
    error_bound : (...) array
        Absolute error bound of every entry of ``density`` and of ``log_norm_rate``.
    method : str or (n,) array of str
        Which algorithm made the numbers; an array along the leading axis where it was not one for all.
    """

    density: Complex
    linear_entropy: Real
    linear_entropy_error: Real
    log_norm_rate: Real
    error_bound: Real
    method: str | NDArray[np.str_]

    def __getitem__(self, index: int) -> Marginals:
        """Marginals at one index of the leading axis."""
        return Marginals(
            density=self.density[index],
            linear_entropy=self.linear_entropy[index],
            linear_entropy_error=self.linear_entropy_error[index],
            log_norm_rate=self.log_norm_rate[index],
            error_bound=self.error_bound[index],
            method=self.method if isinstance(self.method, str) else str(self.method[index]),
        )

    @classmethod
    def stack(cls, parts: Sequence[Marginals]) -> Marginals:
        """Join marginals, each of one method, along a new leading axis; indexing takes them apart again."""
        methods = [str(part.method) for part in parts]
        return cls(
            density=np.stack([part.density for part in parts]),
            linear_entropy=np.stack([part.linear_entropy for part in parts]),
            linear_entropy_error=np.stack([part.linear_entropy_error for part in parts]),
            log_norm_rate=np.stack([part.log_norm_rate for part in parts]),
            error_bound=np.stack([part.error_bound for part in parts]),
            method=methods[0] if len(set(methods)) == 1 else np.array(methods),
        )

    def __repr__(self) -> str:
        """How many they are, of how many levels, and how far they can be trusted."""
        *axes, d, _ = self.density.shape
        methods = ", ".join(dict.fromkeys(np.atleast_1d(self.method).tolist()))
        count = " × ".join(map(str, axes)) or "1"
        return f"Marginals: {count} of {d} levels, errors ≤ {np.max(self.error_bound):.1e}, {methods}"

    def to_pandas(self, times: ArrayLike) -> pd.DataFrame:
        """One row a time, with the columns of the workflow's ``exact`` table that are about numbers.

        Parameters
        ----------
        times : (T,) sequence of float
            Of the leading axis, which must be the only one.

        Raises
        ------
        ModelError
            If there is not one time for each density.
        MissingExtraError
            Without the extra ``workflow``.
        """
        from nonhermitian_hartree.storage.columns import density_columns  # says so where pandas is missing

        import pandas as pd  # isort: skip

        instants = read_times(times)
        if self.density.ndim != 3 or len(instants) != len(self.density):
            raise refuse("times", f"{len(instants)} times", "one for each density, along one axis", quote=False)
        return pd.DataFrame(
            {
                "time": instants,
                **density_columns(self.density),
                "linear_entropy": self.linear_entropy,
                "linear_entropy_error": self.linear_entropy_error,
                "log_norm_rate": self.log_norm_rate,
                "error_bound": self.error_bound,
                "method": self.method,
            }
        )

    @classmethod
    def from_pandas(cls, table: pd.DataFrame) -> Marginals:
        """Marginals of the rows of a table, as from `to_pandas` or of one N in the workflow's ``exact`` table.

        Raises
        ------
        ModelError
            If a column is missing, or there are rows of several N.
        """
        from nonhermitian_hartree.storage.columns import read_density

        numbers = ("linear_entropy", "linear_entropy_error", "log_norm_rate", "error_bound")
        missing = {"rho_00_re", *numbers, "method"} - set(table.columns)
        if missing:
            raise refuse("table", f"no column {', '.join(sorted(missing))}", "a table of `to_pandas`", quote=False)
        if "particles" in table and table["particles"].nunique() > 1:
            raise refuse("table", "several numbers of particles", "the rows of one", quote=False)
        methods = table["method"].to_list()
        return cls(
            density=read_density(table),
            **{name: table[name].to_numpy(dtype=float) for name in numbers},
            method=methods[0] if len(set(methods)) == 1 else np.array(methods),
        )


def linear_entropy(density: Complex) -> Real:
    """``S_L = (Tr ρ)² − Tr ρ² = Σ_{i≠j} (ρ_ii ρ_jj − |ρ_ij|²)`` of (..., d, d) states of trace one, eq. (11).

    In a basis in which one level holds nearly all the weight no large terms cancel; for d = 2 this is ``2 det ρ``.
    """
    populations = np.diagonal(density, axis1=-2, axis2=-1).real
    minors = populations[..., :, None] * populations[..., None, :] - np.abs(density) ** 2
    entropy: Real = minors.sum(axis=(-2, -1)) - np.trace(minors, axis1=-2, axis2=-1)
    return entropy
