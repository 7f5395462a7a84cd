"""Families of models: numbering, linearity in the parameters, and what is refused."""

import pickle

import numpy as np
import pytest

from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.model.family import ModelFamily
from tests.systems import ZZ, X, Z

LOSS = -0.25j * (np.eye(2) + Z)


def dimers(**changes):
    given = {
        "parameters": {"gamma": [0.0, 0.5, 1.5], "u": np.array([1.0, 2.0])},
        "one_body": {"constant": {"X": -1}, "gamma": {"I": -0.25j, "Z": -0.25j}},
        "two_body": {"u": (np.eye(4) + ZZ) / 2},
    }
    return ModelFamily(**given | changes)


def test_members_are_numbered_with_the_last_parameter_fastest():
    family = dimers()
    assert (len(family), family.shape) == (6, (3, 2))
    assert [tuple(values.values()) for values in family.coordinates()] == [
        (g, u) for g in (0.0, 0.5, 1.5) for u in (1.0, 2.0)
    ]
    for values, model in zip(family.coordinates(), family, strict=True):
        assert np.array_equal(model.one_body, -X + values["gamma"] * LOSS)
        assert np.array_equal(model.two_body, values["u"] * (np.eye(4) + ZZ) / 2)


def test_a_function_may_stand_where_the_parameters_are_not_linear():
    family = dimers(one_body=lambda gamma, u: -X + np.sqrt(gamma) * LOSS + u * 0)
    assert np.array_equal(family.model(gamma=4.0, u=1.0).one_body, -X + 2 * LOSS)


def test_complex_values_a_single_number_and_a_missing_operator():
    family = ModelFamily({"u": [1j, 2j], "v": 3}, two_body={"u": ZZ, "v": np.eye(4)})
    assert family.shape == (2, 1)
    last = list(family)[-1]
    assert np.array_equal(last.two_body, 2j * ZZ + 3 * np.eye(4))
    assert not last.one_body.any()
    assert pickle.loads(pickle.dumps(family)).shape == (2, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": {}}, "parameters"),
        ({"parameters": {"gamma": [], "u": 1}}, "gamma"),
        ({"parameters": {"gamma": [[1.0]], "u": 1}}, "gamma"),
        ({"parameters": {"gamma": "x", "u": 1}}, "gamma"),
        ({"parameters": {"gamma": np.nan, "u": 1}}, "gamma"),
        ({"parameters": {"gamma": 1, "u": 1, "constant": 1}}, "constant"),
        ({"parameters": {"gamma": 1, "u": 1, "w": 1}}, "w is used by neither"),
        ({"one_body": {"loss": X}}, "one_body: loss.*gamma, u or constant"),
        ({"one_body": {"gamma": {"Q": 1}}}, "one_body: gamma.*I, X, Y, Z"),
        ({"two_body": {"u": {"Z": 1}}}, "two_body: u.*two of the letters"),
        ({"one_body": "X"}, "one_body"),
    ],
)
def test_what_is_no_family_is_refused(changes, message):
    with pytest.raises(ModelError, match=message):
        dimers(**changes)


def test_matrices_that_do_not_fit_and_values_that_are_missing_are_refused():
    with pytest.raises(ModelError):
        list(dimers(two_body={"u": np.eye(9)}))
    with pytest.raises(ModelError, match="one for each of gamma, u"):
        dimers().model(gamma=1.0)
