"""Small true tables that each claim is judged on, made by the package itself."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from nonhermitian_hartree.claim_catalogue import CLAIMS
from nonhermitian_hartree.claims_limit import COUNTEREXAMPLE
from nonhermitian_hartree.comparison import compare_states
from nonhermitian_hartree.exact_table import tabulate_exact
from nonhermitian_hartree.hartree_table import tabulate_hartree
from nonhermitian_hartree.limit_table import tabulate_limit
from nonhermitian_hartree.power_law_table import tabulate_power_laws
from nonhermitian_hartree.state_spec import StateSpec

Tables = dict[str, pd.DataFrame]

TAIL_FRACTION = 0.3
MANY_PARTICLES = tuple(int(n) for n in np.geomspace(100, 10**6, 13))
TIMES_OF_A_CURVE = tuple(np.linspace(0, 2, 81))
TIMES_AROUND_HALF = tuple(np.linspace(0.49, 0.51, 21))


@cache
def _make_tables(key, values, particles, times) -> Tables:
    members = StateSpec.model_validate({key: list(values), "phase": 0.3}).members()
    hartree = tabulate_hartree(COUNTEREXAMPLE, "s", members, times)
    tables = {
        "exact": tabulate_exact(COUNTEREXAMPLE, "s", members, particles, times, 1e-8).to_pandas(),
        "hartree": hartree.to_pandas(),
        "limit": tabulate_limit(COUNTEREXAMPLE, "s", members, times, hartree).to_pandas(),
    }
    return tables | {"comparison": compare_states(tables["exact"], tables["hartree"], tables["limit"]).to_pandas()}


def make_tables(values, particles=(10,), times=(1.0,), *, key="p0", fitted="") -> Tables:
    """Tables of the counterexample for a family of states; the power law of one quantity where it is asked for."""
    tables = {name: table.copy() for name, table in _make_tables(key, values, particles, times).items()}
    return refit(tables, fitted) if fitted else tables


def compare_anew(tables: Tables) -> Tables:
    """Return the tables with the comparison that follows from the exact, Hartree and limit tables."""
    return tables | {"comparison": compare_states(tables["exact"], tables["hartree"], tables["limit"]).to_pandas()}


def refit(tables: Tables, quantity: str) -> Tables:
    """Return the tables with the power law that follows from the comparison."""
    return tables | {"power_law": tabulate_power_laws(tables["comparison"], [quantity], TAIL_FRACTION)}


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
    "laplace_converges": {"values": (0.5, 0.6), "particles": (10, 2000, 50000), "times": (0.1, 1)},
    "laplace_fails_at_transition": {"values": (0.5,), "particles": (100, 10**6, 10**8), "times": (0.49, 0.5)},
}


def true_tables(claim: str) -> Tables:
    """Tables on which a claim holds."""
    return make_tables(**STUDY_OF_CLAIM[claim], fitted=CLAIMS[claim].fitted)
