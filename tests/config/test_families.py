"""Families of models: what a member is, how they are cut into blocks, and what is refused."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonhermitian_hartree.config.configuration import parse_config
from nonhermitian_hartree.config.members import read_members, split_members
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.errors import ConfigError
from nonhermitian_hartree.fields.base import canonical_json
from nonhermitian_hartree.fields.parameters import RESERVED_COLUMNS, RESERVED_PREFIXES
from nonhermitian_hartree.model.hamiltonian import PAULI_MATRICES as PAULI
from nonhermitian_hartree.storage.study_tables import CSV_COLUMNS
from tests.config.malformed_families import FAMILY, MALFORMED, MALFORMED_FIGURES
from tests.config.one_message import assert_one_message

LOG = {"spacing": "log"}
STATE = StateSpec.model_validate({"p0": [0.2, 0.4, 0.9], "phase": 0.3})


@pytest.mark.parametrize(("path", "value", "where", "found", "allowed"), MALFORMED)
def test_a_malformed_family_gets_one_message(path, value, where, found, allowed):
    config = copy.deepcopy(FAMILY)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ConfigError) as caught:
        parse_config(config, "my.yaml")
    assert_one_message(str(caught.value), where, found, allowed)


@pytest.mark.parametrize(("figure", "where", "found", "allowed"), MALFORMED_FIGURES)
def test_a_figure_of_what_a_family_has_not_gets_one_message(figure, where, found, allowed):
    with pytest.raises(ConfigError) as caught:
        parse_config(FAMILY | {"figures": {"drawn": figure}}, "my.yaml")
    location, rest = str(caught.value).split(": found ", 1)
    said_found, said_allowed = rest.split("; allowed: ", 1)
    assert location == f"my.yaml: figures.drawn.{where}"
    assert found in said_found
    assert allowed in said_allowed


def test_every_column_of_a_table_is_reserved():
    """Names that a parameter would share with a column; those of vectors and matrices begin alike."""
    for columns in CSV_COLUMNS.values():
        assert set(columns) <= RESERVED_COLUMNS
    assert RESERVED_PREFIXES == ("rho_", "nu_", "phi_")


def dimer(**parameters) -> ModelSpec:
    return ModelSpec.model_validate(
        {
            "parameters": parameters,
            "one_body": {"X": -1, "I": {"gamma": -0.25j}, "Z": {"gamma": -0.25j, "constant": 0.5}},
            "two_body": {"terms": [{"out": [0, 0], "in": [0, 0], "value": {"u": 2, "gamma": "1j"}}]},
        }
    )


def test_a_member_is_the_model_with_its_numbers_written_out():
    """A1 = −X − iγ/4 (I + Z) + Z/2, and an interaction u + iγ/2 of two particles in |0⟩, by hand."""
    spec = dimer(gamma={"start": 0, "stop": "2j", "num": 3}, u=[1, 4])
    model = spec.build({"gamma": 1j, "u": 4})
    expected = -PAULI["X"] + 0.25 * (PAULI["I"] + PAULI["Z"]) + 0.5 * PAULI["Z"]
    assert np.array_equal(model.one_body, expected)
    assert np.array_equal(np.diag(model.two_body), [7, 0, 0, 0])
    assert not np.diag(np.diag(model.two_body)).any() or np.count_nonzero(model.two_body) == 1


def test_forms_of_operators_take_the_same_coefficients():
    """The same A1 and A2 in Pauli letters, as matrices and as terms."""
    parameters = {"g": [0.5, 2]}
    letters = {"parameters": parameters, "one_body": {"Z": {"g": 1j}}, "two_body": {"ZZ": {"g": 1, "constant": 1}}}
    plus, minus = {"g": 1, "constant": 1}, {"g": -1, "constant": -1}
    rows = [[plus if i == j and i in (0, 3) else minus if i == j else 0 for j in range(4)] for i in range(4)]
    matrices = {
        "parameters": parameters,
        "one_body": {"matrix": [[{"g": 1j}, 0], [0, {"g": -1j}]]},
        "two_body": {"matrix": rows},
    }
    pairs = [(0, 0, plus), (0, 1, minus), (1, 0, minus), (1, 1, plus)]
    terms = matrices | {"two_body": {"terms": [{"out": [i, j], "in": [i, j], "value": v} for i, j, v in pairs]}}
    built = [ModelSpec.model_validate(form).build({"g": 2}) for form in (letters, matrices, terms)]
    for model in built[1:]:
        assert np.array_equal(model.one_body, built[0].one_body)
        assert np.array_equal(model.two_body, built[0].two_body)


def test_values_of_grids():
    values = dimer(gamma={"start": 0, "stop": 0.6, "num": 7}, u=1).parameters
    assert values["gamma"] == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert values["u"] == (1,)
    tenths = dimer(gamma={"start": 0.1, "stop": 0.7, "num": 7}, u=1).parameters["gamma"]
    assert tenths == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    assert dimer(gamma={"start": "1j", "stop": "-1j", "num": 5}, u=1).parameters["gamma"] == (
        1j,
        0.5j,
        0,
        -0.5j,
        -1j,
    )
    log = dimer(gamma={"start": -0.01j, "stop": "-1j", "num": 3, "spacing": "log"}, u=1).parameters["gamma"]
    assert log == (-0.01j, -0.1j, -1j)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"start": 0, "stop": 0.7, "num": 8}, {"start": -0.3, "stop": 1.1, "num": 15}),
        ({"start": 0, "stop": 0.7, "num": 8}, {"start": 0, "stop": 0.7, "num": 22}),
        (
            {"start": 0.003, "stop": 3, "num": 7, "spacing": "log"},
            {"start": 0.0003, "stop": 300, "num": 25, "spacing": "log"},
        ),
        ({"start": "0.1j", "stop": "0.7+0.1j", "num": 8}, {"start": "0.1j", "stop": "1.4+0.1j", "num": 15}),
    ],
)
def test_wider_and_finer_grids_share_values_to_the_last_bit(before, after):
    few, many = (dimer(gamma=grid, u=1).parameters["gamma"] for grid in (before, after))
    assert set(few) <= set(many)


def test_canonical_text_is_read_back_as_the_same_family():
    spec = dimer(gamma={"start": 0, "stop": "2j", "num": 3}, u=[1, 4])
    assert ModelSpec.model_validate_json(canonical_json(spec)) == spec
    assert canonical_json(spec.template()) == canonical_json(dimer(gamma=[7, 8], u=3).template())


def test_canonical_text_keeps_the_order_of_parameters_and_of_no_other_keys():
    one, other = dimer(u=[1, 2], gamma=[0, 1]), dimer(gamma=[0, 1], u=[1, 2])
    assert list(ModelSpec.model_validate_json(canonical_json(one)).parameters) == ["u", "gamma"]
    assert canonical_json(one) != canonical_json(other)


def members_in(blocks, model):
    text = canonical_json(model.template())
    return [m for b in blocks for m in read_members(text, b.name, b.state, b.parameters)]


@given(largest=st.integers(1, 40), gammas=st.integers(1, 5), us=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_blocks_have_all_members_once_and_in_order(largest, gammas, us):
    """The product in order: states, their members, then the parameters, the last fastest; none above the limit."""
    model = dimer(gamma=[0.5 * i for i in range(gammas)], u=[1.0 + i for i in range(us)])
    blocks = split_members(model, "fan", STATE, largest)
    assert max(block.count for block in blocks) <= largest
    found = [[m.columns[key] for key in ("p0", "gamma", "u")] for m in members_in(blocks, model)]
    assert found == [[p0, 0.5 * i, 1.0 + j] for p0 in (0.2, 0.4, 0.9) for i in range(gammas) for j in range(us)]
    assert [block.count for block in blocks] == [len(members_in([block], model)) for block in blocks]
    assert len({block.name for block in blocks}) == len(blocks)


def test_a_single_member_has_the_folder_of_its_state():
    model, state = dimer(gamma=1, u=2), StateSpec.model_validate({"p0": 0.3})
    (block,) = split_members(model, "left", state, 100)
    assert (block.name, block.count) == ("left", 1)
    members = read_members(canonical_json(model.template()), block.name, block.state, block.parameters)
    assert not members.is_family
    assert members.items[0].columns["gamma"] == 1


def test_full_blocks_stay_when_a_grid_is_widened():
    """γ is the first parameter: blocks of four members, two values of γ each; a wider grid adds blocks."""
    before, after = (
        [b.name for b in split_members(dimer(gamma=list(range(n)), u=[1, 2]), "s", StateSpec(p0=(0.3,)), 4)]
        for n in (6, 9)
    )
    assert len(before) == 3
    assert after[:3] == before
    assert len(after) == 5


def test_a_complex_parameter_has_two_columns_in_every_block():
    model = dimer(gamma=[0, 1j], u=[1, 2])
    members = members_in(split_members(model, "s", StateSpec(p0=(0.3,)), 1), model)
    assert [(m.columns["gamma_re"], m.columns["gamma_im"]) for m in members] == [(0, 0), (0, 0), (0, 1), (0, 1)]


def test_members_are_told_apart_by_all_that_they_are():
    """Identities: of another parameter, state, phase or model there is another, in whatever block they are."""
    model = dimer(gamma=[0, 1], u=[1, 2])
    one, many = (members_in(split_members(model, "fan", STATE, n), model) for n in (1, 12))
    assert [m.identity for m in one] == [m.identity for m in many]
    turned = STATE.model_copy(update={"phase": 0.4})
    others = members_in(split_members(model, "fan", turned, 12), model)
    assert len({m.identity for m in (*one, *others)}) == 24
