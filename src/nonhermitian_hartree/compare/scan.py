"""A family of models scanned: where in parameter space Hartree holds, one verdict for every member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nonhermitian_hartree.compare.assess import read_threshold
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.compare.screening import assess_family
from nonhermitian_hartree.compare.verdict import Verdict
from nonhermitian_hartree.extras import require_workflow_extra
from nonhermitian_hartree.model.arguments import read_particles, read_times, refuse
from nonhermitian_hartree.model.family import ModelFamily
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState, require_pair
from nonhermitian_hartree.numerics.progress import show_progress

if TYPE_CHECKING:
    import pandas as pd

BLOCKS_PER_PROCESS = 4
LARGEST_BLOCK = 100
"""Members in one piece of work: neighbours that seed each other."""


@dataclass(frozen=True, eq=False)
class ScanTable:
    """Verdicts of a family, one row a member.

    Parameters
    ----------
    parameters : mapping of str to (n,) array
        Value of each parameter at each member.
    shape : tuple of int
        Number of values of each parameter; the last varies fastest.
    verdicts : (n,) tuple of Verdict
    """

    parameters: Mapping[str, NDArray[Any]]
    shape: tuple[int, ...]
    verdicts: tuple[Verdict, ...]

    def __len__(self) -> int:
        """How many members there are."""
        return len(self.verdicts)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """All columns by name.

        ``member`` (from 0), one of each parameter, ``judgement`` (``holds``, ``fails``, ``unknown``),
        ``largest_infidelity`` and ``largest_infidelity_time`` (NaN where nothing is known), ``failure_time`` (the
        first; NaN if there is none), ``failure_intervals`` (tuples of pairs), ``confirmed`` and ``reason`` (why
        there is no answer at some times, or empty).
        """
        verdicts = self.verdicts
        intervals = np.empty(len(verdicts), dtype=object)
        intervals[:] = [verdict.failure_intervals for verdict in verdicts]
        return {
            "member": np.arange(len(verdicts)),
            **self.parameters,
            "judgement": np.array([verdict.judgement for verdict in verdicts]),
            "largest_infidelity": _numbers([verdict.largest_infidelity for verdict in verdicts]),
            "largest_infidelity_time": _numbers([verdict.largest_infidelity_time for verdict in verdicts]),
            "failure_time": _numbers([verdict.failure_time for verdict in verdicts]),
            "failure_intervals": intervals,
            "confirmed": np.array([verdict.confirmed for verdict in verdicts]),
            "reason": np.array([verdict.reason for verdict in verdicts]),
        }

    def __getitem__(self, column: str) -> NDArray[Any]:
        """One column, (n,)."""
        return self.columns[column]

    def grid(self, column: str) -> NDArray[Any]:
        """One column with an axis for each parameter, for a map."""
        return self[column].reshape(self.shape)

    def to_pandas(self) -> pd.DataFrame:
        """The columns as a pandas table.

        Raises
        ------
        MissingExtraError
            If pandas, which all but this works without, is not installed.
        """
        require_workflow_extra("pandas")
        import pandas as pd

        return pd.DataFrame(self.columns)

    def __repr__(self) -> str:
        """How many members hold, fail or are unknown."""
        judgements = [verdict.judgement for verdict in self.verdicts]
        counts = ", ".join(f"{judgements.count(kind)} {kind}" for kind in ("holds", "fails", "unknown"))
        return f"ScanTable of {' × '.join(map(str, self.shape))} in {', '.join(self.parameters)}: {counts}"


def scan(
    family: ModelFamily,
    state: ProductState,
    times: ArrayLike,
    threshold: float = HARTREE_THRESHOLD,
    particles: int | None = None,
    processes: int | None = None,
    budget: float = inf,
) -> ScanTable:
    """Say for every member of a family whether, when and by how much Hartree fails for N → ∞.

    Each verdict is that of `assess_hartree`: all times from 0 to the last, the limit confirmed by exact states at
    every member. Neighbours only spare each other the search.

    Parameters
    ----------
    family : ModelFamily
    state : ProductState
        Of the same dimension d.
    times : (T,) sequence of float, or one number
        ≥ 0, in inverse units of the couplings; only the last matters.
    threshold : float
        Infidelity that counts as failure, in (0, 1).
    particles : int, optional
        N for which each verdict also says, to order 1/N, how far Hartree and the limit are from the exact state.
    processes : int, optional
        How many members are worked on at a time; this process alone if absent. On systems that do not fork, a
        script that asks for more than one needs ``if __name__ == "__main__":``.
    budget : float
        Seconds for a member after which what is left of it is ``unknown``.

    Raises
    ------
    ModelError
        Naming the argument that is none of these, or if dimensions differ.
    """
    if not isinstance(family, ModelFamily):
        raise refuse("family", family, "a ModelFamily")
    if processes is not None and not (isinstance(processes, int) and processes >= 1):
        raise refuse("processes", processes, "a whole number ≥ 1, or None")
    models = list(family)
    for model in models:
        require_pair(model, state)
    last, threshold = max(read_times(times)), read_threshold(threshold)
    if particles is not None:
        (particles,) = read_particles([particles])
    question = _Question(state, last, threshold, particles, budget)
    verdicts = question.answer(models) if processes in (None, 1) else _share(question, models, processes or 1)
    coordinates = list(family.coordinates())
    return ScanTable(
        {name: np.array([values[name] for values in coordinates]) for name in family.parameters},
        family.shape,
        tuple(show_progress(verdicts, len(models), "members")),
    )


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of every member."""

    state: ProductState
    last: float
    threshold: float
    particles: int | None
    budget: float

    def answer(self, models: Sequence[Model]) -> Iterator[Verdict]:
        """Verdicts of members in a row."""
        members = ((model, self.state) for model in models)
        return assess_family(members, self.last, self.threshold, self.particles, self.budget)

    def answer_block(self, models: Sequence[Model]) -> list[Verdict]:
        """The same at once, as another process returns it."""
        return list(self.answer(models))


def _share(question: _Question, models: Sequence[Model], processes: int) -> Iterator[Verdict]:
    size = min(LARGEST_BLOCK, ceil(len(models) / (BLOCKS_PER_PROCESS * processes)))
    blocks = [models[start : start + size] for start in range(0, len(models), size)]
    with ProcessPoolExecutor(processes) as pool:
        yield from chain.from_iterable(pool.map(question.answer_block, blocks))


def _numbers(values: Sequence[float | None]) -> NDArray[Any]:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
