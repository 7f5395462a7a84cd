"""What a configuration means: canonical text, schema, operators and states, and the one of the paper."""

from __future__ import annotations

import difflib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from nonhermitian_hartree.claims.catalogue import CLAIMS
from nonhermitian_hartree.claims.catalogue_beyond import CLAIMS_BEYOND
from nonhermitian_hartree.claims.catalogue_lattices import CLAIMS_ON_LATTICES
from nonhermitian_hartree.commands.check_config import main as check_config
from nonhermitian_hartree.commands.config_schema import schema_text
from nonhermitian_hartree.config.configuration import (
    Config,
    canonical_json,
    load_config,
    parse_config,
)
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.config.study import StudySpec
from nonhermitian_hartree.errors import ConfigError
from tests.config.examples import VALID

ROOT = Path(__file__).parents[2]


def test_the_valid_config_is_valid():
    config = parse_config(VALID, "my.yaml")
    assert Config.model_validate_json(canonical_json(config)) == config


def test_reading_a_configuration_needs_no_plots_tables_or_scipy():
    program = "import sys, nonhermitian_hartree.config.configuration; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"matplotlib", "pandas", "pyarrow", "scipy"} & set(loaded.stdout.split()) == set()


def test_a_name_is_refused_before_a_reference():
    study = VALID["studies"]["scaling"] | {"model": "none"}
    with pytest.raises(ConfigError, match="'exact'; allowed: a name other than"):
        parse_config(VALID | {"studies": {"broken": study, "exact": study}}, "my.yaml")


def test_canonical_json_depends_on_meaning_only():
    one = parse_config(VALID, "my.yaml")
    reordered = {key: VALID[key] for key in reversed(VALID)}
    reordered = json.loads(json.dumps(reordered).replace("0.25", '"2.5e-1"').replace('"1j"', '"0+1j"'))
    assert canonical_json(parse_config(reordered, "my.yaml")) == canonical_json(one)
    for three in (3, 3.0, "3", "3+0j", "3e0"):
        spec = ModelSpec.model_validate({"one_body": {"Z": three}})
        assert canonical_json(spec) == '{"dimension":2,"one_body":{"Z":3.0},"two_body":{}}'
    absent, empty = ({"dimension": 3}, {"dimension": 3, "one_body": {}, "two_body": {}})
    assert canonical_json(ModelSpec.model_validate(absent)) == canonical_json(ModelSpec.model_validate(empty))
    for phase in ({}, {"phase": 0}, {"phase": "-0.0"}):
        spec = StateSpec.model_validate({"p0": 0.6} | phase)
        assert canonical_json(spec) == '{"p0":[0.6],"phase":0.0}'
    grid = {"start": 0, "stop": 1, "num": 3}
    study = {"model": "m", "states": ["s"], "particles": [10], "times": grid}
    listed = study | {"times": [0, 0.5, 1.0], "particles": [10.0]}
    assert canonical_json(StudySpec.model_validate(study)) == canonical_json(StudySpec.model_validate(listed))


def test_aliases_and_merge_keys_are_welcome(tmp_path):
    text = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
    path = tmp_path / "merged.yaml"
    path.write_text(
        text.replace("  tilted: {p0: 0.6}", "  tilted: &t {p0: 0.6}\n  turned: {<<: *t, p0: 0.7}"),
        encoding="utf-8",
    )
    assert load_config(path).states["turned"].p0 == (0.7,)


def test_the_committed_schema_is_that_of_the_config():
    committed = (ROOT / "workflow" / "schemas" / "config.schema.json").read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        committed.splitlines(), schema_text().splitlines(), "committed", "current", lineterm=""
    )
    difference = "\n".join(lines)
    assert not difference, f"run make config-docs:\n{difference}"


def write_yaml(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_of_several_files_the_later_wins_key_by_key(tmp_path, capsys):
    base = write_yaml(tmp_path / "base.yaml", yaml.safe_dump(VALID))
    over = write_yaml(tmp_path / "over.yaml", "studies: {critical: {particles: [7]}}\nclaims: null\nname: over\n")
    last = write_yaml(tmp_path / "last.yaml", "claims: []\n")
    config, alone = load_config(base, over, last), load_config(base)
    assert config.name == "over"
    assert config.studies["critical"].particles == (7,)
    assert config.studies["critical"].times == alone.studies["critical"].times
    assert config.studies["scaling"] == alone.studies["scaling"]
    with pytest.raises(ConfigError, match=r"base\.yaml, .*over\.yaml: claims: found None"):
        load_config(base, over)
    assert check_config(["--show", base, over, last]) == 0
    shown = write_yaml(tmp_path / "shown.yaml", capsys.readouterr().out)
    assert load_config(shown) == config


@pytest.mark.parametrize(
    "written", ['name: "tiny"', "name: 'tiny'  # a comment", "\ufeffname: tiny", "name:\n  tiny"]
)
def test_name_is_found_however_it_is_written(tmp_path, capsys, written):
    text = yaml.safe_dump({key: value for key, value in VALID.items() if key != "name"})
    path = write_yaml(tmp_path / "my.yaml", f"{written}\n{text}")
    assert check_config(["--name", path]) == 0
    assert capsys.readouterr().out == "tiny\n"


def test_check_config_is_silent_or_says_one_line(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: BAD\n", encoding="utf-8")
    for path, status in ((ROOT / "config" / "config.yaml", 0), (ROOT / "config" / "lattice.yaml", 0), (bad, 2)):
        command = [sys.executable, "-m", "nonhermitian_hartree.commands.check_config", str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout, run.stderr.count("\n")) == (status, "", status // 2)


def test_the_config_of_the_paper_asks_for_its_ten_panels():
    config = load_config(ROOT / "config" / "config.yaml")
    assert sorted(config.figures) == [f"fig{n}{p}" for n, p in zip("1122223344", "ababcdabab", strict=True)]
    times = config.studies["dynamics_balanced"].times
    assert (len(times), times[50], times[30], times[-1]) == (201, 0.5, 0.3, 2.0)
    particles = config.studies["scaling_tilted"].particles
    assert (len(particles), particles[0], particles[-1]) == (60, 10, 10**6)


def test_every_form_of_operator_and_state_builds():
    config = Config.model_validate(
        yaml.safe_load("""
name: everything
models:
  qubit:
    one_body: {X: 1, Z: -0.5j}
    two_body: {XY: 0.5, YX: 0.5, ZZ: 1j}
  qutrit:
    dimension: 3
    one_body: {matrix: [[0, 1, 0], [1, 0, "0.5j"], [0, "0.5j", 0]]}
    two_body: {terms: [{out: [0, 0], in: [1, 1], value: 0.3}, {out: [0, 1], in: [2, 2], value: 1}]}
states:
  near: {tilt: 1.0e-3, phase: 0.5}
  fan: {tilt: {start: -1, stop: 1, num: 3}}
  general: {amplitudes: [0.6, "0.8j"]}
  third: {amplitudes: [0.6, 0, "0.8j"]}
studies:
  a: {model: qubit, states: [near, fan, general], particles: [2, 3], times: [0, 1]}
  b: {model: qutrit, states: [third], particles: [2, 3], times: [0, 1], tolerance: 1e-6, hartree_threshold: 0.01}
""")
    )
    x, y, z = (np.array(m) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
    qubit = config.models["qubit"].build()
    np.testing.assert_allclose(qubit.one_body, x - 0.5j * z)
    np.testing.assert_allclose(qubit.two_body, (np.kron(x, y) + np.kron(y, x)) / 2 + 1j * np.kron(z, z))
    qutrit = config.models["qutrit"].build().two_body_tensor
    assert qutrit[0, 0, 1, 1] == 0.3
    assert qutrit[0, 1, 2, 2] == qutrit[1, 0, 2, 2] == 0.5  # symmetrised
    assert np.count_nonzero(qutrit) == 3
    (near,) = config.states["near"].members()
    assert near.tilt == 1e-3
    assert near.p0 == pytest.approx((1 + math.tanh(1e-3)) / 2, rel=1e-15)
    assert near.state.relative_phase == pytest.approx(-0.5)
    assert [m.tilt for m in config.states["fan"].members()] == [-1, 0, 1]
    assert [m.p0 for m in config.states["fan"].members()] == pytest.approx(
        [1 / (1 + math.e**2), 0.5, 1 / (1 + math.e**-2)]
    )
    (third,) = config.states["third"].members()
    assert math.isnan(third.p0)
    assert math.isnan(third.tilt)
    assert Config.model_validate_json(canonical_json(config)) == config


@pytest.mark.parametrize("p0", [0, 1e-300, 0.5, 0.6, 1 - 1e-16, 1])
def test_a_population_is_kept_exactly(p0):
    (member,) = StateSpec.model_validate({"p0": p0}).members()
    assert member.p0 == p0
    assert abs(member.state.amplitudes[0]) ** 2 == pytest.approx(p0, rel=4e-16, abs=0)


def test_every_claim_is_judged_by_one_of_the_configs():
    paper, beyond, lattice = (
        {spec.claim for spec in load_config(ROOT / "config" / name).claims}
        for name in ("config.yaml", "beyond.yaml", "lattice.yaml")
    )
    assert paper | beyond | lattice == set(CLAIMS)
    assert lattice == {claim.name for claim in CLAIMS_ON_LATTICES}
    assert paper == set(CLAIMS) - {claim.name for claim in (*CLAIMS_BEYOND, *CLAIMS_ON_LATTICES)}


def test_the_config_beyond_the_paper_draws_every_study():
    config = load_config(ROOT / "config" / "beyond.yaml")
    drawn = {study for figure in config.figures.values() for study, _ in figure.tables.values()}
    assert drawn == set(config.studies) - {"one_body_only"}  # where there is nothing to see: all is zero
