"""Ways in which the tables of claims beyond the counterexample could be wrong: every one must fail its claim."""

from __future__ import annotations

from math import nan

from nonhermitian_hartree.claims.measures.beyond import symmetric_splitting_time
from tests.claims.example_tables import (
    DIMERS,
    LARGE_PARTICLES,
    LOSS_WITH_HOPPING,
    MANY_PARTICLES,
    MODERATE_PARTICLES,
    ONE_BODY_LOSS,
    TRANSVERSE_ISING,
    TRANSVERSE_MIXING,
    make_tables,
    refit,
    true_tables,
)
from tests.claims.falsifications import (
    bend,
    change,
    drop,
    exchange_theories,
    move_population,
    relabel,
    turn_vectors,
)


def turn_phase(claim, table, prefix, where):
    """Return the true tables with another relative phase in some rows."""
    return turn_vectors(true_tables(claim), table, prefix, lambda kets: kets * [1, 1 + 1e-9j], where)


def miss_coefficient(quantity):
    """Ways to falsify what N times ``quantity`` tends to."""
    return {
        "is 1.01 times as large": lambda c: change(
            c, "comparison", "time == 0.5", **{quantity: lambda r: 1.01 * r[quantity]}
        ),
        "stays": lambda c: change(c, "comparison", "time == 0.5", **{quantity: 0.01}),
        "falls as 1/N^2": lambda c: change(c, "comparison", **{quantity: lambda r: r["particles"] ** -2.0}),
        "another coefficient": lambda c: change(
            c, "limit", "time == 0.25", entropy_coefficient=lambda r: 1.01 * r["entropy_coefficient"]
        ),
        "no coefficient at one time": lambda c: change(c, "limit", "time == 0.5", entropy_coefficient=nan),
        "no limit at one time": lambda c: drop(c, "limit", "time == 0.5"),
        "two N": lambda c: drop(c, "comparison", "particles < 200"),
        "a mixed limit": lambda _: make_tables((0.5,), (100, 1000, 10000), (0.75, 1)),
        "at the transition": lambda _: make_tables((0.5,), (100, 1000, 10000), (0.5,)),
    }


FALSIFICATIONS_BEYOND = {
    "hartree_holds_if_hermitian": {
        "falls as N^-0.98": lambda c: bend(c, 0.02),
        "falls as N^-1.02": lambda c: bend(c, -0.02),
        "saturates at 1e-4": lambda c: refit(
            change(c, "comparison", hartree_infidelity=lambda r: r["hartree_infidelity"] + 1e-4),
            "hartree_infidelity",
        ),
        "falls, but is large": lambda c: change(c, "comparison", hartree_infidelity=lambda r: 1 / r["particles"]),
        "not Hermitian": lambda _: make_tables(
            (0.7,), MODERATE_PARTICLES, (0.5,), model=LOSS_WITH_HOPPING, fitted="hartree_infidelity"
        ),
    },
    "hartree_holds_while_symmetric": {
        "falls as N^-0.98": lambda c: bend(c, 0.02),
        "falls as N^-1.02": lambda c: bend(c, -0.02),
        "falls, but is large": lambda c: change(c, "comparison", hartree_infidelity=lambda r: 1 / r["particles"]),
        "not symmetric": lambda _: make_tables(
            (0.7,), MODERATE_PARTICLES, (0.25,), model=TRANSVERSE_MIXING, phase=0, fitted="hartree_infidelity"
        ),
    },
    "hartree_infidelity_stays": {
        "falls as N^-0.02": lambda c: bend(c, -0.02),
        "grows as N^0.02": lambda c: bend(c, 0.02),
        "is that of a Hermitian model": lambda _: make_tables(
            (0.7,), MODERATE_PARTICLES, (0.5,), model=TRANSVERSE_ISING, fitted="hartree_infidelity"
        ),
        "another quantity was fitted": lambda c: change(c, "power_law", quantity="linear_entropy"),
    },
    "entropy_stays_if_mixed": {
        "falls as N^-0.02": lambda c: bend(c, -0.02),
        "grows as N^0.02": lambda c: bend(c, 0.02),
        "a pure limit": lambda _: make_tables((0.6,), LARGE_PARTICLES, (0.75, 1), fitted="linear_entropy"),
        "at the transition": lambda _: make_tables((0.5,), LARGE_PARTICLES, (0.5,), fitted="linear_entropy"),
        "has an uncertain exponent": lambda c: change(c, "power_law", "time == 1", exponent_stderr=0.02),
    },
    "hartree_is_exact_without_interaction": {
        "mixed by 1e-11": lambda c: change(
            c, "comparison", "particles == 50 and time == 1", linear_entropy=1e-11, linear_entropy_error=1e-12
        ),
        "Hartree off by 1e-11": lambda c: change(
            c, "comparison", "time == 0.5", hartree_infidelity=1e-11, hartree_infidelity_error=1e-12
        ),
        "too uncertain": lambda c: change(c, "comparison", "time == 1", hartree_infidelity_error=1e-6),
        "an interaction": lambda _: make_tables((0.7,), (2, 10, 50), (0, 0.5, 1), model=TRANSVERSE_ISING),
    },
    "hartree_infidelity_tends_to_limit": {
        "is 1.01 times as large": lambda c: change(
            c, "comparison", "time == 0.5", hartree_infidelity=lambda r: 1.01 * r["hartree_infidelity"]
        ),
        "falls as 1/N": lambda c: change(c, "comparison", hartree_infidelity=lambda r: 1 / r["particles"]),
        "Hartree is the limit": lambda c: change(c, "limit", "time == 0.25", hartree_infidelity=0.0),
        "another infidelity of the limit": lambda c: change(
            c, "limit", "time == 0.25", hartree_infidelity=lambda r: 1.01 * r["hartree_infidelity"]
        ),
        "no limit at one time": lambda c: drop(c, "limit", "time == 0.5"),
        "two N": lambda c: drop(c, "comparison", "particles < 200"),
    },
    "entropy_tends_to_mixture": {
        "is 1.01 times as large": lambda c: change(
            c, "comparison", "time == 1", linear_entropy=lambda r: 1.01 * r["linear_entropy"]
        ),
        "falls as 1/N": lambda c: change(c, "comparison", linear_entropy=lambda r: 1 / r["particles"]),
        "another mixture": lambda c: change(
            c, "limit", "time == 0.75", linear_entropy=lambda r: 0.99 * r["linear_entropy"]
        ),
        "a pure limit": lambda _: make_tables((0.6,), (100, 1000, 10000), (0.75, 1)),
        "no limit at one time": lambda c: drop(c, "limit", "time == 1"),
        "two N": lambda c: drop(c, "comparison", "particles == 100"),
    },
    "entropy_tends_to_its_coefficient": miss_coefficient("linear_entropy"),
    "limit_infidelity_tends_to_half_the_coefficient": miss_coefficient("limit_infidelity"),
    "exact_reaches_limit": {
        "an entry off": lambda c: change(
            c, "exact", "particles == 1e9 and time == 1", rho_01_im=lambda r: r["rho_01_im"] + 1e-7
        ),
        "the limit is Hartree": lambda _: exchange_theories(
            make_tables((0.6,), (10**9,), (0.25, 1)), "hartree", "limit"
        ),
        "weights": lambda c: change(c, "limit", "p0 == 0.5 and time == 1", weight=[0.6, 0.4]),
        "a branch is missing": lambda c: drop(c, "limit", "branch == 1"),
        "no limit at one time": lambda c: drop(c, "limit", "time == 1"),
        "too few particles": lambda _: make_tables((0.6,), (10**8,), (0.25, 1)),
        "far from the limit": lambda c: relabel(c, "particles", 10**9, values=(0.6,), particles=(10**6,)),
    },
    "loss_limit_has_phase_of_final_imbalance": {
        "is Hartree": lambda c: exchange_theories(true_tables(c), "hartree", "limit"),
        "late by 1e-9": lambda c: change(c, "limit", "time == 0.5", time=lambda r: r["time"] + 1e-9),
        "another imbalance": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-9), "time == 0.5"
        ),
        "another phase": lambda c: turn_phase(c, "limit", "nu", "time == 0.5 and p0 == 0.3"),
        "no start": lambda c: drop(c, "limit", "time == 0 and p0 == 0.6"),
        "start alone": lambda c: drop(c, "limit", "time > 0"),
    },
    "loss_hartree_has_phase_of_past_imbalance": {
        "is the limit": lambda c: exchange_theories(true_tables(c), "limit", "hartree"),
        "late by 1e-9": lambda c: change(c, "hartree", "time == 0.5", time=lambda r: r["time"] + 1e-9),
        "another imbalance": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: move_population(k, 1e-9), "time == 0.5"
        ),
        "another phase": lambda c: turn_phase(c, "hartree", "phi", "time == 0.5 and p0 == 0.3"),
        "no start": lambda c: drop(c, "hartree", "time == 0 and p0 == 0.6"),
        "start alone": lambda c: drop(c, "hartree", "time > 0"),
    },
    "transverse_splitting_time": {
        "4e-6 later": lambda c: change(
            c, "verdict", transitions=f"splitting at {symmetric_splitting_time(0.5) + 4e-6:.6f}"
        ),
        "that of the counterexample": lambda c: change(c, "verdict", transitions="splitting at 0.5"),
        "is of first order": lambda c: change(
            c, "verdict", transitions=lambda r: r["transitions"].str.replace("splitting", "first order")
        ),
        "none": lambda c: change(c, "verdict", transitions=""),
        "another field": lambda c: change(
            c, "verdict", transitions=f"splitting at {symmetric_splitting_time(0.505):.7g}"
        ),
        "another state": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: move_population(k, 1e-6)
        ),
        "no start": lambda c: drop(c, "hartree", "time == 0"),
    },
    "splitting_time_over_field": {
        "6e-6 later at one field": lambda c: change(
            c, "verdict", "field == 0.5", transitions=f"splitting at {symmetric_splitting_time(0.5) + 6e-6:.7g}"
        ),
        "without a field not at one half": lambda c: change(
            c, "verdict", "field == 0", transitions="splitting at 0.500006"
        ),
        "does not depend on the field": lambda c: change(
            c, "verdict", transitions=f"splitting at {symmetric_splitting_time(0.5):.7g}"
        ),
        "of half the field": lambda c: change(c, "verdict", field=lambda r: r["field"] / 2),
        "is of first order": lambda c: change(
            c, "verdict", transitions=lambda r: r["transitions"].str.replace("splitting", "first order")
        ),
        "none at one field": lambda c: change(c, "verdict", "field == 0.5", transitions=""),
        "another state": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: move_population(k, 1e-6)
        ),
        "no start": lambda c: drop(c, "hartree", "time == 0"),
        "one field": lambda c: {name: t.query("field == 0.5") for name, t in true_tables(c).items()},
        "another name": lambda c: {name: t.rename(columns={"field": "g"}) for name, t in true_tables(c).items()},
    },
    "infidelity_starts_from_defect": {
        "1.01 times as large": lambda c: change(
            c, "limit", "u == 4 and gamma == 2", hartree_infidelity=lambda r: 1.01 * r["hartree_infidelity"]
        ),
        "falls as t^3": lambda c: change(
            c, "limit", "time > 0", hartree_infidelity=lambda r: r["hartree_infidelity"] / r["time"]
        ),
        "zero": lambda c: change(c, "limit", "u == 1", hartree_infidelity=0.0),
        "another defect": lambda c: change(c, "verdict", "u == 1", defect=lambda r: 1.01 * r["defect"]),
        "no defect": lambda c: change(c, "verdict", "u == 1 and gamma == 1", defect=0.0),
        "late": lambda c: change(c, "limit", time=lambda r: 1.01 * r["time"]),
        "two times": lambda c: drop(c, "limit", "time == 0.04"),
        "no limit of one member": lambda c: drop(c, "limit", "member == 3"),
        "no verdict of one member": lambda c: drop(c, "verdict", "member == 3"),
        "long times": lambda _: make_tables(
            (0.5,), times=(0.5, 0.75, 1), model=DIMERS % ([1, 2], [4]), phase=0, verdict=True
        ),
    },
    "lossy_dimer_is_known_on_its_axes": {
        "Hartree off without loss": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: move_population(k, 1e-8), "gamma == 0 and time == 2"
        ),
        "Hartree off without interaction": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: move_population(k, 1e-8), "u == 0 and time == 0.5"
        ),
        "limit off without loss": lambda c: turn_vectors(
            true_tables(c),
            "limit",
            "nu",
            lambda k: move_population(k, 1e-8),
            "gamma == 0 and u == 6 and time == 2",
        ),
        "limit off without interaction": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-8), "u == 0 and time == 0.5"
        ),
        "another loss": lambda c: change(c, "limit", "gamma == 1", gamma=1.000001),
        "another interaction": lambda c: change(c, "hartree", "u == 6", u=6.000001),
        "mixed": lambda c: change(c, "limit", "u == 0 and time == 2", branch=1),
        "from elsewhere": lambda _: make_tables((0.9,), times=(0, 0.5), model=DIMERS % ([0, 1], [0, 1]), phase=0),
        "no row without loss": lambda c: drop(c, "limit", "gamma == 0"),
        "no row without interaction": lambda c: drop(c, "hartree", "u == 0"),
        "no loss": lambda c: drop(c, "hartree", "gamma > 0"),
        "the start alone": lambda c: drop(c, "limit", "time > 0"),
        "another name": lambda c: {name: t.rename(columns={"u": "U"}) for name, t in true_tables(c).items()},
    },
    "critical_entropy_exponent": {
        "falls as N^-0.48": lambda c: bend(c, 0.02),
        "falls as N^-0.52": lambda c: bend(c, -0.02),
        "before the transition": lambda c: relabel(
            c, "time", 0.5, values=(0.5,), particles=MANY_PARTICLES, times=(0.499,), fitted="linear_entropy"
        ),
        "another time": lambda c: change(c, "power_law", time=0.4999),
        "tilted": lambda c: change(c, "power_law", tilt=1e-9),
    },
    "critical_entropy_prefactor": {
        "1.001 times": lambda c: change(c, "comparison", linear_entropy=lambda r: 1.001 * r["linear_entropy"]),
        "before the transition": lambda c: relabel(
            c, "time", 0.5, values=(0.5,), particles=(10**12,), times=(0.4999,)
        ),
        "after the transition": lambda c: relabel(
            c, "time", 0.5, values=(0.5,), particles=(10**12,), times=(0.5001,)
        ),
        "another time": lambda c: change(c, "comparison", time=0.4999),
        "tilted": lambda c: change(c, "comparison", tilt=1e-9),
        "too few particles": lambda c: drop(c, "comparison", "particles == 1e12"),
    },
    "coexistence_entropy": {
        "does not depend on u": lambda c: change(
            c, "comparison", linear_entropy=lambda r: r["linear_entropy"].max()
        ),
        "off by 0.2/N": lambda c: change(
            c, "comparison", "tilt == 0", linear_entropy=lambda r: r["linear_entropy"] + 0.2 / r["particles"]
        ),
        "another u": lambda c: change(c, "comparison", tilt=lambda r: 1.01 * r["tilt"]),
        "one tilt": lambda _: make_tables((1e-4,), (10**4,), key="tilt"),
        "before the transition": lambda _: make_tables((-1e-4, 1e-4), (10**4,), (0.25,), key="tilt"),
    },
    "entropy_prefactor": {
        "1.001 times": lambda c: change(
            c, "comparison", "p0 == 0.1 and time == 1", linear_entropy=lambda r: 1.001 * r["linear_entropy"]
        ),
        "too few particles": lambda _: make_tables((0.6,), (1000,), (0.25, 1)),
        "at the transition": lambda _: make_tables((0.5,), (10**7,), (0.5,)),
        "after the transition": lambda _: make_tables((0.5,), (10**7,), (1,)),
        "one-body loss": lambda _: make_tables((0.6,), (10**7,), (0.25, 1), model=ONE_BODY_LOSS),
    },
}
