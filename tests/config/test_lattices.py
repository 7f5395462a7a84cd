"""Models and states on lattices as a configuration has them: what they are, and how they are refused."""

from __future__ import annotations

import copy
import json
import os
import shutil

import numpy as np
import pytest

from nonhermitian_hartree.config.configuration import canonical_json, load_config, parse_config
from nonhermitian_hartree.config.forms import build_model
from nonhermitian_hartree.config.members import read_members, split_members
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.errors import ConfigError
from tests.config.malformed_lattices import LATTICE, MALFORMED_LATTICES, write_files
from tests.config.one_message import assert_one_message


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a configuration and the files that it names."""
    folder = tmp_path_factory.mktemp("lattices")
    write_files(folder)
    return folder


def read(mapping, folder):
    return parse_config(mapping, "my.yaml", [folder / "my.yaml"])


@pytest.mark.parametrize(("path", "value", "where", "found", "allowed"), MALFORMED_LATTICES)
def test_a_malformed_lattice_gets_one_message(folder, path, value, where, found, allowed):
    config = copy.deepcopy(LATTICE)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ConfigError) as caught:
        read(config, folder)
    assert_one_message(str(caught.value), where, found, allowed, longest=600)


def test_the_forms_are_their_definitions(folder):
    config = read(LATTICE, folder)
    model = config.models["chain"].build({"gamma": 2.0})
    hopping, (lx, ly) = np.zeros((12, 12), complex), (3, 4)
    for x in range(lx):
        for y in range(ly):
            for other in ((x + 1) % lx * ly + y, x * ly + (y + 1) % ly):
                hopping[x * ly + y, other] = hopping[other, x * ly + y] = -1
    hopping[5, 5], hopping[0, 7] = -1j, hopping[0, 7] + 0.1
    assert np.array_equal(model.one_body, hopping)
    pair = np.zeros((12,) * 4, complex)
    pair[np.arange(12), np.arange(12), np.arange(12), np.arange(12)] = 2
    pair[0, 1, 0, 1] = pair[1, 0, 1, 0] = 0.25
    assert np.array_equal(model.two_body_tensor, pair)
    files = config.models["from_files"].build()
    assert np.array_equal(files.one_body, np.eye(3, k=1) + np.diag([0, 1, 2]))
    assert np.array_equal(files.two_body, np.load(folder / "two.npy"))


def test_the_states_are_their_definitions(folder):
    states = read(LATTICE, folder).states
    shape = (3, 4)
    x, y = (axis.ravel() for axis in np.indices(shape))
    packet = np.exp(-((x - 1) ** 2) / (4 * 0.25) - (y - 2) ** 2 / 4 + 0.3j * y)
    expected = {
        "flat": np.full(12, 12**-0.5),
        "corner": np.eye(12)[11],
        "wave": np.exp(2j * np.pi * (x / 3 - 2 * y / 4)) / 12**0.5,
        "packet": packet / np.linalg.norm(packet),
        "filed": np.array([0.6, 0, 0.8j]),
        "scaled": np.array([0.6, 0.8j, 0]),
    }
    for name, amplitudes in expected.items():
        (member,) = states[name].on(shape).members()
        assert np.allclose(member.state.amplitudes, amplitudes, rtol=0, atol=1e-15), name


def test_jobs_read_what_was_planned_and_refuse_a_file_that_changed_since(folder, tmp_path, monkeypatch):
    for file in ("one.npz", "two.npy", "phi.npy"):
        shutil.copy(folder / file, tmp_path / file)
    monkeypatch.chdir(tmp_path)
    planned = read(LATTICE, tmp_path)
    model, state = planned.models["from_files"], planned.states["filed"]
    (block,) = split_members(model, "filed", state, 4)
    job = (canonical_json(model.template()), "filed", block.state, block.parameters)
    (member,) = read_members(*job)
    assert np.array_equal(member.model.two_body, np.load("two.npy"))
    assert np.array_equal(member.state.amplitudes, np.load("phi.npy"))
    text = canonical_json(planned)
    assert str(tmp_path) not in text  # a folder that is moved takes its results along
    assert canonical_json(parse_config(json.loads(text), "again")) == text

    os.utime("two.npy")
    assert canonical_json(read(LATTICE, tmp_path)) == text
    np.save("two.npy", 2 * np.load("two.npy"))
    assert canonical_json(read(LATTICE, tmp_path)) != text
    with pytest.raises(ValueError, match=r"other content of 'two\.npy'"):
        read_members(*job)


def test_a_file_is_looked_for_beside_the_last_configuration_that_has_it(folder, tmp_path):
    (tmp_path / "first.yaml").write_text(json.dumps(LATTICE))
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "second.yaml").write_text("name: other\n")
    for file in ("one.npz", "two.npy", "phi.npy"):
        shutil.copy(folder / file, tmp_path / file)
    np.save(tmp_path / "over" / "phi.npy", np.array([0, 1, 0]))
    config = load_config(tmp_path / "first.yaml", tmp_path / "over" / "second.yaml")
    (member,) = config.states["filed"].on((3,)).members()
    assert np.array_equal(member.state.amplitudes, [0, 1, 0])
    assert config.models["from_files"].build().one_body[0, 1] == 1


def test_the_largest_model_is_planned_and_read_back():
    model = ModelSpec.model_validate(
        {
            "dimension": 1024,
            "one_body": {"hopping": {"amplitude": -1, "shape": [32, 32]}},
            "two_body": {"contact": 1},
        }
    )
    state = StateSpec.model_validate({"plane_wave": [3, 1]})
    (block,) = split_members(model, "wave", state, 4)
    (member,) = read_members(canonical_json(model.template()), "wave", block.state, block.parameters)
    assert member.state.dimension == member.model.dimension == 1024
    assert len(block.state) < 200  # no amplitudes in what a job is given


def test_python_takes_the_same_forms():
    forms = {"hopping": {"amplitude": -1, "shape": [64]}, "onsite": [{"site": 32, "value": -1j}]}
    model = build_model(one_body=forms, two_body={"contact": 2}, dimension=64)
    assert model.one_body[32, 32] == -1j
    assert len(model.couplings.values) == 64
