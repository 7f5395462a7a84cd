"""What a notebook passes: one number or many, whole numbers as floats, arrays; all else is refused by name."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nonhermitian_hartree as nh
from nonhermitian_hartree.compare.short_time_defect import short_time_defect
from nonhermitian_hartree.model.arguments import read_particles, read_times
from tests.systems import COUNTEREXAMPLE, Z

STATE = nh.ProductState.from_population(0.6)
QUTRIT = nh.ProductState(np.array([1, 0, 0]))
MIXING = nh.Model(np.array([[0, 1], [1, 0]]), 1j * np.kron(Z, Z))


@pytest.mark.parametrize(
    ("particles", "expected"),
    [
        (20, [20]), (20.0, [20]), (1e3, [1000]), (np.int64(7), [7]), (np.float32(8), [8]), (np.array(9), [9]),
        ([20.0], [20]), ((2, 3), [2, 3]), (range(2, 5), [2, 3, 4]), (np.array([10, 5]), [10, 5]),
        (np.geomspace(10, 1000, 3), [10, 100, 1000]), (pd.Series([4, 5]), [4, 5]), ([np.array(6)], [6]),
        ((n for n in (2, 3)), [2, 3]), (10**15, [10**15]), (Fraction(6, 2), [3]),
    ],
)  # fmt: skip
def test_particles_are_whole_numbers_in_any_form(particles, expected):
    found = read_particles(particles)
    assert found == expected
    assert all(type(number) is int for number in found)


@pytest.mark.parametrize(
    ("particles", "found"),
    [
        (1, "1"), (0, "0"), (-3, "-3"), (2.5, "2.5"), (np.float64(2.5), "2.5"), (np.nan, "nan"), (np.inf, "inf"),
        (True, "True"), ([10, np.True_], "True"), ("20", "'20'"), (["20"], "'20'"), (b"20", "a bytes"),
        ([], "an empty list"), (np.array([]), "an empty list"), (None, "None"), (10 + 0j, "(10+0j)"),
        ({2, 3}, "a set"),
        ({"N": 2}, "a dict"), ([[2, 3], [4]], "a list"), (np.ones((2, 2)), "an array of float64 of shape (2, 2)"),
        (10**15 + 1, "1000000000000001"), (object(), "an object"),
    ],
)  # fmt: skip
def test_wrong_particles_are_named(particles, found):
    with pytest.raises(nh.ModelError) as caught:
        read_particles(particles)
    assert (
        str(caught.value)
        == f"particles: found {found}; allowed: whole numbers from 2 to 1e+15, one or a list of them"
    )


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, [1]), (1.0, [1]), (0, [0]), (np.float64(0.5), [0.5]), (np.array(2), [2]), ([1, 2.5], [1, 2.5]),
        (np.linspace(0, 1, 3), [0, 0.5, 1]), ((0.1,), [0.1]), (range(2), [0, 1]), (Fraction(1, 4), [0.25]),
    ],
)  # fmt: skip
def test_times_are_numbers_in_any_form(times, expected):
    found = read_times(times, ascending=True)
    assert found == expected
    assert all(type(time) is float for time in found)


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (-1e-300, "-1e-300"), (np.nan, "nan"), ([0, np.inf], "inf"), (1j, "1j"), ([0.5 + 0j], "(0.5+0j)"),
        (False, "False"), ("1.0", "'1.0'"), ([0, "1"], "'1'"), ([], "an empty list"), (None, "None"),
        ([[0, 1], [2]], "a list"), (np.zeros((1, 2)), "an array of float64 of shape (1, 2)"),
    ],
)  # fmt: skip
def test_wrong_times_are_named(times, found):
    with pytest.raises(nh.ModelError) as caught:
        read_times(times)
    assert str(caught.value) == f"times: found {found}; allowed: finite numbers ≥ 0, one or a list of them"


@pytest.mark.parametrize("times", [[0, 1, 1], [1, 0.5]])
def test_order_of_times_matters_where_it_is_said(times):
    assert read_times(times) == times
    with pytest.raises(nh.ModelError, match="after 1; allowed: strictly ascending times"):
        read_times(times, ascending=True)


# the functions for notebooks


def exact(model=COUNTEREXAMPLE, state=STATE, particles=20, times=1.0, **others):
    return nh.exact_marginals(model, state, particles, times, **others)


CALLS = {
    "exact": exact,
    "hartree": lambda model=COUNTEREXAMPLE, state=STATE, times=1.0: nh.hartree_wavefunctions(model, state, times),
    "limit": lambda model=COUNTEREXAMPLE, state=STATE, times=1.0: nh.limit_states(model, state, times),
    "assess": lambda model=COUNTEREXAMPLE, state=STATE, times=1.0: nh.assess_hartree(model, state, times),
}


@pytest.mark.parametrize("model", [COUNTEREXAMPLE, MIXING])
def test_one_number_counts_as_a_list_of_one(model):
    many = exact(model, particles=[4], times=[0.5])
    assert [m.density.shape for m in many] == [(1, 2, 2)]
    for particles, times in ((4, 0.5), (4.0, [0.5]), (np.array([4.0]), np.array(0.5))):
        (one,) = exact(model, particles=particles, times=times)
        np.testing.assert_array_equal(one.density, many[0].density)
    wavefunctions = [nh.hartree_wavefunctions(model, STATE, times) for times in (0.5, [0.5])]
    np.testing.assert_array_equal(*wavefunctions)
    assert wavefunctions[0].shape == (1, 2)


def test_limit_and_verdict_take_one_time():
    (limit,) = nh.limit_states(COUNTEREXAMPLE, STATE, 1)
    assert limit.time == 1
    verdict = nh.assess_hartree(COUNTEREXAMPLE, STATE, 1.0)
    assert verdict.largest_infidelity == nh.assess_hartree(COUNTEREXAMPLE, STATE, [1.0]).largest_infidelity


def test_tolerance_has_a_default():
    assert exact(MIXING)[0].error_bound.max() <= 1e-8


def test_version_is_that_of_the_package():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert nh.__version__ == project["version"]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"model": np.eye(2)}, "model: found an array of float64 of shape (2, 2); allowed: a Model"),
        ({"model": {"two_body": {"ZZ": 1j}}}, "model: found a dict; allowed: a Model, as from build_model"),
        ({"state": [1, 0]}, "state: found a list; allowed: a ProductState, as from build_state"),
        ({"state": 0.6}, "state: found 0.6; allowed: a ProductState"),
        ({"state": QUTRIT}, "the model has dimension 2, the state 3"),
        ({"times": "now"}, "times: found 'now'; allowed: finite numbers ≥ 0"),
        ({"times": -1}, "times: found -1"),
        ({"times": []}, "times: found an empty list"),
        ({"times": [1j]}, "times: found 1j"),
    ],
)
def test_wrong_arguments_are_named_by_every_function(call, wrong, message):
    with pytest.raises(nh.ModelError) as caught:
        call(**wrong)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"particles": 1}, "particles: found 1; allowed: whole numbers from 2"),
        ({"particles": [20, 2.5]}, "particles: found 2.5"),
        ({"particles": True}, "particles: found True"),
        ({"tolerance": 0}, "tolerance: found 0.0; allowed: numbers > 0"),
        ({"tolerance": np.nan}, "tolerance: found nan; allowed: numbers > 0"),
        ({"tolerance": "1e-8"}, "tolerance: found '1e-8'"),
        ({"tolerance": None}, "tolerance: found None"),
    ],
)
def test_wrong_particles_and_tolerances_are_named(wrong, message):
    with pytest.raises(nh.ModelError) as caught:
        exact(**wrong)
    assert message in str(caught.value)


@pytest.mark.parametrize("threshold", ["0.1", np.nan, 0, 1, 1j, None])
def test_wrong_thresholds_are_named(threshold):
    with pytest.raises(nh.ModelError, match="threshold"):
        nh.assess_hartree(COUNTEREXAMPLE, STATE, 1.0, threshold)


def test_dimensions_are_checked_where_a_state_meets_a_model():
    with pytest.raises(nh.ModelError, match="the model has dimension 2, the state 3; make them equal"):
        short_time_defect(COUNTEREXAMPLE, QUTRIT)


# models and states


class Operator:
    """An operator of another package: no array, and not readable as one."""

    def full(self):
        return np.diag([1, -1])


def test_models_from_arrays():
    one_body, two_body = np.array([[0, 1], [1, -0.5j]]), 1j * np.kron(Z, Z)
    model = nh.build_model(one_body=one_body, two_body=two_body)
    np.testing.assert_array_equal(model.one_body, one_body)
    np.testing.assert_array_equal(model.two_body, two_body)
    mixed = nh.build_model(one_body=one_body.tolist(), two_body={"ZZ": 1j})
    np.testing.assert_array_equal(mixed.two_body, model.two_body)
    assert nh.build_model(one_body=np.eye(3)).dimension == 3
    assert nh.build_model(two_body=np.eye(9)).dimension == 3
    assert nh.build_model(two_body=np.eye(9), dimension=3).dimension == 3
    assert not nh.Model(np.eye(3)).two_body.any()
    with pytest.raises(ValueError, match="read-only"):
        model.one_body[0, 0] = 1


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (
            {"one_body": np.eye(3), "dimension": 2},
            "build_model: one_body: found an array of complex128 of shape",
        ),
        ({"one_body": np.eye(3), "two_body": np.eye(4)}, "build_model: two_body: found an array"),
        ({"one_body": np.ones(3)}, "allowed: an array of shape (3, 3)"),
        ({"two_body": np.eye(5)}, "allowed: an array of shape (4, 4)"),
        ({"one_body": Operator()}, "build_model: one_body: found an Operator; allowed: a mapping"),
        ({"one_body": "X"}, "build_model: one_body: found 'X'"),
        ({"one_body": [[1, 2], [3]]}, "build_model: one_body: found a list"),
        ({"one_body": np.array([["a", "b"], ["c", "d"]])}, "of shape (2, 2); allowed: a mapping"),
        ({"one_body": np.array([[True, False], [False, True]])}, "found an array of bool of shape (2, 2)"),
        ({"one_body": np.eye(2) * np.nan}, "finite"),
        ({"one_body": np.eye(3), "two_body": {"ZZ": 1}}, "dimension is 3"),
        ({"two_body": np.diag([1, 2, 3, 4])}, "two_body must not change when the two particles are swapped"),
        ({"dimension": 2.5}, "dimension"),
        ({"dimension": "two"}, "dimension"),
    ],
)
def test_wrong_models_are_named(form, message):
    with pytest.raises(nh.ModelError) as caught:
        nh.build_model(**form)
    assert message in str(caught.value)


@pytest.mark.parametrize("wrong", [Operator(), "Z", None, [[1, 2], [3]], np.array([["a"]]), {"Z": 1}])
def test_a_model_is_made_of_arrays(wrong):
    with pytest.raises(nh.ModelError, match=r"one_body: found .*; allowed: a d × d array of numbers"):
        nh.Model(wrong)
    if wrong is not None:
        with pytest.raises(nh.ModelError, match=r"two_body: found .*; allowed: a d² × d² array of numbers"):
            nh.Model(np.eye(2), wrong)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"amplitudes": np.diag([1, 0])}, "build_state: amplitudes: found an array of int64 of shape (2, 2)"),
        (
            {"amplitudes": [[1, 0], [0, 0]]},
            "build_state: amplitudes: found a list; allowed: a vector",
        ),
        ({"amplitudes": "up"}, "build_state: amplitudes: found 'up'"),
        ({"amplitudes": Operator()}, "build_state: amplitudes: found an Operator"),
        ({"amplitudes": 1.0}, "build_state: amplitudes: found 1.0"),
        ({"amplitudes": [1, None]}, "build_state: amplitudes: found None"),
        ({"amplitudes": [np.nan, 0]}, "amplitudes"),
        ({"amplitudes": []}, "amplitudes"),
        ({"p0": True}, "p0"),
        ({"p0": np.nan}, "p0"),
        ({"p0": "half"}, "p0"),
        ({"p0": 0.5j}, "p0"),
        ({"p0": 0.5, "phase": np.inf}, "phase"),
        ({"tilt": np.nan}, "tilt"),
    ],
)
def test_wrong_states_are_named(form, message):
    with pytest.raises(nh.ModelError) as caught:
        nh.build_state(**form)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nh.ProductState(Operator()),
        lambda: nh.ProductState("up"),
        lambda: nh.ProductState([[1, 0], [0]]),
        lambda: nh.ProductState(np.eye(2)),
        lambda: nh.ProductState([np.nan, 0]),
        lambda: nh.ProductState.from_population("half"),
        lambda: nh.ProductState.from_population(np.nan),
        lambda: nh.ProductState.from_population(1.5),
        lambda: nh.ProductState.from_population(0.5, phase=1j),
        lambda: nh.ProductState.from_tilt(np.nan),
        lambda: nh.ProductState.from_tilt(None),
    ],
)
def test_a_state_is_made_of_numbers(make):
    with pytest.raises(nh.ModelError, match=r"amplitudes|p0|phase|tilt"):
        make()
