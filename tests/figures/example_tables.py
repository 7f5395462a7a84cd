"""Small tables with the columns of the workflow's and values that are easy to recognise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nonhermitian_hartree.model.state import tilt_of_population

STATES = {"tilted": 0.6, "balanced": 0.5}
PARTICLES = (10, 30, 100, 300, 1000)
TIMES = (0.0, 0.25, 0.5, 1.0)


def number_members(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with the column ``member``: states and their tilts in the order in which they come."""
    numbers = table.groupby(["state", "tilt"], sort=False).ngroup()
    return pd.concat([numbers.rename("member"), table], axis=1)


def make_comparison() -> pd.DataFrame:
    """S_L = t/N, I = t p0 (1 + 1/N), ε = t/N²; zero at t = 0."""
    rows = [
        (state, p0, tilt_of_population(p0), n, t, t / n, t * p0 * (1 + 1 / n), t / n**2)
        for state, p0 in STATES.items()
        for n in PARTICLES
        for t in TIMES
    ]
    columns = ["state", "p0", "tilt", "particles", "time", "linear_entropy", "hartree_infidelity"]
    table = pd.DataFrame(rows, columns=[*columns, "limit_infidelity"])
    return number_members(table.assign(**{f"{name}_error": 0.0 for name in table.columns[5:]}))


def make_limit() -> pd.DataFrame:
    """The limits of `make_comparison`, with two branches for the balanced state; else N S_L → 1.2 t."""
    rows = [
        (
            state,
            p0,
            tilt_of_population(p0),
            t,
            branch,
            1 / (1 + (p0 == 0.5)),
            0.0,
            t * p0,
            np.nan if p0 == 0.5 else 1.2 * t,
        )
        for state, p0 in STATES.items()
        for t in TIMES
        for branch in range(1 + (p0 == 0.5))
    ]
    columns = ["state", "p0", "tilt", "time", "branch", "weight", "linear_entropy", "hartree_infidelity"]
    return number_members(pd.DataFrame(rows, columns=[*columns, "entropy_coefficient"]))


def make_power_law() -> pd.DataFrame:
    """The power laws of S_L and ε in `make_comparison`, for t > 0."""
    rows = [
        (state, p0, tilt_of_population(p0), t, quantity, exponent, 0.0012, t, 0.01, 3, 100, 1000, "yes", "")
        for state, p0 in STATES.items()
        for t in TIMES[1:]
        for quantity, exponent in (("linear_entropy", -1.0), ("limit_infidelity", -2.0))
    ]
    columns = ["state", "p0", "tilt", "time", "quantity", "exponent", "exponent_stderr", "prefactor"]
    columns += ["prefactor_stderr", "points", "particles_min", "particles_max", "single_power_law", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    table = number_members(table)
    return table.assign(exponent_at_min=table["exponent"] + 0.01, exponent_at_max=table["exponent"])


def make_rate_function() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curves t x (1 − x) and points that stand for a global and a local maximiser."""
    state = {"state": "tilted", "p0": 0.6, "tilt": tilt_of_population(0.6)}
    x = np.linspace(0, 1, 21)
    curves = pd.concat(
        [pd.DataFrame({**state, "time": t, "x": x, "value": t * x * (1 - x)}) for t in TIMES], ignore_index=True
    )
    maximisers = pd.DataFrame(
        [
            {**state, "time": t, "x": place, "value": t * place * (1 - place), "is_global": place == 0.25}
            for t in TIMES
            for place in (0.25, 0.75)
        ]
    )
    return number_members(curves), number_members(maximisers)


def make_plane() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of the family ``plane``: S_L = t p0 at N = 10 and 2 t p0 at N = 30; in the limit, I = t (1 − p0).

    The limit is mixed for p0 = 0.5 and t > 0.25.
    """
    points = [(p0, t) for p0 in (0.25, 0.5, 1.0) for t in TIMES]
    state = [{"state": "plane", "p0": p0, "tilt": tilt_of_population(p0), "time": t} for p0, t in points]
    comparison = [
        {**s, "particles": n, "linear_entropy": factor * s["time"] * s["p0"]}
        for s in state
        for n, factor in ((10, 1), (30, 2))
    ]
    limit = [
        {**s, "branch": branch, "linear_entropy": 0.0, "hartree_infidelity": s["time"] * (1 - s["p0"])}
        for s in state
        for branch in range(1 + (s["p0"] == 0.5 and s["time"] > 0.25))
    ]
    return number_members(pd.DataFrame(comparison)), number_members(pd.DataFrame(limit))


def make_collapse() -> dict[str, pd.DataFrame]:
    """S_L = |u| at u = h N = −2, 0 and 4, for two studies of one N and one time each."""
    return {
        f"near_{n}": pd.DataFrame(
            [(f"tilted_{n}", 0.5, u / n, n, 0.8, abs(u)) for u in (-2.0, 0.0, 4.0)],
            columns=["state", "p0", "tilt", "particles", "time", "linear_entropy"],
        ).pipe(number_members)
        for n in (1000, 100)
    }


def make_tables() -> dict[str, pd.DataFrame]:
    """All tables that a figure can read, by name."""
    curves, maximisers = make_rate_function()
    return {
        "comparison": make_comparison(),
        "limit": make_limit(),
        "power_law": make_power_law(),
        "rate_function": curves,
        "rate_maximisers": maximisers,
    }
