"""Ways in which the tables of each claim could be wrong: every one must make the claim fail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.storage.columns import read_vectors, vector_columns
from tests.claims.example_tables import (
    MANY_PARTICLES,
    TIMES_AROUND_HALF,
    Tables,
    compare_anew,
    make_tables,
    refit,
    true_tables,
)


def change(claim, table, where="index >= 0", **columns) -> Tables:
    """Return the true tables with other values in some rows; a function is applied to those rows."""
    tables = true_tables(claim)
    frame = tables[table]
    rows = frame.query(where).index
    assert len(rows)
    for name, value in columns.items():
        frame.loc[rows, name] = value(frame.loc[rows]) if callable(value) else value
    return tables


def drop(claim, table, where) -> Tables:
    """Return the true tables without some rows of one."""
    tables = true_tables(claim)
    rows = tables[table].query(where).index
    assert len(rows)
    return tables | {table: tables[table].drop(rows)}


def bend(claim, exponent) -> Tables:
    """Return the true tables with the fitted quantity times N^exponent."""
    quantity = CLAIMS[claim].fitted
    return refit(
        change(claim, "comparison", **{quantity: lambda r: r[quantity] * r["particles"] ** exponent}), quantity
    )


def turn_vectors(tables: Tables, table, prefix, function, where="index >= 0") -> Tables:
    """Return the tables with other wavefunctions in some rows."""
    frame = tables[table]
    rows = frame.query(where).index
    for name, values in vector_columns(prefix, function(read_vectors(frame.loc[rows], prefix))).items():
        frame.loc[rows, name] = pd.Series(list(values), index=rows)
    return tables


def move_population(kets, shift):
    """Wavefunctions whose population of |1⟩ is larger by ``shift``."""
    x = np.abs(kets[:, 1]) ** 2 + shift
    return np.stack([np.sqrt(1 - x), np.sqrt(x)], axis=1) * np.exp(1j * np.angle(kets))


def swap_populations(kets):
    """Mirror images of wavefunctions."""
    return np.abs(kets[:, ::-1]) * np.exp(1j * np.angle(kets))


def exchange_theories(tables: Tables, source, target) -> Tables:
    """Return the tables with the Hartree solution in place of the limit, or the reverse."""
    prefix = {"hartree": "phi", "limit": "nu"}
    kets = read_vectors(tables[source], prefix[source])
    columns = {name: list(values) for name, values in vector_columns(prefix[target], kets).items()}
    frame = tables[target].assign(**columns)
    return tables | {target: frame}


def hartree_is_the_limit() -> Tables:
    tables = compare_anew(exchange_theories(true_tables("hartree_fails"), "limit", "hartree"))
    tables["limit"]["hartree_infidelity"] = 0.0
    return tables


def weigh_branches(*weights) -> Tables:
    claim = "limit_infidelity_scales_inverse_square"
    tables = change(
        claim, "limit", weight=weights, linear_entropy=lambda r: 4 * np.prod(weights) * r["linear_entropy"]
    )
    return refit(compare_anew(tables), "limit_infidelity")


def relabel(claim, column, value, **study) -> Tables:
    """Return true tables of another study that claim to be of this one."""
    tables = make_tables(**study)
    return tables | {table: tables[table].assign(**{column: value}) for table in CLAIMS[claim].tables}


def unite_branches(claim) -> Tables:
    return turn_vectors(true_tables(claim), "limit", "nu", lambda kets: kets * 0 + np.sqrt([0.5, 0.5]))


def repeat_rows(claim, table, where) -> Tables:
    tables = true_tables(claim)
    return tables | {table: pd.concat([tables[table], tables[table].query(where)], ignore_index=True)}


TILTED = {"values": (0.6,), "particles": MANY_PARTICLES, "times": (1,)}
BEFORE = {"values": (0.5,), "particles": MANY_PARTICLES, "times": (0.25,)}
CRITICAL = {"values": (0.5,), "particles": MANY_PARTICLES, "times": (0.5,)}
AFTER = {"values": (0.5,), "particles": MANY_PARTICLES, "times": (1,)}

FALSIFICATIONS = {
    "entropy_scales_inversely": {
        "falls as N^-0.98": lambda c: bend(c, 0.02),
        "falls as N^-1.02": lambda c: bend(c, -0.02),
        "is that at the transition": lambda _: make_tables(**CRITICAL, fitted="linear_entropy"),
        "saturates": lambda _: make_tables(**AFTER, fitted="linear_entropy"),
        "has an uncertain exponent": lambda c: change(c, "power_law", "time == 1", exponent_stderr=0.02),
        "is no single power law": lambda c: change(c, "power_law", "time == 1", single_power_law="no"),
        "is in a crossover": lambda _: make_tables((0.5,), MANY_PARTICLES, (0.499,), fitted="linear_entropy"),
    },
    "entropy_saturates": {
        "exact entropy 1.001 times": lambda c: change(
            c, "comparison", "time == 2", linear_entropy=lambda r: 1.001 * r["linear_entropy"]
        ),
        "limit entropy 1.001 times": lambda c: change(
            c, "limit", "time == 1", linear_entropy=lambda r: 1.001 * r["linear_entropy"]
        ),
        "x* moved": lambda c: turn_vectors(true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-4)),
        "no mixture": unite_branches,
        "no limit at one time": lambda c: drop(c, "limit", "time == 1"),
        "before the transition": lambda _: make_tables(**BEFORE),
        "tilted": lambda _: make_tables(**TILTED),
    },
    "late_state_is_maximally_mixed": {
        "limit pure": lambda c: change(c, "limit", linear_entropy=0.0),
        "exact less mixed": lambda c: change(c, "comparison", "time == 8", linear_entropy=0.4999),
        "not monotone": lambda c: change(c, "limit", "time == 4", linear_entropy=0.6),
        "tilted": lambda _: make_tables((0.6,), times=(2, 4, 6, 8)),
    },
    "critical_time": {
        "at 0.505": lambda c: change(c, "comparison", time=lambda r: r["time"] + 0.005),
        "at 0.495": lambda c: change(c, "comparison", time=lambda r: r["time"] - 0.005),
        "no transition": lambda c: change(c, "comparison", linear_entropy=lambda r: 1 / r["particles"]),
        "tilted": lambda _: make_tables((1e-4,), (10**6, 10**8), TIMES_AROUND_HALF, key="tilt"),
        "crosses twice": lambda c: change(
            c, "comparison", "time == 0.492", linear_entropy=lambda r: r["particles"]
        ),
        "ends again": lambda c: change(
            c, "comparison", "time > 0.505", linear_entropy=lambda r: 1 / r["particles"]
        ),
        "one number missing": lambda c: change(c, "comparison", "time < 0.4905", linear_entropy=np.nan),
        "times too coarse": lambda _: make_tables((0.5,), (10**6, 10**8), (0.48, 0.5, 0.52)),
        "one N": lambda _: make_tables((0.5,), (10**6,), TIMES_AROUND_HALF),
    },
    "hartree_fails": {
        "Hartree is the limit": lambda _: hartree_is_the_limit(),
        "exact is Hartree": lambda c: change(c, "comparison", "particles == 1e6", hartree_infidelity=0.0),
        "infidelity 1.01 times": lambda c: change(
            c, "comparison", "time == 1", hartree_infidelity=lambda r: 1.01 * r["hartree_infidelity"]
        ),
        "another infidelity of the limit": lambda c: change(c, "limit", "time == 0.25", hartree_infidelity=1e-3),
        "no limit for one state": lambda c: drop(c, "limit", "p0 == 0.1"),
        "balanced before the transition": lambda _: make_tables(**BEFORE),
    },
    "hartree_holds_before_transition": {
        "falls as N^-0.98": lambda c: bend(c, 0.02),
        "saturates at 1e-4": lambda c: refit(
            change(c, "comparison", hartree_infidelity=lambda r: r["hartree_infidelity"] + 1e-4),
            "hartree_infidelity",
        ),
        "falls, but is large": lambda c: change(
            c, "comparison", hartree_infidelity=lambda r: 1e3 / r["particles"]
        ),
        "after the transition": lambda _: make_tables(**AFTER, fitted="hartree_infidelity"),
        "tilted": lambda _: make_tables(**TILTED, fitted="hartree_infidelity"),
        "another quantity was fitted": lambda _: make_tables(**BEFORE, fitted="linear_entropy"),
    },
    "limit_infidelity_scales_inversely": {
        "falls as N^-0.98": lambda c: bend(c, 0.02),
        "falls as N^-1.02": lambda c: bend(c, -0.02),
        "the limit is Hartree": lambda c: refit(
            compare_anew(exchange_theories(true_tables(c), "hartree", "limit")), "limit_infidelity"
        ),
        "x* moved": lambda c: refit(
            compare_anew(turn_vectors(true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-3))),
            "limit_infidelity",
        ),
        "falls as the square": lambda _: make_tables(**AFTER, fitted="limit_infidelity"),
    },
    "limit_infidelity_scales_inverse_square": {
        "falls as N^-1.98": lambda c: bend(c, 0.02),
        "falls as N^-2.02": lambda c: bend(c, -0.02),
        "weights 0.6 and 0.4": lambda _: weigh_branches(0.6, 0.4),
        "one branch": lambda _: weigh_branches(1.0, 0.0),
        "falls as the inverse": lambda _: make_tables(**BEFORE, fitted="limit_infidelity"),
    },
    "mixture_is_mirror_symmetric": {
        "weights 0.6 and 0.4": lambda c: change(c, "limit", "time == 1", weight=[0.6, 0.4]),
        "a branch is missing": lambda c: drop(c, "limit", "branch == 1 and time == 3"),
        "the branches are one": unite_branches,
        "x* of one branch moved": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-6), "branch == 0"
        ),
        "phase of one branch": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: k * [1, 1j], "branch == 0 and time == 1"
        ),
        "not normalised": lambda c: turn_vectors(true_tables(c), "limit", "nu", lambda k: 1.001 * k),
        "before the transition": lambda _: make_tables(**BEFORE),
    },
    "balanced_state_is_unstable": {
        "stays": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: k * 0 + np.sqrt([0.5, 0.5]), "time > 0"
        ),
        "grows as e^(2.01 t)": lambda c: change(c, "hartree", time=lambda r: r["time"] / 1.005),
        "is the limit": lambda _: exchange_theories(
            make_tables((1e-9,), times=(0, 0.25, 0.4), key="tilt"), "limit", "hartree"
        ),
        "balanced": lambda _: make_tables((0.5,), times=(0, 1)),
        "start alone": lambda _: make_tables((1e-9,), times=(0,), key="tilt"),
    },
    "poles_attract": {
        "stays": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: k * 0 + np.sqrt([0.51, 0.49]), "p0 == 0.51"
        ),
        "ends in the other pole": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", swap_populations, "p0 == 0.02"
        ),
        "returns": lambda c: turn_vectors(true_tables(c), "hartree", "phi", swap_populations, "time == 5"),
        "not yet": lambda _: make_tables((0.51,), times=(0, 1)),
        "balanced alone": lambda _: make_tables((0.5,), times=(0, 1)),
    },
    "poles_stay": {
        "mixed by 1e-12": lambda c: change(
            c, "comparison", "particles == 1e9 and time == 10", linear_entropy=1e-12
        ),
        "Hartree off by 1e-12": lambda c: change(
            c, "comparison", "p0 == 0 and time == 1", hartree_infidelity=1e-12
        ),
        "near the poles": lambda c: relabel(c, "p0", [0, 1], values=(1e-6, 1 - 1e-6)),
        "other states": lambda _: make_tables((0.5,), times=(0,)),
        "one pole": lambda _: make_tables((1,), times=(0, 1)),
    },
    "maximiser_is_unique": {
        "x* moved by 0.01": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 0.01), "p0 == 0.55 and time == 0.75"
        ),
        "the metastable one": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", swap_populations, "p0 == 0.55 and time == 2"
        ),
        "one of the two is missing": lambda c: drop(c, "limit", "p0 == 0.5 and time == 1 and branch == 1"),
        "one counted twice": lambda c: repeat_rows(c, "limit", "p0 == 0.1 and time == 1"),
        "the two are one": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: k[[0, 0]], "p0 == 0.5 and time == 1"
        ),
        "other pole": lambda c: turn_vectors(true_tables(c), "limit", "nu", swap_populations, "p0 == 1"),
        "two too early": lambda c: repeat_rows(c, "limit", "p0 == 0.5 and time == 0.5"),
    },
    "maximiser_avoids_convex_part": {
        "inside": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: k * 0 + np.sqrt([0.5, 0.5]), "time > 0.5"
        ),
        "stays": lambda c: turn_vectors(true_tables(c), "limit", "nu", lambda k: k * 0 + np.sqrt([0.6, 0.4])),
        "jumps to the mirror image": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", swap_populations, "time > 1"
        ),
        "jumps by 0.01": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 0.01), "p0 == 0.6 and time > 1.5"
        ),
        "balanced alone": lambda _: make_tables((0.5,), times=(0, 1)),
        "no time beyond 1/2": lambda _: make_tables((0.6,), times=(0, 0.25)),
    },
    "hartree_solves_its_equation": {
        "is the limit": lambda c: exchange_theories(true_tables(c), "limit", "hartree"),
        "late by 1e-6": lambda c: change(c, "hartree", "time > 0", time=lambda r: r["time"] + 1e-6),
        "another initial state": lambda c: relabel(c, "p0", 0.6, values=(0.61,), times=(0, 1)),
        "a phase that turns": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: k * np.exp([0, 1e-6j]), "time == 1 and p0 == 0.6"
        ),
        "not normalised": lambda c: turn_vectors(
            true_tables(c), "hartree", "phi", lambda k: 1.001 * k, "time == 1"
        ),
        "start alone": lambda _: make_tables((0.6,), times=(0,)),
        "no start": lambda c: drop(c, "hartree", "time == 0"),
    },
    "limit_solves_its_equation": {
        "is Hartree": lambda c: exchange_theories(true_tables(c), "hartree", "limit"),
        "late by 1e-6": lambda c: change(c, "limit", "time > 0", time=lambda r: r["time"] + 1e-6),
        "another initial state": lambda c: relabel(c, "p0", 0.6, values=(0.61,), times=(0, 1)),
        "x* moved": lambda c: turn_vectors(
            true_tables(c), "limit", "nu", lambda k: move_population(k, 1e-8), "time == 2 and p0 == 0.6"
        ),
        "through the transition": lambda _: make_tables((0.5,), times=(0, 0.25, 1)),
        "start alone": lambda _: make_tables((0.6,), times=(0,)),
    },
    "limit_is_hartree_only_at_start": {
        "agree later": lambda c: change(c, "limit", "p0 == 0.51 and time == 0.25", hartree_infidelity=0.0),
        "agree to rounding": lambda c: change(c, "limit", "p0 == 0.1 and time == 2", hartree_infidelity=1e-20),
        "differ at the start": lambda c: change(c, "limit", "p0 == 0.1 and time == 0", hartree_infidelity=1e-9),
        "differ at a pole": lambda c: change(c, "limit", "p0 == 1 and time == 2", hartree_infidelity=1e-20),
        "differ at the transition": lambda c: change(
            c, "limit", "p0 == 0.5 and time == 0.5", hartree_infidelity=1e-9
        ),
    },
    "laplace_converges": {
        "norm off": lambda c: change(c, "exact", "p0 == 0.6", log_norm_rate=lambda r: r["log_norm_rate"] + 1e-8),
        "entry off": lambda c: change(c, "exact", "time == 1", rho_00_re=lambda r: 1.0001 * r["rho_00_re"]),
        "coherence off": lambda c: change(
            c, "exact", rho_01_re=lambda r: 1.0001 * r["rho_01_re"], rho_01_im=lambda r: 1.0001 * r["rho_01_im"]
        ),
        "entries exchanged": lambda c: change(
            c, "exact", "p0 == 0.6", rho_00_re=lambda r: r["rho_11_re"], rho_11_re=lambda r: r["rho_00_re"]
        ),
        "at the transition": lambda _: make_tables(**CRITICAL),
        "near the transition": lambda _: make_tables((0.5,), MANY_PARTICLES, (0.499,)),
        "two N": lambda _: make_tables((0.6,), (1000, 10000), (1,)),
        "bends": lambda c: change(
            c, "exact", "particles == 10000", log_norm_rate=lambda r: r["log_norm_rate"] + 1e-11
        ),
        "too few particles": lambda _: make_tables((0.6,), (10, 50, 100), (1,)),
    },
    "laplace_fails_at_transition": {
        "Laplace's constant": lambda c: change(
            c, "exact", log_norm_rate=lambda r: r["log_norm_rate"] - np.log(r["particles"]) / r["particles"] / 4
        ),
        "one entry bent": lambda c: change(
            c, "exact", rho_00_re=lambda r: r["rho_00_re"] * r["particles"] ** 0.02
        ),
        "before the transition": lambda c: relabel(
            c, "time", 0.5, values=(0.5,), particles=(10**6, 10**7, 10**8), times=(0.49,)
        ),
        "after the transition": lambda c: relabel(
            c, "time", 0.5, values=(0.5,), particles=(10**6, 10**7, 10**8), times=(0.51,)
        ),
        "tilted": lambda _: make_tables((0.6,), (10**6, 10**7, 10**8), (0.5,)),
        "two N": lambda _: make_tables((0.5,), (10**6, 10**8), (0.5,)),
    },
}
