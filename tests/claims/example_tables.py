"""Small true tables that each claim is judged on, made by the package itself."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.compare.quantities import HARTREE_THRESHOLD
from nonhermitian_hartree.steps.assessment import assess_members
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.exact import tabulate_exact
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.steps.limit import tabulate_limit
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


def true_tables(claim: str) -> Tables:
    """Tables on which a claim holds."""
    return make_tables(**STUDY_OF_CLAIM[claim], fitted=CLAIMS[claim].fitted)
