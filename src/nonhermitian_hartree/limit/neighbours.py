"""What the members of a family spare each other: the paths of the nearest one before are seeds for the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nonhermitian_hartree.limit.state import ray_distance
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState

if TYPE_CHECKING:
    from nonhermitian_hartree.limit.two_point.newton import TwoPointPath

    Paths = Mapping[float, Sequence[TwoPointPath]]

REMEMBERED = 200
"""Members of which the branches are kept: more than a row of most grids."""


@dataclass(frozen=True, eq=False)
class _Neighbour:
    model: Model
    state: ProductState
    paths: Paths


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Paths of the branches (`LimitCurve.paths`) of the last two hundred members of a family."""

    _known: deque[_Neighbour] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def remember(self, model: Model, state: ProductState, paths: Paths) -> None:
        """Keep the paths of a member, if it has any."""
        if paths:
            self._known.append(_Neighbour(model, state, paths))

    def nearest_paths(self, model: Model, state: ProductState) -> Paths:
        """Paths of the member that differs least in A1, A2 and φ; none if there is none of this dimension."""

        def distance(member: _Neighbour) -> float:
            changes = (member.model.one_body - model.one_body, member.model.two_body - model.two_body)
            turned = ray_distance(member.state.amplitudes, state.amplitudes)
            return float(sum(map(np.linalg.norm, changes)) / size + turned)

        alike = [member for member in self._known if member.model.dimension == model.dimension]
        if not alike:
            return {}
        size = max(float(np.linalg.norm(model.one_body) + np.linalg.norm(model.two_body)), 1e-300)
        return min(alike, key=distance).paths
