"""The claims about lattices and grids of many modes."""

from __future__ import annotations

from nonhermitian_hartree.claims.claim import Claim
from nonhermitian_hartree.claims.measures import lattices
from nonhermitian_hartree.model.classes import WITHOUT_INTERACTION
from nonhermitian_hartree.model.lattice.classes import (
    ABSORBING_EDGE,
    EMBEDDED_BURGERS,
    LOSSY_RING,
    MIRROR_SYMMETRIC,
    STAGGERED_RING,
    UNIFORM_RING,
)

SPLINE_TOLERANCE = 1e-5
"""Of a time integral of a cubic spline through the times of a study, which is most of a violation."""

CLAIMS_ON_LATTICES = (
    Claim(
        lattices.lossy_ring_obeys_continuity,
        "docs/lattices.md",
        "the density of Hartree changes by the currents, and by the loss at one site, only (largest violation)",
        ("hartree",),
        expected=0,
        tolerance=SPLINE_TOLERANCE,
        models=LOSSY_RING,
    ),
    Claim(
        lattices.absorbing_edge_obeys_continuity,
        "docs/lattices.md",
        "the density of a packet changes by the currents, and by the losses at the edge, only (largest violation)",
        ("hartree",),
        expected=0,
        tolerance=SPLINE_TOLERANCE,
        models=ABSORBING_EDGE,
    ),
    Claim(
        lattices.density_is_mirror_symmetric,
        "docs/lattices.md",
        "the densities of Hartree and of the limit are the same on both sides of the site with losses",
        ("hartree", "limit"),
        expected=0,
        tolerance=1e-9,
        models=MIRROR_SYMMETRIC,
    ),
    Claim(
        lattices.limit_is_hartree_without_interaction,
        "§2, below eq. (12)",
        "without two-body term Hartree is the limit, and the linear entropy is zero at every N",
        ("limit",),
        expected=0,
        tolerance=1e-10,
        models=WITHOUT_INTERACTION,
    ),
    Claim(
        lattices.staggered_ring_beats,
        "docs/lattices.md",
        "with gain and loss on alternate sites of a ring the density beats as that of two levels, E^2 = 4 - g^2",
        ("hartree",),
        expected=0,
        tolerance=1e-9,
        models=STAGGERED_RING,
    ),
    Claim(
        lattices.uniform_ring_entropy_coefficient,
        "docs/lattices.md",
        "on a uniform ring lim N S_L is the sum of the closed forms of all pairs of momenta (ratio)",
        ("limit",),
        expected=1,
        tolerance=1e-7,
        models=UNIFORM_RING,
    ),
    Claim(
        lattices.hartree_solves_embedded_burgers,
        "arXiv:2011.06571",
        "the ratios of the amplitudes of Hartree solve Burgers' equation on the grid (largest difference)",
        ("hartree",),
        expected=0,
        tolerance=1e-7,
        models=EMBEDDED_BURGERS,
    ),
)
