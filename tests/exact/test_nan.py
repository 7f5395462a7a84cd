"""What is not a number is never within a tolerance."""

import logging
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import acb, acb_mat, arb

from nonhermitian_hartree.errors import AccuracyError, TableError
from nonhermitian_hartree.exact import solve
from nonhermitian_hartree.exact.certified import enclosure
from nonhermitian_hartree.exact.certified.evolve import certify_marginals
from nonhermitian_hartree.exact.condensate import solve as condensate
from nonhermitian_hartree.exact.condensate.marginals import BranchMarginal
from nonhermitian_hartree.exact.condensate.mixture import BranchEstimate, mix_branches
from nonhermitian_hartree.exact.marginals import Marginals
from nonhermitian_hartree.exact.solve import exact_marginals
from nonhermitian_hartree.limit.two_point.branches import find_branches
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.state import ProductState
from nonhermitian_hartree.storage.parquet import make_table, read_parquet, write_parquet
from tests.systems import X, Z, loss_with_hopping

FIELDS = ("density", "linear_entropy", "linear_entropy_error", "log_norm_rate", "error_bound")


def test_a_real_density_matrix_has_a_known_entropy(monkeypatch):
    """An imaginary part known as 0 ± r: its square, as a power, is nan in the ball arithmetic in use."""
    exact = enclosure._marginal_of_vector

    def blur_imaginary_parts(*arguments):
        rows = [[entry + acb(0, arb(0, 2.0**-120)) for entry in row] for row in exact(*arguments).tolist()]
        return acb_mat(rows)

    monkeypatch.setattr(enclosure, "_marginal_of_vector", blur_imaginary_parts)
    model, state = Model(-0.5j * X, np.kron(X, X) * 1j), ProductState(np.array([0.6, 0.8]))
    result = certify_marginals(model, state, 6, [0.5], 1e-15)
    purity = np.trace(result.density[0] @ result.density[0]).real
    assert result.linear_entropy[0] == pytest.approx(1 - purity, abs=1e-14)
    assert result.linear_entropy[0] > 1e-4
    assert result.linear_entropy_error[0] < 1e-15


@pytest.mark.parametrize("field", ["error_bound", "linear_entropy_error"])
def test_an_enclosure_without_a_bound_is_infinitely_wrong(field):
    marginals = Marginals(
        np.eye(2) / 2, np.array(0.5), np.array(1e-16), np.array(0.0), np.array(1e-16), "certified"
    )
    broken = replace(marginals, **{field: np.array(np.nan)})
    assert enclosure.Enclosure(marginals, -40.0).largest_error == 1e-16
    assert enclosure.Enclosure(broken, -40.0).largest_error == np.inf


def test_an_angle_that_is_not_a_number_asks_for_more_digits(monkeypatch):
    """A state that fixed-point numbers lose entirely has no angle to the exact one at first."""
    model, state = loss_with_hopping()
    expected = certify_marginals(model, state, 8, [0.5], 1e-12)
    monkeypatch.setattr("nonhermitian_hartree.exact.certified.evolve._guess_log_lengths", lambda *_: [100.0])
    result = certify_marginals(model, state, 8, [0.5], 1e-12)
    assert result.error_bound[0] <= 1e-12
    np.testing.assert_allclose(result.density, expected.density, atol=1e-12)


@pytest.mark.parametrize("field", FIELDS)
def test_the_choice_of_a_method_passes_over_what_is_not_a_number(monkeypatch, caplog, field):
    model, state = loss_with_hopping()

    def break_float64(*arguments):
        for time, result in original(*arguments):
            yield time, replace(result, **{field: np.full_like(getattr(result, field), np.nan)})

    from nonhermitian_hartree.exact import float64

    original = float64.estimate_over_times
    monkeypatch.setattr(float64, "estimate_over_times", break_float64)
    with caplog.at_level(logging.INFO):
        (result,) = exact_marginals(model, state, [6], [0.5], 1e-8)
    assert result.method == "certified"
    assert "float64 N = 6: refused: float64 at N = 6, t = 0.5" in caplog.text


@pytest.mark.parametrize("part", ["density", "linear_entropy", "log_norm", "tail"])
def test_a_branch_that_is_not_a_number_has_infinite_errors(part):
    model, state = loss_with_hopping()
    branch = find_branches(model, state, 0.2)[0]
    good = BranchMarginal(np.eye(2, dtype=complex) / 2, 0.5, 0.0, 1e-20, 10)
    bad = replace(good, **{part: np.full((2, 2), np.nan) if part == "density" else np.nan})
    for coarse, fine in ((good, bad), (bad, good)) if part != "tail" else ((good, bad),):
        mixed = mix_branches([BranchEstimate(branch, coarse, fine, 1e-12)], 1000)
        assert mixed.error_bound == np.inf or mixed.linear_entropy_error == np.inf
        assert not np.isnan(mixed.error_bound)
        assert not np.isnan(mixed.linear_entropy_error)


@pytest.mark.parametrize("failure", [ZeroDivisionError("division by zero"), np.linalg.LinAlgError("singular")])
def test_a_method_that_breaks_down_hands_over_with_its_reason(monkeypatch, caplog, failure):
    def break_down(*_):
        raise failure

    model, state = loss_with_hopping()
    monkeypatch.setattr("nonhermitian_hartree.exact.float64.march_float64", break_down)
    monkeypatch.setattr(condensate, "search_branches", break_down)
    with caplog.at_level(logging.INFO):
        choice = solve._Choice(model, state, [100], [0.3], 1e-8)
        choice.take_float64([100])
        choice.take_condensate()
    assert not choice.solved[100]
    assert choice.refusals[100] == {"float64": str(failure), "condensate": str(failure)}
    assert caplog.text.count(str(failure)) == 2


def test_underflow_next_to_the_critical_point_leaves_the_time_to_another_method():
    """The excitations that the series cuts off outweigh by 10¹⁶² and more those that it keeps.

    Rotated, this is A2 = i ZZ with h = 1e-3: the condensate has an estimate at t = 0.1 and none at t = 0.505,
    where the closed form has the answer.
    """
    tilted = ProductState.from_tilt(1e-3, 0.4)
    rotated = ProductState(np.array([[1, 1], [1, -1]]) @ tilted.amplitudes / np.sqrt(2))
    model, unrotated = (Model(np.zeros((2, 2)), 1j * np.kron(a, a)) for a in (X, Z))
    times = [0.1, 0.505]
    (closed,) = exact_marginals(unrotated, tilted, [1000], times, 1e-10)
    (result,) = exact_marginals(model, rotated, [1000], times, 1e-10)
    assert result.method == closed.method == "closed_form"
    (expanded,) = condensate.condensate_marginals(model, rotated, [1000], times, 1e-6)
    assert expanded.error_bound[0] < 1e-10
    assert expanded.error_bound[1] == np.inf
    errors = result.linear_entropy_error + closed.linear_entropy_error
    assert (np.abs(result.linear_entropy - closed.linear_entropy) <= errors).all()


def test_a_shift_that_no_double_can_hold_is_named():
    """The rate of the norm is 2·10⁹ here: a double holds it to 2e-7."""
    model, state = loss_with_hopping()
    lossy = Model(model.one_body - 1e9j * np.eye(2), model.two_body)
    with pytest.raises(AccuracyError, match=r"tolerance 1e-12 at N = 5, t = 1 is finer than doubles can hold"):
        certify_marginals(lossy, state, 5, [1.0], 1e-12)
    result = certify_marginals(lossy, state, 5, [1.0], 1e-6)
    expected = certify_marginals(model, state, 5, [1.0], 1e-12)
    np.testing.assert_array_equal(result.density, expected.density)
    exact_rate = Fraction(float(expected.log_norm_rate[0])) - 2 * 10**9
    bound = result.error_bound[0] + expected.error_bound[0]
    assert abs(Fraction(float(result.log_norm_rate[0])) - exact_rate) <= bound


@pytest.mark.parametrize("column", ["error_bound", "linear_entropy_error"])
def test_tables_with_an_unknown_error_are_neither_written_nor_read(monkeypatch, tmp_path, column):
    columns = {"linear_entropy": [0.1, 0.2], "linear_entropy_error": [0.0, 0.0], "error_bound": [0.0, 0.0]}
    columns = {name: np.array(values) for name, values in columns.items()}
    write_parquet(make_table(columns), tmp_path / "good.parquet", {})
    columns[column] = np.array([0.0, np.nan])
    path = tmp_path / "bad.parquet"
    with pytest.raises(TableError, match=rf"not written, .* unknown error \(nan\) in the columns \['{column}'\]"):
        write_parquet(make_table(columns), path, {})
    assert not path.exists()
    with monkeypatch.context() as patch:
        patch.setattr("nonhermitian_hartree.storage.parquet.find_unknown_errors", lambda _: [])
        write_parquet(make_table(columns), path, {})
    with pytest.raises(TableError, match=rf"unknown error \(nan\) in the columns \['{column}'\]; delete the file"):
        read_parquet(path)


def test_a_distance_to_a_limit_that_does_not_exist_needs_no_error(tmp_path):
    columns = {"limit_infidelity": np.array([np.nan]), "limit_infidelity_error": np.array([np.nan])}
    write_parquet(make_table(columns), tmp_path / "table.parquet", {})
    assert read_parquet(tmp_path / "table.parquet").num_rows == 1
