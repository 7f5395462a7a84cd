"""What a study computes, in words."""

from pathlib import Path

import pytest

from nonhermitian_hartree.config.configuration import load_config, parse_config
from nonhermitian_hartree.config.model import ModelSpec
from nonhermitian_hartree.config.study_in_words import describe_model, describe_study, describe_values

CONFIGS = Path(__file__).parents[2] / "config"


def test_few_values_are_listed_and_many_are_a_range() -> None:
    assert describe_values((0.25, 1.0)) == "0.25, 1"
    assert describe_values((10, 1000000)) == "10, 1000000"
    assert describe_values(range(10, 20)) == "10 values from 10 to 19"


@pytest.mark.parametrize(
    ("operators", "words"),
    [
        ({"two_body": {"ZZ": "1j"}}, "A1 = 0, A2 = i ZZ"),
        ({"one_body": {"X": 0.5, "Z": "-1j"}}, "A1 = 0.5 X - i Z, A2 = 0"),
        ({"two_body": {"XX": "1-0.5j", "ZZ": "21j"}}, "A1 = 0, A2 = (1-0.5i) XX + 21i ZZ"),
    ],
)
def test_pauli_sums_are_written_out(operators: dict[str, object], words: str) -> None:
    assert describe_model(ModelSpec.model_validate(operators)) == words


def test_a_study_is_described_by_model_states_particles_and_times() -> None:
    config = parse_config(
        {
            "name": "run",
            "models": {"lossy_dimer": {"two_body": {"ZZ": "1j"}}},
            "states": {"tilted": {"p0": 0.6, "phase": 0.4}, "steep": {"tilt": [1, 2]}},
            "studies": {
                "s": {"model": "lossy_dimer", "states": ["tilted", "steep"], "particles": [10], "times": [1]}
            },
        },
        "test",
    )
    assert describe_study(config, "s") == {
        "model": "lossy dimer: A1 = 0, A2 = i ZZ",
        "from": "tilted (p0 = 0.6, phase 0.4); steep (tilt = 1, 2)",
        "N": "10",
        "times": "1",
    }


@pytest.mark.parametrize("name", ["config", "beyond", "lattice"])
def test_every_study_of_the_configurations_is_described(name: str) -> None:
    config = load_config(CONFIGS / f"{name}.yaml")
    for study in config.studies:
        assert all(describe_study(config, study).values())
