"""The members of a family of models and states, and a table with the rows of each of them.

A family is a product: of the states of a study (outermost, in its order), of the members of each state, and of the
values of the parameters of the model, in the order in which they are written, the last of which varies fastest. A
single model with a single state is a family of one. A member that fails is a row with a ``reason``, unless it is
the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from nonhermitian_hartree.errors import NonHermitianHartreeError
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.numerics.progress import show_progress
from nonhermitian_hartree.storage.columns import MEMBER
from nonhermitian_hartree.storage.parquet import concatenate_tables, first_line, table_columns, with_members

FAILURES = (NonHermitianHartreeError, np.linalg.LinAlgError)
"""What a member may end with that says more about the member than about the program."""


@dataclass(frozen=True, eq=False)
class Member:
    """One model with one initial state.

    Parameters
    ----------
    model, state : Model, ProductState
    columns : mapping of str to str or float
        What the tables say of it: ``state`` (the name), ``p0`` and ``tilt`` (NaN for d > 2), and the parameters of
        the model, complex ones as ``…_re`` and ``…_im``.
    identity : str
        Text that two members have in common if, and only if, they are the same model and state.
    """

    model: Model
    state: ProductState
    columns: Mapping[str, str | float]
    identity: str = ""


@dataclass(frozen=True, eq=False)
class Members:
    """Members that one job computes, in order.

    Parameters
    ----------
    items : sequence of Member
    is_family : bool
        Whether they are of a family of several, so that a member that fails does not end the others.
    """

    items: Sequence[Member]
    is_family: bool

    @property
    def identities(self) -> list[str]:
        """Those of members whose rows another job may have; none of a single member, which has no other job."""
        return [member.identity for member in self.items] if self.is_family else []

    def __len__(self) -> int:
        """How many there are."""
        return len(self.items)

    def __iter__(self) -> Iterator[Member]:
        """Iterate over the members."""
        return iter(self.items)


def tabulate_members(
    members: Members,
    tabulate: Callable[[int, Member], pa.Table],
    fill: Callable[[int, Member, str], pa.Table],
    known: Mapping[int, pa.Table],
    what: str,
) -> pa.Table:
    """Rows of every member, in order, with its number among them in the column ``member``.

    Parameters
    ----------
    members : Members
    tabulate : callable
        Computes the rows of one, from its number and itself.
    fill : callable
        Makes rows without numbers of one that failed, from the reason.
    known : mapping of int to table
        Rows that need not be computed, by the number of the member.
    what : str
        What is computed, for the progress.

    Raises
    ------
    NonHermitianHartreeError
        If the only member fails.
    """
    tables = []
    for index, member in show_progress(enumerate(members), len(members), what):
        table = known.get(index)
        if table is None:
            try:
                table = tabulate(index, member)
            except FAILURES as error:
                if not members.is_family:
                    raise
                table = fill(index, member, first_line(error))
        tables.append(with_members(table, index))
    return concatenate_tables(tables)


def concatenate_members(parts: Sequence[pa.Table], first_members: Sequence[int]) -> pa.Table:
    """Rows of the parts of a table, in order, their members numbered from what is the first of each."""
    return concatenate_tables(
        with_members(part, first + table_columns(part.select([MEMBER]))[MEMBER])
        for part, first in zip(parts, first_members, strict=True)
    )
