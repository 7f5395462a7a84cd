"""S_L (11), I (12) and ε (47) through the tables of the workflow, against sums in multiple precision."""

from __future__ import annotations

import mpmath
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from mpmath import mp, mpf

from nonhermitian_hartree.exact.closed_form import closed_form_marginals
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.limit.closed_form import diagonal_qubit_limits
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.storage.columns import density_columns, vector_columns
from nonhermitian_hartree.storage.parquet import read_parquet, write_parquet
from tests.references.full_sum import DIGITS, FullSum, full_sum, thinned_sum
from tests.systems import COUNTEREXAMPLE

TIMES = [0.1, 0.25, 0.49, 0.5, 0.51, 1.0, 2.0]
PARTICLES = [2, 10, 100, 3000]


def tables_of(
    p0: float, particles: list[int], times: list[float]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Exact, Hartree and limit tables with the columns that the workflow writes."""
    state = ProductState.from_population(p0)
    keys = {"member": 0, "state": "tilted", "p0": p0, "tilt": state.tilt}
    ours = closed_form_marginals(COUNTEREXAMPLE, state, particles, times)
    exact = pd.concat(
        pd.DataFrame(
            {
                **keys,
                "particles": count,
                "time": times,
                **density_columns(ours.density[i]),
                "linear_entropy": ours.linear_entropy[i],
                "linear_entropy_error": ours.linear_entropy_error[i],
                "error_bound": ours.error_bound[i],
            }
        )
        for i, count in enumerate(particles)
    )
    solutions = hartree_wavefunctions(COUNTEREXAMPLE, state, times)
    hartree = pd.DataFrame({**keys, "time": times, **vector_columns("phi", solutions), "error_bound": 2.0**-50})
    limit = pd.concat(
        pd.DataFrame(
            {
                **keys,
                "time": time,
                "weight": state_of_limit.weights,
                **vector_columns("nu", state_of_limit.wavefunctions),
                "linear_entropy": state_of_limit.linear_entropy,
                "error_bound": 2.0**-50,
            }
        )
        for time, state_of_limit in zip(times, diagonal_qubit_limits(COUNTEREXAMPLE, state, times), strict=True)
    )
    return exact.reset_index(drop=True), hartree, limit.reset_index(drop=True)


def hartree_state(p0: float, time: float) -> tuple[mpf, mpf]:
    """Population and coherence of (21)–(22), from the double p0."""
    z = 2 * mpf(p0) - 1
    grown = z / mpmath.sqrt(1 - z * z) * mpmath.exp(2 * mpf(time))
    population = (1 + grown / mpmath.sqrt(1 + grown**2)) / 2
    return population, mpmath.sqrt(population * (1 - population))


def limit_state(p0: float, time: float) -> tuple[mpf, mpf]:
    """Population and coherence of (40) or (45), with y = tanh(h + 2ty) by Newton's method from above."""
    h, t = mpmath.atanh(abs(2 * mpf(p0) - 1)), mpf(time)
    if h == 0 and t <= 0.5:
        return mpf(0.5), mpf(0.5)
    a = h + 2 * t
    for _ in range(3000):
        a, before = a - (a - 2 * t * mpmath.tanh(a) - h) / (1 - 2 * t * mpmath.sech(a) ** 2), a
        if abs(a - before) < mpf(10) ** -80:
            break
    y = mpmath.tanh(a)
    population = mpf(0.5) if h == 0 else (1 + mpmath.sign(mpf(p0) - 0.5) * y) / 2
    return population, mpmath.sech(a) / 2


def check_row(row: pd.Series, reference: FullSum, p0: float, time: float) -> None:
    with mp.workdps(DIGITS):
        for quantity, state in (("hartree_infidelity", hartree_state), ("limit_infidelity", limit_state)):
            exact = reference.infidelity_to(*state(p0, time))
            error = abs(mpf(row[quantity]) - exact)
            where = f"{quantity} at N = {row['particles']}, t = {time}: {mpmath.nstr(exact, 5)}"
            assert error <= max(mpf(1e-9) * abs(exact), mpf(1e-18)), where
            assert error <= row[f"{quantity}_error"] + 1e-60, where
        assert abs(mpf(row["linear_entropy"]) - reference.linear_entropy) <= mpf(1e-12) * reference.linear_entropy


@pytest.mark.parametrize("p0", [0.5, 0.5 + 1e-9, 0.51, 0.6, 0.1, 1 - 1e-6])
def test_accuracy_up_to_thousands(p0: float) -> None:
    """I (12) and ε (47) to 1e-9 relative or 1e-18 absolute, within their errors, from all terms of (19)."""
    frame = compare_states(*tables_of(p0, PARTICLES, TIMES)).to_pandas()
    for _, row in frame.iterrows():
        check_row(row, full_sum(int(row["particles"]), p0, row["time"]), p0, row["time"])


@pytest.mark.parametrize(
    ("p0", "time"), [(0.6, 0.25), (0.6, 1.0), (0.5, 0.25), (0.5, 0.5), (0.51, 0.5), (0.9, 2.0)]
)
def test_accuracy_at_a_million(p0: float, time: float) -> None:
    """The same at N = 10⁶, where the reference is summed in steps of a tenth of the width, over 14 widths."""
    count = 10**6
    frame = compare_states(*tables_of(p0, [count], [time])).to_pandas()
    with mp.workdps(30):
        population, _ = limit_state(p0, time)
        width = mpmath.sqrt(count) / 2
        if p0 == 0.5 and time == 0.5:
            width = mpf(count) ** 0.75 / 2
        elif p0 == 0.5:
            width /= mpmath.sqrt(1 - 2 * time)
        else:
            spread = 4 * population * (1 - population)
            width *= mpmath.sqrt(spread / (1 - 2 * time * spread))
        centre, reach = int(count * population), int(14 * width) + 100
    step = max(1, int(width) // 10)
    sites = range(max(0, centre - reach), min(count - 1, centre + reach) + 1, step)
    reference = thinned_sum(count, p0, time, sites)
    half = thinned_sum(count, p0, time, sites[::2])
    assert abs(half.linear_entropy - reference.linear_entropy) < mpf(1e-20) * reference.linear_entropy
    check_row(frame.iloc[0], reference, p0, time)


def test_inverse_square_regime_at_a_million() -> None:
    """p0 = ½, t = 1: ε ∝ N⁻² down to 1.3e-15, good to 1e-18. Both peaks are summed."""
    count, time = 10**6, 1.0
    frame = compare_states(*tables_of(0.5, [count], [time])).to_pandas()
    with mp.workdps(30):
        y = mpmath.findroot(lambda v: mpmath.tanh(2 * time * v) - v, 0.95)
    up = int(count * (1 + y) / 2)
    sites = [*range(count - 1 - up - 5000, count - 1 - up + 5000, 10), *range(up - 5000, up + 5000, 10)]
    reference = thinned_sum(count, 0.5, time, sites)
    assert 1e-15 < frame["limit_infidelity"][0] < 2e-15
    check_row(frame.iloc[0], reference, 0.5, time)
    assert frame["limit_infidelity_error"][0] < 0.01 * frame["limit_infidelity"][0]


def test_rows_are_matched_by_state_and_time() -> None:
    """Shuffled rows of two states, one given by p0 and one by tilt (p0 missing), through Parquet files."""
    frames = []
    for name, tables in (("a", tables_of(0.6, [10, 20], TIMES)), ("b", tables_of(0.3, [10, 20], TIMES))):
        frames.append(
            [
                table.assign(member="ab".index(name), state=name, p0=table["p0"] if name == "a" else np.nan)
                for table in tables
            ]
        )
    exact, hartree, limit = (
        pd.concat(parts).sample(frac=1, random_state=1) for parts in zip(*frames, strict=True)
    )
    together = compare_states(exact, hartree, limit).to_pandas()
    for name, alone in (
        ("a", compare_states(*frames[0]).to_pandas()),
        ("b", compare_states(*frames[1]).to_pandas()),
    ):
        mine = together[together["state"] == name].sort_values(["particles", "time"]).reset_index(drop=True)
        pd.testing.assert_frame_equal(
            mine, alone.sort_values(["particles", "time"]).reset_index(drop=True), check_exact=True
        )


def test_without_a_limit_table() -> None:
    exact, hartree, _ = tables_of(0.6, [10], TIMES)
    frame = compare_states(exact, hartree, None).to_pandas()
    assert frame["limit_infidelity"].isna().all()
    assert frame["hartree_infidelity"].notna().all()


def test_tables_keep_every_digit(tmp_path) -> None:
    exact, *_ = tables_of(0.6, [10, 10**6], TIMES)
    write_parquet(pa.Table.from_pandas(exact, preserve_index=False), tmp_path / "exact.parquet", {})
    pd.testing.assert_frame_equal(read_parquet(tmp_path / "exact.parquet").to_pandas(), exact, check_exact=True)
