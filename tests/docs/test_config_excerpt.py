"""An excerpt of a configuration is a configuration, means the same, and has its author's words."""

import pytest
import yaml

from docs.config_excerpt import excerpt_config
from nonhermitian_hartree.config.configuration import load_config, parse_config

TEXT = """\
# not a comment of a model
name: whole
models:
  # pairs
  zz:  &pairs
    two_body: {ZZ: 1j}

  # two comments
  # above one key
  detuned: {<<: *pairs, one_body: {Z: 0.5}}
states:
  tilted: &tilted {p0: 0.6}
  turned: {<<: *tilted, phase: 0.4}
  unused: {p0: 0.9}
studies:
  short: &short
    model: zz
    states: &states [tilted, turned]
    # few
    particles: &few
      - 10
      - &many 1.0e2
      - 200
    times: [0.5, 1]
    power_law: &fit {quantities: &quantities [&entropy linear_entropy], tail_fraction: 1}
  long: {<<: *short, particles: [10, *many, 300], power_law: {<<: *fit, quantities: *quantities}}
  detuning:
    <<: [{model: detuned}, *short]
    states: [turned]
    power_law: {quantities: [*entropy, hartree_infidelity], tail_fraction: 1}
    # the last line of a section
figures:
  curves: {kind: against_time, study: long, quantity: linear_entropy}
  others:
    kind: against_time
    study: detuning   # why
    quantity: linear_entropy
    particles: *few
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "whole.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return load_config(file)


@pytest.mark.parametrize(
    ("figures", "studies", "states", "models"),
    [
        (["curves"], {"long"}, {"tilted", "turned"}, {"zz"}),
        (["others"], {"detuning"}, {"turned"}, {"detuned"}),
        (["others", "curves"], {"long", "detuning"}, {"tilted", "turned"}, {"zz", "detuned"}),
    ],
)
def test_excerpt_is_the_same_configuration_without_the_rest(config, figures, studies, states, models):
    excerpt = parse_config(yaml.safe_load(excerpt_config(config, TEXT, figures)), "excerpt")
    for section, names in [("studies", studies), ("states", states), ("models", models), ("figures", figures)]:
        whole = getattr(config, section)
        assert getattr(excerpt, section) == {name: whole[name] for name in names}


OTHERS = """\
name: detuning
models:
  # two comments
  # above one key
  detuned:
    two_body: {ZZ: 1j}
    one_body: {Z: 0.5}
states:
  turned:
    p0: 0.6
    phase: 0.4
studies:
  detuning:
    model: detuned
    states: [turned]
    # few
    particles:
      - 10
      - 1.0e2
      - 200
    times: [0.5, 1]
    power_law:
      quantities: [linear_entropy, hartree_infidelity]
      tail_fraction: 1
figures:
  others:
    kind: against_time
    study: detuning
    quantity: linear_entropy
    particles:
      - 10
      - 1.0e2
      - 200
"""


def test_excerpt_has_the_words_of_its_author(config):
    assert excerpt_config(config, TEXT, ["others"]) == OTHERS
