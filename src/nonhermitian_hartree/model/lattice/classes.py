"""Classes of lattice models that claims are about: rings and chains with the hopping −1 between neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.model.classes import ModelClass
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.lattice.operators import FEWEST_ON_RING, hopping
from nonhermitian_hartree.model.pair_couplings import PairCouplings

STAGGERED_GAIN = 0.5
"""γ of the ring with gain on even and loss on odd sites, in units of the hopping."""
INTERACTION = 0.5 - 0.25j
"""g of the uniform ring, in units of the hopping; its contact interaction is d·g."""
EDGE_SITES, EDGE_STRENGTH = 20, 2.0
"""w and W of the edge that absorbs: −iW (k/w)² on the last w sites, in units of the hopping."""
VISCOSITY = 0.05
"""ν of Burgers' equation on a ring of length 2π."""


def _lattice(
    boundary: str, is_diagonal: Callable[[Complex], bool], is_pair: Callable[[Model], bool]
) -> Callable[[Model], bool]:
    def contains(model: Model) -> bool:
        d = model.dimension
        if d < FEWEST_ON_RING:
            return False
        rest = model.one_body - hopping(-1, [d], boundary).toarray()
        diagonal = np.diag(rest)
        return not np.any(rest - np.diag(diagonal)) and is_diagonal(diagonal) and is_pair(model)

    return contains


def _is_contact(model: Model) -> bool:
    """Whether pairs interact on the same site only, with real strengths."""
    levels, values = model.couplings.levels, model.couplings.values
    return bool((levels == levels[0]).all() and not values.imag.any())


def _is_loss_at_middle(diagonal: Complex) -> bool:
    others = np.delete(diagonal, len(diagonal) // 2)
    return not (others.any() or diagonal.real.any())


def _is_edge(diagonal: Complex) -> bool:
    depth = np.maximum(np.arange(len(diagonal)) - (len(diagonal) - 1 - EDGE_SITES), 0)
    return np.allclose(diagonal, -1j * EDGE_STRENGTH * depth**2 / EDGE_SITES**2, rtol=1e-12, atol=0)


def _is_staggered(diagonal: Complex) -> bool:
    signs = 1 - 2 * (np.arange(len(diagonal)) % 2)
    return len(diagonal) % 2 == 0 and np.array_equal(diagonal, 1j * STAGGERED_GAIN * signs)


def _is_uniform_contact(model: Model) -> bool:
    d = model.dimension
    return model.couplings.equals(PairCouplings.contact(np.full(d, d * INTERACTION)))


def _is_mirror_symmetric(model: Model) -> bool:
    """Whether i → −i on a ring changes nothing."""
    image = -np.arange(model.dimension) % model.dimension
    pairs = model.couplings
    mirrored = PairCouplings.from_elements(model.dimension, image[pairs.levels], pairs.values)
    return np.array_equal(model.one_body, model.one_body[np.ix_(image, image)]) and pairs.equals(mirrored)


def _is_burgers(model: Model) -> bool:
    generator = -1j * model.one_body
    step = 2 * np.pi / (model.dimension - 1)
    return bool(
        model.dimension > FEWEST_ON_RING
        and not generator.imag.any()
        and not generator[0].any()
        and np.allclose(np.diag(generator)[1:], -2 * VISCOSITY / step**2, rtol=1e-12)
    )


LOSSY_RING = ModelClass(
    "a ring with hopping −1, a loss −iγ at site d/2 and real contact: γ is the parameter gamma",
    _lattice("periodic", _is_loss_at_middle, _is_contact),
)
ABSORBING_EDGE = ModelClass(
    f"a chain with hopping −1, losses −{EDGE_STRENGTH:g}i (k/{EDGE_SITES})² on its last {EDGE_SITES} sites and "
    "real contact",
    _lattice("open", _is_edge, _is_contact),
)
STAGGERED_RING = ModelClass(
    f"a ring with hopping −1, ±{STAGGERED_GAIN:g}i on even and odd sites, and no two_body",
    _lattice("periodic", _is_staggered, lambda model: not len(model.couplings.values)),
)
UNIFORM_RING = ModelClass(
    f"a ring with hopping −1 and contact d·({INTERACTION})",
    _lattice("periodic", lambda diagonal: not diagonal.any(), _is_uniform_contact),
)
MIRROR_SYMMETRIC = ModelClass("a ring that i → −i does not change", _is_mirror_symmetric)
EMBEDDED_BURGERS = ModelClass(f"Burgers' equation, ν = {VISCOSITY:g}, of config/operators", _is_burgers)
