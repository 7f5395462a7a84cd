"""Figures as parameters of jobs: one readable line that says all."""

from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from nonhermitian_hartree.config.configuration import load_config
from nonhermitian_hartree.fields.base import readable_yaml
from nonhermitian_hartree.figures.spec import FigureSpec

CONFIGS = Path(__file__).parents[2] / "config"
FIGURE: TypeAdapter[FigureSpec] = TypeAdapter(FigureSpec)


@pytest.mark.parametrize("name", ["config", "beyond", "lattice"])
def test_every_figure_is_read_back_as_it_was(name: str) -> None:
    for figure in load_config(CONFIGS / f"{name}.yaml").figures.values():
        text = readable_yaml(figure)
        assert "\n" not in text
        assert FIGURE.validate_python(yaml.safe_load(text)) == figure


def test_small_numbers_words_like_no_and_any_letter_are_read_back() -> None:
    spec = {"kind": "rate_function", "study": "no", "state": "yes", "title": "1e-5: {ħ}, 'x' \\ # y"}
    figure = FIGURE.validate_python(spec)
    assert "kind: rate_function" in readable_yaml(figure)
    assert FIGURE.validate_python(yaml.safe_load(readable_yaml(figure))) == figure
