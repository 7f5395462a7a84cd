"""Rows that an earlier job has computed for a member of a family, found in the parts that lie side by side.

A part of a table holds some members of a family; its folder is named by their content. When a grid is widened or
refined, the members are cut into other parts, in other folders, and the old ones lie beside them until results are
pruned. Every part says in its metadata, for each member, what its rows were made of: `digest_members`. A job that
makes a new part takes from the old ones the rows that were made of the same, bit by bit, and computes the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from nonhermitian_hartree.errors import TableError
from nonhermitian_hartree.storage.columns import MEMBER
from nonhermitian_hartree.storage.origin import CODE_KEY
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns

MEMBERS_KEY = "nonhermitian_hartree.members"


OF_A_BLOCK = ("model", "state", "parameters")
"""Parameters of a job that say which members it computes; each member has its own part of them."""


def digest_members(
    identities: Iterable[str], parameters: Mapping[str, object], origin: Mapping[str, str]
) -> list[str]:
    """Names of the rows of members: digests of each and of all that decides what its rows are.

    Parameters
    ----------
    identities : iterable of str
        Of each member its model and state, as text.
    parameters : mapping
        Of the job; those `OF_A_BLOCK` are left out.
    origin : mapping of str to str
        Of the table, which has the digest of the code, also of what made the tables that it reads.
    """
    made_of = {name: value for name, value in parameters.items() if name not in OF_A_BLOCK}
    return [_digest(identity, made_of | {CODE_KEY: origin[CODE_KEY]}) for identity in identities]


def _digest(identity: str, made_of: Mapping[str, object]) -> str:
    text = json.dumps([identity, made_of], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def find_known_rows(part: str | Path, digests: Sequence[str]) -> dict[int, pa.Table]:
    """Rows of members by their number in ``digests``, from the parts beside the one at the path ``part``.

    A part is ``<block>/<table>.parquet``, and its siblings are those of the same name in the folders beside. One
    that is damaged, or removed meanwhile, holds nothing.
    """
    wanted = {digest: index for index, digest in enumerate(digests)}
    found: dict[int, pa.Table] = {}
    for sibling in list_siblings(part) if wanted else ():
        try:
            held = json.loads((pq.read_schema(sibling).metadata or {})[MEMBERS_KEY.encode()])
            shared = [number for number, digest in enumerate(held) if wanted.get(digest, -1) not in (-1, *found)]
            table = read_parquet(sibling) if shared else None
        except (OSError, KeyError, ValueError, pa.ArrowException, TableError):
            continue
        if table is None:
            continue
        members = table_columns(table.select([MEMBER]))[MEMBER]  # in order
        for number in shared:
            first, last = np.searchsorted(members, [number, number + 1])
            found[wanted[held[number]]] = table.slice(first, last - first).replace_schema_metadata(None)
        if len(found) == len(wanted):
            break
    return found


def list_siblings(part: str | Path) -> Iterator[Path]:
    """Files of the same name in the folders beside that of a part."""
    part = Path(part)
    for folder in sorted(part.parent.parent.glob("*/")):
        sibling = folder / part.name
        if folder != part.parent and sibling.is_file():
            yield sibling
