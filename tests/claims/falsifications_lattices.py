"""Ways in which the tables of the claims about lattices could be wrong: every one must fail its claim."""

from __future__ import annotations

from math import nan

from tests.claims.example_tables import (
    absorbing_edge,
    lattice_tables,
    lossy_ring,
    ring,
    staggered_ring,
    true_tables,
    uniform_ring,
)
from tests.claims.falsifications import change, drop, turn_vectors


def turn_site(claim, table="hartree", size=1e-4, where="time > 0.15", site=2):
    """Return the true tables with another amplitude at one site: real sizes are density, imaginary phase."""

    def turn(kets):
        kets = kets.copy()
        kets[:, site] *= 1 + size
        return kets

    return turn_vectors(true_tables(claim), table, {"hartree": "phi", "limit": "nu"}[table], turn, where)


FALSIFICATIONS_ON_LATTICES = {
    "lossy_ring_obeys_continuity": {
        "more density at one site": turn_site,
        "a turned phase": lambda c: turn_site(c, size=1e-3j),
        "another loss": lambda c: change(c, "hartree", gamma=0.51),
        "no loss told": lambda _: lattice_tables(**lossy_ring(columns={})),
        "gain in place of loss": lambda _: lattice_tables(**lossy_ring(model=ring(8, [(4, 0.5j)], 4))),
        "another site": lambda _: lattice_tables(**lossy_ring(model=ring(8, [(3, -0.5j)], 4))),
        "few times": lambda _: lattice_tables(**lossy_ring(times=(0, 0.5, 1))),
        "no start": lambda c: drop(c, "hartree", "time == 0"),
    },
    "absorbing_edge_obeys_continuity": {
        "more density at one site": lambda c: turn_site(c, site=24),
        "half the losses": lambda _: lattice_tables(**_half_the_edge()),
        "no losses": lambda _: lattice_tables(**absorbing_edge(0)),
    },
    "density_is_mirror_symmetric": {
        "Hartree off at one site": turn_site,
        "the limit off at one site": lambda c: turn_site(c, "limit"),
        "another site of losses": lambda _: lattice_tables(
            **lossy_ring(model=ring(8, [(3, -0.5j)], 4), times=(0, 0.5)), limit=True
        ),
        "flat": lambda _: lattice_tables(**uniform_ring(), limit=True),
    },
    "limit_is_hartree_without_interaction": {
        "an interaction": lambda _: lattice_tables(**staggered_ring(0.1), limit=True),
        "an infidelity": lambda c: change(c, "limit", "time == 1", hartree_infidelity=1e-9),
        "an entropy": lambda c: change(c, "limit", "time == 1", entropy_coefficient=1e-9),
        "no limit at one time": lambda c: change(c, "limit", "time == 1", hartree_infidelity=nan),
        "only the start": lambda c: drop(c, "limit", "time > 0"),
    },
    "staggered_ring_beats": {
        "an interaction": lambda _: lattice_tables(**staggered_ring(0.1)),
        "more density at one site": lambda c: turn_site(c, size=1e-7),
        "another time": lambda c: change(c, "hartree", "time == 1", time=1.001),
    },
    "uniform_ring_entropy_coefficient": {
        "another interaction": lambda _: lattice_tables(**uniform_ring(0.5 - 0.26j), limit=True),
        "1.00001 times": lambda c: change(
            c, "limit", "time == 0.25", entropy_coefficient=lambda r: 1.00001 * r["entropy_coefficient"]
        ),
        "none at one time": lambda c: change(c, "limit", "time == 0.25", entropy_coefficient=nan),
        "another time": lambda c: change(c, "limit", "time == 0.125", time=0.1251),
    },
    "hartree_solves_embedded_burgers": {
        "more at one point": lambda c: turn_site(c, size=1e-5, site=7),
        "another time": lambda c: change(c, "hartree", "time == 0.2", time=0.2001),
        "no start": lambda c: drop(c, "hartree", "time == 0"),
    },
}


def _half_the_edge():
    study = absorbing_edge()
    model = study["model"]
    return study | {"model": type(model)(model.one_body.real + 0.5j * model.one_body.imag, model.couplings)}
