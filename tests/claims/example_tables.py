"""Small true tables that each claim is judged on, made by the package itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import load_npz

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.claims.measures.lattices import edge_losses
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.lattice import operators as lattice
from nonhermitian_hartree.model.lattice.classes import INTERACTION, STAGGERED_GAIN
from nonhermitian_hartree.steps.assessment import assess_members
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.exact import tabulate_exact
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.steps.members import Members
from nonhermitian_hartree.steps.power_law import tabulate_power_laws
from nonhermitian_hartree.steps.verdict import tabulate_verdicts
from tests.members import members_of, members_of_family
from tests.systems import (
    COUNTEREXAMPLE,
    DRIVEN_LOSS,
    LOSS_WITH_HOPPING,
    TRANSVERSE_ISING,
    TRANSVERSE_MIXING,
    one_body_loss,
)

Tables = dict[str, pd.DataFrame]

TAIL_FRACTION = 0.75
MANY_PARTICLES = tuple(int(n) for n in np.geomspace(100, 10**6, 13))
MODERATE_PARTICLES = (20, 50, 100, 140, 190, 250, 320, 400)
LARGE_PARTICLES = tuple(int(n) for n in np.geomspace(10**5, 10**7, 7))
TIMES_OF_A_CURVE = tuple(np.linspace(0, 2, 81))
TIMES_AROUND_HALF = tuple(np.linspace(0.49, 0.51, 21))


ONE_BODY_LOSS = one_body_loss(0.7)


DIMERS = """{
    "parameters": {"gamma": %s, "u": %s},
    "one_body": {"X": -1, "I": {"gamma": "-0.25j"}, "Z": {"gamma": "-0.25j"}},
    "two_body": {"II": {"u": 0.5}, "ZZ": {"u": 0.5}}
}"""
FIELDS = """{"parameters": {"field": %s}, "one_body": {"X": {"field": 1}}, "two_body": {"ZZ": "1j"}}"""


def _make_members(model, key, values, phase):
    make = members_of_family if isinstance(model, str) else members_of
    return make(model, **{key: list(values), "phase": phase})


@cache
def _make_tables(model, key, values, phase, particles, times) -> Tables:
    members = _make_members(model, key, values, phase)
    hartree = tabulate_hartree(members, times)
    tables = {
        "exact": tabulate_exact(members, particles, times, 1e-8).to_pandas(),
        "hartree": hartree.to_pandas(),
        "limit": tabulate_limit(members, times, hartree).to_pandas(),
    }
    return tables | {"comparison": compare_states(tables["exact"], tables["hartree"], tables["limit"]).to_pandas()}


@cache
def _make_verdict(model, key, values, phase, particles, times) -> pd.DataFrame:
    members = _make_members(model, key, values, phase)
    assessments = assess_members(members, times[-1], HARTREE_THRESHOLD, max(particles))
    return pd.DataFrame(tabulate_verdicts("model", assessments, None))


def lattice_tables(model, times, columns=None, *, limit=False, **form) -> Tables:
    """Hartree table of a model of a lattice, and the limit if asked for; parameters come after the state."""
    members = members_of(model, **form)
    members = Members([replace(member, columns=member.columns | (columns or {})) for member in members], False)
    hartree = tabulate_hartree(members, times)
    tables = {"hartree": hartree.to_pandas()}
    return tables | ({"limit": tabulate_limit(members, times, hartree).to_pandas()} if limit else {})


@cache
def _true_lattice_tables(claim) -> Tables:
    return lattice_tables(**LATTICE_OF_CLAIM[claim](), limit="limit" in CLAIMS[claim].tables)


def make_tables(
    values, particles=(10,), times=(1.0,), *, model=COUNTEREXAMPLE, key="p0", phase=0.3, fitted="", verdict=False
) -> Tables:
    """Tables of a model, or the JSON of a family, for a family of states; power law and verdict if asked for."""
    study = (model, key, values, phase, particles, times)
    tables = {name: table.copy() for name, table in _make_tables(*study).items()}
    if verdict:
        tables["verdict"] = _make_verdict(*study).copy()
    return refit(tables, fitted) if fitted else tables


def compare_anew(tables: Tables) -> Tables:
    """Return the tables with the comparison that follows from the exact, Hartree and limit tables."""
    return tables | {"comparison": compare_states(tables["exact"], tables["hartree"], tables["limit"]).to_pandas()}


def refit(tables: Tables, quantity: str) -> Tables:
    """Return the tables with the power law that follows from the comparison."""
    return tables | {"power_law": tabulate_power_laws(tables["comparison"], [quantity], TAIL_FRACTION)}


COEFFICIENT = {
    "model": LOSS_WITH_HOPPING,
    "values": (0.7,),
    "particles": (20, 100, 200, 400),
    "times": (0.25, 0.5),
}

STUDY_OF_CLAIM = {
    "entropy_scales_inversely": {"values": (0.6,), "particles": MANY_PARTICLES, "times": (0.25, 1)},
    "entropy_saturates": {"values": (0.5,), "particles": (1000, 10**6), "times": (0.75, 1, 2)},
    "late_state_is_maximally_mixed": {"values": (0.5,), "times": (2, 4, 6, 8)},
    "critical_time": {"values": (0.5,), "particles": (100, 10**6, 10**8), "times": TIMES_AROUND_HALF},
    "hartree_fails": {"values": (0.1, 0.6), "particles": (1000, 10**6), "times": (0, 0.25, 1)},
    "hartree_holds_before_transition": {"values": (0.5,), "particles": MANY_PARTICLES, "times": (0.1, 0.4)},
    "limit_infidelity_scales_inversely": {"values": (0.6,), "particles": MANY_PARTICLES, "times": (0.25, 1)},
    "limit_infidelity_scales_inverse_square": {"values": (0.5,), "particles": MANY_PARTICLES, "times": (1,)},
    "mixture_is_mirror_symmetric": {"values": (0.5,), "times": (0.51, 1, 3)},
    "balanced_state_is_unstable": {"values": (-1e-8, 1e-9, 1e-7), "key": "tilt", "times": (0, 1, 2)},
    "poles_attract": {"values": (0, 0.02, 0.5, 0.51, 0.9), "times": (0, 1, 2, 5, 10)},
    "poles_stay": {"values": (0, 1), "particles": (2, 1000, 10**9), "times": (0, 0.5, 1, 10)},
    "maximiser_is_unique": {"values": (0, 0.1, 0.5, 0.55, 1), "times": (0, 0.25, 0.5, 0.75, 1, 2)},
    "maximiser_avoids_convex_part": {"values": (0.4, 0.6), "times": TIMES_OF_A_CURVE},
    "hartree_solves_its_equation": {"values": (0, 0.1, 0.6), "times": TIMES_OF_A_CURVE},
    "limit_solves_its_equation": {"values": (0, 0.1, 0.6), "times": TIMES_OF_A_CURVE},
    "limit_is_hartree_only_at_start": {"values": (0, 0.1, 0.5, 0.51, 1), "times": (0, 0.25, 0.5, 1, 2)},
    "laplace_converges": {"values": (0.5, 0.6), "particles": (10, 2000, 10000, 50000), "times": (0.1, 1)},
    "hartree_holds_if_hermitian": {
        "model": TRANSVERSE_ISING,
        "values": (0.7,),
        "particles": MODERATE_PARTICLES,
        "times": (0.25, 0.5),
    },
    "hartree_holds_while_symmetric": {
        "model": TRANSVERSE_MIXING,
        "values": (0.5,),
        "phase": 0,
        "particles": MODERATE_PARTICLES,
        "times": (0.05, 0.15),
    },
    "hartree_infidelity_stays": {
        "model": LOSS_WITH_HOPPING,
        "values": (0.7,),
        "particles": LARGE_PARTICLES,
        "times": (0.25, 0.5),
    },
    "entropy_stays_if_mixed": {"values": (0.5,), "particles": LARGE_PARTICLES, "times": (0.75, 1)},
    "hartree_is_exact_without_interaction": {
        "model": DRIVEN_LOSS,
        "values": (0.7,),
        "particles": (2, 10, 50),
        "times": (0, 0.5, 1),
    },
    "hartree_infidelity_tends_to_limit": {
        "model": LOSS_WITH_HOPPING,
        "values": (0.7,),
        "particles": (20, 100, 200, 400),
        "times": (0.25, 0.5),
    },
    "entropy_tends_to_mixture": {"values": (0.5,), "particles": (100, 1000, 10000), "times": (0.75, 1)},
    "entropy_tends_to_its_coefficient": COEFFICIENT,
    "limit_infidelity_tends_to_half_the_coefficient": COEFFICIENT,
    "exact_reaches_limit": {"values": (0.5, 0.6), "particles": (1000, 10**9), "times": (0.25, 1)},
    "loss_limit_has_phase_of_final_imbalance": {
        "model": ONE_BODY_LOSS,
        "values": (0.3, 0.6),
        "times": (0, 0.5, 2),
    },
    "loss_hartree_has_phase_of_past_imbalance": {
        "model": ONE_BODY_LOSS,
        "values": (0.3, 0.6),
        "times": (0, 0.5, 2),
    },
    "transverse_splitting_time": {
        "model": TRANSVERSE_MIXING,
        "values": (0.5,),
        "phase": 0,
        "times": (0, 0.5, 0.55),
        "verdict": True,
    },
    "splitting_time_over_field": {
        "model": FIELDS % [0, 0.5],
        "values": (0.5,),
        "phase": 0,
        "times": (0, 0.55),
        "verdict": True,
    },
    "infidelity_starts_from_defect": {
        "model": DIMERS % ([1, 2], [1, 4]),
        "values": (0.5,),
        "phase": 0,
        "times": (0, 0.02, 0.04, 0.06),
        "verdict": True,
    },
    "lossy_dimer_is_known_on_its_axes": {
        "model": DIMERS % ([0, 1], [0, 1, 6]),
        "values": (1,),
        "phase": 0,
        "times": (0, 0.5, 2),
    },
    "critical_entropy_exponent": {"values": (0.5,), "particles": MANY_PARTICLES, "times": (0.5,)},
    "critical_entropy_prefactor": {"values": (0.5,), "particles": (10**6, 10**12), "times": (0.5,)},
    "coexistence_entropy": {"values": (-1e-4, 0, 5e-5, 3e-4), "key": "tilt", "particles": (10**4,), "times": (1,)},
    "entropy_prefactor": {"values": (0.1, 0.6), "particles": (10, 10**7), "times": (0.25, 1)},
    "laplace_fails_at_transition": {
        "values": (0.5,),
        "particles": (100, 10**6, 10**7, 10**8),
        "times": (0.49, 0.5),
    },
}


def ring(modes, onsite=0, strength=0.0, boundary="periodic"):
    """A ring, or a chain, with the hopping −1, energies of sites and contact interaction."""
    return Model(
        lattice.hopping(-1, [modes], boundary) + lattice.onsite(onsite, modes), lattice.contact(strength, modes)
    )


def lossy_ring(**changes):
    return {
        "model": ring(8, [(4, -0.5j)], 4),
        "times": tuple(np.linspace(0, 1, 41)),
        "columns": {"gamma": 0.5},
        "uniform": True,
    } | changes


def staggered_ring(strength=0.0):
    onsite = STAGGERED_GAIN * 1j * (1 - 2 * (np.arange(8) % 2))
    return {"model": ring(8, onsite, strength), "times": (0, 0.5, 1), "uniform": True}


def uniform_ring(interaction=INTERACTION):
    return {"model": ring(9, 0, 9 * interaction), "times": (0, 0.125, 0.25), "uniform": True}


def absorbing_edge(onsite=None):
    losses = -1j * edge_losses(48) if onsite is None else onsite
    return {
        "model": ring(48, losses, 2, "open"),
        "times": tuple(np.linspace(0, 2, 41)),
        "gaussian": {"center": 24, "width": 4, "momentum": 1.5},
    }


def embedded_burgers():
    folder = Path(__file__).parents[2] / "config" / "operators"
    parts = [load_npz(folder / f"burgers_{body}_body.npz") for body in ("one", "two")]
    return {"model": Model(*parts), "times": (0, 0.2, 0.4), "file": str(folder / "burgers_state.npy")}


LATTICE_OF_CLAIM = {
    "lossy_ring_obeys_continuity": lossy_ring,
    "absorbing_edge_obeys_continuity": absorbing_edge,
    "density_is_mirror_symmetric": lambda: lossy_ring(times=(0, 0.5)),
    "limit_is_hartree_without_interaction": staggered_ring,
    "staggered_ring_beats": staggered_ring,
    "uniform_ring_entropy_coefficient": uniform_ring,
    "hartree_solves_embedded_burgers": embedded_burgers,
}


def true_tables(claim: str) -> Tables:
    """Tables on which a claim holds."""
    if claim in LATTICE_OF_CLAIM:
        return {name: table.copy() for name, table in _true_lattice_tables(claim).items()}
    return make_tables(**STUDY_OF_CLAIM[claim], fitted=CLAIMS[claim].fitted)
