"""Families of models and states, cut into parts that one job computes each.

The members of a study are the product of its states (outermost), of the members of each, and of the values of the
parameters of its model, the last of which varies fastest. One state is cut into *blocks* of consecutive members:
either some members of the state, each with all values of the parameters, or one member of the state with some.
How many members a block has depends on what a member costs, never on how many there are.

A block is named by its content, the model without its grids and the values of its members, so that a wider grid
leaves alone all blocks with members as before. Where members are cut in another way, the jobs of the new blocks
take what the old ones hold: `storage.reuse`. So only new members are computed, wherever values come to a grid.

A single model with a single state is one block, whose name is that of the state. Planning holds blocks, a few
hundred for 10⁵ members, and no object a member.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product

from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.fields.base import canonical_json
from nonhermitian_hartree.fields.numbers import canonical_complex, parse_complex
from nonhermitian_hartree.steps.members import Member, Members

NAME_LENGTH = 12

Values = tuple[complex, ...]


@dataclass(frozen=True)
class Block:
    """Consecutive members of one state of a study.

    Parameters
    ----------
    name : str
        ``state`` or, in a family, ``state/digest``: the folder of its parts of tables.
    state : str
        Canonical JSON of the spec of its states.
    parameters : str
        JSON of the values of the parameters of the model, which `read_members` reads.
    count : int
        How many members.
    """

    name: str
    state: str
    parameters: str
    count: int


def split_members(model: ModelSpec, name: str, state: StateSpec, largest: int) -> list[Block]:
    """Blocks of the members of the state ``name``, each of at most ``largest``, in order."""
    family, models = state.values(), model.count_members()
    if len(family) * models == 1:
        return [_make_block(model, name, state, [next(_rows(model))], is_family=False)]
    blocks = []
    if models <= largest:
        rows, together = list(_rows(model)), largest // models
        for start in range(0, len(family), together):
            part = state.with_values(family[start : start + together])
            blocks.append(_make_block(model, name, part, rows, is_family=True))
        return blocks
    for value in family:
        single, rest = state.with_values((value,)), _rows(model)
        while rows := list(islice(rest, largest)):
            blocks.append(_make_block(model, name, single, rows, is_family=True))
    return blocks


def _rows(model: ModelSpec) -> Iterator[Values]:
    """Values of the parameters of every model of a family, in order."""
    return product(*model.parameters.values())


def _make_block(
    model: ModelSpec, name: str, state: StateSpec, rows: Sequence[Values], *, is_family: bool
) -> Block:
    are_complex = dict(zip(model.parameters, model.complex_parameters(), strict=True))
    values = [[canonical_complex(value) for value in row] for row in rows]
    parameters = json.dumps(
        {"is_family": is_family, "are_complex": list(are_complex.items()), "values": values}, separators=(",", ":")
    )
    spec = canonical_json(state)
    content = "\n".join([canonical_json(model.template()), spec, parameters])
    digest = hashlib.sha256(content.encode()).hexdigest()[:NAME_LENGTH]
    return Block(f"{name}/{digest}" if is_family else name, spec, parameters, len(state.values()) * len(rows))


def read_members(model: str, name: str, state: str, parameters: str) -> Members:
    """The members of a block, from the JSON of its model and from what `Block` has.

    Parameters
    ----------
    model : str
        Canonical JSON of a `ModelSpec`, whose own values of the parameters do not matter.
    name : str
        That of the block; what comes before a slash is the state.
    state, parameters : str
        Of the block.
    """
    family, block = ModelSpec.model_validate_json(model), json.loads(parameters)
    names = [parameter for parameter, _ in block["are_complex"]]
    states = StateSpec.model_validate_json(state)
    members = []
    for value, start in zip(states.values(), states.on(family.shape).members(), strict=True):
        own = canonical_json(states.with_values((value,)))
        for written in block["values"]:
            row = dict(zip(names, map(parse_complex, written), strict=True))
            columns: dict[str, str | float] = {"state": name.partition("/")[0], "p0": start.p0, "tilt": start.tilt}
            columns |= chain.from_iterable(_columns(row[key], key, pair) for key, pair in block["are_complex"])
            identity = canonical_json([model, own, list(zip(names, written, strict=True)), sorted(columns)])
            members.append(Member(family.build(row), start.state, columns, identity))
    return Members(members, block["is_family"])


def _columns(value: complex, name: str, is_complex: bool) -> list[tuple[str, float]]:
    return [(f"{name}_re", value.real), (f"{name}_im", value.imag)] if is_complex else [(name, value.real)]
